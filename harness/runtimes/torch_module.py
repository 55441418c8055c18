"""A PyTorch module from `package.module:function`: imports the function, calls it, and checks what it made.

This runs code of the user's: only what Python finds on its path (`PYTHONPATH`, installed packages), or in
the current folder, which comes last so that nothing there can stand in for a package. A workload's own
folder is not searched: describing a workload must not be a way to run code from wherever it was put.

The function gives an `nn.Module` with FP32 parameters, or a pair of it and example inputs (a tensor, a tuple,
or tensors by name). It is called with the random seed 0, and the module is put into evaluation mode.
"""

import hashlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import WorkloadError
from harness.runtimes.maker import call_function, import_function
from harness.vocabulary import TensorSpec
from harness.vocabulary.model import ANY_DTYPE

_SEED = 0  # random weights are the same in the process that quantises and in those that measure
_BY_POSITION = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
_STARRED = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module in evaluation mode with what it reads; its first `positional` inputs go without a name."""

    module: Any
    inputs: tuple[TensorSpec, ...]
    positional: int

    def arguments(self, tensors: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What to call the module with: inputs in its own order, by name behind one that is left out."""
        names = [spec.name for spec in self.inputs if spec.name in tensors]
        leading = 0
        while leading < min(len(names), self.positional) and names[leading] == self.inputs[leading].name:
            leading += 1
        return tuple(tensors[name] for name in names[:leading]), {name: tensors[name] for name in names[leading:]}


def build_module(reference: str) -> Module:
    """Import the function that a workload names, call it, and look at the module it gives.

    Raises:
        WorkloadError: no such module or function, it fails, or it gives something else than an FP32 module.
    """
    import torch  # noqa: PLC0415 - heavy, and absence is a normal answer

    function = import_function(reference)
    torch.manual_seed(_SEED)
    made = call_function(function, reference)
    module, examples = made if isinstance(made, tuple) and len(made) == 2 else (made, None)  # noqa: PLR2004 - a pair
    if not isinstance(module, torch.nn.Module):
        raise WorkloadError(
            f"{reference} gives {type(module).__name__}, which is no torch.nn.Module: "
            "return the module, or a pair of it and example inputs"
        )
    _require_fp32(module, reference)
    inputs, positional = _inputs(module, reference, examples)
    return Module(module=module.eval(), inputs=inputs, positional=positional)


def parameters_sha256(module: Any) -> str:  # noqa: ANN401 - a class of a package that may not be here
    """SHA-256 of the names, types, shapes and bytes of a module's parameters and buffers."""
    import torch  # noqa: PLC0415 - see above

    found = hashlib.sha256()
    for name, tensor in module.state_dict().items():
        if isinstance(tensor, torch.Tensor):
            found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
            plain = tensor.int_repr() if tensor.is_quantized else tensor.detach()
            found.update(plain.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()


def parameter_bytes(module: Any) -> int:  # noqa: ANN401 - see `parameters_sha256`
    """Of all parameters and buffers, each once."""
    return sum(int(one.nbytes) for one in (*module.parameters(), *module.buffers()))


def named_outputs(answer: object, names: Sequence[str] = ()) -> dict[str, Any]:
    """The tensors of an answer by name: its own names, else `output`, or `output_0`, `output_1` and so on.

    Args:
        answer: what the module gave.
        names: names for the parts of a tuple, where they are known.

    Raises:
        WorkloadError: there is no tensor in it.
    """
    import torch  # noqa: PLC0415 - see above

    if isinstance(answer, torch.Tensor):
        return {names[0] if names else "output": answer}
    parts: Mapping[str, object] = {}
    if isinstance(answer, Mapping):
        parts = {str(name): part for name, part in answer.items()}
    elif isinstance(answer, (tuple, list)):
        fields = names or getattr(answer, "_fields", [f"output_{place}" for place in range(len(answer))])
        parts = dict(zip(fields, answer, strict=True))
    found = {name: part for name, part in parts.items() if isinstance(part, torch.Tensor)}
    if not found:
        raise WorkloadError(
            f"the module answers {type(answer).__name__} without a tensor: return a tensor, a tuple, or tensors by name"
        )
    return found


def _require_fp32(module: Any, reference: str) -> None:  # noqa: ANN401 - see `parameters_sha256`
    import torch  # noqa: PLC0415 - see above

    for name, tensor in (*module.named_parameters(), *module.named_buffers()):
        if tensor.device.type != "cpu":
            raise WorkloadError(f"{reference}: {name} lies on {tensor.device}: build the module on the CPU")
        if tensor.is_floating_point() and tensor.dtype is not torch.float32:
            raise WorkloadError(f"{reference}: {name} is {tensor.dtype}: give an FP32 module (module.float())")


def _inputs(module: Any, reference: str, examples: object) -> tuple[tuple[TensorSpec, ...], int]:  # noqa: ANN401 - see `parameters_sha256`
    """What `forward` reads, and how many of its inputs can be given by position."""
    parameters = _parameters(module)
    named = [one for one in parameters if one.kind not in _STARRED]
    positional = [one.name for one in named if one.kind in _BY_POSITION]
    if examples is not None:
        shown = _by_name(examples, positional, reference)
        ordered = [name for name in positional if name in shown]
        return tuple(
            _spec(name, shown[name]) for name in (*ordered, *(one for one in shown if one not in ordered))
        ), len(ordered)
    if not named:
        raise WorkloadError(
            f"{reference}: the module's forward names no input: name them, or return (module, tensors by name)"
        )
    return parameter_specs(module), len(positional)


def parameter_specs(module: Any) -> tuple[TensorSpec, ...]:  # noqa: ANN401 - see `parameters_sha256`
    """What `forward` reads by its signature alone: names, and what may be left out."""
    return tuple(
        TensorSpec(name=one.name, dtype=ANY_DTYPE, shape=(), is_optional=one.default is not one.empty)
        for one in _parameters(module)
        if one.kind not in _STARRED
    )


def _parameters(module: Any) -> list[inspect.Parameter]:  # noqa: ANN401 - see `parameters_sha256`
    import torch  # noqa: PLC0415 - see above

    if not isinstance(module, torch.jit.ScriptModule):
        return list(inspect.signature(module.forward).parameters.values())
    told = module.forward.schema.arguments[1:]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [
        inspect.Parameter(
            one.name, kind, default=one.default_value if one.has_default_value() else inspect.Parameter.empty
        )
        for one in told
    ]


def _by_name(examples: object, positional: Sequence[str], reference: str) -> dict[str, Any]:
    import torch  # noqa: PLC0415 - see above

    if isinstance(examples, torch.Tensor):
        examples = (examples,)
    if isinstance(examples, (tuple, list)) and len(examples) <= len(positional):
        examples = dict(zip(positional, examples, strict=False))
    is_named = isinstance(examples, Mapping) and bool(examples)
    if not is_named or not all(isinstance(one, torch.Tensor) for one in examples.values()):  # type: ignore[attr-defined] # a mapping, as just seen
        raise WorkloadError(
            f"{reference}: the example inputs do not fit the module: give a tensor, a tuple of tensors in the order "
            "of its forward, or tensors by name"
        )
    return {str(name): tensor for name, tensor in examples.items()}  # type: ignore[attr-defined] # as above


def _spec(name: str, example: Any) -> TensorSpec:  # noqa: ANN401 - see `parameters_sha256`
    """Of an example: its type and its number of axes; their sizes may be chance."""
    return TensorSpec(name=name, dtype=str(example.dtype).removeprefix("torch."), shape=(None,) * example.ndim)
