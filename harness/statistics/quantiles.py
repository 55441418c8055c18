"""Latency quantiles with bounds that hold, or the reason why there are none.

A bound comes from the exact binomial tail, with the number of samples replaced by the number
of independent ones they are worth. No bound is given below its floor: the p99.9 of twenty
samples is their maximum, and nothing is known about it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harness.errors import MeasurementError
from harness.statistics.distributions import binomial_at_least, require_confidence
from harness.statistics.series import Series, as_series

BATCHES = 20
"""Batch means behind the variance inflation: in simulations of AR(1) series with correlations of
0.5 to 0.98, 20 long batches covered at least as well as 30, 40 or √n shorter ones."""
_LEAST_BATCH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileEstimate:
    """The quantile p of the samples, in their unit, with one-sided bounds.

    `point` is Hyndman and Fan's type 7 (linear interpolation, numpy's default). Each bound holds
    alone with `confidence`; both together with twice the error. `reason` says why there is no
    bound, or what the bounds assume.
    """

    p: float
    point: float
    lower: float | None
    upper: float | None
    samples: int
    effective_samples: float
    confidence: float
    reason: str | None


def samples_floor(p: float, confidence: float = 0.99) -> int:
    """The fewest independent samples that bound quantile p on both sides.

    The least n with P(Bin(n, q) >= n - 1) <= 1 - confidence for q = max(p, 1 - p): the
    bound then has at least one sample beyond it. At 0.99: p90 64, p95 130, p99 662, p99.9 6,636.

    Raises:
        MeasurementError: if p is not inside (0, 1) or the confidence not in [0.5, 1).
    """
    _require_inside(p)
    require_confidence(confidence)
    q = max(p, 1.0 - p)
    low, high = 1, 2
    while binomial_at_least(high - 1, trials=high, p=q) > 1.0 - confidence:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if binomial_at_least(middle - 1, trials=middle, p=q) <= 1.0 - confidence:
            high = middle
        else:
            low = middle
    return high


def quantile_estimate(
    samples_in_time_order: npt.ArrayLike, p: float, *, confidence: float = 0.99, least_inflation: float = 1.0
) -> QuantileEstimate:
    """Estimate quantile p of the samples and bound it from both sides.

    The upper bound is the smallest order statistic h of which I_p(h, t + 1) <= 1 - confidence,
    with t samples over it: the exact binomial tail behind MLPerf's early stopping. Both counts
    are divided by the variance inflation of the exceedances, which MLPerf leaves out. The lower
    bound mirrors it. Simulated at 99 %, an upper bound is given and too low in at most 1.2 % of
    AR(1) series with a correlation of up to 0.5, and in 2 to 4 % with 0.9, where 20 batches of 64
    to 3,000 samples are still too short: spread the samples over time.

    Args:
        samples_in_time_order: shape (n,), any unit; the order carries the correlation.
        p: the quantile as a share, 0.99 for p99.
        confidence: one-sided, of each bound.
        least_inflation: of variance, where the caller knows of more correlation than batch means see.

    Raises:
        MeasurementError: if there are no samples, one is not finite, or p or confidence is out of range.
    """
    _require_inside(p)
    series = as_series(samples_in_time_order)
    floor = samples_floor(p, confidence)
    point = float(np.quantile(series, p))
    inflation = exceedance_inflation(series, point)
    effective = series.size / max(inflation or 1.0, least_inflation)
    lower = upper = None
    if effective >= floor:
        above = _bound_rank(series.size, p, effective, confidence)
        below = series.size + 1 - _bound_rank(series.size, 1.0 - p, effective, confidence)
        chosen = np.partition(series, [below - 1, above - 1])
        lower, upper = float(chosen[below - 1]), float(chosen[above - 1])
    return QuantileEstimate(
        p=p,
        point=point,
        lower=lower,
        upper=upper,
        samples=series.size,
        effective_samples=effective,
        confidence=confidence,
        reason=_reason(floor, effective, inflation),
    )


def exceedance_inflation(series: Series, threshold: float) -> float | None:
    """How much correlation inflates the variance of the share of samples above the threshold.

    Batch means: with m samples in each of 20 batches, m·Var(batch share) over p(1 - p), at
    least 1. Sees correlation up to the length of a batch, no further. Where samples tie with the
    threshold, the larger inflation of "above" and "at or above" counts: a run of equal maxima has
    nothing above it, and would pass for independent.

    Source: Law, "Simulation Modeling and Analysis", batch means; indicator of exceedance as in
    Heidelberger and Lewis (1984), "Quantile estimation in dependent sequences".

    Returns:
        `None` below 40 samples, where a batch would hold one.
    """
    if series.size < BATCHES * _LEAST_BATCH:
        return None
    return max(_batch_inflation(series > threshold), _batch_inflation(series >= threshold))


def _batch_inflation(exceeds: npt.NDArray[np.bool_]) -> float:
    share = float(exceeds.mean())
    if share in (0.0, 1.0):
        return 1.0
    length = exceeds.size // BATCHES
    batches = exceeds[exceeds.size - length * BATCHES :].reshape(BATCHES, length).mean(axis=1)
    return max(1.0, length * float(batches.var(ddof=1)) / (share * (1.0 - share)))


def _bound_rank(samples: int, p: float, effective: float, confidence: float) -> int:
    """The smallest rank, from 1, whose order statistic bounds quantile p from above.

    The tail falls as the rank rises, so bisection finds it; the floor makes sure there is one.
    """
    low, high = 0, samples
    while high - low > 1:
        rank = (low + high) // 2
        if binomial_at_least(rank * effective / samples, trials=effective, p=p) <= 1.0 - confidence:
            high = rank
        else:
            low = rank
    return high


def _reason(floor: int, effective: float, inflation: float | None) -> str | None:
    if effective < floor:
        return f"not identified: needs {floor} independent samples, has {effective:.0f}"
    if inflation is None:
        return f"independence assumed: fewer than {BATCHES * _LEAST_BATCH} samples show no correlation"
    return None


def _require_inside(p: float) -> None:
    if not 0.0 < p < 1.0:
        raise MeasurementError(f"Quantile {p} is not inside (0, 1): pass 0.99 for p99.")
