"""What the store gives back of many runs at once: their conditions and single figures, no findings in full."""

from dataclasses import dataclass
from datetime import datetime

from harness.environment import Environment
from harness.vocabulary import Gate, Plan, RatioInterval, Speed


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConditions:
    """A run as one of many: what was asked for, where and when."""

    run_id: str
    workload: str
    started_at: datetime
    plan: Plan
    environment: Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyFigure:
    """An arm's median latency at a batch size; None where it was planned and not measured."""

    run_id: str
    arm: str
    batch: int
    threads: int
    p50_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioFigure:
    """A candidate's speed-up at a batch size, with its interval; `is_fit`: the machine was fit to measure it."""

    run_id: str
    candidate: str
    baseline: str
    batch: int
    ratio: RatioInterval | None
    is_fit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictFigure:
    """The words of a verdict."""

    run_id: str
    candidate: str
    baseline: str
    batch: int
    speed: Speed
    gate: Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFigure:
    """An arm's accuracy overall and of its worst class, and the data it was found on."""

    run_id: str
    arm: str
    accuracy: float
    samples: int
    worst_class: str | None
    worst_recall: float | None
    data_digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFigure:
    """An arm's memory peak in one phase of one launch."""

    run_id: str
    arm: str
    phase: str
    launch: int
    peak_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactFigure:
    """What an arm's runtime loaded."""

    run_id: str
    arm: str
    digest: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFigure:
    """The share of an arm's compute time that ran in the precision of its name."""

    run_id: str
    arm: str
    share_by_time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """The figures of many runs, flat: each says which run it belongs to."""

    latencies: tuple[LatencyFigure, ...]
    ratios: tuple[RatioFigure, ...]
    verdicts: tuple[VerdictFigure, ...]
    answers: tuple[AnswerFigure, ...]
    memory: tuple[MemoryFigure, ...]
    artifacts: tuple[ArtifactFigure, ...]
    proofs: tuple[ProofFigure, ...]
