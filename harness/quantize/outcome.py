"""Whether a quantizer did anything: some hand back the model as it was, which would then pass for INT8."""

from collections.abc import Iterable, Sequence

from harness.errors import NothingToQuantizeError
from harness.quantize.left_out import some_of
from harness.vocabulary import Arm

_QUANTIZED_ONNX = (
    "QuantizeLinear",
    "DequantizeLinear",
    "DynamicQuantizeLinear",
    "ConvInteger",
    "MatMulInteger",
    "MatMulNBits",
    "DynamicQuantizeMatMul",
    "DynamicQuantizeLSTM",
    "MatMulIntegerToFloat",
    "QLinear",
    "QGemm",
    "QAttention",
    "QMoE",
)
_QUANTIZED_OPENVINO = ("FakeQuantize", "FakeConvert")


def is_quantized(operator: str) -> bool:
    """Whether an operator of ONNX or OpenVINO quantises, or computes in integers."""
    return operator.startswith((*_QUANTIZED_ONNX, *_QUANTIZED_OPENVINO))


def require_quantized(arm: Arm, before: Sequence[str], after: Iterable[str]) -> None:
    """Refuse what a quantizer made where no operator of it is quantised that was not so before.

    Args:
        arm: whose recipe was carried out.
        before: the operator of each node of the given model.
        after: the same of what was made.

    Raises:
        NothingToQuantizeError: with what the model has.
    """
    if sum(map(is_quantized, after)) > sum(map(is_quantized, before)):
        return
    kinds = some_of(sorted(set(before) - {"Constant", "Parameter", "Result"}))
    is_partial = arm.recipe.left_out or arm.recipe.left_out_types
    what = "nothing but what is left out" if is_partial else "nothing in this model"
    raise NothingToQuantizeError(f"{arm.label}: {what} can be quantised (it has: {kinds})")
