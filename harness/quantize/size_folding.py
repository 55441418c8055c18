"""Works out the sizes that a graph computes from the shapes of its inputs, where shape inference stops at them.

Exporters write `x[:, :n]` as a slice whose end is computed: Shape, Gather, Unsqueeze, Slice. ONNX's own inference
takes no computed end, and knows no shape behind it. With inputs of known shape such ends are numbers; they are put in
place of the nodes that compute them, and shapes are inferred again. Only small whole numbers are computed, by the few
operators that sizes are made with: nothing of a hostile file can grow.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_ELEMENTS = 64
"""Of a list of sizes: a rank, or a few of them."""
_MOST_ROUNDS = 16
"""Each needs another inference: a model slices by sizes that hang on slices by sizes a few times at most."""
_TYPES = {np.dtype(np.int64), np.dtype(np.bool_)}
Sizes = NDArray[Any]
"""Whole numbers, or what comparing them gives."""


def infer_with_sizes(model: Any, infer: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - a class of a package that may not be here
    """The model with all shapes that can be inferred.

    Args:
        model: whose inputs have shapes.
        infer: shape inference.
    """
    shaped = infer(model)
    for _ in range(_MOST_ROUNDS):
        if not _lacks_shapes(shaped) or not _fold(shaped):
            break
        shaped = infer(shaped)
    return shaped


def _lacks_shapes(model: Any) -> bool:  # noqa: ANN401 - see above
    known = _shapes(model)
    return any(name and name not in known for node in model.graph.node for name in node.output)


def _shapes(model: Any) -> dict[str, tuple[int, ...]]:  # noqa: ANN401 - see above
    """Of the tensors all of whose sizes are known."""
    graph, found = model.graph, {}
    for one in (*graph.input, *graph.value_info, *graph.output):
        tensor = one.type.tensor_type
        if tensor.HasField("shape") and all(axis.HasField("dim_value") for axis in tensor.shape.dim):
            found[one.name] = tuple(axis.dim_value for axis in tensor.shape.dim)
    return found | {one.name: tuple(one.dims) for one in graph.initializer}


def _fold(model: Any) -> int:  # noqa: ANN401 - see above
    """Put numbers in place of nodes that compute sizes; how many."""
    from onnx import numpy_helper  # noqa: PLC0415 - heavy, and whoever comes here has it

    graph, shapes = model.graph, _shapes(model)
    known = {one.name: value for one in graph.initializer if (value := _value(one)) is not None}
    kept, folded = [], 0
    for node in graph.node:
        if node.op_type == "Constant":
            known |= _told(node)
        elif len(node.output) == 1 and (value := _computed(node, known, shapes)) is not None:
            known[node.output[0]] = value
            graph.initializer.append(numpy_helper.from_array(value, node.output[0]))
            folded += 1
            continue
        kept.append(node)
    if folded:
        del graph.node[:]
        graph.node.extend(kept)
    return folded


def _value(tensor: Any) -> Sizes | None:  # noqa: ANN401 - see above
    """A tensor of few whole numbers."""
    from onnx import TensorProto, numpy_helper  # noqa: PLC0415 - see `_fold`

    is_small = math.prod(tensor.dims) <= _MOST_ELEMENTS and tensor.data_location != TensorProto.EXTERNAL
    return numpy_helper.to_array(tensor) if is_small and tensor.data_type == TensorProto.INT64 else None


def _told(node: Any) -> dict[str, Sizes]:  # noqa: ANN401 - see above
    for one in node.attribute:
        if one.name == "value" and (value := _value(one.t)) is not None:
            return {node.output[0]: value}
    return {}


def _computed(node: Any, known: dict[str, Sizes], shapes: dict[str, tuple[int, ...]]) -> Sizes | None:  # noqa: ANN401 - see above
    """What a node gives, where it is one of those that sizes are made with and all that it reads is known."""
    if node.domain not in {"", "ai.onnx"}:
        return None
    options = {one.name: _value(one.t) if one.HasField("t") else one.ints or one.i for one in node.attribute}
    if node.op_type == "Shape":
        shape = shapes.get(node.input[0])
        return None if shape is None or options else np.array(shape, dtype=np.int64)
    rule = _RULES.get(node.op_type)
    if rule is None or not all(name in known for name in node.input):
        return None
    try:
        with np.errstate(all="raise"):
            found = rule([known[name] for name in node.input], options)
    except (ValueError, IndexError, TypeError, FloatingPointError):  # a file that contradicts itself
        return None
    return found if found is not None and found.size <= _MOST_ELEMENTS and found.dtype in _TYPES else None


Options = dict[str, Any]


def _gather(given: Sequence[Sizes], options: Options) -> Sizes:
    return np.asarray(np.take(given[0], given[1], axis=int(options.get("axis", 0))))


def _unsqueeze(given: Sequence[Sizes], options: Options) -> Sizes:
    return np.expand_dims(given[0], _axes(given, options) or ())


def _squeeze(given: Sequence[Sizes], options: Options) -> Sizes:
    return np.squeeze(given[0], _axes(given, options))


def _axes(given: Sequence[Sizes], options: Options) -> tuple[int, ...] | None:
    """An attribute up to opset 12, an input since."""
    if len(given) > 1:
        return tuple(int(one) for one in given[1].ravel())
    return tuple(options["axes"]) if "axes" in options else None


def _concat(given: Sequence[Sizes], options: Options) -> Sizes:
    return np.concatenate(given, axis=int(options.get("axis", 0)))


def _slice(given: Sequence[Sizes], _options: Options) -> Sizes | None:
    """Of a list, by opset 10 and later."""
    if given[0].ndim != 1 or len(given) < 3 or any(one.size != 1 for one in given[1:]):  # noqa: PLR2004 - start and end
        return None
    start, end = (int(one.item()) for one in given[1:3])
    step = int(given[4].item()) if len(given) > 4 else 1  # noqa: PLR2004 - the last of them
    return given[0][start:end:step] if step > 0 else None


def _filled(given: Sequence[Sizes], options: Options) -> Sizes | None:
    """As many of one number as told, which a file may make as many as it likes."""
    value, shape = options.get("value"), tuple(int(one) for one in given[0].ravel())
    if value is None or min(shape, default=0) < 0 or math.prod(shape) > _MOST_ELEMENTS:
        return None
    return np.full(shape, value.ravel()[0])


def _chosen(given: Sequence[Sizes], _options: Options) -> Sizes:
    return np.where(*given)


def _cast(given: Sequence[Sizes], options: Options) -> Sizes | None:
    from onnx import TensorProto  # noqa: PLC0415 - see `_fold`

    return given[0] if options.get("to") == TensorProto.INT64 else None


_RULES: dict[str, Callable[[Sequence[Sizes], Options], Sizes | None]] = {
    "Gather": _gather,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Concat": _concat,
    "Slice": _slice,
    "Cast": _cast,
    "ConstantOfShape": _filled,
    "Where": _chosen,
    "Equal": lambda given, _options: np.equal(given[0], given[1]),
    "Reshape": lambda given, _options: given[0].reshape([int(one) for one in given[1].ravel()]),
    "Identity": lambda given, _options: given[0],
    "Add": lambda given, _options: given[0] + given[1],
    "Sub": lambda given, _options: given[0] - given[1],
    "Mul": lambda given, _options: given[0] * given[1],
}
