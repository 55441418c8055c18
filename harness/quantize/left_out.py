"""What a recipe leaves out, against what the model has: an unknown name would silently be quantised."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import QuantizeError
from harness.vocabulary import Arm

_TYPES_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """A node of an ONNX graph: its name, its operator type, the tensors that it reads and makes."""

    name: str
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def nodes_of(graph: Any) -> tuple[GraphNode, ...]:  # noqa: ANN401 - a class of a package that may not be here
    """The nodes of an `onnx.GraphProto`, in its order."""
    return tuple(
        GraphNode(name=node.name, operator=node.op_type, inputs=tuple(node.input), outputs=tuple(node.output))
        for node in graph.node
    )


def nodes_left_out(arm: Arm, nodes: Sequence[GraphNode]) -> tuple[GraphNode, ...]:
    """The nodes that stay in floating point, by name or by operator type, in the graph's order.

    Raises:
        QuantizeError: the recipe names a node or a type that the model does not have.
    """
    recipe = arm.recipe
    names = [node.name for node in nodes]
    for name in recipe.left_out:
        if name not in names:
            raise QuantizeError(
                f"{arm.label} leaves out {name!r}, which is no node of the model{_nearest(name, names)}"
                f"; it has: {some_of([one for one in names if one])}"
            )
    types = sorted({node.operator for node in nodes})
    for kind in recipe.left_out_types:
        if kind not in types:
            raise QuantizeError(
                f"{arm.label} leaves out the operator type {kind!r}, of which the model has no node"
                f"{_nearest(kind, types)}; it has: {some_of(types)}"
            )
    return tuple(node for node in nodes if node.name in recipe.left_out or node.operator in recipe.left_out_types)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def some_of(words: Sequence[str]) -> str:
    """`Conv, Gemm and 3 more`: never long."""
    more = len(words) - _TYPES_SHOWN
    return ", ".join(words[:_TYPES_SHOWN]) + (f" and {more} more" if more > 0 else "")
