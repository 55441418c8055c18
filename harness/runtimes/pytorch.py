"""PyTorch on the CPU: modules of the user's in FP32 or 16 bits, eager or compiled, and quantised files.

Sets threads and precision on purpose. `OMP_WAIT_POLICY` is left as it is found, and recorded: PASSIVE makes
INT8 up to twice as slow.

Eager FP32 is a weak baseline: Python stands between its operators, BatchNorm is not folded, and on one thread
small convolutions run in kernels that PyTorch itself calls slow. Quantised files are TorchScript, without all of
that. A ratio above 4 says so; `fp32:compile` is the baseline to ask for then.
"""

import functools
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import HarnessError, WorkloadError
from harness.foreign_errors import telling_sentence
from harness.kernels_torch import layers_of_torch
from harness.runtimes.base import PARAMETER_BYTES, PARAMETERS_SHA256, Availability, Clock, Inputs, Outputs
from harness.runtimes.registry import probe_package
from harness.runtimes.torch_artifact import Artifact, open_script, open_weights
from harness.runtimes.torch_module import build_module, named_outputs, parameter_bytes, parameters_sha256
from harness.runtimes.torch_profile import profile_calls
from harness.runtimes.torch_refusals import refusal_of
from harness.vocabulary import KernelProof, Method, Recipe, TensorSpec, Toolkit

_PROFILED_CALLS = 10


class PyTorch:
    """The runtime `torch`."""

    name = "torch"
    artifact_format = "torch"
    model_format = "torch"

    def probe(self) -> Availability:
        """Found by its package, without importing it."""
        return probe_package("torch", extra="torch")

    def refusal(self, recipe: Recipe) -> str | None:
        """What PyTorch cannot do at all, or this CPU would only pretend to."""
        return refusal_of(recipe)

    def needs_artifact(self, recipe: Recipe) -> bool:
        """INT8 is a file of its own; the other precisions are the module's own parameters, converted."""
        return recipe.method.is_int8

    def read(self, model: Path) -> tuple[TensorSpec, ...]:
        """Build the module, which runs the user's code, and look at its forward."""
        return build_module(str(model)).inputs

    def open(self, artifact: Path, *, recipe: Recipe, threads: int) -> "TorchSession":
        """Build the workload's module, or read a quantised file; compile it if the recipe asks for that."""
        _configure(threads)
        opened = _open(artifact, recipe)
        return TorchSession(opened, recipe=recipe, settings=_configure(threads))  # the user's code may have changed it

    def prove(self, artifact: Path, *, recipe: Recipe, threads: int, inputs: Inputs) -> KernelProof:
        """Profile a session of the same settings over a few calls."""
        session = self.open(artifact, recipe=recipe, threads=threads)
        part = None if recipe.is_compiled else session.opened.module.module
        calls = profile_calls(session.bind(inputs), module=part, calls=_PROFILED_CALLS)
        told = session.opened.told
        layers = layers_of_torch(calls, scopes=told.scopes if told else ())
        reason = None
        if not any(layer.is_compute for layer in layers):
            kinds = ", ".join(dict.fromkeys(layer.kind for layer in layers)) or "nothing"
            reason = f"PyTorch's profile shows no operator of linear algebra, only {kinds[:200]}"
        return KernelProof(source="PyTorch profile", layers=layers, reason=reason)

    def clock(self) -> Clock:
        """The system's monotonic clock."""
        return time.perf_counter_ns


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
        import torch  # noqa: PLC0415 - see __init__

        size = len(next(iter(inputs.values())))
        fitting = [known for known in self._compiled_s if known >= size]
        padded = inputs
        if fitting and size not in fitting:  # compiling anew for the last few samples would take a minute
            padded = {name: _repeated(array, min(fitting)) for name, array in inputs.items()}
        names = self.opened.told.outputs if self.opened.told else ()
        answers = named_outputs(self.bind(padded)(), names)
        narrow = {torch.bfloat16, torch.float16}
        arrays = {name: (one.float() if one.dtype in narrow else one).numpy() for name, one in answers.items()}
        return {name: (array[:size] if array.ndim else array).copy() for name, array in arrays.items()}

    def stream(self) -> "TorchSession":
        """Itself: a call changes nothing in a module that is in evaluation mode."""
        return self

    def _tensor(self, array: NDArray[Any]) -> Any:  # noqa: ANN401 - a class of a package that may not be here
        import torch  # noqa: PLC0415 - see __init__

        tensor = torch.from_numpy(array if array.flags.writeable else array.copy())
        return tensor.to(self._type) if tensor.is_floating_point() else tensor

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
        told = f"{type(error).__name__}: {telling_sentence(error)}"
        raise WorkloadError(f"the module failed: {told}") from error


def _configure(threads: int) -> dict[str, str]:
    """Set what could change the threads or the precision; what is set, and what was found."""
    import torch  # noqa: PLC0415 - see TorchSession

    torch.set_num_threads(threads)
    if torch.get_num_interop_threads() != 1:
        torch.set_num_interop_threads(1)  # may be said only once in a process
    torch.set_flush_denormal(False)
    torch.set_float32_matmul_precision("highest")
    for kind in (torch.backends.mkldnn.matmul, torch.backends.mkldnn.conv, torch.backends.mkldnn.rnn):
        kind.fp32_precision = "ieee"  # oneDNN would else be free to compute FP32 in BF16
    return {
        "intra_op_threads": str(torch.get_num_threads()),
        "inter_op_threads": str(torch.get_num_interop_threads()),
        "inference_mode": "on",
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
        "onednn_fp32_precision": torch.backends.mkldnn.conv.fp32_precision,
        "onednn": "on" if torch.backends.mkldnn.is_available() and torch.backends.mkldnn.enabled else "off",
        "quantized_engine": str(torch.backends.quantized.engine),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "denormals": "kept",
        "omp_wait_policy": os.environ.get("OMP_WAIT_POLICY", "not set"),
    }


def _open(artifact: Path, recipe: Recipe) -> Artifact:
    if not recipe.method.is_int8:
        return Artifact(module=build_module(str(artifact)), told=None)
    return open_weights(artifact) if recipe.toolkit is Toolkit.TORCHAO else open_script(artifact)


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
