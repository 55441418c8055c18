"""Reads what an ONNX file is, without loading external weights or running anything.

Runs in a worker process: a file that somebody else made may crash or hang a parser. Refuses what no
runtime should be handed: data outside the model's folder, operators that nothing here knows, sizes that
cannot be.
"""

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import UnavailableError, WorkloadError
from harness.foreign_errors import telling_sentence
from harness.quantize.expansion import check_expansion, check_loops, graphs_within, nodes_within
from harness.quantize.external_data import check_external_files, external_tensor, short, text
from harness.quantize.outcome import is_quantized
from harness.vocabulary import ModelCard, TensorSpec

_LARGEST_PROTOBUF = 2**31 - 1  # protobuf's own limit
_LARGEST_AXIS = 2**31 - 1
_LARGEST_ELEMENTS = 2**34  # 64 GiB of float32: no request of any model that is served comes near
_LARGEST_TENSOR_BYTES = 2**40
_NEWEST_OPSET = 1000  # there were 27 in nine years
_STANDARD = {"", "ai.onnx"}
_KNOWN = {*_STANDARD, "ai.onnx.ml", "com.microsoft"}
_BUILT_FOR_ONE_MACHINE = "com.microsoft.nchwc"
_OLDEST_FOR_PER_CHANNEL = 13


def inspect_onnx(path: Path) -> ModelCard:
    """Read and check an ONNX file.

    Raises:
        WorkloadError: it cannot be read, is no ONNX model, or is one that must not be opened; says what to do.
        UnavailableError: the package onnx is not here.
    """
    model, size_bytes = _parsed(path)
    graphs = tuple(_graphs_of(model))
    nodes = [node for graph in graphs for node in graph.node]
    nodes += [node for function in model.functions for node in function.node]
    tensors = [tensor for graph in graphs for tensor in _tensors_of(graph)]
    tensors += [tensor for node in nodes for tensor in _attribute_tensors(node)]
    external = [external_tensor(one) for one in tensors if _is_external(one)]
    files = check_external_files(path, external)
    parameter_bytes = sum(_checked_bytes(path, one) for one in tensors)
    check_expansion(path, model)
    check_loops(path, (*graphs, *model.functions))
    opset = _opset(path, model)
    operators = _operators(path, model, nodes, opset)
    inputs, outputs = tensor_specs(model.graph), _specs(model.graph.output)
    _require_sane(path, inputs, outputs)
    return ModelCard(
        file=path.name,
        size_bytes=size_bytes,
        opset=opset,
        inputs=inputs,
        outputs=outputs,
        operators=operators,
        custom_domains=tuple(sorted({node.domain for node in nodes} - _STANDARD)),
        parameter_bytes=parameter_bytes,
        external_files=files,
        is_quantized=any(is_quantized(name.rsplit(".", 1)[-1]) for name in operators),
        problems=tuple(_problems(opset, operators, inputs)),
    )


def tensor_specs(graph: Any) -> tuple[TensorSpec, ...]:  # noqa: ANN401 - a class of a package that may not be here
    """What an ONNX graph reads; initializers, which old files list among the inputs, are left out.

    Raises:
        WorkloadError: an input is no tensor.
    """
    constants = {one.name for one in graph.initializer}
    return _specs(one for one in graph.input if one.name not in constants)


def _parsed(path: Path) -> tuple[Any, int]:
    content = _read(path)
    try:
        import onnx  # noqa: PLC0415 - heavy, and absence is a normal answer
    except ImportError as error:
        raise UnavailableError("the package onnx is not installed: pip install 'planner[cpu]'") from error
    try:
        model = onnx.load_model_from_string(content)
    except MemoryError:
        raise
    except Exception as error:  # protobuf's own errors: this is the border
        raise WorkloadError(f"{path} is not an ONNX file, or is damaged: {telling_sentence(error)}") from error
    if not model.ir_version or not model.graph.node:
        raise WorkloadError(f"{path} is not an ONNX file, or is damaged: it holds no graph")
    if not model.graph.output or not tensor_specs(model.graph):
        raise WorkloadError(f"{path} reads nothing or answers nothing: it has no input, or no output")
    return model, len(content)


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe would never end
            raise WorkloadError(f"{path} is not a file: name an ONNX file")
        size_bytes = path.stat().st_size
        if size_bytes > _LARGEST_PROTOBUF:
            raise WorkloadError(
                f"{path} has {size_bytes / 1e9:.1f} GB, an ONNX file can hold at most 2 GB: save it with its weights "
                "beside it (onnx.save_model(…, save_as_external_data=True))"
            )
        return path.read_bytes()
    except OSError as error:
        raise WorkloadError(f"{path} cannot be read: {error.strerror or error}") from error


