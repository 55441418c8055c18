"""The file of a quantised PyTorch module: TorchScript, or weights for a module that is built again.

Never unpickles code: TorchScript is PyTorch's own archive, weights are read with `weights_only`.
"""

from pathlib import Path
from typing import Any

import msgspec

from harness.errors import WorkloadError
from harness.foreign_errors import telling_sentence
from harness.runtimes.torch_module import Module, build_module, parameter_specs
from harness.vocabulary import TensorSpec

_TOLD = "planner.json"
_WEIGHTS = "weights"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept beside the weights. `scopes` are operator and module of each compute layer, in order."""

    reference: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[str, ...]
    parameters_sha256: str
    quantized_engine: str
    scopes: tuple[tuple[str, str], ...] = ()


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """An opened file. `told` is absent where the file was made elsewhere."""

    module: Module
    told: Told | None


def save_script(script: Any, told: Told, file: Path) -> None:  # noqa: ANN401 - a class of a package that may not be here
    """Write a TorchScript module; made alone in a process, the same one gives the same bytes."""
    import torch  # noqa: PLC0415 - heavy, and absence is a normal answer

    torch.jit.save(script, str(file), _extra_files={_TOLD: msgspec.json.encode(told)})


def save_weights(module: Any, told: Told, file: Path) -> None:  # noqa: ANN401 - see `save_script`
    """Write the parameters and buffers of a module whose structure is that of the FP32 one."""
    import torch  # noqa: PLC0415 - see above

    torch.save({_TOLD: msgspec.json.encode(told).decode(), _WEIGHTS: module.state_dict()}, str(file))


def open_script(file: Path) -> Artifact:
    """Read TorchScript, ours or made elsewhere.

    Raises:
        WorkloadError: the file holds none.
    """
    import torch  # noqa: PLC0415 - see above

    beside: dict[str, Any] = {_TOLD: ""}
    try:
        script = torch.jit.load(str(file), map_location="cpu", _extra_files=beside).eval()
        told = msgspec.json.decode(beside[_TOLD], type=Told) if beside[_TOLD] else None
    except (RuntimeError, ValueError, OSError, msgspec.MsgspecError) as error:
        raise WorkloadError(
            f"PyTorch cannot open {file.name}: {telling_sentence(error)}: TorchScript is needed"
        ) from error
    inputs = told.inputs if told else parameter_specs(script)
    return Artifact(module=Module(module=script, inputs=inputs, positional=len(inputs)), told=told)


def open_weights(file: Path) -> Artifact:
    """Build the module that the file was made from, and put its quantised weights in the place of the FP32 ones.

    Raises:
        WorkloadError: the file holds no such weights, or the module is no more what it was.
    """
    import torch  # noqa: PLC0415 - see above
    import torchao  # noqa: F401, PLC0415 - tells PyTorch which tensors of its own may be read

    try:
        kept = torch.load(str(file), map_location="cpu", weights_only=True)
        told = msgspec.json.decode(kept[_TOLD], type=Told)
        built = build_module(told.reference)
        built.module.load_state_dict(kept[_WEIGHTS], assign=True)
    except WorkloadError:
        raise
    except Exception as error:  # PyTorch raises anything from KeyError to UnpicklingError: this is the border
        raise WorkloadError(f"PyTorch cannot open {file.name}: {telling_sentence(error)}") from error
    return Artifact(module=built, told=told)
