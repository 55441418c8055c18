"""Puts noisy figures before the statistics, and says what came of it in the figures' own units.

A figure that is better when higher is turned over, a relative one becomes its logarithm; the way back is here too.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.statistics.distributions import two_sided_critical_value
from harness.statistics.histories import judge_histories
from harness.statistics.history import Finding, History
from harness.vocabulary import RatioInterval, Trend
from planner.services.figures_over_time import Point, Series
from planner.services.followed_figures import NATURES, Figure, Nature


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisyChange:
    """What became of a noisy figure, in its own units; `since` is a place in the series."""

    trend: Trend
    history: int
    in_a_row: int
    before: float | None = None
    now: float | None = None
    change: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    since: int | None = None


def noisy_changes(
    series: Sequence[Series],
    *,
    tolerances: Mapping[Figure, float],
    confirm: int,
    confidence: float,
    reference: int | None,
) -> tuple[NoisyChange, ...]:
    """Judge all series together.

    Args:
        series: each of at least one point, the last of the judged run.
        tolerances: the change of each figure that matters.
        confirm: the consecutive runs in which a change must be there.
        confidence: of all judgements together.
        reference: the first run of the window that is no history, where one is named.
    """
    histories = [_history(one, tolerances[one.figure], reference) for one in series]
    findings = judge_histories(histories, confirm=confirm, confidence=confidence)
    return tuple(_told(finding, NATURES[one.figure]) for one, finding in zip(series, findings, strict=True))


def _history(series: Series, tolerance: float, reference: int | None) -> History:
    nature = NATURES[series.figure]
    sign = -1.0 if nature.is_higher_better else 1.0
    values = np.array([point.value for point in series.points], dtype=np.float64)
    return History(
        values=sign * (np.log(values) if nature.is_relative else values),
        runs=tuple(point.run for point in series.points),
        tolerance=math.log1p(tolerance) if nature.is_relative else tolerance,
        variances=tuple(_variance(point) for point in series.points),
        reference=None if reference is None else sum(point.run < reference for point in series.points),
    )


def _variance(point: Point) -> float | None:
    """Of the logarithm of a ratio, from its interval."""
    interval: RatioInterval | None = point.interval
    if interval is None:
        return None
    half = (math.log(interval.upper) - math.log(interval.lower)) / 2.0
    return (half / two_sided_critical_value(interval.confidence)) ** 2


def _told(finding: Finding, nature: Nature) -> NoisyChange:
    shift = finding.shift
    if shift is None:
        return NoisyChange(trend=finding.trend, history=finding.history, in_a_row=0)
    sign = -1.0 if nature.is_higher_better else 1.0
    lower, upper = sorted((sign * shift.lower, sign * shift.upper))
    return NoisyChange(
        trend=finding.trend,
        history=finding.history,
        in_a_row=finding.in_a_row,
        before=_level(sign * shift.before, nature),
        now=_level(sign * shift.after, nature),
        change=_change(sign * shift.point, nature),
        lower=_change(lower, nature),
        upper=_change(upper, nature),
        p=finding.p,
        since=finding.since,
    )


def _level(value: float, nature: Nature) -> float:
    return math.exp(value) if nature.is_relative else value


def _change(value: float, nature: Nature) -> float:
    """As a share; without bound it would overflow where three runs differ by orders of magnitude."""
    return math.expm1(min(value, _LARGEST)) if nature.is_relative else value


_LARGEST = math.log(1e12)
