"""What the store gives back: runs in full and in brief, as frozen values.

Findings are the harness's own types; these only say which run and arm they belong to.
"""

from dataclasses import dataclass
from datetime import datetime

from harness.environment import Environment, Observer
from harness.vocabulary import (
    Agreement,
    Arm,
    CalibrationFinding,
    Comparison,
    EnergyReading,
    Failure,
    Gate,
    KernelProof,
    Limit,
    Measurement,
    MemoryReading,
    NoiseClass,
    PipelineTiming,
    Plan,
    Prediction,
    ProofVerdict,
    QualityComparison,
    QualityFigures,
    RunState,
    ServerLevel,
    ServerRate,
    Speed,
    Verdict,
    WarmUpSamples,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRecord:
    """What an arm's runtime loaded, by content. `provenance` is JSON, as its maker wrote it."""

    digest: str
    size_bytes: int
    provenance: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """The layers that ran, and what was concluded from them."""

    proof: KernelProof
    verdict: ProofVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRecord:
    """Everything stored about one arm, except its timing. None: not recorded."""

    name: str
    artifact: ArtifactRecord | None
    proof: ProofRecord | None
    memory: tuple[MemoryReading, ...]
    prediction: Prediction | None
    quality: QualityFigures | None
    energy: EnergyReading | None
    settings: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityComparisonRecord:
    """A candidate's quality against that of its baseline, both by arm name."""

    candidate: str
    baseline: str
    comparison: QualityComparison


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """One run with everything but raw samples: no rounds, and server levels without theirs.

    Moments are in UTC; `arms` are in the plan's order.
    """

    run_id: str
    plan: Plan
    environment: Environment
    observer: Observer
    planner_version: str
    state: RunState
    exit_code: int | None
    started_at: datetime
    finished_at: datetime | None
    arms: tuple[ArmRecord, ...]
    warm_ups: tuple[WarmUpSamples, ...]
    measurements: tuple[Measurement, ...]
    quality_comparisons: tuple[QualityComparisonRecord, ...]
    comparisons: tuple[Comparison, ...]
    verdicts: tuple[Verdict, ...]
    failures: tuple[Failure, ...]
    agreements: tuple[Agreement, ...] = ()
    pipelines: tuple[PipelineTiming, ...] = ()
    calibration_findings: tuple[CalibrationFinding, ...] = ()
    server_levels: tuple[ServerLevel, ...] = ()
    server_rates: tuple[ServerRate, ...] = ()
    limits: tuple[Limit, ...] = ()

    def arm(self, name: str) -> ArmRecord | None:
        """What is stored about the arm of that name."""
        return next((arm for arm in self.arms if arm.name == name), None)

    def planned_arm(self, name: str) -> Arm | None:
        """The arm of that name as the plan has it."""
        return next((arm for arm in self.plan.arms if arm.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A candidate's result in one line. `ratio` above 1 is faster, with its interval; None: no figure."""

    candidate: str
    baseline: str
    batch: int
    ratio: float | None
    lower: float | None
    upper: float | None
    speed: Speed
    gate: Gate
    noise: NoiseClass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run in a list. `best` is the fastest of the accepted candidates, or of all if none is."""

    run_id: str
    workload: str
    workload_digest: str
    baseline: str
    state: RunState
    exit_code: int | None
    started_at: datetime
    finished_at: datetime | None
    observer: Observer
    planner_version: str
    is_simulated: bool
    arms: tuple[str, ...]
    batches: tuple[int, ...]
    cpu: str
    host_id: str
    rounds: int
    verdicts: int
    accepted: int
    failures: int
    best: Headline | None
