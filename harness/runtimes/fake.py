"""A runtime that computes nothing: scripted latencies and answers, for tests of the harness.

Deterministic, with a clock of its own. It exists only where `PLANNER_FAKE_RUNTIME=1`, reads
only `.fake.json` models, and every run that uses it is marked simulated in the store and on
every screen: its figures can never pass for a measurement.

A model's script gives for each variant: `latency_us`, `jitter` (relative), `hardness_cost` (how many
times longer the hardest sample takes, on top), `error_rate`,
`class_errors`, `precision`, and optionally how large a batch `fits` into memory, and a `fault`: `{"at": "open" |
"predict" | "call", "after": N, "kind": "kill" | "hang" | "garbage" | "raise"}`.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.errors import GpuMemoryError, WorkerError, WorkloadError
from harness.runtimes.base import Availability, Clock, Inputs, Outputs
from harness.vocabulary import CPU, DeviceKind, KernelProof, LayerRun, Method, Precision, Recipe, TensorSpec

_CALL_OVERHEAD_NS = 80
_CHOOSERS = ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER")
_HARDEST = 256.0
_now_ns = [0]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How and when the scripted process misbehaves. `marker`: a file; once it exists the fault is over."""

    at: str
    kind: str
    after: int = 0
    marker: str | None = None


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one variant of a fake model does."""

    latency_us: float
    jitter: float = 0.0
    hardness_cost: float = 0.0
    error_rate: float = 0.0
    class_errors: dict[str, float] = {}
    precision: Precision = Precision.FP32
    fault: Fault | None = None
    fits: int | None = None


class FakeModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fake model file: scripts by variant label. An artifact of it names the one it is."""

    scripts: dict[str, Script]
    classes: int
    variant: str = "fp32"


class FakeRuntime:
    """The runtime `fake`."""

    name = "fake"
    artifact_format = "fake"
    model_format = "fake"
    device_kinds = (DeviceKind.CPU, DeviceKind.GPU)

    def probe(self) -> Availability:
        """Always here: the registry lists it only for tests."""
        return Availability(is_available=True, version="0")

    def probe_gpu(self) -> Availability:
        """On whatever device the driver shows: it computes on none."""
        return self.probe()

    def refusal(self, recipe: Recipe, *, device: str = CPU) -> str | None:  # noqa: ARG002 - the protocol's question; scripts exist for any recipe
        """Runs whatever the script names."""
        return None

    def needs_artifact(self, recipe: Recipe) -> bool:
        """Every variant but FP32 is a file of its own."""
        return recipe.method is not Method.FP32

    def open(self, artifact: Path, *, recipe: Recipe, threads: int, device: str = CPU) -> "FakeSession":  # noqa: ARG002 - the artifact names its script
        """Read the script of the artifact's variant."""
        model = read_fake_model(artifact)
        script = model.scripts.get(model.variant)
        if script is None:
            raise WorkloadError(f"{artifact.name} has no script for {model.variant}")
        session = FakeSession(script, classes=model.classes, threads=threads, device=device)
        session.misbehave("open")
        return session

    def prove(
        self,
        artifact: Path,
        *,
        recipe: Recipe,
        threads: int,
        inputs: Inputs,  # noqa: ARG002 - nothing is run
        device: str = CPU,  # noqa: ARG002 - as above
    ) -> KernelProof:
        """One layer, in the script's precision."""
        script = self.open(artifact, recipe=recipe, threads=threads).script
        seconds = script.latency_us / 1e6
        layer = LayerRun(name="layer", kind="Fake", precision=script.precision, is_compute=True, time_s=seconds)
        return KernelProof(source="fake script", layers=(layer,))

    def clock(self) -> Clock:
        """A clock that only scripted calls move, and who waits for a moment."""
        return FakeClock()


class FakeSession:
    """Answers from the input: pixel 0 is the true class, pixel 1 how hard the sample is (0 to 255)."""

    def __init__(self, script: Script, *, classes: int, threads: int, device: str = CPU) -> None:
        self.script = script
        self._device = device
        self._classes = classes
        self._threads = threads
        self._random = np.random.default_rng(0)
        self._calls = 0

    @property
    def settings(self) -> Mapping[str, str]:
        """Says that it is a fake, and on a GPU which one its process could see."""
        settings = {"simulated": "yes", "threads": str(self._threads)}
        if self._device != CPU:
            settings |= {name.lower(): os.environ.get(name, "not set") for name in _CHOOSERS}
        return settings

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """One, of whatever the data hold."""
        return (TensorSpec(name="image", dtype="float32", shape=(None, None, None, None)),)

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Scores by class."""
        return (TensorSpec(name="scores", dtype="float32", shape=(None, self._classes)),)

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        """A call that moves the fake clock by the scripted latency times the batch size."""
        pixels = _pixels(inputs)
        if self.script.fits is not None and len(pixels) > self.script.fits:
            raise GpuMemoryError(f"out of memory on the GPU: the script says that {self.script.fits} fit")
        hardness = pixels[:, 1].sum() / _HARDEST if self.script.hardness_cost else 0.0
        nominal_ns = self.script.latency_us * 1e3 * (len(pixels) + self.script.hardness_cost * float(hardness))

        def call() -> None:
            self.misbehave("call")
            _now_ns[0] += int(nominal_ns * float(np.exp(self.script.jitter * self._random.standard_normal())))

        return call

    def predict(self, inputs: Inputs) -> Outputs:
        """Scores that are right except where the script says that a sample this hard is missed."""
        self.misbehave("predict")
        pixels = _pixels(inputs)
        truth = pixels[:, 0].astype(np.int64)
        hardness = pixels[:, 1] / _HARDEST
        rates = np.full(self._classes, self.script.error_rate)
        for name, rate in self.script.class_errors.items():
            rates[int(name)] = rate
        answer = np.where(hardness < rates[truth], (truth + 1) % self._classes, truth)
        return {"scores": np.eye(self._classes, dtype=np.float32)[answer]}

    def stream(self) -> "FakeSession":
        """Refused: what happens at the same time would move one clock twice."""
        raise WorkerError("the fake runtime has one clock: ask it for one instance, or one client")

    def misbehave(self, at: str) -> None:
        """Carry out the scripted fault when its moment has come."""
        fault = self.script.fault
        if fault is None or fault.at != at:
            return
        self._calls += 1
        if self._calls <= fault.after or (fault.marker and Path(fault.marker).exists()):
            return
        if fault.marker:
            Path(fault.marker).touch()
        _commit(fault.kind)


def _pixels(inputs: Inputs) -> NDArray[Any]:
    images = next(iter(inputs.values()))
    return images.reshape(len(images), -1)


def read_fake_model(path: Path) -> FakeModel:
    """Read a `.fake.json` file.

    Raises:
        WorkloadError: it is not one.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=FakeModel)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise WorkloadError(f"{path.name} is not a fake model: {error}") from error


class FakeClock:
    """Nanoseconds of the one fake clock; reading it takes as long as reading a real one."""

    def __call__(self) -> int:
        """The moment after it was read."""
        _now_ns[0] += _CALL_OVERHEAD_NS
        return _now_ns[0]

    def wait_until(self, moment_ns: int) -> None:
        """Move to a moment; one that is past changes nothing."""
        _now_ns[0] = max(_now_ns[0], moment_ns)


def _commit(kind: str) -> None:
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "hang":
        threading.Event().wait()
    if kind == "garbage":
        os.write(int(os.environ.get("PLANNER_EVENT_FD", "1")), b"\x00garbage{]\n")
    if kind == "raise":
        raise WorkloadError("the script says so")
    sys.stderr.write(f"fault {kind} is over\n")
