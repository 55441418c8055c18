"""What the harness asks of a runtime. Plug-ins implement this and nothing else.

A runtime opens an artifact as a session, and profiles one to prove what ran. It never
times itself and never chooses a precision that was not asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from harness.errors import UnavailableError
from harness.vocabulary import CPU, DeviceKind, KernelProof, Recipe, TensorSpec

Inputs = Mapping[str, NDArray[Any]]
"""A batch: each model input by name, samples along the first axis."""
Outputs = Mapping[str, NDArray[Any]]
"""The answers to a batch: each model output by name."""
Clock = Callable[[], int]
PARAMETERS_SHA256 = "parameters_sha256"
"""The setting that tells one model from another where the model is code."""
PARAMETER_BYTES = "parameter_bytes"
"""The setting that says how large such a model is, which lies in no file."""


@runtime_checkable
class VirtualClock(Protocol):
    """A clock that only scripted calls move: who waits for a moment has to move it there."""

    def __call__(self) -> int:
        """Nanoseconds."""

    def wait_until(self, moment_ns: int) -> None:
        """Move to a moment; one that is past changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Whether a runtime is here: its version, or the reason and what would help. `note`: what is amiss all the same."""

    is_available: bool
    version: str | None = None
    reason: str | None = None
    hint: str | None = None
    note: str | None = None


class Session(Protocol):
    """An opened artifact. `settings` holds every option set on purpose, and what the runtime made of it."""

    @property
    def settings(self) -> Mapping[str, str]:
        """Options as recorded with the result."""

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """What the model reads, in its own order."""

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """What the model answers, in its own order."""

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        """A call without arguments that runs one inference on `inputs`: what is timed."""

    def predict(self, inputs: Inputs) -> Outputs:
        """Every output for `inputs`, in arrays that later calls leave alone."""

    def stream(self) -> "Session":
        """A session on the same loaded model that may be called at the same time as this one.

        Raises:
            WorkerError: the runtime cannot do two things at once.
        """


class Runtime(Protocol):
    """Software that executes artifacts; on the CPU, unless it is a `GpuRuntime`.

    `artifact_format` says which toolchain makes its INT8 artifacts: `onnx`, `openvino`, `torch` or `fake`.
    `model_format` says which of a workload's models it opens itself: `onnx`, `torch` or `fake`.
    """

    name: str
    artifact_format: str
    model_format: str

    def probe(self) -> Availability:
        """Cheap, imports nothing heavy, never raises."""

    def refusal(self, recipe: Recipe) -> str | None:
        """Why this runtime cannot run the recipe on this machine, or `None` when it can. Imports nothing heavy."""

    def needs_artifact(self, recipe: Recipe) -> bool:
        """Whether the recipe is made into a file first; if not, the workload's own model is opened."""

    def open(self, artifact: Path, *, recipe: Recipe, threads: int) -> Session:
        """Open a model file in the recipe's precision.

        Raises:
            HarnessError: the file is not a model this runtime can run.
        """

    def prove(self, artifact: Path, *, recipe: Recipe, threads: int, inputs: Inputs) -> KernelProof:
        """Run a profiled session of the same settings and read which precision each layer ran in."""

    def clock(self) -> Clock:
        """Nanoseconds of a monotonic clock; only the fake runtime has one of its own."""


@runtime_checkable
class ModelReader(Protocol):
    """A runtime that can read a workload's model without making it ready to run: soon done, and tells if it cannot."""

    def read(self, model: Path) -> tuple[TensorSpec, ...]:
        """What the model reads.

        Raises:
            HarnessError: it is not a model this runtime can run; says what the runtime lacks, and not which it is.
        """


@runtime_checkable
class GpuRuntime(Protocol):
    """A runtime for NVIDIA GPUs too, or for them alone: what it is asked beside what every `Runtime` is.

    A worker's process sees one GPU, chosen by UUID before it started: whatever the device is called, to CUDA it is
    the first. `device` is in the words of arms: `cpu`, `gpu:0`.
    """

    device_kinds: tuple[DeviceKind, ...]

    def probe_gpu(self) -> Availability:
        """Whether what is installed can compute on GPUs. Cheap, imports nothing heavy, never raises."""

    def refusal(self, recipe: Recipe, *, device: str = CPU) -> str | None:
        """Why it cannot run the recipe on that device. Imports nothing heavy."""

    def open(self, artifact: Path, *, recipe: Recipe, threads: int, device: str = CPU) -> Session:
        """Open a model file on that device, in the recipe's precision.

        Raises:
            HarnessError: the file is not a model this runtime can run.
            GpuMemoryError: it does not fit.
        """

    def prove(self, artifact: Path, *, recipe: Recipe, threads: int, inputs: Inputs, device: str = CPU) -> KernelProof:
        """Run a profiled session of the same settings there, and read which precision each kernel ran in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocatorMemory:
    """Bytes of a GPU's memory that a runtime's allocator holds for tensors: now, and at most since the last reset."""

    resident_bytes: int
    peak_bytes: int


@runtime_checkable
class GpuSession(Protocol):
    """A session on a GPU that tells more than calls on the host's clock do."""

    def reset_device_peak(self) -> None:
        """Let the peak begin anew at what is held now."""

    def device_memory(self) -> AllocatorMemory | None:
        """What the allocator holds; `None` where it does not tell."""

    def device_time_s(self, call: Callable[[], object], *, calls: int) -> float | None:
        """Seconds a call between events on the GPU's own clock, mean of so many; `None` where it has none.

        The host enqueues the next call while the last one runs: without the time in which the GPU waits for the host.
        """


@runtime_checkable
class HostCopies(Protocol):
    """A session whose answers lie on a device until they are read."""

    def read(self, call: Callable[[], object], answer: object) -> Outputs:
        """What a call of `bind` answered, copied to the host; `answer` is what the call returned."""


def serves(runtime: object, kind: DeviceKind) -> bool:
    """Whether a runtime computes on devices of this kind at all."""
    return kind in (runtime.device_kinds if isinstance(runtime, GpuRuntime) else (DeviceKind.CPU,))


def on_gpus(runtime: Runtime) -> GpuRuntime:
    """The runtime, as one that computes on GPUs.

    Raises:
        UnavailableError: it does not.
    """
    if not isinstance(runtime, GpuRuntime) or DeviceKind.GPU not in runtime.device_kinds:
        raise UnavailableError(f"{runtime.name} computes on the CPU only")
    return runtime
