"""A model's graph with every shape filled in, as the counting of operations needs it.

Keeps what a runtime has to compute in every call: nodes that the answers hang on, once each, without those that
read constants alone. Nothing is run; weights beside the model are not read.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from harness.errors import WorkloadError
from harness.quantize.external_data import short
from harness.quantize.inspection import inspect_onnx
from harness.quantize.operations import Operator, Shape
from harness.quantize.size_folding import infer_with_sizes

_KNOWN_BY_VALUE = 4096  # elements: shapes, axes and sizes that shapes of others follow from, but no weights
_LARGEST_ELEMENTS = 2**46
_DICE = frozenset({"RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial", "Dropout"})
_BITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """What a runtime must have of a constant: so many elements of so many bits of the tensor it was made of."""

    root: str
    elements: int
    bits: float

    @property
    def stored_bits(self) -> float:
        """In all."""
        return self.elements * self.bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node that is computed in every call. `has_graphs` inside, which are not looked into."""

    domain: str
    operator: Operator
    constants: tuple[Constant, ...]
    operand_bytes: int
    has_graphs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """What is computed in every call, in order, and what goes in and comes out; bytes are `None` where unknown."""

    nodes: tuple[Node, ...]
    input_bytes: int
    output_bytes: int | None


def read_graph(path: Path, shapes: Mapping[str, Shape]) -> Graph:
    """Read a model whose inputs have these shapes.

    Raises:
        WorkloadError: it may not be opened, or its shapes contradict one another.
        UnavailableError: the package onnx is not here.
    """
    inspect_onnx(path)
    import onnx  # noqa: PLC0415 - heavy, and absence is a normal answer, which the inspection gives

    model = onnx.load(str(path), load_external_data=False)
    weights = _leave_weights_out(model)
    return _Reader(model=_shaped(model, shapes, path), weights=weights, fed=tuple(shapes)).graph()


def _shaped(model: Any, shapes: Mapping[str, Shape], path: Path) -> Any:  # noqa: ANN401 - a class of a package that may not be here
    """The model with its functions written out, and with every shape that can be inferred."""
    import onnx.inliner  # noqa: PLC0415 - see `read_graph`

    for one in model.graph.input:
        if one.name in shapes:
            _set_shape(one, shapes[one.name])
    for one in model.graph.output:  # an axis of the same name may be another size now
        one.type.tensor_type.ClearField("shape")
    del model.graph.value_info[:]
    try:
        inlined = onnx.inliner.inline_local_functions(model) if model.functions else model
        return infer_with_sizes(inlined, partial(onnx.shape_inference.infer_shapes, data_prop=True))
    except MemoryError:
        raise
    except Exception as error:  # shape inference raises what it likes: this is the border
        sentence = " ".join(str(error).split())[:200]
        raise WorkloadError(f"{path}: the shapes of its tensors cannot be inferred: {short(sentence)}") from error


def _leave_weights_out(model: Any) -> tuple[str, ...]:  # noqa: ANN401 - see above
    """Weights become inputs of their shape: only values that shapes follow from are of use, and copies cost.

    Returns:
        The names of all constants.
    """
    from onnx import helper  # noqa: PLC0415 - see `read_graph`

    graph = model.graph
    named = {one.name for one in graph.input}
    constants, kept = [*graph.initializer], []
    for one in constants:
        if one.data_location != one.EXTERNAL and math.prod(one.dims) <= _KNOWN_BY_VALUE:
            kept.append(one)
        elif one.name not in named:
            graph.input.append(helper.make_tensor_value_info(one.name, one.data_type, list(one.dims)))
    names = tuple(one.name for one in constants)
    del graph.initializer[:]
    graph.initializer.extend(kept)
    return names


