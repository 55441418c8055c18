"""What is left of a transferred rate inside its promise: no more than its batches leave time for, lone requests too.

The curve behind a rate is that of slow times, so the low end is what that curve serves once it is transferred; the
likely value and the high end lose what the likely and the quick curve lose against the source's own. Two things are
uncertain of a transferred curve, the ratio and the power of its fixed time: an end takes the power alone as far as it
may be, or both at once as far as is as unlikely, which is 1/√2 of the way in logarithms. On a quicker card larger
batches fit into the promise than were timed on the slower one, so that its high end may lie above the ratio.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from pricing.capacity import highest_rate
from pricing.errors import CapacityError, EvidenceError
from pricing.transfer.floors import Floor, curve_there, ends_of, power_of
from pricing.transfer.steps import Step
from pricing.vocabulary import BatchCurve, Range, ServiceRate, Slo

_NO_CURVE = "no batch curve of the source is known: what one request takes there is not looked at"
_LESS = 1.0 - 1e-6
_LEAST = 0.05
"""Where the promise leaves less than this of the low end, one request takes about as long as the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A range, the slow curve behind it, and what a reader must know."""

    per_s: Range
    curve: BatchCurve | None
    notes: tuple[str, ...]


def serve_there(rate: ServiceRate, step: Step, floor: Floor, *, most_per_s: float) -> Served:
    """The rate times the ratio, less what the latency floor and the peak forbid.

    Args:
        rate: Of the source.
        step: To the destination.
        floor: How fixed times scale.
        most_per_s: What the peak of the destination allows.

    Raises:
        EvidenceError: if one request may take longer than the limit.
    """
    spread, notes = _times(rate.per_s, step), []
    curve = None
    if rate.curve is None or rate.slo is None:
        notes.append(_NO_CURVE)
    else:
        lowered, curve = _inside(spread, rate, rate.curve, rate.slo, step=step, floor=floor)
        if lowered != spread:
            notes.append(f"the latency floor leaves less than the ratio alone: {floor.words}")
        spread = lowered
    if spread.high > most_per_s:
        cut = spread if spread.point is None else replace(spread, point=min(spread.point, most_per_s))
        is_point = cut.point != spread.point
        spread = Range(low=min(spread.low, most_per_s), point=cut.point, high=most_per_s)
        notes.append(f"the {'likely value' if is_point else 'high end'} is cut to the peak, {most_per_s:,.5g}/s (R1)")
    return Served(per_s=spread, curve=curve, notes=tuple(notes))


def _times(per_s: Range, step: Step) -> Range:
    """Two uncertain factors: their logarithms' half-widths are added in quadrature around the likely value."""
    point, width = per_s.point, math.log(step.factor)
    if point is None or per_s.low <= 0.0:
        ratio = step.range
        likely = None if point is None else point * step.ratio
        return Range(low=per_s.low * ratio.low, point=likely, high=per_s.high * ratio.high)
    below, above = math.log(point / per_s.low), math.log(per_s.high / point)
    there = point * step.ratio
    return Range(
        low=there * math.exp(-math.hypot(width, below)),
        point=there,
        high=there * math.exp(math.hypot(width, above)),
    )


def _inside(
    spread: Range, rate: ServiceRate, curve: BatchCurve, slo: Slo, *, step: Step, floor: Floor
) -> tuple[Range, BatchCurve]:
    power = power_of(curve, floor)
    slow_ones, quick_ones = _ends(curve, step, power)
    slow = min(slow_ones, key=lambda one: _served(one, slo))
    most = max(one.seconds(1) for one in slow_ones)
    low = min(spread.low, _served(slow, slo))
    if low < _LEAST * spread.low:
        raise EvidenceError(
            f"one request may take {most * 1e3:.4g} ms there, reckoned from {rate.replica.target_id}, with next to no "
            f"time left to wait: {slo.label} is not shown to be kept ({step.words}; {floor.words}): measure it"
        )
    own = _served(curve, slo)
    usual = _served(curve_there(curve, step.ratio, power.low if power.point is None else power.point), slo)
    high = rate.per_s.high * max(_served(one, slo) for one in quick_ones) / own if own > 0.0 else spread.high
    high = max(spread.high, high) if step.ratio > 1.0 else min(spread.high, high)
    point = None
    if spread.point is not None and rate.per_s.point is not None:
        lowered = rate.per_s.point * usual / own if own > 0.0 else spread.point
        point = max(low, min(spread.point, lowered))
    return Range(low=low, point=point, high=max(high, low if point is None else point)), _fitting(slow, slo) or slow


def _ends(curve: BatchCurve, step: Step, power: Range) -> tuple[tuple[BatchCurve, ...], tuple[BatchCurve, ...]]:
    """Curves that may be slow, and that may be quick."""
    part = 1.0 / math.sqrt(2.0)
    usual = power.low if power.point is None else power.point
    longest, shortest = ends_of(power, step.ratio)
    more = replace(curve, max_batch=math.ceil(curve.max_batch * max(1.0, step.ratio))) if curve.max_batch > 1 else curve
    slow, quick = (
        (
            curve_there(one, step.ratio, end),
            curve_there(one, step.ratio * factor**part, usual + part * (end - usual)),
        )
        for one, end, factor in ((curve, longest, 1.0 / step.factor), (more, shortest, step.factor))
    )
    return slow, quick


@lru_cache(maxsize=256)  # some tens of milliseconds each where batches are large
def _served(curve: BatchCurve, slo: Slo) -> float:
    """What a curve serves inside a promise; nothing where one request breaks it."""
    fitting = _fitting(curve, slo)
    if fitting is None:
        return 0.0
    try:
        return highest_rate(fitting, slo).per_s
    except CapacityError:
        return 0.0


def _fitting(curve: BatchCurve, slo: Slo) -> BatchCurve | None:
    """With the largest batch that ends within the limit; None where not even one request does."""
    limit_s = slo.limit_s * _LESS
    if curve.seconds(1) >= limit_s:
        return None
    if curve.per_sample_s <= 0.0:
        return curve
    return replace(curve, max_batch=max(1, min(curve.max_batch, int((limit_s - curve.fixed_s) / curve.per_sample_s))))
