"""Tells a graph with attention from others: quantizers treat it differently. Pure: nodes in, an answer out."""

from collections.abc import Iterator, Sequence

from harness.quantize.left_out import GraphNode

_LETS_THROUGH = frozenset({"Cast", "Dropout", "Identity", "Reshape", "Transpose", "Where"})


def attends(nodes: Sequence[GraphNode]) -> bool:
    """Whether the graph has attention, a softmax that matrices are multiplied with: NNCF has patterns for it."""
    readers: dict[str, list[GraphNode]] = {}
    for node in nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    return any(
        reader.operator in {"Attention", "MatMul"}
        for node in nodes
        if node.operator == "Softmax"
        for reader in _reached(node, readers)
    ) or any(node.operator in {"Attention", "MultiHeadAttention"} for node in nodes)


def _reached(node: GraphNode, readers: dict[str, list[GraphNode]]) -> Iterator[GraphNode]:
    """What reads a node's answer, directly or through nodes that compute nothing."""
    for output in node.outputs:
        for reader in readers.get(output, ()):
            yield reader
            if reader.operator in _LETS_THROUGH:
                yield from _reached(reader, readers)