def _graphs_of(model: Any) -> Iterator[Any]:  # noqa: ANN401 - see `tensor_specs`
    """The graph and every graph inside its nodes and those of its functions."""
    yield model.graph
    for whole in (model.graph, *model.functions):
        for node in nodes_within(whole.node):
            yield from graphs_within(node)


def _tensors_of(graph: Any) -> Iterator[Any]:  # noqa: ANN401 - see `tensor_specs`
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)


def _attribute_tensors(node: Any) -> Iterator[Any]:  # noqa: ANN401 - see `tensor_specs`
    for attribute in node.attribute:
        if attribute.HasField("t"):
            yield attribute.t
        yield from attribute.tensors
        for sparse in (*([attribute.sparse_tensor] if attribute.HasField("sparse_tensor") else ()),):
            yield from (sparse.values, sparse.indices)


def _is_external(tensor: Any) -> bool:  # noqa: ANN401 - see `tensor_specs`
    return bool(tensor.data_location == tensor.EXTERNAL)


def _checked_bytes(path: Path, tensor: Any) -> int:  # noqa: ANN401 - see `tensor_specs`
    """How many bytes a tensor has, where what it claims can be."""
    name, shape = short(tensor.name), list(tensor.dims)
    itemsize = _itemsize(tensor.data_type)
    claimed = math.prod(shape) * itemsize
    if any(axis < 0 for axis in shape) or claimed > _LARGEST_TENSOR_BYTES:
        raise WorkloadError(f"{path}: the tensor {name} claims the shape {shape}: the file is damaged")
    held = _held_values(tensor, itemsize)
    if held is not None and not _is_external(tensor) and held != math.prod(shape):
        raise WorkloadError(
            f"{path}: the tensor {name} claims {math.prod(shape):,} values and has {held:,.4g}: the file is damaged"
        )
    return int(claimed)


def _held_values(tensor: Any, itemsize: float) -> float | None:  # noqa: ANN401 - see `tensor_specs`
    """How many values a tensor holds, in whichever field they are; `None` where that cannot be told by their number."""
    if tensor.HasField("raw_data"):
        return len(tensor.raw_data) / itemsize if itemsize >= 1 else None
    fields = ("float_data", "int32_data", "string_data", "int64_data", "double_data", "uint64_data")
    held = sum(len(getattr(tensor, field)) for field in fields)
    if tensor.data_type in {tensor.COMPLEX64, tensor.COMPLEX128}:
        return held / 2
    return held if itemsize >= 1 or tensor.data_type == tensor.STRING else None


def _opset(path: Path, model: Any) -> int:  # noqa: ANN401 - see `tensor_specs`
    """The version of ONNX's own operators; 0 where none is named."""
    imports = [*model.opset_import, *(one for function in model.functions for one in function.opset_import)]
    for one in imports:
        if not 0 <= one.version <= _NEWEST_OPSET:  # OpenVINO counts up to it, for ever
            whose = short(one.domain) or "ONNX"
            raise WorkloadError(f"{path}: version {one.version} of {whose}'s operators cannot be: the file is damaged")
    return max((one.version for one in model.opset_import if one.domain in _STANDARD), default=0)


def _operators(path: Path, model: Any, nodes: list[Any], opset: int) -> dict[str, int]:  # noqa: ANN401 - see `tensor_specs`
    """How many nodes of each kind there are.

    Raises:
        WorkloadError: a kind that no runtime here can know.
    """
    own = {(function.domain, function.name) for function in model.functions}
    counts = Counter((text(node.domain), text(node.op_type)) for node in nodes)
    for (domain, kind), count in counts.items():
        if (domain in _KNOWN and not _is_nowhere(domain, kind, opset)) or (domain, kind) in own:
            continue
        named = f"{short(kind)} of {short(domain) or 'ONNX'}"
        where = f"{path.name} uses the operator {named} in {count} node{'s' * (count > 1)}"
        if domain == _BUILT_FOR_ONE_MACHINE:
            raise WorkloadError(f"{where}: ONNX Runtime made this file for one machine; give the model it was made of")
        raise WorkloadError(f"{where}: no runtime here knows it; export the model with ONNX's own operators")
    return {
        short(kind if domain in _STANDARD else f"{domain}.{kind}"): count
        for (domain, kind), count in counts.most_common()
    }


