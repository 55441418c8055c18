"""Reads runtimes' own profiles: which precision did each layer's arithmetic run in, for how long.

Pure parsing of what a profile says. Nothing is inferred from the model file or from what
was asked for; a layer whose precision the profile does not tell is `unknown`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from harness.vocabulary import LayerRun, Precision

# Names of ONNX Runtime's CPU kernels, from its operator documentation (standard and contrib operators).
_ORT_INT8 = frozenset({
    "ConvInteger",
    "DynamicQuantizeLSTM",
    "DynamicQuantizeMatMul",
    "MatMulInteger",
    "MatMulIntegerToFloat",
    "QAttention",
    "QGemm",
    "QLinearConv",
    "QLinearMatMul",
})  # fmt: skip
_ORT_BY_INPUT = frozenset({
    "Attention",
    "Conv",
    "ConvTranspose",
    "FusedConv",
    "FusedGemm",
    "FusedMatMul",
    "GRU",
    "Gemm",
    "GroupQueryAttention",
    "LSTM",
    "MatMul",
    "MultiHeadAttention",
    "PackedAttention",
    "RNN",
})  # fmt: skip
_ORT_TYPES = {
    "float": Precision.FP32,
    "float16": Precision.FP16,
    "bfloat16": Precision.BF16,
    "uint8": Precision.INT8,
    "int8": Precision.INT8,
}
_ORT_SUFFIX = "_kernel_time"

_OPENVINO_COMPUTE = frozenset({
    "Convolution",
    "Deconvolution",
    "FullyConnected",
    "GroupConvolution",
    "LSTMSequence",
    "MatMul",
    "MHA",
    "RNNCell",
    "RNNSeq",
    "ScaledDotProductAttention",
})  # fmt: skip
_OPENVINO_TYPES = {
    "f32": Precision.FP32,
    "bf16": Precision.BF16,
    "f16": Precision.FP16,
    "i8": Precision.INT8,
    "u8": Precision.INT8,
    "i4": Precision.INT4,
    "u4": Precision.INT4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVinoOperation:
    """What `get_rt_info()` of an executed operation says; `time_us` is the mean of its calls."""

    name: str
    layer_type: str
    precision: str
    primitive: str
    time_us: float


def layers_of_onnxruntime(events: Iterable[Mapping[str, Any]]) -> tuple[LayerRun, ...]:
    """Node events of an ONNX Runtime profile, one layer per node, with the mean time of its calls.

    The events' `dur` is in microseconds.
    """
    kinds: dict[str, tuple[str, Precision, bool]] = {}
    seconds: dict[str, list[float]] = {}
    for event in events:
        name = str(event.get("name", ""))
        if event.get("cat") != "Node" or not name.endswith(_ORT_SUFFIX):
            continue
        arguments = event.get("args", {})
        kind = str(arguments.get("op_name", ""))
        layer = name.removesuffix(_ORT_SUFFIX)
        kinds[layer] = (kind, *_onnxruntime_precision(kind, arguments.get("input_type_shape", [])))
        seconds.setdefault(layer, []).append(float(event.get("dur", 0)) / 1e6)
    return tuple(
        LayerRun(name=layer, kind=kind, precision=precision, is_compute=is_compute, time_s=fmean(seconds[layer]))
        for layer, (kind, precision, is_compute) in kinds.items()
    )


def misplaced_nodes(events: Iterable[Mapping[str, Any]], providers: frozenset[str]) -> tuple[tuple[str, str, str], ...]:
    """Name, kind and provider of every node that computes, and ran on none of these providers.

    What ONNX Runtime leaves on the CPU on purpose, shapes and their arithmetic, does not compute in this sense.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for event in events:
        name, arguments = str(event.get("name", "")), event.get("args", {})
        if event.get("cat") != "Node" or not name.endswith(_ORT_SUFFIX):
            continue
        kind, where = str(arguments.get("op_name", "")), str(arguments.get("provider", "an unknown provider"))
        _, is_compute = _onnxruntime_precision(kind, arguments.get("input_type_shape", []))
        if is_compute and where not in providers:
            layer = name.removesuffix(_ORT_SUFFIX)
            found[layer] = (layer, kind, where)
    return tuple(found.values())


def layers_of_openvino(operations: Iterable[OpenVinoOperation]) -> tuple[LayerRun, ...]:
    """Operations of an executed OpenVINO graph; those that took no part (constants, in, out) are left out."""
    return tuple(
        LayerRun(
            name=operation.name,
            kind=f"{operation.layer_type} {operation.primitive}".strip(),
            precision=_OPENVINO_TYPES.get(operation.precision, Precision.UNKNOWN),
            is_compute=operation.layer_type in _OPENVINO_COMPUTE,
            time_s=operation.time_us / 1e6,
        )
        for operation in operations
        if operation.layer_type not in {"Const", "Input", "Output"}
    )


def _onnxruntime_precision(kind: str, inputs: object) -> tuple[Precision, bool]:
    if kind in _ORT_INT8:
        return Precision.INT8, True
    if kind == "MatMulNBits":
        return Precision.INT4, True
    first = inputs[0] if isinstance(inputs, list) and inputs else {}
    element = next(iter(first), "") if isinstance(first, dict) else ""
    return _ORT_TYPES.get(element, Precision.UNKNOWN), kind in _ORT_BY_INPUT
