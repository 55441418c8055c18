"""Models typed in 16 bits, and Q/DQ pairs on residuals."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.engines import SIDE, write_qdq_model, write_residual_model

from harness.errors import QuantizeError
from harness.quantize.residual_qdq import quantize_residuals
from harness.quantize.typed_onnx import write_typed
from harness.vocabulary import Method

onnx = pytest.importorskip("onnx", reason="onnx is not here: pip install 'planner[cpu]'")
ort = pytest.importorskip("onnxruntime", reason="onnxruntime is not here: pip install 'planner[cpu]'")

_IMAGES = np.random.default_rng(9).normal(size=(2, 3, SIDE, SIDE)).astype(np.float32)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """In FP32, and with Q/DQ."""
    folder = tmp_path_factory.mktemp("models")
    source = write_residual_model(folder / "fp32.onnx")
    return source, write_qdq_model(folder / "qdq.onnx", source)


def _answer(path: Path) -> np.ndarray[Any, Any]:
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"image": _IMAGES})[0])


def _kinds(path: Path) -> set[int]:
    return {one.data_type for one in onnx.load(str(path)).graph.initializer}


def test_fp16_leaves_inputs_and_outputs_as_they_were_and_nearly_the_answer(
    models: tuple[Path, Path], tmp_path: Path
) -> None:
    notes = write_typed(models[0], tmp_path / "fp16.onnx", Method.FP16)

    answer, expected = _answer(tmp_path / "fp16.onnx"), _answer(models[0])
    assert notes == {"typed": "fp16, inputs and outputs fp32, opset 17"}
    assert _kinds(tmp_path / "fp16.onnx") == {onnx.TensorProto.FLOAT16}
    assert answer.dtype == np.float32
    assert 0 < np.abs(answer - expected).max() < 0.01 * np.ptp(expected)


def test_bf16_needs_a_later_opset_and_q_dq_in_16_bits_too(models: tuple[Path, Path], tmp_path: Path) -> None:
    bf16 = write_typed(models[0], tmp_path / "bf16.onnx", Method.BF16)
    mixed = write_typed(models[1], tmp_path / "mixed.onnx", Method.FP16)

    assert bf16["typed"].endswith("opset 22")
    assert mixed["typed"].endswith("opset 19")
    assert _kinds(tmp_path / "mixed.onnx") == {onnx.TensorProto.FLOAT16, onnx.TensorProto.INT8}
    assert np.abs(_answer(tmp_path / "mixed.onnx") - _answer(models[1])).max() < 0.05 * np.ptp(_answer(models[1]))


def test_masks_are_cut_and_counted_and_the_scale_of_a_channel_of_zeros_does_not_vanish(
    models: tuple[Path, Path], tmp_path: Path
) -> None:
    model = onnx.load(str(models[1]))
    scales = next(one for one in model.graph.initializer if one.name == "w2_scale")
    bias = next(one for one in model.graph.initializer if one.name == "b1")
    for tensor, value in ((scales, 1e-12), (bias, -3e38)):
        changed = onnx.numpy_helper.to_array(tensor).copy()
        changed[0] = value
        tensor.CopyFrom(onnx.numpy_helper.from_array(changed, tensor.name))
    onnx.save(model, str(tmp_path / "odd.onnx"))

    notes = write_typed(tmp_path / "odd.onnx", tmp_path / "fp16.onnx", Method.FP16)

    typed = {one.name: one for one in onnx.load(str(tmp_path / "fp16.onnx")).graph.initializer}
    assert notes["values_cut_to_its_range"] == "1"
    assert onnx.numpy_helper.to_array(typed["b1"])[0] == -65504.0
    assert onnx.numpy_helper.to_array(typed["w2_scale"]).min() > 0.0


def test_a_model_that_branches_is_not_typed(tmp_path: Path) -> None:
    ends = [onnx.helper.make_tensor_value_info(name, 1, [1]) for name in ("x", "y")]
    node = onnx.helper.make_node("If", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "branch", ends[:1], ends[1:])
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / "if.onnx"))

    with pytest.raises(QuantizeError, match="branches or loops"):
        write_typed(tmp_path / "if.onnx", tmp_path / "out.onnx", Method.FP16)


def test_a_residual_has_a_q_dq_pair_of_its_own_and_the_convolutions_branch_none(
    models: tuple[Path, Path], tmp_path: Path
) -> None:
    path = tmp_path / "residual.onnx"
    path.write_bytes(models[1].read_bytes())

    made = quantize_residuals(path, {"r1": (0.0, 2.54)})

    graph = onnx.load(str(path)).graph
    makers = {name: node for node in graph.node for name in node.output}
    addition = next(node for node in graph.node if node.op_type == "Add")
    dequantize = makers[addition.input[1]]
    quantize = makers[dequantize.input[0]]
    scale = next(one for one in graph.initializer if one.name == quantize.input[1])
    assert made == 1
    assert makers[addition.input[0]].op_type == "Conv"
    assert [quantize.op_type, dequantize.op_type, quantize.input[0]] == ["QuantizeLinear", "DequantizeLinear", "r1"]
    assert onnx.numpy_helper.to_array(scale) == np.float32(2.54 / 127)
    assert sum(dequantize.output[0] in node.input for node in graph.node) == 1
    assert np.abs(_answer(path) - _answer(models[1])).max() < 0.1 * np.ptp(_answer(models[1]))
    assert quantize_residuals(path, {"r1": (0.0, 1.0)}, left_out=frozenset({"/add"})) == 0
