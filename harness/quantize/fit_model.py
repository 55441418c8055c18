"""Makes an ONNX model fit to be quantised, or says why it cannot be.

Refuses what quantizers would quietly get wrong (control flow, a model that is quantised already), and changes
in a copy what they cannot work with: old operator sets, 16-bit floats, weights listed among the inputs, nodes
without names. The model file itself is never touched.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import QuantizeError
from harness.foreign_errors import telling_sentence
from harness.quantize.inspection import inspect_onnx
from harness.quantize.left_out import GraphNode, nodes_of
from harness.vocabulary import ModelCard

LEAST_OPSET = 13
"""From here on QuantizeLinear takes a scale for each channel. Source: the ONNX operator changelog."""
_SHOWN = 4
_MOST_WIDENING = 2  # 16-bit floats
_WHOLE_IN_MEMORY = 1_800_000_000  # protobuf serialises at most 2 GiB: larger models keep their weights in a second file
_CONTROL_FLOW = frozenset({"If", "Loop", "Scan", "SequenceMap"})
_STANDARD_DOMAINS = {"", "ai.onnx"}
_TYPE_ATTRIBUTES = {"to", "dtype"}  # of Cast, EyeLike, RandomNormal and their kind: the element type of the output
_LEAST_IR = 4  # before it every weight had to be listed among the inputs

Model = Any
"""An `onnx.ModelProto`: a class of a package that may not be here."""
Newest = Callable[[int], int]
Change = Callable[[Model], tuple[Model, str]]
"""Gives the changed model, and what was done to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitModel:
    """A model that quantizers can work with. `notes` say what was changed; `is_large` asks for external data."""

    path: Path
    nodes: tuple[GraphNode, ...]
    notes: dict[str, str]
    is_large: bool


def fit_model(
    path: Path, scratch: Path, *, least_opset: int | None = LEAST_OPSET, newest: Newest | None = None
) -> FitModel:
    """Check a model, and write a changed copy into `scratch` where it needs one.

    Args:
        path: the ONNX file.
        scratch: an empty folder.
        least_opset: what older models are converted to; `None` leaves them.
        newest: given a model's opset, the newest up to it that can be quantised, to which it is converted.

    Raises:
        QuantizeError: the model cannot be quantised, with what to do instead.
    """
    import onnx  # noqa: PLC0415 - heavy, and absence is a normal answer

    card = inspect_onnx(path)
    _require_quantisable(path, card)
    model = onnx.load(str(path), load_external_data=False)
    opset = max(card.opset, least_opset or card.opset)
    changes = _changes_for(path, model, card, newest(opset) if newest else opset)
    if changes:
        return _changed(path, model, changes, scratch, weight_bytes=card.parameter_bytes * _MOST_WIDENING)
    is_large = card.parameter_bytes > _WHOLE_IN_MEMORY
    return FitModel(path=path, nodes=nodes_of(model.graph), notes={}, is_large=is_large)


def _changes_for(path: Path, model: Model, card: ModelCard, opset: int) -> list[Change]:
    """What the model needs, in the order in which it is done."""
    return [
        change
        for change, is_needed in (
            (_inlined, bool(model.functions)),
            (_without_listed_weights, _listed_weights(model)),
            (_in_fp32, _holds_16_bit_floats(model)),
            (_with_names, _unnamed(model)),
            (_converter(path, opset), card.opset != opset),
        )
        if is_needed
    ]


def _changed(path: Path, model: Model, changes: list[Change], scratch: Path, *, weight_bytes: int) -> FitModel:
    import onnx  # noqa: PLC0415 - see above

    onnx.load_external_data_for_model(model, str(path.parent))
    notes = []
    for change in changes:
        model, note = change(model)
        notes.append(note)
    model, _ = _with_names(model)  # a conversion adds nodes
    nodes = nodes_of(model.graph)
    is_large = weight_bytes > _WHOLE_IN_MEMORY
    copy = scratch / "fit.onnx"
    onnx.save(model, str(copy), save_as_external_data=is_large)
    return FitModel(path=copy, nodes=nodes, notes={"changed_first": "; ".join(notes)}, is_large=is_large)


