"""What supervisor and worker say to one another: JSON lines, one message a line, versioned.

Commands go to the worker's stdin, events come from its stdout. A line that is not a message
of this version is a `WorkerError`: nothing is guessed.
"""

from dataclasses import dataclass
from typing import TypeVar, get_args

import msgspec

from harness.errors import HarnessError, WorkerError
from harness.vocabulary import (
    Arm,
    CalibrationAudit,
    KernelProof,
    MemoryReading,
    ModelCard,
    PipelineTiming,
    Prediction,
    TensorSpec,
)

PROTOCOL_VERSION = 1
LINE_LIMIT_BYTES = 64 * 2**20  # predictions of millions of samples fit; a runaway worker does not
# What msgspec raises for bytes that are no JSON of the type: also for broken UTF-8 and for nesting without end.
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


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
    """Look at the calibration samples that a recipe would be given; with `runs_model`, at what activations do, too."""

    workload: str
    samples: int
    seed: int
    runs_model: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect:
    """Read what the ONNX file `model` is, without running anything."""

    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """Read `model`, a file or a function that makes a PyTorch module, with a runtime that need not run it yet."""

    runtime: str
    model: str


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
    Without, all inputs one after the other.
    """

    batch: int
    seconds: float
    turn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePipeline:
    """Time whole requests of this batch size, from stored samples to classes, for about `seconds`."""

    batch: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quit:
    """End the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """The first line of every worker."""

    version: int
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantized:
    """The artifact lies at the destination; `notes` are the recipe's provenance."""

    file: str
    notes: dict[str, str]
    calibration_digests: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What the calibration samples are like."""

    audit: CalibrationAudit


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What the model file says of itself."""

    card: ModelCard


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRead:
    """The runtime can read the model, which reads `inputs`."""

    inputs: tuple[TensorSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The session is open and warm. `settings` is every option set on purpose."""

    settings: dict[str, str]
    memory: tuple[MemoryReading, ...]
    load_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """The precision each layer ran in."""

    proof: KernelProof


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """Long work goes on."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """Predictions for the whole split."""

    prediction: Prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """Where the threads are bound now; empty with a reason where binding is not possible."""

    cpus: tuple[int, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTimed:
    """One block's raw latencies (little-endian int64 nanoseconds) and counters."""

    latencies_ns: bytes
    wall_ns: int
    cpu_ns: int
    voluntary_switches: int
    involuntary_switches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineTimed:
    """Where the time of a whole request goes."""

    timing: PipelineTiming


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The command failed inside the worker, in our own words."""

    error: str
    message: str


Command = (
    Quantize | AuditCalibration | Inspect | ReadModel | Load | Prove | Evaluate | Pin | TimeBlock | TimePipeline | Quit
)
Event = (
    Hello
    | Quantized
    | Audited
    | Inspected
    | ModelRead
    | Loaded
    | Proved
    | Advanced
    | Evaluated
    | Pinned
    | BlockTimed
    | PipelineTimed
    | Refused
)

Message = TypeVar("Message", bound=Command | Event)

_COMMANDS: dict[str, type[Command]] = {kind.__name__: kind for kind in get_args(Command)}
_EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


def encode(message: Command | Event) -> bytes:
    """One line, newline included."""
    return msgspec.json.encode([type(message).__name__, message]) + b"\n"


def decode_command(line: bytes) -> Command:
    """Read a line from the supervisor.

    Raises:
        WorkerError: the line is not a command of this version.
    """
    kind, body = _split(line)
    if kind not in _COMMANDS:
        raise WorkerError(f"unknown command {kind[:40]!r}: supervisor and worker differ in version")
    return _convert(body, _COMMANDS[kind])


def decode_event(line: bytes) -> Event:
    """Read a line from a worker.

    Raises:
        WorkerError: the line is not an event of this version.
    """
    kind, body = _split(line)
    if kind not in _EVENTS:
        raise WorkerError(f"the worker said something that is no event: {line[:80]!r}")
    return _convert(body, _EVENTS[kind])


def _split(line: bytes) -> tuple[str, msgspec.Raw]:
    try:
        kind, body = msgspec.json.decode(line, type=tuple[str, msgspec.Raw])
    except _MALFORMED as error:
        raise WorkerError(f"a line that is no message: {line[:80]!r}") from error
    return kind, body


def _convert(body: msgspec.Raw, kind: type[Message]) -> Message:
    try:
        return msgspec.json.decode(body, type=kind)
    except (*_MALFORMED, HarnessError) as error:  # ours: a value that cannot be built
        raise WorkerError(f"a {kind.__name__} message that is malformed: {error}") from error
