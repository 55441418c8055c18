"""Batches: how long one takes, fitted to measured sizes, and Inoue's bound on the mean latency. Pure arithmetic."""

import math
from collections.abc import Sequence

import numpy as np

from pricing.errors import CapacityError, EvidenceError
from pricing.vocabulary import BatchCurve

_LARGEST = 1_000_000
_LEAST_SIZES = 2
_PASSES_THROUGH = 1e-12


def fit_curve(points: Sequence[tuple[int, float]]) -> BatchCurve:
    """The line `fixed_s + per_sample_s · batch` through measured batches, by least squares on the seconds.

    A negative intercept or slope is set to 0 and the other fitted again. Of a single size nothing is known about
    smaller batches: they are taken to need as long, so that no lone request is thought quicker than it was seen to be.
    Source: Inoue (2021), "Queueing analysis of GPU-based inference servers with dynamic batching", arXiv 1912.06322,
    section 5.

    Args:
        points: (batch, seconds a batch); a size may occur more than once.

    Raises:
        EvidenceError: no points, or one that is no batch or no time.
    """
    if not points:
        raise EvidenceError("a batch curve needs at least one measured batch")
    for batch, seconds in points:
        if not (1 <= batch <= _LARGEST and math.isfinite(seconds) and seconds > 0):
            raise EvidenceError(f"a batch of {batch} in {seconds} s cannot be fitted: give a size and a positive time")
    sizes = np.array([batch for batch, _ in points], dtype=np.float64)
    times = np.array([seconds for _, seconds in points], dtype=np.float64)
    largest = int(sizes.max())
    fixed, slope = _line(sizes, times) if np.unique(sizes).size >= _LEAST_SIZES else (times.mean(), 0.0)
    worst = float(np.max(np.abs((fixed + slope * sizes) / times - 1.0)))
    return BatchCurve(
        fixed_s=float(fixed),
        per_sample_s=float(slope),
        max_batch=largest,
        worst_residual=worst if worst > _PASSES_THROUGH else None,
    )


def _line(sizes: np.ndarray, times: np.ndarray) -> tuple[float, float]:
    away = sizes - sizes.mean()
    slope = float(away @ times / (away @ away))
    fixed = float(times.mean() - slope * sizes.mean())
    if slope < 0.0:
        return float(times.mean()), 0.0
    if fixed < 0.0:
        return 0.0, float(sizes @ times / (sizes @ sizes))
    return fixed, slope


def inoue_bound_s(curve: BatchCurve, rate_per_s: float) -> float:
    """An upper bound of the *mean* latency where one server takes all that wait, without a largest batch.

    min(φ₀, φ₁) of Inoue (2021), arXiv 1912.06322, theorem 2; infinite from λα = 1 on.

    Raises:
        CapacityError: a rate that is none.
    """
    if not (math.isfinite(rate_per_s) and rate_per_s >= 0.0):
        raise CapacityError(f"a rate of {rate_per_s} requests/s: give a finite rate that is not negative")
    slope, fixed = curve.per_sample_s, curve.fixed_s
    load, pause = rate_per_s * slope, rate_per_s * fixed
    if load >= 1.0:
        return math.inf
    first = (slope + fixed) / (2 * (1 - load)) * (1 + 2 * pause + (1 - pause) / (1 + load))
    second = 1.5 * fixed / (1 - load) + slope / 2 * (load + 2) / (1 - load * load)
    return min(first, second)
