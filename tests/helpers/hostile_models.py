"""Writes ONNX models that no one should trust, over the pixels of `brought_models`: what goes wrong is in the name."""

from pathlib import Path
from typing import Any

import numpy as np
from helpers.brought_models import SIDE

_FLOAT = 1
_OPSET = 17


def write_model_without_numbers(path: Path) -> Path:
    """Answers NaN to everything."""
    return _save(path, _node("Sub", "f", "f", to="zero"), _node("Div", "zero", "zero", to="scores"))


def write_model_that_throws_dice(path: Path) -> Path:
    """Adds normal noise to its answers, another each time."""
    return _save(path, _node("RandomNormalLike", "f", to="noise"), _node("Add", "f", "noise", to="scores"))


def write_model_that_answers_a_list(path: Path) -> Path:
    """Gives a sequence of tensors, as converters of trees do."""
    from onnx import helper  # noqa: PLC0415 - an extra: a test that needs it says so

    answer = helper.make_tensor_sequence_value_info("scores", _FLOAT, None)
    return _save(path, _node("SequenceConstruct", "f", to="scores"), answer=answer)


def write_model_of_more_classes(path: Path) -> Path:
    """Gives six scores for three classes."""
    return _save(path, _node("Concat", "f", "f", to="scores", axis=1), classes=6)


def write_model_that_runs_in_a_circle(path: Path) -> Path:
    """Two nodes that read one another."""
    return _save(path, _node("Add", "f", "b", to="a"), _node("Relu", "a", to="b"), _node("Relu", "b", to="scores"))


def write_model_of_absurd_weights(path: Path) -> Path:
    """Claims a weight of 4 exabytes and holds none of it."""
    from onnx import TensorProto  # noqa: PLC0415 - as above

    weight = TensorProto(name="w", dims=[2**30, 2**30], data_type=_FLOAT)
    return _save(path, _node("MatMul", "f", "w", to="scores"), weights=[weight])


def write_model_of_too_few_weights(path: Path) -> Path:
    """Claims nine numbers and holds one, not as bytes but as a list."""
    from onnx import TensorProto  # noqa: PLC0415 - as above

    weight = TensorProto(name="w", dims=[3, 3], data_type=_FLOAT, float_data=[1.0])
    return _save(path, _node("MatMul", "f", "w", to="scores"), weights=[weight])


def write_model_of_a_far_future(path: Path) -> Path:
    """Names a version of ONNX's operators up to which a runtime would count for hours."""
    return _save(path, _node("Relu", "f", to="scores"), opset=2**40)


def write_model_that_needs_all_memory(path: Path) -> Path:
    """A small file that asks for 2 TB when it is run."""
    from onnx import numpy_helper  # noqa: PLC0415 - as above

    shape = numpy_helper.from_array(np.array([1, 2**39, 1], dtype=np.int64), "shape")
    axis = numpy_helper.from_array(np.array([1], dtype=np.int64), "axis")
    return _save(
        path,
        _node("Unsqueeze", "f", "axis", to="u"),
        _node("Expand", "u", "shape", to="e"),
        _node("ReduceMean", "e", to="scores", axes=[1], keepdims=0),
        weights=[shape, axis],
    )


def write_model_of_endless_laughter(path: Path, *, depth: int = 40) -> Path:
    """A call that becomes 2^40 nodes: each of its functions calls the one below twice."""
    functions = [_function("f0", _node("Identity", "x", to="y"))]
    for number in range(1, depth):
        below = f"f{number - 1}"
        twice = _node(below, "x", to="t", domain="own"), _node(below, "t", to="y", domain="own")
        functions.append(_function(f"f{number}", *twice))
    return _save(path, _node(f"f{depth - 1}", "f", to="scores", domain="own"), functions=functions)


def write_model_that_calls_itself(path: Path) -> Path:
    """Two functions that call one another."""
    functions = [
        _function(name, _node(other, "x", to="y", domain="own"))
        for name, other in (("left", "right"), ("right", "left"))
    ]
    return _save(path, _node("left", "f", to="scores", domain="own"), functions=functions)


def write_model_of_a_loop(path: Path, *, trips: int | None, condition: str = "handed on") -> Path:
    """A loop that adds one: so many times, or without a count; whose condition is `handed on`, `constant` or `sum`."""
    from onnx import helper, numpy_helper  # noqa: PLC0415 - as above

    truth = numpy_helper.from_array(np.ones((), dtype=bool), "truth")
    one = numpy_helper.from_array(np.array(1, dtype=np.float32), "one")
    count = numpy_helper.from_array(np.array(trips or 0, dtype=np.int64), "count")
    sources = {
        "handed on": [_node("Identity", "going", to="goes_on")],
        "constant": [helper.make_node("Constant", [], ["goes_on"], value=truth)],
        "sum": [_node("ReduceSum", "v", to="s", keepdims=0), _node("Greater", "s", "least", to="goes_on")],
    }
    least = numpy_helper.from_array(np.array(-1e30, dtype=np.float32), "least")
    body = helper.make_graph(
        [*sources[condition], _node("Add", "v", "one", to="w")],
        "body",
        [_value("i", 7, []), _value("going", 9, []), _value("v", _FLOAT, None)],
        [_value("goes_on", 9, []), _value("w", _FLOAT, None)],
    )
    start = numpy_helper.from_array(np.zeros((1, 3), dtype=np.float32), "start")
    return _save(
        path,
        helper.make_node("Loop", ["" if trips is None else "count", "truth", "start"], ["l"], body=body),
        _node("Add", "f", "l", to="scores"),
        weights=[truth, one, count, least, start],
    )


def _value(name: str, element: int, shape: list[int] | None) -> Any:  # noqa: ANN401 - as above
    from onnx import helper  # noqa: PLC0415 - as above

    return helper.make_tensor_value_info(name, element, shape)


def _function(name: str, *nodes: Any) -> Any:  # noqa: ANN401 - as above
    from onnx import helper  # noqa: PLC0415 - as above

    imports = [helper.make_opsetid("", _OPSET), helper.make_opsetid("own", 1)]
    return helper.make_function("own", name, ["x"], ["y"], list(nodes), imports)


def _node(kind: str, *inputs: str, to: str, **attributes: Any) -> Any:  # noqa: ANN401 - a class of a package that may not be here
    from onnx import helper  # noqa: PLC0415 - as above

    return helper.make_node(kind, list(inputs), [to], **attributes)


def _save(path: Path, *nodes: Any, classes: int = 3, opset: int = _OPSET, **parts: Any) -> Path:  # noqa: ANN401 - as above
    """The nodes after a mean over each channel, `f` [n, 3]; `parts` may hold `answer`, `weights` and `functions`."""
    from onnx import helper  # noqa: PLC0415 - as above

    first = (_node("GlobalAveragePool", "pixels", to="p"), _node("Flatten", "p", to="f"))
    pixels = helper.make_tensor_value_info("pixels", _FLOAT, ["n", 3, SIDE, SIDE])
    scores = parts.get("answer") or helper.make_tensor_value_info("scores", _FLOAT, ["n", classes])
    graph = helper.make_graph([*first, *nodes], "hostile", [pixels], [scores], list(parts.get("weights", ())))
    imports = [helper.make_opsetid("", opset), *([helper.make_opsetid("own", 1)] if "functions" in parts else [])]
    made = helper.make_model(graph, opset_imports=imports, ir_version=9, functions=parts.get("functions", ()))
    path.write_bytes(made.SerializeToString())
    return path
