"""Requests per second: how fast one replica serves, and how fast they come."""

import math
from dataclasses import dataclass
from enum import StrEnum

from pricing.errors import AssumptionError, EvidenceError
from pricing.vocabulary.devices import Replica
from pricing.vocabulary.figures import Evidence, Range
from pricing.vocabulary.service import Gate, Precision, Slo


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCurve:
    """How long a batch takes: `fixed_s + per_sample_s · b` seconds for 1 ≤ b ≤ max_batch.

    Attributes:
        fixed_s: What every call costs (Inoue's tau).
        per_sample_s: What each sample adds (Inoue's alpha).
        max_batch: The largest batch that the figures cover.
        worst_residual: The largest relative error of the fit over its own points; None where it passes through all.
    """

    fixed_s: float
    per_sample_s: float
    max_batch: int
    worst_residual: float | None = None

    def __post_init__(self) -> None:
        """Refuse a curve on which batches take no time."""
        is_finite = math.isfinite(self.fixed_s) and math.isfinite(self.per_sample_s)
        if not (is_finite and self.fixed_s >= 0 and self.per_sample_s >= 0 and self.fixed_s + self.per_sample_s > 0):
            raise EvidenceError(f"a batch of {self.fixed_s} s + {self.per_sample_s} s a sample is none")
        if self.max_batch < 1:
            raise EvidenceError(f"a largest batch of {self.max_batch} is none")

    def seconds(self, batch: int) -> float:
        """How long a batch of that size takes."""
        return self.fixed_s + self.per_sample_s * batch


class RateMethod(StrEnum):
    """How a service rate was come by, as plans say it."""

    SERVER = "server scenario"
    CURVE = "batch curve under the SLO"
    PUBLISHED_SERVER = "published server rate"
    PUBLISHED_CURVE = "published batch latencies under the SLO"
    PEAK_BOUND = "bound from the peak rate"
    PUBLISHED_BOUND = "bound from the published FP16 rate"
    TRANSFER = "transfer"
    STATED = "stated by the user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a projected rate was reckoned from: another replica's rate times a ratio, each uncertain by itself."""

    rate: "ServiceRate"
    ratio: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRate:
    """Requests per second that one replica serves inside an SLO, as a range, with its evidence.

    Attributes:
        replica: What serves at this rate.
        model: Whose samples.
        variant: As it is named: `int8-static:per-channel`, `int8`, `tf32`.
        precision: What its arithmetic runs in.
        per_s: `low` is proven to hold; a bound from a peak has low 0, no point, and the bound as `high`.
        slo: The promise inside which it holds; None for a bound.
        method: How it was come by.
        evidence: Its provenance.
        curve: The batch curve behind it, for queues and simulation; None where none is known.
        service_cv2: Variance of one request's service over its squared mean; None where it was not measured.
        gate: Whether quality allows this variant; ACCEPTED for a baseline.
        basis: Of a transferred rate: the one that it came from; None elsewhere.
        note: What a reader must know.
    """

    replica: Replica
    model: str
    variant: str
    precision: Precision
    per_s: Range
    slo: Slo | None
    method: RateMethod
    evidence: Evidence
    curve: BatchCurve | None = None
    service_cv2: float | None = None
    gate: Gate = Gate.NOT_MEASURED
    basis: Basis | None = None
    note: str = ""

    @property
    def is_bound(self) -> bool:
        """Whether only an upper bound is known: a fleet sized with it is the smallest that could do."""
        return self.per_s.point is None and self.per_s.low == 0.0

    @property
    def sizing_per_s(self) -> float:
        """What a fleet is sized with: the rate proven to hold; of a bound, the bound."""
        return self.per_s.high if self.is_bound else self.per_s.low


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Requests per second over a day.

    Attributes:
        hourly_per_s: The mean rate of each of the 24 hours of a typical day.
        peak_per_s: What the fleet must carry: the busiest hour, or what traffic showed inside it.
        evidence: Where it comes from.
    """

    hourly_per_s: tuple[float, ...]
    peak_per_s: float
    evidence: Evidence

    def __post_init__(self) -> None:
        """Refuse a day that is none, and a peak below its own hours."""
        if len(self.hourly_per_s) != 24:  # noqa: PLR2004 - a day
            raise AssumptionError(f"a daily profile has 24 hours, not {len(self.hourly_per_s)}")
        if any(not (math.isfinite(rate) and rate >= 0) for rate in self.hourly_per_s) or self.peak_per_s <= 0:
            raise AssumptionError("a rate of requests must be a positive number")
        if not math.isfinite(self.peak_per_s) or self.peak_per_s < max(self.hourly_per_s) * (1 - 1e-12):
            raise AssumptionError("the peak is below the busiest hour of the profile")

    @property
    def mean_per_s(self) -> float:
        """Over the day."""
        return math.fsum(self.hourly_per_s) / len(self.hourly_per_s)

    @property
    def per_year(self) -> float:
        """Requests in 8,760 hours."""
        return self.mean_per_s * 8760 * 3600
