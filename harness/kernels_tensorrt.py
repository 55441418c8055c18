"""Reads what TensorRT says of an engine's layers: which precision each one's arithmetic is in.

Two sources tell the same in different clothes: the EngineInspector's JSON, which needs a GPU to open the engine, and
the layer table that the builder itself logs at DETAILED verbosity. Pure parsing; what they do not tell is `unknown`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import MeasurementError
from harness.vocabulary import LayerRun, Precision

LAYER_TABLE = "Layers:"
"""How the builder's message with the layer table begins."""
# Names that TensorRT 10, 11 and TensorRT-RTX 1.7 give layers of linear algebra; Myelin's are in lower case.
_COMPUTE = re.compile(
    r"correlation|gemm|conv|convolution|deconvolution|Cask(?:Gemm|Flatten|Pooled)?(?:Convolution|MatrixMultiply)\w*"
    r"|CaskDeconvolution\w*|GroupConvolution|MatrixMultiply|CudnnConvolution|f?mha\w*|attention",
    re.IGNORECASE,
)
_COMPUTE_NAME = re.compile(r"_gemm_mha|fmha|flash_?attention", re.IGNORECASE)
_TYPES = (
    (re.compile(r"\bB(?:F|Float)16\b", re.IGNORECASE), Precision.BF16),
    (re.compile(r"\b(?:FP16|Half)\b", re.IGNORECASE), Precision.FP16),
    (re.compile(r"\bInt8\b", re.IGNORECASE), Precision.INT8),
    (re.compile(r"\bInt4\b", re.IGNORECASE), Precision.INT4),
    (re.compile(r"\b(?:FP32|Float)\b", re.IGNORECASE), Precision.FP32),
)
_WIDEST_FIRST = (Precision.UNKNOWN, Precision.FP32, Precision.BF16, Precision.FP16, Precision.INT8, Precision.INT4)
_NAMED_TF32 = re.compile(r"tf32", re.IGNORECASE)
_LAYER = re.compile(
    r"^Name: (?P<name>.*?), LayerType: (?P<kind>[^,]*), Inputs: \[(?P<inputs>.*?)\], "
    r"Constants: \[(?P<constants>.*?)\], Outputs: \[.*?\], TacticName: (?P<tactic>[^,]*)"
    r"(?:, StreamId: -?\d+)?(?:, Metadata: (?P<nodes>.*))?$"
)
_TENSOR = re.compile(r"Dimensions: \[(?P<axes>[^\]]*)\].*?Datatype: (?P<type>\w+)")
_NODE = re.compile(r"\[ONNX Layer: ([^\]]*)\]")
_PLACEHOLDER = "STUB"  # TensorRT-RTX chooses the kernel on the user's card
_LONGEST = 200
_OF_A_PRODUCT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineLayer:
    """A layer in TensorRT's words. `operands` are the types of what it computes with: activations, then weights."""

    name: str
    kind: str
    operands: tuple[Precision, ...]
    tactic: str
    nodes: tuple[str, ...]

    @property
    def is_compute(self) -> bool:
        """Whether it is linear algebra: where the time goes, and what a precision is named for."""
        return _COMPUTE.fullmatch(self.kind) is not None or _COMPUTE_NAME.search(self.name) is not None


def layers_of_log(message: str) -> tuple[EngineLayer, ...]:
    """The layers of the builder's table. Lines that are none, or no longer look as they did, are passed over."""
    found = (_LAYER.match(line) for line in message.splitlines())
    return tuple(
        EngineLayer(
            name=one["name"],
            kind=one["kind"],
            operands=_operands(one["name"], _logged(one["inputs"]), _logged(one["constants"])),
            tactic=one["tactic"],
            nodes=tuple(_NODE.findall(one["nodes"] or "")),
        )
        for one in found
        if one is not None
    )


def layers_of_inspector(text: str) -> tuple[EngineLayer, ...]:
    """The layers of `EngineInspector.get_engine_information(JSON)`.

    Raises:
        MeasurementError: it is no such JSON, or the engine was built without layer information.
    """
    try:
        layers = json.loads(text)["Layers"]
        return tuple(_inspected(one) for one in layers)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MeasurementError(
            "TensorRT's inspector tells no layers of this engine: build it again (profiling verbosity DETAILED)"
        ) from error


