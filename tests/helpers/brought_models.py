"""Writes models and data as a user brings them: they tell three colours apart by the mean of each channel."""

from pathlib import Path
from typing import Any

import numpy as np

COLOURS = ("red", "green", "blue")
SIDE = 16
_FEATURES = 4
_FLOAT, _INT64 = 1, 7
_TABLES = "ai.onnx.ml"
_WORDS = 100


def write_colour_model(path: Path, *, batch: int | str = "n", scaled: bool = False) -> Path:
    """A convolution, a mean and a classifier over `pixels` [batch, 3, 16, 16], right about the data below.

    `scaled` puts an operator behind it that OpenVINO lacks.
    """
    from onnx import helper, numpy_helper  # noqa: PLC0415 - an extra: a test that needs it says so

    blur = np.zeros((8, 3, 3, 3), dtype=np.float32)
    blur[np.arange(3), np.arange(3)] = 1 / 9
    weights = {"blur": blur, "head": np.pad(np.eye(3, dtype=np.float32) * 6 - 2, ((0, 0), (0, 5)))}
    nodes = [
        helper.make_node("Conv", ["pixels", "blur"], ["c"], name="/conv", pads=[1] * 4),
        helper.make_node("GlobalAveragePool", ["c"], ["p"], name="/pool"),
        helper.make_node("Flatten", ["p"], ["f"], name="/flatten"),
        helper.make_node("Gemm", ["f", "head"], ["logits" if scaled else "scores"], name="/gemm", transB=1),
    ]
    if scaled:
        nodes.append(helper.make_node("Scaler", ["logits"], ["scores"], domain=_TABLES, offset=[0.0], scale=[1.0]))
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("pixels", _FLOAT, [batch, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("scores", _FLOAT, [batch, 3])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return _save(graph, path)


def write_scaled_classifier(path: Path) -> Path:
    """What scikit-learn's models become: a scaler and a linear classifier over `x` [n, 4], none of ONNX's own."""
    from onnx import helper  # noqa: PLC0415 - see above

    nodes = [
        helper.make_node("Scaler", ["x"], ["s"], domain=_TABLES, offset=[0.0] * _FEATURES, scale=[1.0] * _FEATURES),
        helper.make_node(
            "LinearClassifier",
            ["s"],
            ["label", "scores"],
            domain=_TABLES,
            coefficients=np.eye(3, _FEATURES).ravel().tolist(),
            intercepts=[0.0] * 3,
            classlabels_ints=[0, 1, 2],
            post_transform="SOFTMAX",
        ),
    ]
    ends = [
        helper.make_tensor_value_info("x", _FLOAT, ["n", _FEATURES]),
        helper.make_tensor_value_info("label", _INT64, ["n"]),
        helper.make_tensor_value_info("scores", _FLOAT, ["n", 3]),
    ]
    return _save(helper.make_graph(nodes, "table", ends[:1], ends[1:]), path)


def write_table(path: Path, *, samples: int = 150) -> Path:
    """`inputs` [N, 4] and `labels` that the classifier above knows."""
    labels = np.arange(samples) % 3
    noise = np.random.default_rng(4).normal(0.0, 0.2, (samples, _FEATURES))
    np.savez(path, inputs=(np.eye(3, _FEATURES)[labels] * 2 + noise).astype(np.float32), labels=labels)
    return path


def write_two_input_model(path: Path, *, batch: int | str = "n") -> Path:
    """A product of `left` [batch, 4] with a matrix, plus `right` [batch, 4]."""
    from onnx import helper, numpy_helper  # noqa: PLC0415 - see above

    matrix = np.random.default_rng(0).normal(size=(_FEATURES, _FEATURES)).astype(np.float32)
    ends = {
        name: helper.make_tensor_value_info(name, _FLOAT, [batch, _FEATURES]) for name in ("left", "right", "answer")
    }
    nodes = [
        helper.make_node("MatMul", ["left", "matrix"], ["product"], name="/matmul"),
        helper.make_node("Add", ["product", "right"], ["answer"], name="/add"),
    ]
    graph = helper.make_graph(
        nodes, "two", [ends["left"], ends["right"]], [ends["answer"]], [numpy_helper.from_array(matrix, "matrix")]
    )
    return _save(graph, path)


def write_text_model(path: Path) -> Path:
    """The mean of an embedding of `input_ids` [n, length], two scores."""
    from onnx import helper, numpy_helper  # noqa: PLC0415 - see above

    table = np.random.default_rng(0).normal(size=(_WORDS, 2)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"], name="/gather"),
        helper.make_node("ReduceMean", ["words"], ["scores"], name="/mean", axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "texts",
        [helper.make_tensor_value_info("input_ids", _INT64, ["n", "length"])],
        [helper.make_tensor_value_info("scores", _FLOAT, ["n", 2])],
        [numpy_helper.from_array(table, "table")],
    )
    return _save(graph, path)


def write_two_inputs(path: Path, *, samples: int = 60) -> Path:
    """Arrays under the names of the model's inputs, without labels."""
    randomness = np.random.default_rng(1)
    arrays = {name: randomness.normal(size=(samples, _FEATURES)).astype(np.float32) for name in ("left", "right")}
    np.savez(path, **arrays)  # type: ignore[arg-type] # the stub takes the names for its own options
    return path


def write_colours(path: Path, *, samples: int = 150, names_are_mixed_up: bool = False) -> Path:
    """`inputs` [N, 3, 16, 16] as the model reads them, and `labels`, which may be wrong."""
    randomness = np.random.default_rng(2)
    labels = np.arange(samples) % 3
    pixels = randomness.normal(0.0, 0.3, (samples, 3, SIDE, SIDE)).astype(np.float32)
    pixels[np.arange(samples), labels] += 0.4
    np.savez(path, inputs=pixels, labels=randomness.permutation(labels) if names_are_mixed_up else labels)
    return path


def write_pictures(folder: Path, *, a_class: int = 20) -> Path:
    """PNG files in a folder for each colour."""
    from PIL import Image  # noqa: PLC0415 - an extra, as above

    randomness = np.random.default_rng(3)
    for channel, colour in enumerate(COLOURS):
        (folder / colour).mkdir(parents=True)
        for number in range(a_class):
            pixels = randomness.integers(0, 120, (20, 24, 3), dtype=np.uint8)
            pixels[..., channel] += 80
            Image.fromarray(pixels).save(folder / colour / f"{number}.png")
    return folder


def quantise_elsewhere(model: Path, data: Path, target: Path) -> Path:
    """An INT8 file as somebody else makes it, with ONNX Runtime's quantizer."""
    from onnxruntime import quantization  # noqa: PLC0415 - an extra, as above

    class Reader(quantization.CalibrationDataReader):  # type: ignore[misc] # the package is untyped
        """One batch."""

        def __init__(self) -> None:
            self._batches = iter([{"pixels": np.load(data)["inputs"][:32]}])

        def get_next(self) -> dict[str, Any] | None:
            return next(self._batches, None)

    quantization.quantize_static(str(model), str(target), Reader(), per_channel=True)
    return target


def _save(graph: Any, path: Path) -> Path:  # noqa: ANN401 - a class of a package that may not be here
    import onnx  # noqa: PLC0415 - see above

    opsets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid(_TABLES, 3)]
    made = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=9)
    onnx.save(made, str(path))
    return path
