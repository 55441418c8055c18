"""Where to cut an activation's range, from a histogram of its magnitudes. Pure numbers.

A few large values make the steps of a range coarse for all others: cutting them off costs them, and gains
precision for the rest.
"""

import numpy as np
from numpy.typing import NDArray

BINS = 2048
"""As many as TensorRT's calibrators use. Source: S. Migacz, 8-bit inference with TensorRT, GTC 2017."""
PERCENTILE = 99.999
"""ONNX Runtime's default; 99.9 already cuts off what classifiers decide by."""
_STEP = 8  # a search in steps of 1/256 of the range: an eighth of the work, and finer than the effect
_LEAST_VALUES_A_BIN = 16  # a sample of fewer differs from any smooth distribution by chance
_LEAST_COUNT = 0.5  # for a value that the quantised distribution cannot show: as if half a one had been seen

Counts = NDArray[np.int64]


def percentile_limit(counts: Counts, *, percentile: float = PERCENTILE) -> float:
    """The share of the histogram's width, above 0 up to 1, that holds so many per cent of the magnitudes."""
    total = int(counts.sum())
    if not total:
        return 1.0
    inside = np.searchsorted(np.cumsum(counts), total * percentile / 100.0)
    return float(min(int(inside) + 1, counts.size) / counts.size)


def entropy_limit(counts: Counts, *, levels: int) -> float:
    """The share of the histogram's width, above 0 up to 1, whose quantised distribution tells least apart.

    For each limit, what lies beyond is moved to the last bin inside, the bins inside are merged into
    `levels` levels, and the Kullback-Leibler divergence between the two is taken; the smallest wins.
    Exact zeros belong to no bin: every quantisation represents them without error. Bins are merged until they
    hold enough values to show a distribution and not its noise; where too few are left, nothing is cut off.
    """
    while counts.sum() < _LEAST_VALUES_A_BIN * counts.size and counts.size > levels:
        counts = counts.reshape(-1, 2).sum(axis=1)
    if levels >= counts.size:
        return 1.0
    limits = np.arange(levels, counts.size + 1, _STEP)
    if limits[-1] != counts.size:
        limits = np.append(limits, counts.size)
    divergences = [_divergence(counts, int(limit), levels) for limit in limits]
    return float(limits[int(np.argmin(divergences))] / counts.size)


def _divergence(counts: Counts, limit: int, levels: int) -> float:
    inside = counts[:limit].astype(np.float64)
    seen = inside > 0.0
    level = np.arange(limit) * levels // limit
    merged = np.bincount(level, weights=inside, minlength=levels)
    shared_by = np.maximum(1, np.bincount(level[seen], minlength=levels))
    quantised = np.where(seen, (merged / shared_by)[level], 0.0)
    clipped = inside.copy()
    clipped[-1] += counts[limit:].sum()
    present = clipped > 0.0
    p = clipped[present] / clipped.sum()
    q = np.maximum(quantised[present], _LEAST_COUNT)
    return float(np.sum(p * np.log(p / (q / q.sum()))))
