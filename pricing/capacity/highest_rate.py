"""The highest rate at which one batching replica keeps an SLO, and its latency at a given rate. No simulation."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from pricing.capacity.batch_chain import BatchChain
from pricing.capacity.queues import time_exceeded, walk_decay
from pricing.errors import CapacityError
from pricing.vocabulary import BatchCurve, Slo

_MOST_STATES = 320
"""A dense chain of so many states takes milliseconds; what needs more lies within percents of its capacity."""
_BEYOND = 1e-4
"""Of the late share: what may wait beyond the last state."""
_EXACT = "embedded Markov chain, exact"
_DELAYED = "embedded Markov chain; batches that fill before their delay has passed are approximated"
_TAIL = "exponential bound of the wait behind full batches (Lundberg)"
_SATURATED = 1e-9
"""Below the capacity by less than this share, a queue grows for longer than any day."""
_CLOSE = 1e-4
"""A late share of 1 % is met between 0.9999 and 1.0001 %: the rate then holds to five digits."""
_RARE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class HighestRate:
    """What one replica serves inside an SLO.

    Attributes:
        per_s: Requests a second.
        quantile_s: The latency quantile of the SLO at that rate.
        utilisation: The share of time in which the replica computes.
        mean_batch: Requests a batch.
        formula: How it was reckoned, for people.
    """

    per_s: float
    quantile_s: float
    utilisation: float
    mean_batch: float
    formula: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLatency:
    """One batching replica at a given rate; see `HighestRate`."""

    quantile_s: float
    utilisation: float
    mean_batch: float
    formula: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchServer:
    """One replica that takes up to `max_batch` waiting requests, the oldest waiting at most `max_delay_s` for more."""

    curve: BatchCurve
    max_batch: int
    max_delay_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a batch that the curve does not cover, and a delay that is none."""
        if not 1 <= self.max_batch <= self.curve.max_batch:
            raise CapacityError(
                f"a largest batch of {self.max_batch} where batches of 1 to {self.curve.max_batch} were measured"
            )
        if not (math.isfinite(self.max_delay_s) and self.max_delay_s >= 0.0):
            raise CapacityError(f"a delay of {self.max_delay_s} s for company: give a time that is not negative")

    @property
    def full_s(self) -> float:
        """How long a full batch takes."""
        return self.curve.seconds(self.max_batch)

    @property
    def capacity_per_s(self) -> float:
        """What full batches one after the other serve."""
        return self.max_batch / self.full_s

    def late_share(self, rate_per_s: float, slo: Slo) -> float:
        """The share of requests later than the SLO's limit."""
        chain = self.chain(rate_per_s, late=1.0 - slo.quantile)
        return self.bounded_late_share(rate_per_s, slo.limit_s) if chain is None else chain.late_share(slo.limit_s)

    def chain(self, rate_per_s: float, *, late: float) -> BatchChain | None:
        """The exact chain at a rate, or None where it would need too many states."""
        states = self._states(rate_per_s, late * _BEYOND)
        if states > _MOST_STATES:
            return None
        sizes = np.arange(1, min(self.max_batch, states + 1) + 1, dtype=np.float64)
        times_s = self.curve.fixed_s + self.curve.per_sample_s * sizes
        return BatchChain(rate_per_s=rate_per_s, times_s=times_s, delay_s=self.max_delay_s, states=states)

    def bounded_late_share(self, rate_per_s: float, limit_s: float) -> float:
        """At most this share is later than the limit: whoever waits behind full batches, P(more than x) ≤ exp(−ηx).

        η solves B·η = λτ(B)·(exp(η) − 1); averaged over where in a service a request arrives. Tight near the capacity.
        Source: Lundberg's inequality for the walk of what full batches leave over; Asmussen, "Applied Probability and
        Queues", 2003, XIII.5.
        """
        spent = self._decay(rate_per_s) * self.max_batch
        spare = limit_s / self.full_s - 1.0
        above = max(0.0, min(1.0, 1.0 - spare))
        low, high = max(spare - 1.0, 0.0), max(spare, 0.0)
        return min(1.0, above + (math.exp(-spent * low) - math.exp(-spent * high)) / spent)

    def _decay(self, rate_per_s: float) -> float:
        return walk_decay(self.max_batch, rate_per_s * self.full_s)

    def _states(self, rate_per_s: float, beyond: float) -> int:
        """How many waiting requests must be told apart: with or without the largest batch coming into play."""
        load = rate_per_s * self.curve.per_sample_s
        if load < 1.0:
            mean = (1.0 + rate_per_s * (self.curve.fixed_s + self.max_delay_s)) / (1.0 - load)
            reach = math.sqrt(-2.0 * math.log(beyond))
            free = mean + reach * math.sqrt(mean / (1.0 - load * load)) + reach**2
            if free <= self.max_batch:
                return math.ceil(free)
        return self.max_batch + math.ceil(-math.log(beyond) / self._decay(rate_per_s)) + 1


