"""Replicas for a load by the rate of one, for many rates at once: what `count_replicas` says of each of them.

An even split is arithmetic. Behind one shared queue the count is a monotone step function of how fast a replica is: it
is asked of `count_replicas` at so many of the rates that all others lie between two with the same count.
"""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pricing.capacity import count_replicas, highest_rate
from pricing.capacity.erlang import MOST_SERVERS
from pricing.errors import CapacityError
from pricing.uncertainty.laws import Array
from pricing.vocabulary import BatchCurve, Range, RateMethod, ServiceRate, Slo

Counts = NDArray[np.int64]
NEVER = MOST_SERVERS + 1
"""Replicas where no number keeps the promise."""
MOST_ASKED = 400
"""Counts behind a queue that are asked for one by one: beyond them a count may be one replica too high."""
_FEW = 24
_NODES = 33
_ROUNDING = 1e-12  # as in `pricing.capacity.sizing`
_CURVES = (RateMethod.CURVE, RateMethod.PUBLISHED_CURVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """One replica of a column, in every draw.

    Attributes:
        rate: As it was found.
        slo: The promise.
        headroom: What stays free at the peak.
        per_s: What it serves beside others, shape (n,) or (1,).
        quicker: How much quicker than the curve of the rate its batches are; all 1 without a curve.
        keeps_slo: Whether a lone request is answered in time.
    """

    rate: ServiceRate
    slo: Slo
    headroom: float
    per_s: Array
    quicker: Array
    keeps_slo: NDArray[np.bool_]

    def replicas(self, peak_per_s: float) -> Counts:
        """For that load; `NEVER` where no number keeps the promise."""
        curve = self.rate.curve
        if curve is not None and curve.max_batch == 1 and self.rate.method in _CURVES:
            return _steps(lambda quicker: self._behind_one_queue(curve, quicker, peak_per_s), self.quicker)
        with np.errstate(divide="ignore", over="ignore"):
            needed = peak_per_s / (self.per_s * (1.0 - self.headroom))
        can = self.keeps_slo & (needed <= MOST_SERVERS)
        whole = np.maximum(1.0, np.ceil(np.where(can, needed, 1.0) * (1.0 - _ROUNDING)))
        return np.where(can, whole, NEVER).astype(np.int64)

    def _behind_one_queue(self, curve: BatchCurve, quicker: float, peak_per_s: float) -> int:
        rate = replace(self.rate, curve=_quicker(curve, quicker))
        try:
            return count_replicas(rate, peak_per_s=peak_per_s, slo=self.slo, headroom=self.headroom).replicas
        except CapacityError:
            return NEVER


def serving(rate: ServiceRate, *, alone: Array, share: Array | None, slo: Slo, headroom: float) -> Serving:
    """What a replica serves beside others: as `used_rate` and a projection reckon it, for every draw.

    Args:
        rate: As it was found.
        alone: Requests/s of one replica alone.
        share: What it keeps beside others; None where nothing is lost.
        slo: The promise.
        headroom: What stays free at the peak.
    """
    curve = rate.curve
    if share is None:
        quicker = np.ones_like(alone) if curve is None or rate.is_bound else alone / rate.per_s.low
        return _serving(rate, alone, quicker, slo=slo, headroom=headroom)
    per_s = alone * share
    if curve is None:
        return _serving(rate, per_s, np.ones_like(per_s), slo=slo, headroom=headroom)
    unslowed = np.broadcast_to(alone / rate.per_s.low, per_s.shape)
    slowed = unslowed * share
    is_in_time = curve.seconds(1) / slowed < slo.limit_s
    if rate.method in _CURVES:
        is_limited = is_in_time & (share != 1.0)
        limits = _limits(curve, slowed[is_limited], slo)
        per_s[is_limited] = np.minimum(per_s[is_limited], limits)
    return _serving(rate, per_s, np.where(is_in_time, slowed, unslowed), slo=slo, headroom=headroom)


def _serving(rate: ServiceRate, per_s: Array, quicker: Array, *, slo: Slo, headroom: float) -> Serving:
    lone_s = 0.0 if rate.curve is None else rate.curve.seconds(1) / quicker
    keeps = np.broadcast_to(np.asarray(slo.limit_s > lone_s), per_s.shape)
    return Serving(rate=rate, slo=slo, headroom=headroom, per_s=per_s, quicker=quicker, keeps_slo=keeps)


def exactly(rate: ServiceRate, per_s: float) -> ServiceRate:
    """The rate as a fact, its batches as much quicker as it is above what is proven."""
    curve = rate.curve
    if curve is not None:
        curve = _quicker(curve, per_s / rate.per_s.low)
    return replace(rate, per_s=Range.exactly(per_s), curve=curve, basis=None)


def _quicker(curve: BatchCurve, factor: float) -> BatchCurve:
    return replace(curve, fixed_s=curve.fixed_s / factor, per_sample_s=curve.per_sample_s / factor)


def _limits(curve: BatchCurve, quicker: Array, slo: Slo) -> Array:
    """The highest rates inside the promise, of curves that are so much quicker.

    Few different ones are each looked for; of many, some, and a monotone curve through them gives the rest to the five
    digits that the search itself is exact to.
    """
    wanted, where = np.unique(quicker, return_inverse=True)
    if wanted.size <= _FEW:
        return np.array([highest_rate(_quicker(curve, one), slo).per_s for one in wanted])[where]
    nodes = np.unique(np.clip(np.geomspace(wanted[0], wanted[-1], _NODES), wanted[0], wanted[-1]))
    found = np.array([highest_rate(_quicker(curve, one), slo).per_s for one in nodes])
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 - slow to load, and few plans have so many curves

    smooth: Array = PchipInterpolator(np.log(nodes), np.log(found))(np.log(wanted))
    return np.exp(smooth)[where]


def _steps(count: Callable[[float], int], at: Array) -> Counts:
    """A count that never rises with its argument, at each of them: gaps between different counts are halved.

    The widest gap, in counts times arguments, goes first. What is still a gap after `MOST_ASKED` counts takes the
    higher of its ends or what lies between on a straight line, rounded up.
    """
    wanted, where = np.unique(at, return_inverse=True)
    found = np.zeros(wanted.size, dtype=np.int64)
    last = wanted.size - 1
    found[0], found[last] = count(float(wanted[0])), count(float(wanted[last]))
    gaps = [_gap(found, 0, last)]
    for _ in range(MOST_ASKED):
        if not gaps or not gaps[0][0]:
            break
        _, low, high = heapq.heappop(gaps)
        middle = (low + high) // 2
        found[middle] = count(float(wanted[middle]))
        heapq.heappush(gaps, _gap(found, low, middle))
        heapq.heappush(gaps, _gap(found, middle, high))
    for _, low, high in gaps:
        line = np.interp(wanted[low + 1 : high], wanted[[low, high]], found[[low, high]])
        found[low + 1 : high] = np.ceil(line)
    return found[where]


def _gap(found: Counts, low: int, high: int) -> tuple[float, int, int]:
    """First those with most at stake; nothing is at stake without arguments between, or between equal counts."""
    inside = high - low - 1
    fall = math.log1p(abs(int(found[low]) - int(found[high])))
    return (-fall * max(inside, 0), low, high)
