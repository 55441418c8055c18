"""Where a figure's level lies over a history of runs, and by how much two levels differ.

Values are one figure of run after run, in time order, on a scale on which a change is a difference: the
logarithm of times and ratios, a share as it is. How far runs scatter is estimated from the runs, never
from the intervals within them: every launch has a layout and a machine of its own. Whether a step is
more than noise is `joint_steps`' question; here nothing is tested but a single newcomer.
"""

import math
from dataclasses import dataclass

import numpy as np

from harness.statistics.partition import partition
from harness.statistics.series import Series
from harness.statistics.student import student_above, student_critical

LEAST_HISTORY = 5
"""Runs before a step: below it a spread estimated from them is a guess (the 95 % quantile of Student's t
is 3.2 deviations at four values, 2.8 at five), and no arrangement of 4 + 2 runs is rarer than 1 in 15."""
_PENALTY = 4.0
"""Times ln n, for each level. With 3, noise alone has a false level in 2 to 10 % of series of 10 to 100 runs,
with 4 in 1 to 8 % (simulated: normal, Student's t with 3 degrees, 5 % outliers of ten deviations), and a step
of four deviations amid 15 runs is found in 98 %. A false level costs power, hardly a false alarm: every step
is tested again."""
_MAD_TO_SIGMA = 1.4826
"""Source: Hampel (1974), "The influence curve and its role in robust estimation"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How much higher the later values lie, with its interval; `before` and `after` are the two levels."""

    before: float
    after: float
    point: float
    lower: float
    upper: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """The latest values against what the earlier ones foretell; `p` is one-sided, small where they lie higher."""

    shift: Shift
    p: float


def level_starts(values: Series, *, floor: float) -> tuple[int, ...]:
    """Where each level begins that held for five runs and more, the first at 0.

    A running median of three is fitted, so that a single odd run is no level. The scale is the median
    absolute difference of neighbours, which a step hardly moves.

    Args:
        values: shape (n,).
        floor: the least spread that is believed, in the unit of the values.
    """
    n = values.size
    if n < 2 * LEAST_HISTORY:
        return (0,)
    differences = np.abs(np.diff(values))
    spread = math.hypot(_MAD_TO_SIGMA * float(np.median(differences)) / math.sqrt(2.0), floor)
    calm = (_running_median(values) - np.median(values)) / spread
    return partition(calm, penalty=_PENALTY * math.log(n), least=LEAST_HISTORY)


def shift_between(before: Series, after: Series, *, floor: float, confidence: float = 0.95) -> Shift:
    """How much higher `after` lies: the Hodges-Lehmann shift, with Student's interval of pooled spread.

    A rank interval of so few runs is the whole range of their differences, and reaches 90 % at most.

    Args:
        before: shape (m,).
        after: shape (n,), m + n at least 3.
        floor: the least spread that is believed.
        confidence: two-sided.
    """
    point = float(np.median(after[:, None] - before[None, :]))
    freedom = before.size + after.size - 2
    within = float(((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum())
    spread = math.hypot(math.sqrt(within / freedom), floor)
    half = student_critical(confidence, freedom=freedom) * spread * math.sqrt(1.0 / before.size + 1.0 / after.size)
    return Shift(
        before=float(np.median(before)),
        after=float(np.median(after)),
        point=point,
        lower=point - half,
        upper=point + half,
        confidence=confidence,
    )


def newcomer(
    history: Series, latest: Series, *, floor: float, own_variance: float = 0.0, confidence: float = 0.95
) -> Newcomer:
    """Whether the latest values lie higher than the history foretells (Student's prediction interval).

    Args:
        history: shape (m,), m at least 2.
        latest: shape (n,): one run, or a few in a row.
        floor: the least spread that is believed.
        own_variance: what the latest values scatter more by than those of the history, being measured worse.
        confidence: two-sided, of the interval.
    """
    freedom = history.size - 1
    spread = math.hypot(float(history.std(ddof=1)), floor)
    error = math.sqrt(spread**2 * (1.0 / history.size + 1.0 / latest.size) + own_variance / latest.size)
    point = float(latest.mean() - history.mean())
    half = student_critical(confidence, freedom=freedom) * error
    shift = Shift(
        before=float(history.mean()),
        after=float(latest.mean()),
        point=point,
        lower=point - half,
        upper=point + half,
        confidence=confidence,
    )
    return Newcomer(shift=shift, p=student_above(point / error, freedom=freedom))


def _running_median(values: Series) -> Series:
    """Of three neighbours; the ends take the medians beside them, so that an odd run there is no level either."""
    middle = np.median(np.stack((values[:-2], values[1:-1], values[2:])), axis=0)
    return np.concatenate((middle[:1], middle, middle[-1:]))
