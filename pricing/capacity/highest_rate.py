"""The highest rate at which one batching replica keeps an SLO, and its latency at a given rate. No simulation."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from pricing.capacity.batch_chain import BatchChain, states_behind_full_batches
from pricing.capacity.poisson import SATURATED, walk_decay
from pricing.capacity.roots import time_exceeded
from pricing.errors import CapacityError
from pricing.vocabulary import BatchCurve, Slo

_MOST_STATES = 400
"""A dense chain of so many states takes milliseconds, and covers batches up to 280."""
_DEVIATIONS = 6
_CHAIN = "embedded Markov chain of batches"
_EXACT = f"{_CHAIN}, exact"
_CLOSE = 1e-4
"""A late share of 1 % is met between 0.9999 and 1.0001 %: the rate then holds to five digits."""
_RARE = 1e-12
_STEPS = 24
"""Of rates that are looked at where the share of late requests may rise and fall."""


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
    def waits_s(self) -> float:
        """How long a lone request waits for company: not at all where a batch of one is full."""
        return self.max_delay_s if self.max_batch > 1 else 0.0

    @property
    def full_s(self) -> float:
        """How long a full batch takes."""
        return self.curve.seconds(self.max_batch)

    @property
    def capacity_per_s(self) -> float:
        """What full batches one after the other serve."""
        return self.max_batch / self.full_s

    def guess_per_s(self, slo: Slo) -> float:
        """A rate near the highest that keeps the SLO, to start a search from."""
        most, spare = self.capacity_per_s * (1.0 - SATURATED), slo.limit_s / self.full_s - 1.0
        if spare < 1.0:  # a request waits for one service at the most, or for company, on its way into its own
            half = (slo.limit_s / 2.0 - self.curve.fixed_s) / max(self.curve.per_sample_s, 1e-300)
            batch = min(max(half, 0.1), self.max_batch)
            return min(most, batch / (self.curve.fixed_s + self.curve.per_sample_s * max(batch, 1.0)))

        def excess(rate_per_s: float) -> float:
            """Whoever waits behind full batches falls like exp(-ηx), by Lundberg's inequality."""
            spent = walk_decay(self.max_batch, rate_per_s * self.full_s) * self.max_batch
            return (math.exp(-spent * (spare - 1.0)) - math.exp(-spent * spare)) / spent - (1.0 - slo.quantile)

        least = 1e-3 * most
        if excess(most) <= 0.0:
            return most
        return least if excess(least) >= 0.0 else float(brentq(excess, least, most, rtol=1e-6))

    def late_share(self, rate_per_s: float, limit_s: float) -> float:
        """The share of requests later than the limit; the capacity must exceed the rate."""
        return self.chain(rate_per_s).late_share(limit_s)

    def chain(self, rate_per_s: float) -> BatchChain:
        """The chain at a rate. Where it would have too many states, requests come, and are served, in groups.

        Raises:
            CapacityError: a delay above the time of a full batch: who is left over may then wait for company too.
        """
        if self.waits_s > self.full_s:
            raise CapacityError(
                f"a delay of {self.max_delay_s:.6g} s for company is longer than a full batch takes, "
                f"{self.full_s:.6g} s: no formula covers that; simulate it, or wait for less"
            )
        states = self._states(rate_per_s)
        group = math.ceil(states / _MOST_STATES)
        if group > 1:
            full = math.ceil(self.max_batch / group)
            states = min(math.ceil(states / group), states_behind_full_batches(full))
        else:
            full = self.max_batch
        sizes = np.arange(1, min(full, states + 1) + 1, dtype=np.float64)
        return BatchChain(
            rate_per_s=rate_per_s / group,
            times_s=self.curve.fixed_s + self.curve.per_sample_s * group * sizes,
            delay_s=self.waits_s,
            states=states,
            group=group,
        )

    def _states(self, rate_per_s: float) -> int:
        """How many waiting requests must be told apart: with or without the largest batch coming into play."""
        load = rate_per_s * self.curve.per_sample_s
        if load < 1.0:
            mean = (1.0 + rate_per_s * (self.curve.fixed_s + self.waits_s)) / (1.0 - load)
            free = mean + _DEVIATIONS * math.sqrt(mean / (1.0 - load * load)) + _DEVIATIONS**2
            if free <= self.max_batch:
                return math.ceil(free)
        return states_behind_full_batches(self.max_batch)


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
    lone_s = curve.seconds(1) + server.waits_s
    if slo.limit_s <= lone_s:
        raise CapacityError(f"a request that arrives alone takes {lone_s:.6g} s, so {slo.label} cannot be kept")
    rate = _inside(server, slo, _root(server, slo))
    chain = server.chain(rate)
    late, allowed = chain.late_share(slo.limit_s), 1.0 - slo.quantile
    is_met = abs(late / allowed - 1.0) <= 2.0 * _CLOSE
    least_s = curve.seconds(1)
    return HighestRate(
        per_s=rate,
        quantile_s=slo.limit_s if is_met else time_exceeded(chain.late_share, allowed, least_s=least_s),
        utilisation=chain.utilisation,
        mean_batch=chain.mean_batch,
        formula=_formula(server, chain),
    )


