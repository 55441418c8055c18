"""A piecewise-constant fit to a series in time order: where one level ends and the next begins.

Optimal partitioning by squared error with a penalty for each level. What is fitted, its scale and the
penalty are the caller's: warm-up fits ranks of calls, `steps` the runs of a history.

Source: Jackson et al. (2005), "An algorithm for optimal partitioning of data on an interval".
"""

import numpy as np

from harness.statistics.series import Series


def partition(series: Series, *, penalty: float, least: int) -> tuple[int, ...]:
    """Starts of the segments that minimise squared error plus a penalty for each.

    Args:
        series: shape (n,), n at least `least`.
        penalty: in the square of the series' unit.
        least: the fewest values of a segment.

    Returns:
        Indices in rising order, the first 0.
    """
    n = series.size
    total = np.concatenate(([0.0], np.cumsum(series)))
    cost = np.full(n + 1, np.inf)
    cost[0] = 0.0
    last_start = np.zeros(n + 1, dtype=np.int64)
    lengths = np.arange(n, 0, -1, dtype=np.float64)
    for end in range(least, n + 1):
        starts = end - least + 1
        gain = total[end] - total[:starts]
        candidate = cost[:starts] - gain * gain / lengths[n - end : n - end + starts]
        best = int(candidate.argmin())
        cost[end] = candidate[best] + penalty
        last_start[end] = best
    segments, end = [], n
    while end > 0:
        end = int(last_start[end])
        segments.append(end)
    return tuple(segments[::-1])
