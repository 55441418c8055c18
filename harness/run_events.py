"""What happens in a run, as the supervisor tells it: stored, reduced to progress, and drawn.

One event a fact. Whoever listens (the store, the command line, the terminal app) sees the
same sequence; a stored run can be told again.
"""

from dataclasses import dataclass

from harness.quantize.artifacts import CachedArtifact
from harness.vocabulary import (
    ArtifactRef,
    CalibrationFinding,
    EnergyRatio,
    EnergyReading,
    Failure,
    GpuSummary,
    KernelProof,
    MemoryReading,
    PipelineTiming,
    Prediction,
    RatioInterval,
    Round,
    ServerLevel,
    ServerRate,
    Speed,
    Stage,
    WarmUpSamples,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBegan:
    """A stage begins; `total` counts its steps: arms, samples, or seconds of budget when timing."""

    stage: Stage
    total: int
    batch: int | None = None
    concurrency: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationAudited:
    """What is to be said about the samples that this run's recipes are calibrated with."""

    findings: tuple[CalibrationFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactReady:
    """An arm's model file is there; `made` tells the provenance of one that a recipe made."""

    arm: str
    artifact: ArtifactRef
    made: CachedArtifact | None
    was_cached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmLoaded:
    """An arm's session is open, with every setting made on purpose."""

    arm: str
    settings: dict[str, str]
    memory: tuple[MemoryReading, ...]
    load_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmProved:
    """Which precision an arm's layers ran in."""

    arm: str
    proof: KernelProof


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmAdvanced:
    """An arm's evaluation goes on."""

    arm: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPredicted:
    """An arm has answered the whole test split."""

    arm: str
    prediction: Prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPinned:
    """The CPUs that an arm's threads are bound to while it is timed; none with a reason."""

    arm: str
    cpus: tuple[int, ...]
    reason: str | None
    concurrency: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmWarmedUp:
    """An arm's first calls at a batch size."""

    samples: WarmUpSamples


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a candidate stands against its baseline so far."""

    candidate: str
    baseline: str
    ratio: RatioInterval | None
    speed: Speed
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFinished:
    """A round is complete; `elapsed_s` of the batch size's `budget_s` are spent."""

    round: Round
    standings: tuple[Standing, ...]
    pairs: int
    elapsed_s: float
    budget_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryMeasured:
    """Another launch of an arm gave these readings."""

    arm: str
    readings: tuple[MemoryReading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyMeasured:
    """An arm's energy per inference, or why there is none."""

    arm: str
    reading: EnergyReading


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyCompared:
    """How much less energy a candidate takes than its baseline on the same GPU."""

    ratio: EnergyRatio


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuWatched:
    """What the watch over an arm's GPU saw in the whole run, and what it cost."""

    summary: GpuSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuUnwatched:
    """Nothing is known of an arm's GPU, and why."""

    arm: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineMeasured:
    """Where the time of an arm's whole requests goes."""

    timing: PipelineTiming


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineNoted:
    """What is to be said of this run's whole requests: why none is timed, or what is not in their figures."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLevelMeasured:
    """An arm was held under a rate of arrivals; `spent_s` of its `budget_s` are used up."""

    level: ServerLevel
    spent_s: float
    budget_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRateFound:
    """The search for an arm's SLO rate has ended."""

    rate: ServerRate


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFailed:
    """An arm is out; the others go on."""

    failure: Failure


RunEvent = (
    StageBegan
    | CalibrationAudited
    | ArtifactReady
    | ArmLoaded
    | ArmProved
    | ArmAdvanced
    | ArmPredicted
    | ArmPinned
    | ArmWarmedUp
    | RoundFinished
    | MemoryMeasured
    | EnergyMeasured
    | EnergyCompared
    | GpuWatched
    | GpuUnwatched
    | PipelineMeasured
    | PipelineNoted
    | ServerLevelMeasured
    | ServerRateFound
    | ArmFailed
)