def _is_nowhere(domain: str, kind: str, opset: int) -> bool:
    """Whether no version of ONNX up to the model's has this operator, nor ONNX Runtime, which has some of its own."""
    import onnx  # noqa: PLC0415 - see `_parsed`

    if domain not in _STANDARD or opset > onnx.defs.onnx_opset_version() or onnx.defs.has(kind, ""):
        return False
    try:
        from onnxruntime.capi import onnxruntime_pybind11_state as ort  # noqa: PLC0415 - heavy, and rarely asked
    except ImportError:
        return False
    return all(one.name != kind or one.domain not in _STANDARD for one in ort.get_all_operator_schema())


def _specs(told: Any) -> tuple[TensorSpec, ...]:  # noqa: ANN401 - see `tensor_specs`
    specs = []
    for one in told:
        if one.type.WhichOneof("value") != "tensor_type":
            raise WorkloadError(
                f"{short(one.name)} is no tensor: only tensors can be fed and read; export it so (for scikit-learn: "
                "zipmap=False)"
            )
        tensor = one.type.tensor_type
        axes = tuple(_axis(axis) for axis in tensor.shape.dim)
        specs.append(TensorSpec(name=text(one.name), dtype=_dtype(one.name, tensor.elem_type), shape=axes))
    return tuple(specs)


def _axis(axis: Any) -> int | None:  # noqa: ANN401 - see `tensor_specs`
    """A fixed size; exporters of old write -1 for one that is free."""
    return axis.dim_value if axis.HasField("dim_value") and axis.dim_value >= 0 else None


def _dtype(name: str, element: int) -> str:
    import onnx  # noqa: PLC0415 - see `_parsed`

    try:
        return str(np.dtype(onnx.helper.tensor_dtype_to_np_dtype(element)).name)
    except (KeyError, TypeError) as error:
        raise WorkloadError(f"{short(name)} has no known element type ({element}): export the model again") from error


def _itemsize(element: int) -> float:
    """Bytes an element; halves and quarters for the types that are packed."""
    import onnx  # noqa: PLC0415 - see `_parsed`

    kind = onnx.TensorProto.DataType.Name(element) if element in onnx.TensorProto.DataType.values() else ""
    packed = {"INT4": 0.5, "UINT4": 0.5, "FLOAT4E2M1": 0.5, "INT2": 0.25, "UINT2": 0.25, "STRING": 0.0}
    if kind in packed or not kind:
        return packed.get(kind, 0.0)
    try:
        return float(np.dtype(onnx.helper.tensor_dtype_to_np_dtype(element)).itemsize)
    except (KeyError, TypeError):
        return 0.0


def _require_sane(path: Path, inputs: tuple[TensorSpec, ...], outputs: tuple[TensorSpec, ...]) -> None:
    for spec in (*inputs, *outputs):
        fixed = [axis for axis in spec.shape if axis is not None]
        if any(axis == 0 or axis > _LARGEST_AXIS for axis in fixed):
            raise WorkloadError(f"{path}: {short(spec.text)} cannot be: an axis has no size, or one without end")
        if math.prod(fixed) > _LARGEST_ELEMENTS:
            raise WorkloadError(f"{path}: {short(spec.text)} needs more memory than any machine has: export it again")


def _problems(opset: int, operators: dict[str, int], inputs: tuple[TensorSpec, ...]) -> Iterator[str]:
    import onnx  # noqa: PLC0415 - see `_parsed`

    if not opset:
        yield "it names no version of ONNX's operators: a runtime may refuse it"
    elif opset < _OLDEST_FOR_PER_CHANNEL:
        yield f"its opset is {opset}: quantising per channel needs {_OLDEST_FOR_PER_CHANNEL}, to which it is converted"
    elif opset > onnx.defs.onnx_opset_version():
        yield f"its opset is {opset}, newer than the package onnx knows ({onnx.defs.onnx_opset_version()})"
    unknown = [name for name in operators if "." not in name and not onnx.defs.has(name, "")]
    if unknown:
        yield f"{', '.join(unknown)} is no operator of ONNX: a runtime may refuse it"
    microsoft = [name.rsplit(".", 1)[-1] for name in operators if name.startswith("com.microsoft.")]
    if microsoft:
        yield f"{', '.join(microsoft)} belong to ONNX Runtime: others may refuse them"
    batches = {spec.batch for spec in inputs if spec.batch is not None and spec.shape}
    if len(batches) > 1:
        yield f"its inputs are fixed at different first axes ({', '.join(map(str, sorted(batches)))})"