def _set_shape(told: Any, shape: Shape) -> None:  # noqa: ANN401 - see above
    told.type.tensor_type.ClearField("shape")
    for size in shape:
        told.type.tensor_type.shape.dim.add().dim_value = size


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Walks the nodes of a model twice: forwards for constants, backwards for what the answers hang on."""

    model: Any
    weights: tuple[str, ...]
    fed: tuple[str, ...]
    _shapes: dict[str, Shape | None] = field(default_factory=dict)
    _bits: dict[str, float] = field(default_factory=dict)
    _constants: dict[str, Constant] = field(default_factory=dict)
    _first: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _same_as: dict[str, str] = field(default_factory=dict)

    def graph(self) -> Graph:
        self._learn_tensors()
        computed = [node for node in self.model.graph.node if self._is_computed(node)]
        wanted = {self._original(one.name) for one in self.model.graph.output}
        live = []
        for node in reversed(computed):
            if wanted.intersection(node.output):
                live.append(node)
                wanted.update(self._original(name) for name in _read_by(node))
        outputs = [self._bytes(one.name) for one in self.model.graph.output]
        known = [one for one in outputs if one is not None]
        return Graph(
            nodes=tuple(self._node(node) for node in reversed(live)),
            input_bytes=sum(self._bytes(name) or 0 for name in self.fed),
            output_bytes=sum(known) if len(known) == len(outputs) else None,
        )

    def _learn_tensors(self) -> None:
        graph = self.model.graph
        for one in (*graph.input, *graph.value_info, *graph.output):
            tensor = one.type.tensor_type
            self._shapes[one.name] = _shape_of(tensor) if one.type.HasField("tensor_type") else None
            self._bits[one.name] = _bits_of(tensor.elem_type)
        for one in graph.initializer:
            self._learn_tensor(one.name, tuple(one.dims), one.data_type)
        for name in self.weights:
            self._learn_constant(name)
        for one in graph.sparse_initializer:
            self._learn_tensor(one.values.name, tuple(one.dims), one.values.data_type)
            stored = math.prod(one.values.dims)
            bits = _bits_of(one.values.data_type)
            self._constants[one.values.name] = Constant(root=one.values.name, elements=stored, bits=bits)

    def _learn_tensor(self, name: str, shape: Shape, element: int) -> None:
        self._shapes[name], self._bits[name] = shape, _bits_of(element)

    def _learn_constant(self, name: str) -> Constant:
        shape = self._shapes.get(name)
        elements = math.prod(shape) if shape is not None else 0
        self._constants[name] = Constant(root=name, elements=elements, bits=self._bits.get(name, 0.0))
        return self._constants[name]

    def _original(self, name: str) -> str:
        """The tensor of which this one is a repetition."""
        return self._same_as.get(name, name)

    def _is_computed(self, node: Any) -> bool:  # noqa: ANN401 - see above
        """Whether a call computes it: not what reads constants alone, nor the same thing a second time."""
        names = [name for name in node.input if name]
        if node.op_type in _DICE or _graphs_in(node):
            return True
        if node.op_type == "Constant" or (names and all(name in self._constants for name in names)):
            for name in filter(None, node.output):
                self._fold(name, names)
            return False
        return not self._repeats(node)

    def _fold(self, name: str, sources: Iterable[str]) -> None:
        """A constant made of others: as small as it is itself, or as the largest that it was made of."""
        own = self._learn_constant(name)
        largest = max((self._constants[one] for one in sources), key=lambda one: one.stored_bits, default=None)
        if largest is None:
            return
        is_smaller = largest.stored_bits <= own.stored_bits or not own.elements
        self._constants[name] = largest if is_smaller else replace(own, root=largest.root)

    def _repeats(self, node: Any) -> bool:  # noqa: ANN401 - see above
        """Whether an earlier node computes the same: runtimes compute it once."""
        reads = tuple(self._original(name) for name in node.input)
        attributes = sorted(one.SerializeToString(deterministic=True) for one in node.attribute)
        key = repr((node.domain, node.op_type, reads, attributes, len(node.output)))
        if key in self._first:
            for name, first in zip(node.output, self._first[key], strict=True):
                self._same_as[name] = self._original(first)
            return True
        self._first[key] = tuple(node.output)
        return False

    def _node(self, node: Any) -> Node:  # noqa: ANN401 - see above
        domain = "" if node.domain == "ai.onnx" else node.domain
        kind = f"{domain}.{node.op_type}" if domain and node.op_type == "Attention" else node.op_type
        operands = [self._bytes(name) for name in (*node.input, *node.output) if name]
        return Node(
            domain=domain,
            operator=Operator(
                kind=kind,
                inputs=tuple(self._shapes.get(name) if name else None for name in node.input),
                outputs=tuple(self._shapes.get(name) if name else None for name in node.output),
                attributes=_attributes(node),
            ),
            constants=tuple(self._constants[name] for name in node.input if name in self._constants),
            operand_bytes=sum(one or 0 for one in operands),
            has_graphs=bool(_graphs_in(node)),
        )

    def _bytes(self, name: str) -> int | None:
        shape = self._shapes.get(name)
        return None if shape is None else math.ceil(math.prod(shape) * self._bits.get(name, 0.0) / _BITS)


def _read_by(node: Any) -> Iterator[str]:  # noqa: ANN401 - see above
    """What a node reads, also from inside the graphs it holds."""
    yield from node.input
    for graph in _graphs_in(node):
        for inner in graph.node:
            yield from _read_by(inner)
        yield from (one.name for one in graph.output)


def _graphs_in(node: Any) -> list[Any]:  # noqa: ANN401 - see above
    return [graph for one in node.attribute for graph in (*([one.g] if one.HasField("g") else ()), *one.graphs)]


def _shape_of(tensor: Any) -> Shape | None:  # noqa: ANN401 - see above
    if not tensor.HasField("shape"):
        return None
    sizes = tuple(axis.dim_value if axis.HasField("dim_value") else -1 for axis in tensor.shape.dim)
    return sizes if min(sizes, default=0) >= 0 and math.prod(sizes) <= _LARGEST_ELEMENTS else None


def _bits_of(element: int) -> float:
    import numpy as np  # noqa: PLC0415 - only here
    import onnx  # noqa: PLC0415 - see `read_graph`

    kind = onnx.TensorProto.DataType.Name(element) if element in onnx.TensorProto.DataType.values() else ""
    packed = {"INT4": 4.0, "UINT4": 4.0, "FLOAT4E2M1": 4.0, "INT2": 2.0, "UINT2": 2.0}
    if kind in packed:
        return packed[kind]
    try:
        return 8.0 * np.dtype(onnx.helper.tensor_dtype_to_np_dtype(element)).itemsize if kind else 0.0
    except (KeyError, TypeError):
        return 0.0


def _attributes(node: Any) -> dict[str, Any]:  # noqa: ANN401 - see above
    """Numbers, lists of numbers and texts; tensors and graphs are left out."""
    found: dict[str, Any] = {}
    for one in node.attribute:
        if one.type == one.INT:
            found[one.name] = one.i
        elif one.type == one.INTS:
            found[one.name] = list(one.ints)
        elif one.type == one.STRING:
            found[one.name] = one.s
    return found
