"""What the supervisor tells a worker to do: one command a duty."""

import math
from dataclasses import dataclass

from harness.errors import MeasurementError
from harness.vocabulary import (
    Arm,
    ServeOpenLoop,
    TensorSpec,
    TimeService,
)
from harness.vocabulary.engine import EngineOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantize:
    """Make the arm's artifact at `destination`, a folder that does not exist yet."""

    arm: Arm
    workload: str
    destination: str
    calibration_samples: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCalibration:
    """Look at the calibration samples that a recipe would be given, and at what they do to activations.

    The model may be run for `model_s` seconds for that: as long as it takes where it is `None`.
    """

    workload: str
    samples: int
    seed: int
    model_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect:
    """Read what the ONNX file `model` is; where it has loops, see whether opening it and one call end."""

    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWork:
    """Count the operations and bytes of a call of the ONNX file `model`, with the workload's data, by batch size.

    `test_samples` and `keeps_calibration_apart` as in `Load`.
    """

    workload: str
    model: str
    batches: tuple[int, ...]
    test_samples: int | None = None
    keeps_calibration_apart: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRates:
    """Find the best rate of arithmetic of a runtime, on threads bound to `cpus`; no probe begins after `seconds`."""

    runtime: str
    threads: int
    cpus: tuple[int, ...]
    seconds: float
    channels: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeBandwidth:
    """Find the bandwidth of memory for each of these numbers of threads, bound to `cpus`, with arrays so large."""

    threads: tuple[int, ...]
    cpus: tuple[int, ...]
    array_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """Read `model`, a file or a function that makes a PyTorch module, with a runtime that need not run it yet."""

    runtime: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildEngine:
    """Build an engine of an ONNX file, typed as the order says first; `Advanced` on the way."""

    model: str
    order: EngineOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class TryTexts:
    """Do these texts become inputs `specs` of a model? Answered by `Advanced`.

    `preprocessing` is a description's table in JSON, `tokenizer` the file that is meant.
    """

    preprocessing: str
    tokenizer: str
    texts: tuple[str, ...]
    specs: tuple[TensorSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Open the artifact on the arm's runtime, and keep inputs for these batch sizes ready.

    `test_samples` of the test data are used, all of them where it is `None`; `keeps_calibration_apart` as in the plan.
    """

    arm: Arm
    workload: str
    artifact: str
    batches: tuple[int, ...]
    launch: int
    test_samples: int | None = None
    keeps_calibration_apart: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Prove:
    """Profile a second session of the same settings and say which precision ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluate:
    """Predict a whole split, in batches of this size."""

    batch: int
    split: str = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Bind every thread of the process to these CPUs."""

    cpus: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBlock:
    """Call for at least `seconds`, at least once, after one discarded call.

    With `turn`, the inputs of that number alone: what takes its turn in the same cycle is asked the same.
    Without, all inputs one after the other. `concurrency` calls are always in flight, each stream discarding its first.
    `stretch` makes every call longer by so much of its own time, to know what a difference of that size looks like.
    """

    batch: int
    seconds: float
    turn: int | None = None
    concurrency: int = 1
    stretch: float = 0.0

    def __post_init__(self) -> None:
        """Refuse to make a call shorter, or endless."""
        if not 0.0 <= self.stretch < math.inf:
            raise MeasurementError(f"a call cannot be stretched by {self.stretch}: pass 0.03 for 3 %")
        if self.stretch and self.concurrency != 1:
            raise MeasurementError("only calls that follow one another are stretched: ask for one in flight")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePipeline:
    """Time whole requests of this batch size, from stored samples to classes, for about `seconds`."""

    batch: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeMemory:
    """Allocate so many bytes for so long, and say what the memory peak makes of it."""

    size_bytes: int
    hold_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeClock:
    """Measure the clock that calls are timed by, and what timing adds to a call that does nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quit:
    """End the process."""


Command = (
    Quantize
    | AuditCalibration
    | Inspect
    | ReadModel
    | BuildEngine
    | TryTexts
    | CountWork
    | ProbeRates
    | ProbeBandwidth
    | Load
    | Prove
    | Evaluate
    | Pin
    | TimeBlock
    | TimePipeline
    | TimeService
    | ServeOpenLoop
    | ProbeMemory
    | ProbeClock
    | Quit
)
