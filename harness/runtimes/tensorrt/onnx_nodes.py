"""What of an ONNX file matters to an engine: its nodes of linear algebra by name, and the files beside it."""

from pathlib import Path
from typing import Any

_COMPUTE = frozenset({"Attention", "Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul"})


def compute_nodes(model: Path) -> tuple[str, ...]:
    """Names of the nodes whose arithmetic must be in some layer; those without a name cannot be looked for."""
    return tuple(node.name for node in _graph(model).node if node.op_type in _COMPUTE and node.name)


def external_files(model: Path) -> tuple[str, ...]:
    """Files that hold weights, relative to the model's folder, sorted."""
    places = {
        entry.value for tensor in _graph(model).initializer for entry in tensor.external_data if entry.key == "location"
    }
    return tuple(sorted(places))


def _graph(model: Path) -> Any:  # noqa: ANN401 - a class of a package that may not be here
    import onnx  # noqa: PLC0415 - heavy, and absence is a normal answer

    return onnx.load(str(model), load_external_data=False).graph
