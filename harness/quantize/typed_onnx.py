"""Types an ONNX model in 16-bit floats: what a strongly typed network computes in stands in the file, node by node.

Inputs and outputs stay FP32, with a Cast behind and before them, so that every variant is fed and read alike. Values
beyond the type's range are cut to it and counted: a mask of -3.4e38 masks as well at -65504.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import QuantizeError
from harness.foreign_errors import telling_sentence
from harness.vocabulary import Method

LEAST_OPSETS = {Method.FP16: 13, Method.BF16: 22}
"""BF16 reaches Conv and pooling with opset 22. Source: the ONNX operator changelog."""
LEAST_WITH_QDQ = 19
"""From here on QuantizeLinear takes 16-bit floats and scales."""
_FLOAT16_MOST = 65504.0
_BFLOAT16_MOST = 3.3895314e38
# These take FP32 alone, at all inputs or at the ones numbered. Source: the ONNX operator documentation.
_FP32_INPUTS = {"Resize": {1, 2}, "Upsample": {1}, "NonMaxSuppression": None}
_FLOAT16_LEAST = 2.0**-24  # a subnormal
_BFLOAT16_LEAST = 2.0**-126
_QDQ = {"QuantizeLinear", "DequantizeLinear"}
_FLOW = {"If", "Loop", "Scan"}
_TYPE_ATTRIBUTES = {"to", "dtype"}
_LARGEST = 1_800_000_000  # protobuf serialises at most 2 GiB

Model = Any
"""An `onnx.ModelProto`: a class of a package that may not be here."""


def write_typed(source: Path, target: Path, method: Method) -> dict[str, str]:
    """Write the model in 16-bit floats, and return what was done.

    Args:
        source: an FP32 model, or one with Q/DQ nodes whose layers in between are FP32.
        target: the file to write.
        method: fp16 or bf16.

    Raises:
        QuantizeError: the model cannot be typed so; says why.
    """
    import onnx  # noqa: PLC0415 - heavy, and absence is a normal answer

    model = onnx.load(str(source))
    if any(node.op_type in _FLOW for node in model.graph.node):
        raise QuantizeError(f"{source.name} branches or loops inside: its types are not changed")
    if model.ByteSize() > _LARGEST * 2:
        raise QuantizeError(f"{source.name} is too large to be typed anew: export it in {method}")
    if model.functions:
        model = onnx.inliner.inline_local_functions(model)
    model = _at_least(model, method, source.name)
    typing = _Typing(model, method)
    typing.retype()
    try:
        onnx.checker.check_model(model)
        onnx.save(model, str(target))
    except (ValueError, onnx.checker.ValidationError) as error:
        raise QuantizeError(f"{source.name} cannot be written in {method}: {telling_sentence(error)}") from error
    cut = {"values_cut_to_its_range": str(typing.cut)} if typing.cut else {}
    return {"typed": f"{method}, inputs and outputs fp32, opset {_opset(model)}", **cut}


def _at_least(model: Model, method: Method, name: str) -> Model:
    from onnx import version_converter  # noqa: PLC0415 - see write_typed

    has_qdq = any(node.op_type == "QuantizeLinear" for node in model.graph.node)
    least = max(LEAST_OPSETS[method], LEAST_WITH_QDQ if has_qdq else 0)
    if _opset(model) >= least:
        return model
    try:
        return version_converter.convert_version(model, least)
    except (RuntimeError, ValueError) as error:
        raise QuantizeError(
            f"{name} uses opset {_opset(model)}; {method} needs {least}, to which it does not convert: "
            f"{telling_sentence(error)}; export it with opset_version={least}"
        ) from error


def _opset(model: Model) -> int:
    return next((int(one.version) for one in model.opset_import if one.domain in {"", "ai.onnx"}), 1)


class _Typing:
    """Changes one model's types in place."""

    def __init__(self, model: Model, method: Method) -> None:
        import onnx  # noqa: PLC0415 - see write_typed

        self._onnx = onnx
        self._graph = model.graph
        is_fp16 = method is Method.FP16
        self._kind = onnx.TensorProto.FLOAT16 if is_fp16 else onnx.TensorProto.BFLOAT16
        self._most = _FLOAT16_MOST if is_fp16 else _BFLOAT16_MOST
        self._least_scale = _FLOAT16_LEAST if is_fp16 else _BFLOAT16_LEAST
        self._float = onnx.TensorProto.FLOAT
        self._floats = _float_tensors(onnx, model)
        self._nodes: list[Any] = []
        self._scales = {node.input[1] for node in model.graph.node if node.op_type in _QDQ}
        self._kept: set[str] = set()
        self.cut = 0

    def retype(self) -> None:
        """Weights, constants and attributes; casts at the borders and around what takes FP32 alone."""
        weights = {one.name: one for one in self._graph.initializer if one.data_type == self._float}
        self._kept = {name for node in self._graph.node for name in _fp32_inputs(node) if name in weights}
        for name in sorted(self._kept & self._shared_with_others()):
            raise QuantizeError(f"{name} feeds nodes that take FP32 alone and others: export the model again")
        for name, tensor in weights.items():
            if name not in self._kept:
                self._narrow(tensor)
        renamed = self._cast_inputs()
        for node in self._graph.node:
            self._retype_node(node, renamed)
        self._cast_outputs()
        del self._graph.node[:]
        self._graph.node.extend(self._nodes)
        del self._graph.value_info[:]

    def _shared_with_others(self) -> set[str]:
        return {name for node in self._graph.node for name in node.input if name not in set(_fp32_inputs(node))}

    def _cast_inputs(self) -> dict[str, str]:
        """Behind each FP32 input a Cast; returns the name that takes its place."""
        renamed = {}
        constants = {one.name for one in self._graph.initializer}
        for one in self._graph.input:
            if one.name in self._floats and one.name not in constants:
                renamed[one.name] = f"{one.name}__typed"
                self._cast(one.name, renamed[one.name], self._kind)
        return renamed

    def _cast_outputs(self) -> None:
        for one in self._graph.output:
            if one.name not in self._floats:
                continue
            inner = f"{one.name}__typed"
            for node in self._nodes:
                for names in (node.input, node.output):
                    for place, name in enumerate(names):
                        if name == one.name:
                            names[place] = inner
            self._cast(inner, one.name, self._float)

    def _retype_node(self, node: Any, renamed: dict[str, str]) -> None:  # noqa: ANN401 - an onnx.NodeProto
        takes = set(_fp32_inputs(node))
        for place, name in enumerate(node.input):
            node.input[place] = renamed.get(name, name)
            if name in takes and name in self._floats and name not in self._kept:
                node.input[place] = f"{name}__fp32_{len(self._nodes)}"
                self._cast(renamed.get(name, name), node.input[place], self._float)
        for attribute in node.attribute:
            if attribute.HasField("t") and attribute.t.data_type == self._float:
                self._narrow(attribute.t)
            if attribute.name in _TYPE_ATTRIBUTES and attribute.i == self._float:
                attribute.i = self._kind
        if node.op_type == "Constant":
            self._narrow_floats(node)
        if node.op_type == "ConstantOfShape" and not any(one.name == "value" for one in node.attribute):
            zero = self._onnx.helper.make_tensor("value", self._kind, [1], [0.0])
            node.attribute.append(self._onnx.helper.make_attribute("value", zero))
        self._nodes.append(node)

    def _narrow_floats(self, node: Any) -> None:  # noqa: ANN401 - an onnx.NodeProto
        """A constant written as plain numbers is FP32 by definition: write it as a tensor."""
        for attribute in list(node.attribute):
            if attribute.name in {"value_float", "value_floats"}:
                values = np.asarray(attribute.f if attribute.name == "value_float" else attribute.floats, np.float32)
                tensor = self._onnx.numpy_helper.from_array(values, "value")
                self._narrow(tensor)
                node.attribute.remove(attribute)
                node.attribute.append(self._onnx.helper.make_attribute("value", tensor))

    def _narrow(self, tensor: Any) -> None:  # noqa: ANN401 - an onnx.TensorProto
        values = np.asarray(self._onnx.numpy_helper.to_array(tensor), dtype=np.float32)
        self.cut += int((np.abs(values) > self._most).sum())
        clipped = np.clip(values, -self._most, self._most)
        kind = self._onnx.helper.tensor_dtype_to_np_dtype(self._kind)
        if tensor.name in self._scales:  # the scale of a channel of zeros may vanish: TensorRT takes none that is 0
            clipped = np.maximum(clipped, self._least_scale)
        narrow = self._onnx.numpy_helper.from_array(clipped.astype(kind), tensor.name)
        narrow.data_type = self._kind
        tensor.CopyFrom(narrow)

    def _cast(self, source: str, target: str, kind: int) -> None:
        self._nodes.append(self._onnx.helper.make_node("Cast", [source], [target], name=f"{target}/Cast", to=kind))


def _fp32_inputs(node: Any) -> Iterable[str]:  # noqa: ANN401 - an onnx.NodeProto
    """Names of the inputs at which a node takes FP32 alone."""
    if node.op_type not in _FP32_INPUTS:
        return ()
    places = _FP32_INPUTS[node.op_type]
    return tuple(name for place, name in enumerate(node.input) if name and (places is None or place in places))


def _float_tensors(onnx: Any, model: Model) -> set[str]:  # noqa: ANN401 - the package
    """Names of every FP32 tensor, as far as shape inference tells."""
    inferred = onnx.shape_inference.infer_shapes(model).graph
    told = [*inferred.input, *inferred.output, *inferred.value_info]
    return {one.name for one in told if one.type.tensor_type.elem_type == onnx.TensorProto.FLOAT} | {
        one.name for one in inferred.initializer if one.data_type == onnx.TensorProto.FLOAT
    }