def _require_quantisable(path: Path, card: ModelCard) -> None:
    import onnx  # noqa: PLC0415 - see above

    known = onnx.defs.onnx_opset_version()
    if card.opset > known:
        raise QuantizeError(
            f"{path.name} uses opset {card.opset}; the installed onnx {onnx.__version__} knows none above {known}: "
            "export the model with an older opset_version, for example 17, or update onnx and onnxruntime"
        )
    if card.is_quantized:
        told = ", ".join(f"{count} {kind}" for kind, count in list(card.operators.items())[:_SHOWN])
        raise QuantizeError(
            f"{path.name} is quantised already (it holds {told}): bring it as it is with --candidate, and give the "
            "FP32 model that it was made from with --model"
        )
    flow = [kind for kind in card.operators if kind in _CONTROL_FLOW]
    if flow:
        raise QuantizeError(
            f"{path.name} branches or loops inside ({', '.join(flow)}): quantizers do not look into such graphs. "
            "Export the model with fixed control flow, or quantise it where it was trained"
        )


def _opset(model: Model) -> int:
    return next((int(one.version) for one in model.opset_import if one.domain in _STANDARD_DOMAINS), 1)


def _inlined(model: Model) -> tuple[Model, str]:
    from onnx import inliner  # noqa: PLC0415 - see above

    return inliner.inline_local_functions(model), "functions replaced by their nodes"


def _listed_weights(model: Model) -> bool:
    weights = {one.name for one in model.graph.initializer}
    return any(one.name in weights for one in model.graph.input)


def _without_listed_weights(model: Model) -> tuple[Model, str]:
    """Weights among the inputs may be replaced by a caller: quantizers leave them alone, as no constants."""
    weights = {one.name for one in model.graph.initializer}
    kept = [one for one in model.graph.input if one.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(kept)
    model.ir_version = max(model.ir_version, _LEAST_IR)
    return model, "weights taken off the list of inputs"


def _unnamed(model: Model) -> bool:
    names = [node.name for node in model.graph.node]
    return "" in names or len(set(names)) < len(names)


def _with_names(model: Model) -> tuple[Model, str]:
    """Nodes without a name of their own are called after their first output, as OpenVINO does."""
    taken: set[str] = set()
    for node in model.graph.node:
        name = node.name
        if not name or name in taken:
            name = next(one for one in _candidates(node) if one not in taken)
        node.name = name
        taken.add(name)
    return model, "nodes without a name of their own named after their outputs"


def _candidates(node: Any) -> Iterator[str]:  # noqa: ANN401 - see Model
    first = next((name for name in node.output if name), node.op_type)
    yield first
    place = 1
    while True:
        yield f"{first}_{place}"
        place += 1


def _converter(path: Path, opset: int) -> Change:
    def convert(model: Model) -> tuple[Model, str]:
        from onnx import version_converter  # noqa: PLC0415 - see above

        old = _opset(model)
        try:
            converted = version_converter.convert_version(model, opset)
        except MemoryError:
            raise
        except Exception as error:  # whatever the converter meets: this is the border
            raise QuantizeError(
                f"{path.name} uses opset {old}, quantising needs {opset}, and converting it failed "
                f"({telling_sentence(error)}): export the model again with opset_version=17"
            ) from error
        return converted, f"opset {old} converted to {opset}"

    return convert


def _holds_16_bit_floats(model: Model) -> bool:
    kinds = _16_bit_floats()
    return any(one.data_type in kinds for one in model.graph.initializer) or any(
        one.type.tensor_type.elem_type in kinds for one in (*model.graph.input, *model.graph.output)
    )


def _in_fp32(model: Model) -> tuple[Model, str]:
    """Every 16-bit float becomes a 32-bit one: the quantizers compute ranges and scales in FP32."""
    from onnx import TensorProto, numpy_helper  # noqa: PLC0415 - see above

    kinds = _16_bit_floats()

    def widen(tensor: Any) -> None:  # noqa: ANN401 - see Model
        if tensor.data_type in kinds:
            wide = numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(wide, tensor.name))

    for tensor in model.graph.initializer:
        widen(tensor)
    for node in model.graph.node:
        for attribute in node.attribute:
            widen(attribute.t)
            if attribute.name in _TYPE_ATTRIBUTES and attribute.i in kinds:
                attribute.i = TensorProto.FLOAT
    for told in (*model.graph.input, *model.graph.output, *model.graph.value_info):
        if told.type.tensor_type.elem_type in kinds:
            told.type.tensor_type.elem_type = TensorProto.FLOAT
    return model, "16-bit floats widened to 32 bits, inputs and outputs too"


def _16_bit_floats() -> set[int]:
    from onnx import TensorProto  # noqa: PLC0415 - see above

    return {TensorProto.FLOAT16, TensorProto.BFLOAT16}
