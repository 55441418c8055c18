"""Where warm-up ends: a piecewise-constant fit to the calls in time order.

The fit is made on normal scores of the ranks. They keep order and forget size, so a spike is one
high rank, two modes are two levels of a permutation, and the chance of a false change is the same
for every distribution of independent latencies. Nothing is dropped here: the caller keeps what
is discarded.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from harness.statistics.partition import partition
from harness.statistics.series import Series, as_latencies

_PENALTY = 3.0
"""Times ln n, for each change. BIC's 2 gives false changes in up to 6 % of independent series of
30 calls, 3 in under 1 % (simulated: normal, bimodal, spiked, quantised)."""
_LEAST_SEGMENT = 5
_MOST_POINTS = 2000
_SAME_LEVEL = 1.005
"""Neighbouring segments whose medians differ by less are one stretch: half the finest effect that a
quiet machine shows, and not worth discarding calls for."""
_LARGEST_CORRELATION = 0.9
_RETURN = 0.5
"""Of the slow start, so many calls of its level later on say that the machine has two levels, not that it warmed up."""
_RISE = 0.1
"""Of the slow start, so many calls slower again, by half of what it came down, say the same. Fewer are a burst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """How many calls to leave out at the start.

    `segments` are the indices at which a constant stretch begins, the first 0. `is_stable` says
    that one level holds for at least half of what is left, and begins right after the discarded.
    """

    discard: int
    segments: tuple[int, ...]
    is_stable: bool


def warm_up(latencies_in_time_order: npt.ArrayLike) -> WarmUp:
    """Find where the calls have settled, and discard what is slower before it, at most half.

    They have settled in the last stable stretch that is at least half as long as the longest: a slow start may last
    as long as what follows. What comes before is warm-up only where it is slower; a machine that was quick at first
    has not warmed up, and neither has one that becomes as slow again: warm-up comes down once. In windows of 1,000
    calls recorded in warm processes on a machine whose pace stepped by up to 40 %, 17 of 157 lose more than a tenth, 57
    without that rule: what is left are single steps down, which are what warm-up looks like.

    Optimal partitioning with squared error and a penalty of 3·ln n a change, times (1 + r)/(1 - r)
    where neighbours correlate. Beyond 2,000 calls it fits medians of equal
    batches, and `discard` is a whole number of batches. Stable stretches after change points:
    Barrett et al. (2017), "Virtual machine warmup blows hot and cold".

    Args:
        latencies_in_time_order: shape (n,), above zero, any unit.

    Returns:
        For fewer than 10 calls nothing is discarded, and nothing is known to be stable.

    Raises:
        MeasurementError: if there are no calls, or one is not finite or not above zero.
    """
    latencies = as_latencies(latencies_in_time_order)
    if latencies.size < 2 * _LEAST_SEGMENT:
        return WarmUp(discard=0, segments=(0,), is_stable=False)
    batch = math.ceil(latencies.size / _MOST_POINTS)
    points = latencies.size // batch
    level = np.median(latencies[: points * batch].reshape(points, batch), axis=1)
    scores = _normal_scores(level)
    penalty = _PENALTY * math.log(points) * _inflation(scores)
    starts = partition(scores, penalty=penalty, least=_LEAST_SEGMENT)
    segments = tuple(start * batch for start in starts)
    start, end = _settled_stretch(latencies, segments)
    until = min(start, latencies.size // 2)
    has_warmed_up = until > 0 and _is_warm_up(latencies, segments, until=until, settled=(start, end))
    discard = until if has_warmed_up else 0
    return WarmUp(
        discard=discard,
        segments=segments,
        is_stable=start == discard and 2 * (end - start) >= latencies.size - start,
    )


def _normal_scores(values: Series) -> Series:
    """Blom's normal scores of the ranks, ties at their middle rank, scaled to unit variance."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2.0
    inverse = NormalDist().inv_cdf
    scores = np.array([inverse((r - 0.375) / (values.size + 0.25)) for r in rank])[place]
    scores -= scores.mean()
    spread = float(scores.std())
    return scores / spread if spread > 0.0 else scores


def _inflation(scores: Series) -> float:
    """(1 + r)/(1 - r) with the r of an AR(1) read off the differences, which a level change barely moves.

    For an AR(1) the lag-1 correlation of differences is -(1 - r)/2.
    """
    differences = np.diff(scores)
    total = float(differences @ differences)
    if total <= 0.0:
        return 1.0
    r = 1.0 + 2.0 * float(differences[1:] @ differences[:-1]) / total
    r = min(max(r, 0.0), _LARGEST_CORRELATION)
    return (1.0 + r) / (1.0 - r)


def _is_warm_up(latencies: Series, segments: tuple[int, ...], *, until: int, settled: tuple[int, int]) -> bool:
    """Whether the start is slower than where the calls settled, came down to it, and did not come back.

    Two things say that the machine has several levels, not that it warmed up. After the settled stretch, calls nearer
    the start's level than the settled one: half as many as the start has. In the start, calls that are slower again,
    by half of what it came down, than some level before them: a tenth of the start.
    """
    start, end = settled
    level, slow = float(np.median(latencies[start:end])), float(np.median(latencies[:until]))
    if slow <= level * _SAME_LEVEL:
        return False
    ends = (*segments[1:], latencies.size)
    medians = [float(np.median(latencies[first:last])) for first, last in zip(segments, ends, strict=True)]
    returned = sum(
        last - first
        for first, last, median in zip(segments, ends, medians, strict=True)
        if first >= end and median > math.sqrt(level * slow)
    )
    rose, lowest = 0, math.inf
    for first, last, median in zip(segments, ends, medians, strict=True):
        if first < start and median > lowest * math.sqrt(slow / level):
            rose += last - first
        lowest = min(lowest, median)
    return returned < _RETURN * until and rose < _RISE * until


def _settled_stretch(latencies: Series, segments: tuple[int, ...]) -> tuple[int, int]:
    """Start and end of the last stable stretch that is at least half as long as the longest."""
    stretches = list(_stable_stretches(latencies, segments))
    longest = max(end - start for start, end in stretches)
    return next(one for one in reversed(stretches) if 2 * (one[1] - one[0]) >= longest)


def _stable_stretches(latencies: Series, segments: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """From each segment as far as the medians agree, without those that another holds."""
    ends = (*segments[1:], latencies.size)
    medians = [float(np.median(latencies[start:end])) for start, end in zip(segments, ends, strict=True)]
    reached = 0
    for first, start in enumerate(segments):
        low = high = medians[first]
        end = ends[first]
        for last in range(first + 1, len(segments)):
            low, high = min(low, medians[last]), max(high, medians[last])
            if high > low * _SAME_LEVEL:
                break
            end = ends[last]
        if end > reached:
            reached = end
            yield start, end