def layer_runs(
    layers: Sequence[EngineLayer],
    *,
    allows_tf32: bool,
    seconds: Mapping[str, float] | None = None,
    compute_nodes: Iterable[str] = (),
) -> tuple[LayerRun, ...]:
    """The layers with the precision of each one's arithmetic.

    Args:
        layers: of one engine.
        allows_tf32: whether FP32 layers were free to run in TF32: then only a kernel's name tells which they do.
        seconds: mean time a call by layer name, where a profile was taken.
        compute_nodes: ONNX nodes of linear algebra. Their arithmetic must be somewhere: where no layer that is known
            for it names one, a generated kernel that names it and reads two tensors does it (Myelin writes small
            products so); where there is none, it counts as a layer of unknown precision.
    """
    known = [layer for layer in layers if layer.is_compute]
    placed = {node for layer in known for node in layer.nodes}
    missing = [node for node in compute_nodes if node not in placed and not any(node in one.name for one in known)]
    products = [layer for layer in layers if len(layer.operands) == _OF_A_PRODUCT and set(layer.nodes) & set(missing)]
    runs = [
        LayerRun(
            name=layer.name[:_LONGEST],
            kind=layer.kind if _PLACEHOLDER in layer.tactic or not layer.tactic else f"{layer.kind} {layer.tactic}",
            precision=_precision(layer, allows_tf32=allows_tf32),
            is_compute=layer.is_compute or layer in products,
            time_s=(seconds or {}).get(layer.name, 0.0),
        )
        for layer in layers
    ]
    placed = {node for layer in products for node in layer.nodes}
    runs += [
        LayerRun(name=node[:_LONGEST], kind="not told", precision=Precision.UNKNOWN, is_compute=True, time_s=0.0)
        for node in missing
        if node not in placed
    ]
    return tuple(runs)


def _precision(layer: EngineLayer, *, allows_tf32: bool) -> Precision:
    """The widest operand decides: INT8 weights under FP16 activations are unpacked and multiplied in FP16."""
    if not layer.operands:
        return Precision.UNKNOWN
    widest = min(layer.operands, key=_WIDEST_FIRST.index)
    if widest is not Precision.FP32 or not allows_tf32:
        return widest
    if _NAMED_TF32.search(layer.tactic):
        return Precision.TF32
    return Precision.UNKNOWN if _PLACEHOLDER in layer.tactic or not layer.tactic else Precision.FP32


def _operands(
    name: str, inputs: Sequence[tuple[int, Precision]], constants: Sequence[tuple[int, Precision]]
) -> tuple[Precision, ...]:
    """Types of the first activation, and of the weights or, where there are none, of the second activation.

    Further inputs are residuals, and constants of one axis biases and scales, which are wider on purpose; so is a
    bias over four axes, of which all but one are 1. Attention in one kernel reads three of equal rank, and a mask.
    """
    weights = [kind for places, kind in constants if places > 1]
    if not weights and _COMPUTE_NAME.search(name):
        return tuple(kind for places, kind in inputs if places == inputs[0][0])
    second = weights[:1] or [kind for _, kind in inputs[1:2]]
    return tuple([kind for _, kind in inputs[:1]] + second)


def _logged(text: str) -> list[tuple[int, Precision]]:
    return [(_wide_axes(one["axes"].split(",")), _type(one["type"])) for one in _TENSOR.finditer(text)]


def _wide_axes(axes: Iterable[object]) -> int:
    """How many axes are longer than 1."""
    return sum(str(axis).strip() not in {"1", ""} for axis in axes)


def _type(text: str) -> Precision:
    return next((precision for pattern, precision in _TYPES if pattern.search(text)), Precision.UNKNOWN)


def _inspected(one: Any) -> EngineLayer:  # noqa: ANN401 - parsed JSON
    weights = one.get("Weights")
    constants = list(_tensors(one.get("Constants", ())))
    if isinstance(weights, dict) and weights.get("Count", 0):
        constants.insert(0, (2, _type(str(weights.get("Type", "")))))
    return EngineLayer(
        name=str(one["Name"]),
        kind=str(one.get("LayerType", "")),
        operands=_operands(str(one["Name"]), list(_tensors(one.get("Inputs", ()))), constants),
        tactic=str(one.get("TacticName", "")),
        nodes=tuple(_NODE.findall(str(one.get("Metadata", "")).replace("\x1e", ""))),
    )


def _tensors(listed: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, Precision]]:
    for tensor in listed:
        told = {
            key.lower(): value for key, value in tensor.items()
        }  # TensorRT 10: `Format/Datatype`; 11 has them apart
        kind = told.get("datatype") or told.get("format/datatype") or told.get("format", "")
        yield _wide_axes(told.get("dimensions", ())), _type(str(kind))
