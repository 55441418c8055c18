"""Profiles as the runtimes write them, shortened: which precision did each layer run in?"""

from typing import Any

import pytest

from harness.kernels import OpenVinoOperation, layers_of_onnxruntime, layers_of_openvino
from harness.vocabulary import LayerRun, Precision


def _node_event(name: str, kind: str, inputs: Any, *, dur: int = 10, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A node event of an ONNX Runtime profile, with the fields that are always there."""
    arguments = {
        "op_name": kind,
        "input_type_shape": inputs,
        "provider": "CPUExecutionProvider",
        "node_index": "8",
        "thread_scheduling_stats": "",
    }
    event = {"cat": "Node", "pid": 191, "tid": 191, "dur": dur, "ts": 18_841, "ph": "X", "name": f"{name}_kernel_time"}
    return {**event, "args": arguments} | fields


def _operation(name: str, layer_type: str, precision: str, primitive: str, time_us: float) -> OpenVinoOperation:
    return OpenVinoOperation(
        name=name, layer_type=layer_type, precision=precision, primitive=primitive, time_us=time_us
    )


_FLOATS = [{"float": [1, 3, 8, 8]}, {"float": [16, 3, 3, 3]}, {"float": [16]}]
_BYTES = [{"uint8": [1, 8, 8, 3]}, {"float": []}, {"uint8": []}, {"int8": [16, 3, 3, 3]}]


def test_only_node_events_of_a_profile_are_layers() -> None:
    events = [
        {"cat": "Session", "dur": 903, "ts": 28, "ph": "X", "name": "model_loading_uri", "args": {}},
        {"cat": "Session", "dur": 394, "ts": 18_461, "ph": "X", "name": "SequentialExecutor::Execute", "args": {}},
        _node_event("c0_nchwc", "Conv", _FLOATS) | {"name": "c0_nchwc_fence_before"},
        _node_event("c0_nchwc", "Conv", _FLOATS, dur=257),
        {"ph": "M", "name": "process_name"},
        {},
    ]

    assert layers_of_onnxruntime(events) == (
        LayerRun(name="c0_nchwc", kind="Conv", precision=Precision.FP32, is_compute=True, time_s=257 / 1e6),
    )


def test_a_layers_time_is_the_mean_of_its_calls_and_layers_keep_their_order() -> None:
    call = [("a/Conv", 30), ("b/Gemm", 1), ("a/Conv", 10), ("b/Gemm", 3)]
    events = [_node_event(name, name.partition("/")[2], _FLOATS, dur=dur) for name, dur in call]

    layers = layers_of_onnxruntime(events)

    assert [layer.name for layer in layers] == ["a/Conv", "b/Gemm"]
    assert [layer.time_s for layer in layers] == pytest.approx([20e-6, 2e-6])


@pytest.mark.parametrize(
    ("kind", "inputs", "precision"),
    [
        ("Conv", _FLOATS, Precision.FP32),
        ("FusedConv", _FLOATS, Precision.FP32),
        ("FusedMatMul", [{"float": [1, 128, 768]}, {"float": [768, 768]}], Precision.FP32),
        ("MatMul", [{"float16": [1, 4]}, {"float16": [4, 4]}], Precision.FP16),
        ("Gemm", [{"bfloat16": [1, 4]}, {"bfloat16": [4, 4]}], Precision.BF16),
        ("MatMul", [{"int64": [1, 4]}, {"int64": [4, 4]}], Precision.UNKNOWN),
        ("QLinearConv", _BYTES, Precision.INT8),
        ("QGemm", _BYTES, Precision.INT8),
        ("QLinearMatMul", _BYTES, Precision.INT8),
        ("ConvInteger", [{"uint8": [1, 3, 8, 8]}, {"uint8": [16, 3, 3, 3]}, {"uint8": []}], Precision.INT8),
        ("DynamicQuantizeMatMul", [{"float": [1, 64]}, {"uint8": [64, 4]}], Precision.INT8),
        ("MatMulIntegerToFloat", [{"uint8": [1, 64]}, {"int8": [64, 4]}], Precision.INT8),
        ("MatMulNBits", [{"float": [1, 64]}, {"uint8": [64, 2, 16]}], Precision.INT4),
    ],
)
def test_onnxruntime_kernels_that_compute_are_told_by_name_and_by_their_first_input(
    kind: str, inputs: list[dict[str, list[int]]], precision: Precision
) -> None:
    (layer,) = layers_of_onnxruntime([_node_event("node", kind, inputs)])

    assert (layer.kind, layer.precision, layer.is_compute) == (kind, precision, True)


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("QuantizeLinear", _FLOATS),
        ("DequantizeLinear", _BYTES),
        ("ReorderInput", _FLOATS),
        ("QLinearGlobalAveragePool", _BYTES),
        ("Relu", _FLOATS),
        ("Transpose", _BYTES),
    ],
)
def test_what_only_moves_or_scales_is_no_compute_layer(kind: str, inputs: list[dict[str, list[int]]]) -> None:
    (layer,) = layers_of_onnxruntime([_node_event("node", kind, inputs)])

    assert not layer.is_compute


@pytest.mark.parametrize("inputs", [[], [{}], None, "float", ["float"], [None], {"float": [1]}])
def test_without_the_types_of_its_inputs_a_float_kernel_is_unknown_and_still_computes(inputs: object) -> None:
    (layer,) = layers_of_onnxruntime([_node_event("node", "Conv", inputs)])

    assert (layer.precision, layer.is_compute) == (Precision.UNKNOWN, True)


@pytest.mark.parametrize("fields", [{"args": {}}, {"dur": 0}, {"args": {"op_name": "Mystery"}}])
def test_an_event_with_fields_missing_is_a_layer_nothing_is_claimed_of(fields: dict[str, Any]) -> None:
    (layer,) = layers_of_onnxruntime([_node_event("node", "Mystery", [], **fields)])

    assert (layer.precision, layer.is_compute) == (Precision.UNKNOWN, False)


def test_openvino_operations_tell_their_precision_and_constants_take_no_part() -> None:
    operations = [
        _operation("image", "Input", "f32", "unknown_f32", 0.0),
        _operation("w0", "Const", "f32", "unknown_f32", 0.0),
        _operation("image_abcd_acdb_/a/Conv", "Reorder", "f32", "jit_uni_f32", 7.0),
        _operation("/a/Conv/WithoutBiases", "Convolution", "u8", "brgconv_avx512_I8", 30.0),
        _operation("/b/Conv", "GroupConvolution", "f32", "brgconv_avx512_dw_f32", 9.0),
        _operation("scores", "FullyConnected", "i8", "", 8.0),
        _operation("scores/sink_port_0", "Output", "f32", "unknown_f32", 0.0),
    ]

    layers = layers_of_openvino(operations)

    assert [(one.name, one.kind, one.precision, one.is_compute) for one in layers] == [
        ("image_abcd_acdb_/a/Conv", "Reorder jit_uni_f32", Precision.FP32, False),
        ("/a/Conv/WithoutBiases", "Convolution brgconv_avx512_I8", Precision.INT8, True),
        ("/b/Conv", "GroupConvolution brgconv_avx512_dw_f32", Precision.FP32, True),
        ("scores", "FullyConnected", Precision.INT8, True),
    ]
    assert [one.time_s for one in layers] == [pytest.approx(us / 1e6) for us in (7, 30, 9, 8)]


@pytest.mark.parametrize(
    ("told", "precision"),
    [
        ("f32", Precision.FP32),
        ("bf16", Precision.BF16),
        ("f16", Precision.FP16),
        ("i8", Precision.INT8),
        ("u8", Precision.INT8),
        ("i4", Precision.INT4),
        ("u4", Precision.INT4),
        ("i32", Precision.UNKNOWN),
        ("", Precision.UNKNOWN),
    ],
)
def test_openvino_precisions_are_translated_and_none_is_guessed(told: str, precision: Precision) -> None:
    (layer,) = layers_of_openvino([_operation("/a/MatMul", "MatMul", told, "brgemm", 1.0)])

    assert (layer.precision, layer.is_compute) == (precision, True)
