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


def _node(kind: str, *inputs: str, to: str, **attributes: Any) -> Any:  # noqa: ANN401 - a class of a package that may not be here
    from onnx import helper  # noqa: PLC0415 - as above

    return helper.make_node(kind, list(inputs), [to], **attributes)


def _save(path: Path, *nodes: Any, classes: int = 3, opset: int = _OPSET, **parts: Any) -> Path:  # noqa: ANN401 - as above
    """The nodes after a mean over each channel, `f` [n, 3]; `parts` may hold the `answer` and the `weights`."""
    from onnx import helper  # noqa: PLC0415 - as above

    first = (_node("GlobalAveragePool", "pixels", to="p"), _node("Flatten", "p", to="f"))
    pixels = helper.make_tensor_value_info("pixels", _FLOAT, ["n", 3, SIDE, SIDE])
    scores = parts.get("answer") or helper.make_tensor_value_info("scores", _FLOAT, ["n", classes])
    graph = helper.make_graph([*first, *nodes], "hostile", [pixels], [scores], list(parts.get("weights", ())))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    path.write_bytes(made.SerializeToString())
    return path
