"""What a worker answers: that it is there, how far it is, what came of a duty, or why nothing did."""

from dataclasses import dataclass

from harness.vocabulary import (
    BandwidthReading,
    CalibrationAudit,
    KernelProof,
    MemoryReading,
    ModelCard,
    ModelWork,
    PipelineTiming,
    Prediction,
    RateReading,
    Served,
    ServiceTimed,
    TensorSpec,
)
from harness.vocabulary.engine import BuiltEngine
from harness.vocabulary.selftest import ClockProbe, MemoryProbe


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
class WorkCounted:
    """What a call has to do, by batch size."""

    work: tuple[ModelWork, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesProbed:
    """Rates of arithmetic, or reasons why there are none."""

    rates: tuple[RateReading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandwidthProbed:
    """Bandwidths of memory."""

    bandwidths: tuple[BandwidthReading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRead:
    """The runtime can read the model, which reads `inputs`."""

    inputs: tuple[TensorSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineBuilt:
    """The engine lies in the cache."""

    built: BuiltEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The session is open and warm. `settings` is every option set on purpose.

    `left_out` are batch sizes that do not fit into a GPU's memory, with what was said of each.
    """

    settings: dict[str, str]
    memory: tuple[MemoryReading, ...]
    load_s: float
    left_out: tuple[tuple[int, str], ...] = ()


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
    """One block's raw latencies (little-endian int64 nanoseconds, stream after stream) and counters."""

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


Event = (
    Hello
    | Quantized
    | Audited
    | Inspected
    | ModelRead
    | EngineBuilt
    | WorkCounted
    | RatesProbed
    | BandwidthProbed
    | Loaded
    | Proved
    | Advanced
    | Evaluated
    | Pinned
    | BlockTimed
    | PipelineTimed
    | ServiceTimed
    | Served
    | MemoryProbe
    | ClockProbe
    | Refused
)
