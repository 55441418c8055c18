"""Wilcoxon's signed-rank interval and its centre, the Hodges-Lehmann estimator.

Both are read off the Walsh averages (zᵢ + zⱼ)/2, i ≤ j. Nothing is assumed of the values but
that they scatter symmetrically about their centre: two arms timed the same way do.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from harness.statistics.distributions import require_confidence, two_sided_critical_value
from harness.statistics.series import Series

_EXACT_UP_TO = 100
"""Values up to which the null distribution is enumerated; beyond, the normal formula's rank is smaller
by less than 0.5 %, so the interval is wider by as little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Where a symmetric series lies, in its own unit."""

    point: float
    lower: float
    upper: float


def centre(series: Series, *, confidence: float, inflation: float = 1.0) -> Centre | None:
    """The Hodges-Lehmann point and the signed-rank interval of the values.

    With N = n(n+1)/2 Walsh averages, the interval is their order statistics k and N - k + 1; the
    point is their median. Source: Hollander and Wolfe, "Nonparametric Statistical Methods", §3.2-3.3.

    Args:
        series: shape (n,).
        confidence: two-sided.
        inflation: factor on the variance of the rank sum, 1 for independent values. It moves k
            away from N/2 by its square root, at most to the whole range.

    Returns:
        `None` where even the whole range of so few values does not reach the confidence.
    """
    k = interval_rank(series.size, confidence)
    if k is None:
        return None
    walsh = np.concatenate([series[i:] + series[i] for i in range(series.size)]) / 2.0
    half = walsh.size / 2.0
    k = max(1, k if inflation <= 1.0 else math.floor(half - (half - k) * math.sqrt(inflation)))
    middle = ((walsh.size - 1) // 2, walsh.size // 2)
    walsh.partition(sorted({k - 1, *middle, walsh.size - k}))
    point = (walsh[middle[0]] + walsh[middle[1]]) / 2.0
    return Centre(point=float(point), lower=float(walsh[k - 1]), upper=float(walsh[walsh.size - k]))


@lru_cache(maxsize=256)
def interval_rank(values: int, confidence: float) -> int | None:
    """The largest k whose Walsh interval of so many values reaches the confidence.

    Exact up to 100 values: the largest k with P(T <= k - 1) <= (1 - confidence)/2 for the
    signed-rank statistic T. Beyond, k = ⌊N/2 - z·√(n(n+1)(2n+1)/24)⌋.

    Returns:
        `None` if there is none: fewer than 6 values at 95 %, fewer than 8 at 99 %.
    """
    require_confidence(confidence)
    if values <= _EXACT_UP_TO:
        below = np.cumsum(_null_distribution(values))
        k = int(np.searchsorted(below, (1.0 - confidence) / 2.0, side="right"))
    else:
        spread = math.sqrt(values * (values + 1) * (2 * values + 1) / 24.0)
        k = math.floor(values * (values + 1) / 4.0 - two_sided_critical_value(confidence) * spread)
    return k if k >= 1 else None


def _null_distribution(values: int) -> Series:
    """P(T = t) for t = 0 … n(n+1)/2: each rank counts or not, with even odds."""
    probability = np.zeros(values * (values + 1) // 2 + 1)
    probability[0] = 1.0
    for rank in range(1, values + 1):
        shifted = np.zeros_like(probability)
        shifted[rank:] = probability[:-rank]
        probability = (probability + shifted) / 2.0
    return probability
