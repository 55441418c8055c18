"""Latency quantiles with bounds that hold, or the reason why there are none.

A bound comes from the exact binomial tail, with the number of samples replaced by the number
of independent ones they are worth. No bound is given below its floor: the p99.9 of twenty
samples is their maximum, and nothing is known about it. Samples taken in blocks need as many
blocks: whatever slows a machine for a whole block shows in no share of blocks too few to meet it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from harness.errors import MeasurementError
from harness.statistics.distributions import binomial_at_least, require_confidence, two_sided_critical_value
from harness.statistics.series import Series, as_series
from harness.statistics.student import student_critical

BATCHES = 20
"""Batch means behind the variance inflation: in simulations of AR(1) series with correlations of
0.5 to 0.98, 20 long batches covered at least as well as 30, 40 or √n shorter ones."""
_LEAST_BATCH = 2
_RARER = (1.0, 0.5, 0.25)
"""Of the tail beyond the quantile, the shares at which whole blocks are looked for: the bound lies where fewer exceed
than do the point, and there a single slow block weighs more. At the point alone, bounds from 64 blocks of ten calls
held in 94 to 98 % of cases where a tenth of the time was slow for 5 to 200 calls on end; so, in 98 to 100 %."""
_LEAST_BEYOND = 5  # samples beyond a threshold, below which their crowding is chance


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
    samples_in_time_order: npt.ArrayLike,
    p: float,
    *,
    confidence: float = 0.99,
    least_inflation: float = 1.0,
    block_sizes: Sequence[int] | None = None,
) -> QuantileEstimate:
    """Estimate quantile p of the samples and bound it from both sides.

    The upper bound is the smallest order statistic h of which I_p(h, t + 1) <= 1 - confidence,
    with t samples over it: the exact binomial tail behind MLPerf's early stopping. Both counts
    are divided by the variance inflation of the exceedances, which MLPerf leaves out. The lower
    bound mirrors it. Simulated at 99 %, an upper bound of p90 or p99 is given and too low in 0 to 1.6 % of 400 to
    1,500 AR(1) series of 1,280 to 60,000 samples with correlations of 0 to 0.9; before the inflation was widened for
    being an estimate (Student's t over the normal's, squared) in up to 4 %. Spread the samples over time.

    Samples taken in blocks apart are no more independent than their blocks at the worst, and a slow stretch that
    comes in a share 1 - p of all blocks is missed by m of them with probability p^m: the floor therefore holds
    for blocks, too, and the inflation of whole blocks (the design effect of cluster sampling: Kish (1965), "Survey
    Sampling", §5.4) counts where it is larger. Without it, windows of 20 blocks were bounded where by chance they had
    met no slow stretch, and of those bounds 10 to 85 % held. Blocks are taken as independent of one another: where
    half as many again as may exceed the quantile are slow, five blocks on end, the upper bound is given and too low in
    16 % of cases at the floor of blocks and in 5 % at five times as many (p90, simulated), not in 1 %.

    Args:
        samples_in_time_order: shape (n,), any unit; the order carries the correlation.
        p: the quantile as a share, 0.99 for p99.
        confidence: one-sided, of each bound.
        least_inflation: of variance, where the caller knows of more correlation than batch means see.
        block_sizes: samples of each block, in order, where they were taken in blocks with time between.

    Raises:
        MeasurementError: if there are no samples, one is not finite, p or confidence is out of range, or the blocks
            do not hold as many samples.
    """
    _require_inside(p)
    series = as_series(samples_in_time_order)
    floor = samples_floor(p, confidence)
    point = float(np.quantile(series, p))
    seen = _inflation_by_batches(series, point)
    inflation = None if seen is None else seen * _unsure(BATCHES, confidence)
    in_blocks = 1.0 if block_sizes is None else _block_inflation(series, p, block_sizes, confidence=confidence)
    effective = series.size / max(1.0, inflation or 1.0, least_inflation, in_blocks)
    blocks = series.size if block_sizes is None else len(block_sizes)
    lower = upper = None
    if effective >= floor and blocks >= floor:
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
        reason=_reason(floor, effective, inflation, blocks=blocks),
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
    found = _inflation_by_batches(series, threshold)
    return None if found is None else max(1.0, found)


def _inflation_by_batches(series: Series, threshold: float) -> float | None:
    if series.size < BATCHES * _LEAST_BATCH:
        return None
    return max(_batch_inflation(series > threshold), _batch_inflation(series >= threshold))


def _batch_inflation(exceeds: npt.NDArray[np.bool_]) -> float:
    share = float(exceeds.mean())
    if share in (0.0, 1.0):
        return 1.0
    length = exceeds.size // BATCHES
    batches = exceeds[exceeds.size - length * BATCHES :].reshape(BATCHES, length).mean(axis=1)
    return length * float(batches.var(ddof=1)) / (share * (1.0 - share))


@lru_cache(maxsize=256)
def _unsure(groups: int, confidence: float) -> float:
    """What it adds to a variance that it is estimated itself, from so many groups: (Student's t over the normal's)²."""
    both_sides = max(0.5, 2.0 * confidence - 1.0)
    return (student_critical(both_sides, freedom=groups - 1) / two_sided_critical_value(both_sides)) ** 2


def _block_inflation(series: Series, p: float, block_sizes: Sequence[int], *, confidence: float) -> float:
    """The largest inflation by whole blocks, at the quantile and further out."""
    sizes = np.asarray(block_sizes, dtype=np.int64)
    if sizes.size == 0 or sizes.min() < 1 or int(sizes.sum()) != series.size:
        raise MeasurementError(
            f"{sizes.size} blocks of {int(sizes.sum())} samples are not those of {series.size} samples: pass the size "
            "of each block, in order"
        )
    if sizes.size in {1, series.size}:  # a call each: what they share batch means see, and nothing else
        return 1.0
    found = max(_clustering(beyond, sizes) for beyond in _beyond(series, p))
    return max(1.0, found * _unsure(sizes.size, confidence))


def _beyond(series: Series, p: float) -> Iterator[npt.NDArray[np.bool_]]:
    """Which samples lie beyond thresholds in the tail of the quantile; with ties, beyond and at them."""
    tail = min(p, 1.0 - p)
    outward = series if p >= 0.5 else -series  # noqa: PLR2004 - the nearer tail
    for rarer in _RARER:
        if rarer < 1.0 and tail * rarer * series.size < _LEAST_BEYOND:
            return
        threshold = np.quantile(outward, 1.0 - tail * rarer)
        yield outward > threshold
        yield outward >= threshold


def _clustering(beyond: npt.NDArray[np.bool_], sizes: npt.NDArray[np.int64]) -> float:
    """Variance of the share beyond between blocks of any size, over that of independent samples: a ratio estimate."""
    share = float(beyond.mean())
    if share in (0.0, 1.0):
        return 1.0
    rest = np.add.reduceat(beyond.astype(np.float64), np.cumsum(sizes) - sizes) - share * sizes
    return float(rest @ rest) * sizes.size / (sizes.size - 1) / (beyond.size * share * (1.0 - share))


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


def _reason(floor: int, effective: float, inflation: float | None, *, blocks: int) -> str | None:
    if effective >= floor > blocks:
        return f"not identified: needs samples of {floor} blocks, has those of {blocks}: a slow one may not have come"
    if effective < floor:
        return f"not identified: needs {floor} independent samples, has {math.floor(effective)}"
    if inflation is None:
        return f"independence assumed: fewer than {BATCHES * _LEAST_BATCH} samples show no correlation"
    return None


def _require_inside(p: float) -> None:
    if not 0.0 < p < 1.0:
        raise MeasurementError(f"Quantile {p} is not inside (0, 1): pass 0.99 for p99.")
