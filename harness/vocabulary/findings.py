"""What trials yield: measurements, proofs, quality, comparisons and verdicts.

A figure that could not be had is `None`, and a `reason` beside it says why.
"""

import math
from dataclasses import dataclass

from harness.errors import MeasurementError
from harness.vocabulary.rules import LoadPoint
from harness.vocabulary.words import Gate, NoiseClass, Precision, ProofState, Scenario, Severity, Speed, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyQuantile:
    """A quantile of latency with one-sided bounds, each at the stated confidence."""

    p: float
    point_s: float
    lower_s: float | None
    upper_s: float | None
    confidence: float
    samples: int
    effective_samples: float
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What one trial yielded. `throughput` counts inputs, not calls, per second of timed calls.

    With several calls in flight it is by Little's law: as many as are in flight over their mean latency.
    """

    arm: str
    batch: int
    calls: int
    blocks: int
    quantiles: tuple[LatencyQuantile, ...]
    throughput: float
    cpu_s_per_call: float
    concurrency: int = 1

    @property
    def load(self) -> LoadPoint:
        """What was timed at once."""
        return LoadPoint(batch=self.batch, concurrency=self.concurrency)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioInterval:
    """Speed-up of the candidate: baseline time over candidate time, so above 1 is faster.

    `pairs` were given; `merged` neighbours were averaged into one before the interval was taken.
    """

    point: float
    lower: float
    upper: float
    pairs: int
    merged: int
    confidence: float
    estimator: str = ""

    def __post_init__(self) -> None:
        """Refuse an interval that does not hold its point, or a ratio that is not positive."""
        if not 0.0 < self.lower <= self.point <= self.upper < math.inf:
            raise MeasurementError(f"no ratio lies between {self.lower} and {self.upper} with point {self.point}")

    @property
    def half_width(self) -> float:
        """Half the interval's width as a relative change: √(upper/lower) - 1, 0.01 for ±1 %."""
        return math.sqrt(self.upper / self.lower) - 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseReport:
    """The baseline against itself, interleaved with everything else. Effects are log ratios."""

    noise_class: NoiseClass
    sigma: float | None
    minimal_effect: float | None
    pairs: int
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A candidate against a baseline under one load, from paired blocks of the same cycles.

    `ratio` is true of the `launches` that it was measured in; `over_launches` takes those as a sample of all launches
    on this machine, and is `None` below five of them.
    """

    candidate: str
    baseline: str
    batch: int
    ratio: RatioInterval | None
    against_fastest: RatioInterval | None
    fastest_baseline: str | None
    noise: NoiseReport
    rounds: int
    contaminated_rounds: int
    reason: str | None
    concurrency: int = 1
    launches: int = 1
    over_launches: RatioInterval | None = None

    @property
    def load(self) -> LoadPoint:
        """What was timed at once."""
        return LoadPoint(batch=self.batch, concurrency=self.concurrency)

    @property
    def deciding(self) -> RatioInterval | None:
        """The interval that a judgement rests on: over launches where there is one, as it claims more."""
        return self.over_launches or self.ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRun:
    """A layer as it ran: its kind in the runtime's words, its arithmetic's precision, mean time a call."""

    name: str
    kind: str
    precision: Precision
    is_compute: bool
    time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelProof:
    """Every layer that ran, read from the runtime's own profile. `source` names the profile."""

    source: str
    layers: tuple[LayerRun, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofVerdict:
    """Whether what ran is what the variant's name says, by count and by time of compute layers."""

    state: ProofState
    ran: str
    share_by_count: float | None
    share_by_time: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryReading:
    """Memory of the measuring process in one phase. `None` with a reason where it cannot be read."""

    phase: str
    launch: int
    peak_bytes: int | None
    resident_bytes: int | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyReading:
    """Energy per inference, or why there is none. Gross includes the idle machine, net does not."""

    source: str | None
    gross_j: float | None
    net_j: float | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineTiming:
    """Where the time of a request goes, in medians of seconds a batch: made ready, copied, inferred, read out.

    The sample is in memory as it was stored (an encoded image, a text, an array).
    """

    arm: str
    batch: int
    repeats: int
    preprocess_s: float
    copy_s: float
    inference_s: float
    postprocess_s: float

    def __post_init__(self) -> None:
        """Refuse times that no request takes: without an inference there is no share of it."""
        phases = (self.preprocess_s, self.copy_s, self.inference_s, self.postprocess_s)
        if not all(math.isfinite(one) and one >= 0.0 for one in phases) or not self.inference_s:
            raise MeasurementError(f"no request of {self.arm} takes {phases} s: preprocess, copy, infer, read out")

    @property
    def total_s(self) -> float:
        """A whole request."""
        return self.preprocess_s + self.copy_s + self.inference_s + self.postprocess_s

    @property
    def inference_share(self) -> float:
        """Share of a request that is inference."""
        return self.inference_s / self.total_s

    @property
    def most_speed_up(self) -> float:
        """What a request can gain at most, were inference free (Amdahl's law); infinite where it is all there is."""
        rest = self.total_s - self.inference_s
        return self.total_s / rest if rest > 0.0 else math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationFinding:
    """One observation about calibration data. `check` names what was looked at, `sentence` says what it means."""

    check: str
    severity: Severity
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement on one candidate under one load, with every reason.

    In the server scenario `batch` is the largest that is formed, and `concurrency` the number of instances.
    """

    candidate: str
    baseline: str
    batch: int
    speed: Speed
    gate: Gate
    noise: NoiseClass
    speed_reasons: tuple[str, ...]
    gate_reasons: tuple[str, ...]
    concurrency: int = 1
    scenario: Scenario = Scenario.SINGLE_STREAM

    @property
    def load(self) -> LoadPoint | None:
        """What was timed at once; `None` in the server scenario, which has no closed loop."""
        is_closed = self.scenario is not Scenario.SERVER
        return LoadPoint(batch=self.batch, concurrency=self.concurrency) if is_closed else None

    @property
    def label(self) -> str:
        """The load in words."""
        return self.load.label if self.load else str(self.scenario)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A trial that did not finish: what happened, what to try, and the last lines of its log."""

    arm: str
    stage: Stage
    message: str
    hint: str
    log_tail: str