def highest_rate(curve: BatchCurve, slo: Slo, *, max_batch: int | None = None, max_delay_s: float = 0.0) -> HighestRate:
    """The highest Poisson rate that one replica serves with wait and service inside the SLO, as is every lower rate.

    Args:
        curve: How long batches take.
        slo: The promise.
        max_batch: The largest batch that the replica takes; the curve's unless given.
        max_delay_s: How long the oldest request of a batch that is not full waits for company.

    Raises:
        CapacityError: even a request that arrives alone takes longer than the limit, or the server is none.
    """
    server = BatchServer(
        curve=curve, max_batch=curve.max_batch if max_batch is None else max_batch, max_delay_s=max_delay_s
    )
    lone_s = curve.seconds(1) + max_delay_s
    if slo.limit_s <= lone_s:
        raise CapacityError(f"a request that arrives alone takes {lone_s:.6g} s, so {slo.label} cannot be kept")
    rate = _root(server, slo)
    at = batch_latency(server, rate, quantile=slo.quantile)
    return HighestRate(
        per_s=rate, quantile_s=at.quantile_s, utilisation=at.utilisation, mean_batch=at.mean_batch, formula=at.formula
    )


def batch_latency(server: BatchServer, rate_per_s: float, *, quantile: float) -> BatchLatency:
    """The latency quantile of one replica at a rate; infinite where full batches do not serve it.

    Raises:
        CapacityError: a rate that is none.
    """
    if not (math.isfinite(rate_per_s) and rate_per_s > 0.0):
        raise CapacityError(f"a rate of {rate_per_s} requests/s: give a positive rate")
    if rate_per_s >= server.capacity_per_s * (1.0 - _SATURATED):
        return BatchLatency(
            quantile_s=math.inf, utilisation=1.0, mean_batch=server.max_batch, formula="beyond what full batches serve"
        )
    late = 1.0 - quantile
    chain = server.chain(rate_per_s, late=late)
    if chain is None:
        return _near_capacity(server, rate_per_s, late)
    return BatchLatency(
        quantile_s=time_exceeded(chain.late_share, late, least_s=server.curve.seconds(1)),
        utilisation=chain.utilisation,
        mean_batch=chain.mean_batch,
        formula=_DELAYED if server.max_delay_s > 0 else _EXACT,
    )


def _near_capacity(server: BatchServer, rate_per_s: float, late: float) -> BatchLatency:
    curve = server.curve
    mean_batch = max(1.0, rate_per_s * curve.fixed_s / (1.0 - rate_per_s * curve.per_sample_s))  # never idle
    return BatchLatency(
        quantile_s=time_exceeded(
            lambda limit_s: server.bounded_late_share(rate_per_s, limit_s), late, least_s=server.full_s
        ),
        utilisation=min(1.0, rate_per_s * (curve.fixed_s / mean_batch + curve.per_sample_s)),
        mean_batch=mean_batch,
        formula=_TAIL,
    )


def _root(server: BatchServer, slo: Slo) -> float:
    """The first rate from below at which the late share reaches what the SLO allows."""
    allowed = 1.0 - slo.quantile

    def excess(rate_per_s: float) -> float:
        found = math.log(max(server.late_share(rate_per_s, slo), _RARE) / allowed)
        return 0.0 if abs(found) < _CLOSE else found

    most = server.capacity_per_s * (1.0 - _SATURATED)
    bound = _bounded_root(server, slo, most)
    low = high = bound
    while excess(low) > 0.0:
        low, high = 0.5 * low, low
    while excess(high) < 0.0:
        if high >= most:
            return most
        low, high = high, min(most, 1.1 * high)
    return low if low == high else float(brentq(excess, low, high, xtol=1e-12 * high, rtol=1e-5))


def _bounded_root(server: BatchServer, slo: Slo, most: float) -> float:
    def excess(rate_per_s: float) -> float:
        return server.bounded_late_share(rate_per_s, slo.limit_s) - (1.0 - slo.quantile)

    if excess(most) <= 0.0:
        return most
    least = 1e-3 * most
    return least if excess(least) >= 0.0 else float(brentq(excess, least, most, rtol=1e-6))
