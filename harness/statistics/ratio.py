"""The speed-up of a candidate, from blocks that alternate with the baseline's.

Each pair of neighbouring blocks yields one log ratio, so that whatever slows both arms for
longer than a block cancels. What does not cancel shows as correlation between pairs: such
pairs are merged, and the interval is widened for what merging leaves.
"""

import math

import numpy as np
import numpy.typing as npt

from harness.statistics.series import Series, as_latencies, as_series
from harness.statistics.signed_rank import centre
from harness.vocabulary import RatioInterval

ESTIMATOR = "Hodges-Lehmann over paired blocks, Wilcoxon signed-rank interval"

LEAST_PAIRS = 6
"""Below it the whole range of the Walsh averages does not reach 95 %: 2·2⁻⁵ > 0.05."""
_LEAST_MERGED = 12
_MOST_PAIRS = 2048
"""Above it neighbours are merged anyway: the Walsh averages of 2,048 pairs take 17 MB."""
_THRESHOLD = 0.1
_LARGEST_CORRELATION = 0.9
"""An estimate above it is drift, not correlation; it would make the widening unbounded."""


def log_ratio(baseline_block: npt.ArrayLike, candidate_block: npt.ArrayLike) -> float:
    """Z = ln(median of the baseline's block) - ln(median of the candidate's): above 0 is faster.

    Args:
        baseline_block: latencies of one block, shape (calls,), in the unit of the other.
        candidate_block: latencies of the block paired with it, shape (calls,).

    Raises:
        MeasurementError: if a block is empty or holds a latency that is not above zero.
    """
    baseline = float(np.median(as_latencies(baseline_block)))
    candidate = float(np.median(as_latencies(candidate_block)))
    return math.log(baseline) - math.log(candidate)


def paired_ratio(z: npt.ArrayLike, *, confidence: float = 0.95) -> RatioInterval | None:
    """The speed-up with its interval, from log ratios of paired blocks.

    Neighbours are merged while they correlate (`merge_neighbours`); what correlation is left
    widens the rank interval by √((1+r)/(1-r)), the inflation of an AR(1) series. Merging alone
    cannot act on the first looks: an AR(1) with r = 0.3 is covered in 88 % of cases at 12 pairs,
    with the widening in 93 %, and in 94 % at 96. Independent pairs pay 14 % of width at 12 pairs,
    6 % at 48 and 4 % at 96, and are covered in 96 to 97 % (simulated, nominal 95 %).

    Args:
        z: log ratios in time order, shape (pairs,).
        confidence: two-sided.

    Returns:
        `None` for fewer than 6 pairs, or for so few that the confidence cannot be reached.

    Raises:
        MeasurementError: if a log ratio is not finite, or the confidence not in [0.5, 1).
    """
    series = as_series(z, least=0)
    if series.size < LEAST_PAIRS:
        return None
    merged_series, merged = merge_neighbours(series)
    found = centre(merged_series, confidence=confidence, inflation=correlation_inflation(merged_series))
    if found is None:
        return None
    return RatioInterval(
        point=math.exp(found.point),
        lower=math.exp(found.lower),
        upper=math.exp(found.upper),
        pairs=series.size,
        merged=merged,
        confidence=confidence,
    )


def merge_neighbours(series: Series) -> tuple[Series, int]:
    """Average neighbouring pairs until they no longer correlate, keeping at least 12.

    Merges while the lag-1 autocorrelation exceeds max(0.1, 1/√n): 1/√n is the standard error of
    that estimate, so independent pairs are not merged for noise. An odd one out is the oldest.

    Returns:
        The merged series, and how many neighbours make one of it.
    """
    merged = 1
    while series.size >= 2 * _LEAST_MERGED:
        limit = max(_THRESHOLD, 1.0 / math.sqrt(series.size))
        if series.size <= _MOST_PAIRS and lag1_autocorrelation(series) <= limit:
            break
        series = series[series.size % 2 :].reshape(-1, 2).mean(axis=1)
        merged *= 2
    return series, merged


def lag1_autocorrelation(z: npt.ArrayLike) -> float:
    """The correlation of each value with the next, about their common mean; 0 for a constant.

    Source: Box, Jenkins, Reinsel and Ljung, "Time Series Analysis", §2.1.4.

    Raises:
        MeasurementError: if there are no values or one is not finite.
    """
    series = as_series(z)
    deviations = series - series.mean()
    total = float(deviations @ deviations)
    return float(deviations[1:] @ deviations[:-1]) / total if total > 0.0 else 0.0


def correlation_inflation(z: npt.ArrayLike) -> float:
    """How much correlation inflates the variance of a mean: (1 + r)/(1 - r) of an AR(1), at least 1."""
    r = min(max(lag1_autocorrelation(z), 0.0), _LARGEST_CORRELATION)
    return (1.0 + r) / (1.0 - r)
