"""Which integers ONNX Runtime's quantizer writes for a recipe, and why. Knows the recipe and the CPU, no model.

On x86 the only pairing whose every convolution runs in INT8 is U8 activations with S8 weights. Symmetric
activations are therefore U8 with zero point 128: in S8 the flagship takes 2.6 ms where U8 takes 1.7 and FP32 2.2.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.devices import read_cpu
from harness.vocabulary import Granularity, Recipe, Toolkit

_COMPUTE = ("Conv", "ConvTranspose", "Gemm", "MatMul")
# TensorRT takes pairs of Q/DQ in front of weighted layers, none shared, weights included and biases not; pairs
# behind a weighted layer would keep it from being fused with what follows. Sources: its developer guide, "Explicit
# quantization", and the options of `quantize_static` that name it.
_TENSORRT_OPTIONS: Mapping[str, object] = {
    "WeightSymmetric": True,
    "QuantizeBias": False,
    "AddQDQPairToWeight": True,
    "DedicatedQDQPair": True,
    "OpTypesToExcludeOutputQuantization": list(_COMPUTE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuTraits:
    """What of a CPU decides how a model is quantised for it.

    Without an instruction for INT8 dot products, x86 sums pairs of U8 x S8 products in 16 bits, which overflow.
    """

    is_arm: bool
    has_int8_dot: bool

    @property
    def overflows(self) -> bool:
        """Whether full-range weights would give wrong sums."""
        return not self.is_arm and not self.has_int8_dot

    @property
    def text(self) -> str:
        """For the request that an artifact is found by."""
        return (
            f"{'arm' if self.is_arm else 'x86'}, {'int8 dot product' if self.has_int8_dot else 'no int8 dot product'}"
        )


def cpu_traits() -> CpuTraits:
    """Of this machine's CPU."""
    is_arm = platform.machine().lower() in {"aarch64", "arm64"}
    return CpuTraits(is_arm=is_arm, has_int8_dot=read_cpu().int8_dot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """Element types by the quantizer's names, its options, and the operators it is kept to (all where empty)."""

    activations: str
    weights: str
    has_reduced_range: bool
    options: Mapping[str, object] = field(default_factory=dict)
    operators: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def static_scheme(recipe: Recipe, cpu: CpuTraits, *, has_attention: bool = False) -> Scheme:
    """For Q/DQ with calibrated ranges.

    In a graph with attention only what computes is quantised. Exporters mask with the lowest float: the
    sum of scores and mask would get one scale for -3.4e38 to 10, and the mask's a scale of 1.3e36. The
    text encoder falls from 64 % to 30 % that way.
    """
    if recipe.toolkit is Toolkit.TENSORRT:
        return Scheme(
            activations="QInt8",
            weights="QInt8",
            has_reduced_range=False,
            options={"ActivationSymmetric": True, **_TENSORRT_OPTIONS},
            operators=_COMPUTE,
            notes={"format": "qdq for TensorRT", "activations": "int8, zero point 0", "weights": "int8, zero point 0"},
        )
    is_signed = recipe.is_symmetric and cpu.is_arm
    kept_to = {"quantised": f"{', '.join(_COMPUTE)} alone, as there is attention"} if has_attention else {}
    zero_point = "zero point 0" if is_signed else "zero point 128" if recipe.is_symmetric else "asymmetric"
    return Scheme(
        activations="QInt8" if is_signed else "QUInt8",
        weights="QInt8",
        has_reduced_range=cpu.overflows,
        options={"ActivationSymmetric": recipe.is_symmetric},
        operators=_COMPUTE if has_attention else (),
        notes={
            "format": "qdq",
            "activations": f"{'int8' if is_signed else 'uint8'}, {zero_point}",
            "weights": _weights("int8", cpu),
            **kept_to,
        },
    )


def dynamic_scheme(operators: Mapping[str, int], cpu: CpuTraits) -> Scheme:
    """For ranges taken at run time, by how many nodes of each operator are to be quantised.

    ONNX Runtime has no INT8 convolution with S8 weights and dynamic ranges; with U8 weights its products of
    matrices take twice as long. So in a model of matrix products the few convolutions stay in FP32.
    """
    convolutions, products = operators.get("Conv", 0), operators.get("MatMul", 0) + operators.get("Gemm", 0)
    if convolutions > products:
        notes = {"format": "dynamic", "activations": "uint8", "weights": _weights("uint8", cpu)}
        return Scheme(activations="QUInt8", weights="QUInt8", has_reduced_range=cpu.overflows, notes=notes)
    notes = {"format": "dynamic", "activations": "uint8", "weights": _weights("int8", cpu)}
    if convolutions:
        notes["kept_in_fp32"] = f"{convolutions} Conv, which dynamic ranges make slower"
    return Scheme(
        activations="QUInt8",
        weights="QInt8",
        has_reduced_range=cpu.overflows,
        operators=_DYNAMIC_WITHOUT_CONV,
        notes=notes,
    )


_DYNAMIC_WITHOUT_CONV = ("Attention", "EmbedLayerNormalization", "Gather", "Gemm", "LSTM", "MatMul", "Transpose")


def granularity_is_per_channel(recipe: Recipe) -> bool:
    """Whether each output channel of a weight has a scale of its own."""
    return recipe.granularity is Granularity.PER_CHANNEL


def _weights(kind: str, cpu: CpuTraits) -> str:
    return f"{kind} in 7 bits, as this CPU has no INT8 dot product" if cpu.overflows else kind
