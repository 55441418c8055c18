"""Counts what a call of an ONNX model has to do: operations by kind of operator, and the bytes it cannot avoid.

The bytes are those of weights as they are stored, inputs and outputs, each once: whatever else moves may stay in
caches. So operations and bytes are the least, and the speed that follows from them is the most that is possible.
What cannot be counted is named. Runs in a worker process: it reads files that somebody else made.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from harness.quantize.external_data import short
from harness.quantize.graph import Graph, Node, read_graph
from harness.quantize.inspection import inspect_onnx
from harness.quantize.operations import COUNTED, Operations, Shape, operations_of
from harness.vocabulary import ModelWork, OperatorWork, StoredWeights, TensorSpec
from harness.workloads.data.feeding import fit, require_batch
from harness.workloads.data.split import Split

_GATHERS = frozenset({"Gather", "GatherElements", "GatherND", "EmbedLayerNormalization"})
_ARITHMETIC_UNCOUNTED = frozenset({"DeformConv", "DFT", "STFT", "SequenceMap", "LinearAttention"})
# Of ONNX Runtime's own operators, those that only move data or work element by element.
_PLAIN_CONTRIB = frozenset({
    "BiasGelu",
    "DequantizeLinear",
    "FastGelu",
    "Gelu",
    "LayerNormalization",
    "QLinearAdd",
    "QLinearAveragePool",
    "QLinearConcat",
    "QLinearGlobalAveragePool",
    "QLinearLeakyRelu",
    "QLinearMul",
    "QLinearReduceMean",
    "QLinearSigmoid",
    "QLinearSoftmax",
    "QLinearWhere",
    "QuantizeLinear",
    "QuickGelu",
    "SimplifiedLayerNormalization",
    "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization",
    "EmbedLayerNormalization",
})  # fmt: skip
_STANDARD = {"", "ai.onnx"}
_DISTINCT_FEEDS = 16  # batches that timed calls go round: see the worker's duties
_LARGEST_WEIGHT = 2**50  # elements

Feed = tuple[tuple[str, Shape], ...]
"""The shape of every input of a call, by name."""


def count_calls(path: Path, split: Split, *, batches: Sequence[int]) -> tuple[ModelWork, ...]:
    """The work of a call at each batch size, with the inputs that timed calls go round.

    Where texts differ in length, so do calls: then it is the work of the one in the middle, as the median time is
    that of one in the middle.

    Raises:
        WorkloadError: the model may not be opened, does not fit the data, or cannot be called with a batch size.
        UnavailableError: the package onnx is not here.
    """
    specs = inspect_onnx(path).inputs
    found = []
    for batch in batches:
        require_batch(specs, batch)
        feeds = list(_feeds(specs, split, batch))
        works = {feed: count_work(path, feed, batch=batch) for feed in dict.fromkeys(feeds)}
        ordered = sorted((works[feed] for feed in feeds), key=lambda work: work.least_operations)
        found.append(ordered[(len(ordered) - 1) // 2])
    return tuple(found)


def count_work(path: Path, feed: Feed, *, batch: int) -> ModelWork:
    """The work of one call with inputs of these shapes.

    Raises:
        WorkloadError: the model may not be opened, or its shapes cannot be inferred.
    """
    graph = read_graph(path, dict(feed))
    operators = tuple(_by_kind(graph.nodes))
    return ModelWork(
        batch=batch,
        operations=sum(one.operations for one in operators),
        skippable=sum(one.skippable for one in operators),
        weights=_weights(graph),
        input_bytes=graph.input_bytes,
        output_bytes=graph.output_bytes or 0,
        operators=operators,
        uncounted=tuple(_uncounted(operators, graph)),
    )


def _feeds(specs: Sequence[TensorSpec], split: Split, batch: int) -> Iterator[Feed]:
    """Shapes of the batches that are timed; data are read only where the model leaves an axis open."""
    if all(spec.shape and None not in spec.shape[1:] for spec in specs):
        yield tuple((spec.name, (batch, *(axis or 0 for axis in spec.shape[1:]))) for spec in specs)
        return
    chosen = np.arange(batch * _DISTINCT_FEEDS) % split.samples
    for part in np.split(chosen, _DISTINCT_FEEDS):
        fitted = fit(split.feed(part), specs)
        yield tuple((name, array.shape) for name, array in fitted.items())


def _by_kind(nodes: Iterable[Node]) -> Iterator[OperatorWork]:
    """Sums by kind, the one with most operations first, then by bytes."""
    found: dict[str, list[tuple[Operations | None, int]]] = defaultdict(list)
    for node in nodes:
        found[short(node.operator.kind)].append((_operations(node), node.operand_bytes))
    works = [
        OperatorWork(
            kind=kind,
            nodes=len(counted),
            operations=sum(one.total for one, _ in counted if one is not None),
            skippable=sum(one.skippable for one, _ in counted if one is not None),
            operand_bytes=sum(size for _, size in counted),
            unknown=sum(one is None for one, _ in counted),
        )
        for kind, counted in found.items()
    ]
    yield from sorted(works, key=lambda work: (-work.operations, -work.operand_bytes, work.kind))


def _operations(node: Node) -> Operations | None:
    """What a node takes; none at all for one that moves data, `None` where it cannot be told."""
    kind = node.operator.kind
    if node.has_graphs or kind in _ARITHMETIC_UNCOUNTED:
        return None
    if kind in COUNTED:
        return operations_of(node.operator)
    return Operations(total=0) if node.domain in _STANDARD or kind in _PLAIN_CONTRIB else None


def _weights(graph: Graph) -> tuple[StoredWeights, ...]:
    """Each constant once, however often it is read; of a table that is looked up in, no more than what is read."""
    needed: dict[str, tuple[int, float]] = {}
    for node in graph.nodes:
        most = _looked_up(node)
        for constant in node.constants:
            elements = min(constant.elements, most)
            if elements > needed.get(constant.root, (0, 0.0))[0]:
                needed[constant.root] = (elements, constant.bits)
    by_bits: dict[int, int] = defaultdict(int)
    for elements, bits in needed.values():
        by_bits[int(bits)] += elements
    return tuple(StoredWeights(bits=bits, elements=count) for bits, count in sorted(by_bits.items()) if bits)


def _looked_up(node: Node) -> int:
    """How many elements of a table a node can read at most: those it hands on."""
    answer = node.operator.outputs[0] if node.operator.outputs else None
    return math.prod(answer) if node.operator.kind in _GATHERS and answer is not None else _LARGEST_WEIGHT


def _uncounted(operators: Sequence[OperatorWork], graph: Graph) -> Iterator[str]:
    """What the figures lack, a phrase each."""
    for one in operators:
        if one.unknown:
            yield f"{one.unknown} of {one.nodes} {one.kind}" if one.unknown < one.nodes else f"{one.nodes} {one.kind}"
    if graph.output_bytes is None:
        yield "the size of its answers"
