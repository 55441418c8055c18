"""From timed batches to the rate of one replica inside an SLO, as a range: lines above and below what was timed.

A timed batch is not one number: it has a quick, a usual and a slow time. The low end of the range rests on a line that
no slow time lies above, so that nothing between the timed sizes has to be hoped for but that a smaller batch takes no
longer than a larger one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pricing.capacity.batching import fit_curve
from pricing.capacity.highest_rate import highest_rate
from pricing.errors import CapacityError, EvidenceError
from pricing.vocabulary import BatchCurve, Range, Slo

Points = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTime:
    """How long a batch of one size takes: quick, usual, slow. All the same where only one figure is known."""

    batch: int
    quick_s: float
    usual_s: float
    slow_s: float

    def __post_init__(self) -> None:
        """Refuse times in the wrong order."""
        if not (self.batch >= 1 and 0.0 < self.quick_s <= self.usual_s <= self.slow_s < math.inf):
            raise EvidenceError(
                f"a batch of {self.batch} in {self.quick_s}, {self.usual_s} and {self.slow_s} s: the times must be "
                "positive, and in order"
            )

    @classmethod
    def of(cls, batch: int, seconds: float) -> "BatchTime":
        """One figure, without uncertainty."""
        return cls(batch=batch, quick_s=seconds, usual_s=seconds, slow_s=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRate:
    """What one replica serves inside an SLO.

    Attributes:
        per_s: `low` with every batch as slow as it may be, `high` as quick; the point with usual times, None where no
            single request was timed.
        curve: Of slow times: `per_s.low` is reckoned with it.
        batches: The timed sizes that the promise leaves room for.
    """

    per_s: Range
    curve: BatchCurve
    batches: tuple[int, ...]


def curve_rate(times: Sequence[BatchTime], slo: Slo) -> CurveRate:
    """The rate of one replica that takes all waiting requests as a batch, up to the largest that the SLO allows.

    Args:
        times: Of each size once, in any order.
        slo: The promise, of wait and service together.

    Raises:
        EvidenceError: no batch was timed, or none ends within the promise.
    """
    if not times:
        raise EvidenceError("no batch was timed")
    return _curve_rate(tuple(sorted(times, key=lambda one: one.batch)), slo)


@lru_cache(maxsize=64)  # a plan that looks for flip points asks for the same few rates hundreds of times
def _curve_rate(ordered: tuple[BatchTime, ...], slo: Slo) -> CurveRate:
    fitting = [one for one in ordered if one.slow_s < slo.limit_s]
    if not fitting:
        quickest = min(ordered, key=lambda one: one.slow_s)
        raise EvidenceError(
            f"{slo.label} cannot be kept: a batch of {quickest.batch} takes up to {quickest.slow_s * 1e3:.4g} ms alone"
        )
    low, curve = _proven(fitting, slo)
    quick = [(one.batch, one.quick_s) for one in ordered if one.quick_s < slo.limit_s]
    high = max(low, highest_rate(lower_line(quick), slo).per_s)
    point = None
    if fitting[0].batch == 1:
        usual = fit_curve([(one.batch, one.usual_s) for one in ordered if one.usual_s < slo.limit_s])
        point = min(high, max(low, _rate(usual, slo)))
    return CurveRate(
        per_s=Range(low=low, point=point, high=high), curve=curve, batches=tuple(one.batch for one in fitting)
    )


def upper_line(points: Points) -> BatchCurve:
    """A line that no point lies above. Batches below the smallest size take as long as that one."""
    known = _with_single(points)
    fit = fit_curve(known)
    above = max(seconds - fit.seconds(batch) for batch, seconds in known)
    return BatchCurve(fixed_s=fit.fixed_s + max(0.0, above), per_sample_s=fit.per_sample_s, max_batch=fit.max_batch)


def lower_line(points: Points) -> BatchCurve:
    """A line that no point lies below, through the origin where it would leave it below, and of a single size.

    Of a single size nothing is known about smaller batches, so this end of the range has them as quick as they can be.
    """
    if len({batch for batch, _ in points}) == 1:
        batch, seconds = min(points)
        return BatchCurve(fixed_s=0.0, per_sample_s=seconds / batch, max_batch=batch)
    fit = fit_curve(points)
    below = max(fit.seconds(batch) - seconds for batch, seconds in points)
    fixed_s = fit.fixed_s - max(0.0, below)
    if fixed_s >= 0.0:
        return BatchCurve(fixed_s=fixed_s, per_sample_s=fit.per_sample_s, max_batch=fit.max_batch)
    slope = min(seconds / batch for batch, seconds in points)
    return BatchCurve(fixed_s=0.0, per_sample_s=slope, max_batch=fit.max_batch)


def _proven(fitting: Sequence[BatchTime], slo: Slo) -> tuple[float, BatchCurve]:
    """The best that a largest batch of one's choice gives: a line over fewer sizes lies closer to them."""
    slow = [(one.batch, one.slow_s) for one in fitting]
    best, chosen = -1.0, upper_line(slow)
    for count in range(len(slow), 0, -1):
        curve = upper_line(slow[:count])
        if curve.max_batch / curve.seconds(curve.max_batch) <= best:
            continue  # even without any waiting it serves less
        rate = _rate(curve, slo)
        if rate > best:
            best, chosen = rate, curve
    return best, chosen


def _rate(curve: BatchCurve, slo: Slo) -> float:
    try:
        return highest_rate(curve, slo).per_s
    except CapacityError:  # the line lies above the limit where its points do not
        return 0.0


def _with_single(points: Points) -> list[tuple[int, float]]:
    smallest, seconds = min(points)
    return list(points) if smallest == 1 else [(1, seconds), *points]