def batch_latency(server: BatchServer, rate_per_s: float, *, quantile: float) -> BatchLatency:
    """The latency quantile of one replica at a rate; infinite where full batches do not serve it.

    Raises:
        CapacityError: a rate that is none.
    """
    if not (math.isfinite(rate_per_s) and rate_per_s > 0.0):
        raise CapacityError(f"a rate of {rate_per_s} requests/s: give a positive rate")
    if rate_per_s >= server.capacity_per_s * (1.0 - SATURATED):
        return BatchLatency(
            quantile_s=math.inf, utilisation=1.0, mean_batch=server.max_batch, formula="beyond what full batches serve"
        )
    chain = server.chain(rate_per_s)
    return BatchLatency(
        quantile_s=time_exceeded(chain.late_share, 1.0 - quantile, least_s=server.curve.seconds(1)),
        utilisation=chain.utilisation,
        mean_batch=chain.mean_batch,
        formula=_formula(server, chain),
    )


def _formula(server: BatchServer, chain: BatchChain) -> str:
    if chain.group > 1:
        return f"{_CHAIN}, of groups of {chain.group} requests, on the safe side"
    return f"{_CHAIN}; batches that fill before their delay has passed are approximated" if server.waits_s else _EXACT


def _root(server: BatchServer, slo: Slo) -> float:
    """The first rate from below at which the late share reaches what the SLO allows."""
    allowed = 1.0 - slo.quantile

    def excess(rate_per_s: float) -> float:
        found = math.log(max(server.late_share(rate_per_s, slo.limit_s), _RARE) / allowed)
        return 0.0 if abs(found) < _CLOSE else found

    if server.waits_s > 0.0:
        return _first_root(server, excess)
    most = server.capacity_per_s * (1.0 - SATURATED)
    high = low = min(most, server.guess_per_s(slo))
    found, reach = excess(high), 0.3
    while found > 0.0:
        low, high = low * (0.9 if low == high else math.exp(-found)), low
        found = excess(low)
    if low < high:
        return float(brentq(excess, low, high, xtol=1e-12 * high, rtol=1e-9))
    while found < 0.0:
        if high >= most:
            return most
        low, high, reach = high, high + reach * (most - high), min(1.0, 2.0 * reach)
        found = excess(high)
    return high if low == high else float(brentq(excess, low, high, xtol=1e-12 * high, rtol=1e-9))


def _inside(server: BatchServer, slo: Slo, rate_per_s: float) -> float:
    """The rate, or just below: where the count of groups changes, the late share jumps over what is allowed."""
    step = _CLOSE**2
    while server.late_share(rate_per_s, slo.limit_s) > (1.0 - slo.quantile) * (1.0 + 2.0 * _CLOSE):
        rate_per_s, step = rate_per_s * (1.0 - step), 2.0 * step
    return rate_per_s


def _first_root(server: BatchServer, excess: Callable[[float], float]) -> float:
    """Where requests wait for company, more of them may fill batches sooner: lower rates are looked at one by one."""
    most = server.capacity_per_s * (1.0 - SATURATED)
    low = most / _STEPS
    while excess(low) > 0.0:
        low /= _STEPS
        if low < _RARE * most:
            raise CapacityError(f"waiting {server.max_delay_s:.6g} s for company breaks the SLO at every rate")
    step = low
    while low < most:
        high = min(most, low + step)
        if excess(high) > 0.0:
            return float(brentq(excess, low, high, xtol=1e-12 * high, rtol=1e-9))
        low, step = high, max(step, most / _STEPS)
    return most
