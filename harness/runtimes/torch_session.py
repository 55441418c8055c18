"""A PyTorch module that is ready to be called, on the CPU. What a GPU adds is in `torch_gpu`."""

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import HarnessError, WorkloadError
from harness.foreign_errors import telling_sentence
from harness.runtimes.base import PARAMETER_BYTES, PARAMETERS_SHA256, Inputs, Outputs
from harness.runtimes.gpu_memory import require_memory
from harness.runtimes.torch_artifact import Artifact
from harness.runtimes.torch_module import named_outputs, parameter_bytes, parameters_sha256
from harness.vocabulary import Method, Recipe, TensorSpec


class TorchSession:
    """A module that is ready to be called."""

    def __init__(self, opened: Artifact, *, recipe: Recipe, settings: Mapping[str, str]) -> None:
        import torch  # noqa: PLC0415 - heavy, and absence is a normal answer

        self.opened = opened
        self._types = {Method.BF16: torch.bfloat16, Method.FP16: torch.float16}
        self._type = self._types.get(recipe.method, torch.float32)
        digest = opened.told.parameters_sha256 if opened.told else parameters_sha256(opened.module.module)
        self._settings = {**settings, PARAMETERS_SHA256: digest, "executor": _executor(opened, recipe)}
        self._is_compiled = recipe.is_compiled
        self._compiled_s: dict[int, float] = {}
        self._callable: Any = opened.module.module
        if recipe.method in self._types:
            self._callable.to(self._type)
        self._callable = self._placed(self._callable)
        if opened.told is None:
            self._settings[PARAMETER_BYTES] = str(parameter_bytes(opened.module.module))
        if recipe.is_compiled:
            self._callable = _compiled(self._callable)

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """What `forward` names; types and sizes only where an example told them."""
        return self.opened.module.inputs

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Nothing: a module does not say what it answers before it does."""
        return ()

    @property
    def settings(self) -> Mapping[str, str]:
        """Options, executor, and how long compiling took so far."""
        if not self._is_compiled:
            return self._settings
        took = ", ".join(f"{seconds:.1f} s at batch {size}" for size, seconds in self._compiled_s.items())
        return {**self._settings, "compile": f"inductor, static shapes; first calls: {took or 'none yet'}"}

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        """A call of the module on tensors that share the arrays' memory, or are cast to its precision beforehand."""
        import torch  # noqa: PLC0415 - see __init__

        tensors = {name: self._tensor(array) for name, array in inputs.items()}
        positional, named = self.opened.module.arguments(tensors)
        call = functools.partial(_called, torch.inference_mode, self._callable, positional, named)
        if not self._is_compiled:
            return call
        return functools.partial(self._timed, call, size=len(next(iter(inputs.values()))))

    def predict(self, inputs: Inputs) -> Outputs:
        """Every output in an array of its own, 16-bit floats as float32."""
        size = len(next(iter(inputs.values())))
        fitting = [known for known in self._compiled_s if known >= size]
        padded = inputs
        if fitting and size not in fitting:  # compiling anew for the last few samples would take a minute
            padded = {name: _repeated(array, min(fitting)) for name, array in inputs.items()}
        arrays = self.arrays_of(self.bind(padded)())
        return {name: (array[:size] if array.ndim else array).copy() for name, array in arrays.items()}

    def arrays_of(self, answer: object) -> dict[str, NDArray[Any]]:
        """What the module answered as arrays of the host's, 16-bit floats as float32; they may share its memory."""
        import torch  # noqa: PLC0415 - see __init__

        names = self.opened.told.outputs if self.opened.told else ()
        narrow = {torch.bfloat16, torch.float16}
        answers = named_outputs(answer, names)
        return {name: (one.float() if one.dtype in narrow else one).cpu().numpy() for name, one in answers.items()}

    def stream(self) -> "TorchSession":
        """Itself: a call changes nothing in a module that is in evaluation mode."""
        return self

    def _placed(self, what: Any) -> Any:  # noqa: ANN401 - a class of a package that may not be here
        """A module or a tensor where it is computed with: here, where it is."""
        return what

    def _tensor(self, array: NDArray[Any]) -> Any:  # noqa: ANN401 - a class of a package that may not be here
        import torch  # noqa: PLC0415 - see __init__

        tensor = torch.from_numpy(array if array.flags.writeable else array.copy())
        return self._placed(tensor.to(self._type) if tensor.is_floating_point() else tensor)

    def _timed(self, call: Callable[[], object], *, size: int) -> object:
        """The first call of a batch size compiles."""
        if size in self._compiled_s:
            return call()
        started = time.perf_counter()
        answer = call()
        self._compiled_s[size] = time.perf_counter() - started
        return answer


def _called(mode: Callable[[], Any], module: Any, positional: tuple[Any, ...], named: dict[str, Any]) -> object:  # noqa: ANN401 - see TorchSession
    try:
        with mode():
            return module(*positional, **named)
    except HarnessError:
        raise
    except Exception as error:  # a user's module, or PyTorch on it: anything may come
        require_memory(error)
        told = f"{type(error).__name__}: {telling_sentence(error)}"
        raise WorkloadError(f"the module failed: {told}") from error


def _executor(opened: Artifact, recipe: Recipe) -> str:
    import torch  # noqa: PLC0415 - see TorchSession

    if recipe.is_compiled:
        return "torch.compile"
    return "torchscript" if isinstance(opened.module.module, torch.jit.ScriptModule) else "eager"


def _compiled(module: Any) -> Any:  # noqa: ANN401 - see TorchSession
    """The module under torch.compile, every batch size a program of its own, compiled in this process."""
    import torch  # noqa: PLC0415 - see TorchSession
    import torch._inductor.config as inductor  # noqa: PLC0415 - see TorchSession

    inductor.compile_threads = 1  # else a pool of processes stays, and takes part in what is measured
    return torch.compile(module, dynamic=False)


def _repeated(array: NDArray[Any], size: int) -> NDArray[Any]:
    return np.concatenate([array, np.repeat(array[-1:], size - len(array), axis=0)])
