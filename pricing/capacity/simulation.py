"""Replicas simulated request by request: first come first served, one queue or an even split, batches or none.

Everything that has a recursion without branches is a few array operations: one server by Lindley's, and c servers with
one fixed time as c interleaved ones, since they then take turns. The rest is a loop over plain floats.
"""

import heapq
from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pricing.capacity.arrivals import generator_of
from pricing.capacity.highest_rate import BatchServer
from pricing.capacity.service import AnyService, FixedService
from pricing.errors import CapacityError

Array = NDArray[np.float64]
_WARM_UP = 0.05
"""The share of the first requests that is not judged: they met replicas that nobody had used yet."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulated:
    """What a simulation saw, in order of arrival.

    Attributes:
        arrivals_s: Of every request, shape (n,).
        starts_s: When its service, or that of its batch, began, shape (n,).
        ends_s: When it ended, shape (n,).
        busy_s: Seconds in which replicas computed, summed over them.
        batches: How many services there were.
        replicas: How many replicas served.
        warm_up: How many of the first requests are left out of every figure below.
    """

    arrivals_s: Array = field(repr=False)
    starts_s: Array = field(repr=False)
    ends_s: Array = field(repr=False)
    busy_s: float
    batches: int
    replicas: int
    warm_up: int

    @property
    def latencies_s(self) -> Array:
        """Wait and service of each request that is judged."""
        return (self.ends_s - self.arrivals_s)[self.warm_up :]

    @property
    def mean_wait_s(self) -> float:
        """Of those that are judged."""
        return float((self.starts_s - self.arrivals_s)[self.warm_up :].mean())

    @property
    def mean_batch(self) -> float:
        """Requests a service, over all of them."""
        return self.arrivals_s.size / self.batches

    @property
    def utilisation(self) -> float:
        """The share of time in which a replica computed, from the first arrival to the last end."""
        span_s = float(self.ends_s.max() - self.arrivals_s[0])
        return self.busy_s / (self.replicas * span_s)

    def quantile_s(self, quantile: float) -> float:
        """Of wait and service of those that are judged."""
        return float(np.quantile(self.latencies_s, quantile))

    def share_within(self, limit_s: float) -> float:
        """The share of those that are judged that took no longer."""
        return float(np.count_nonzero(self.latencies_s <= limit_s)) / self.latencies_s.size


def simulate(
    arrivals_s: Array, service: AnyService, *, replicas: int = 1, is_split: bool = False, seed: int = 0
) -> Simulated:
    """Serve the requests.

    Args:
        arrivals_s: When they arrive, in order, shape (n,).
        service: What each replica does.
        replicas: How many.
        is_split: Whether each request is sent to a replica by lot, as a load balancer without knowledge does;
            otherwise all replicas take from one queue.
        seed: Of service times and lots.

    Raises:
        CapacityError: no requests, moments that are not in order, no replicas, or no seed.
    """
    moments = np.ascontiguousarray(arrivals_s, dtype=np.float64)
    if moments.ndim != 1 or not moments.size or not np.all(np.isfinite(moments)) or np.any(np.diff(moments) < 0.0):
        raise CapacityError("a simulation needs the moments of arrivals in order, at least one")
    if not 1 <= replicas <= moments.size:
        raise CapacityError(
            f"{replicas} replicas for {moments.size} requests: give at least one, and a request to each"
        )
    generator = generator_of(seed, 1)
    if is_split and replicas > 1:
        starts, ends, busy_s, batches = _split(moments, service, replicas, generator)
    else:
        starts, ends, busy_s, batches = _one_queue(moments, service, replicas, generator)
    return Simulated(
        arrivals_s=moments,
        starts_s=starts,
        ends_s=ends,
        busy_s=busy_s,
        batches=batches,
        replicas=replicas,
        warm_up=int(moments.size * _WARM_UP),
    )


_Served = tuple[Array, Array, float, int]
"""Starts and ends of all requests, seconds of work, services."""


def _split(moments: Array, service: AnyService, replicas: int, generator: np.random.Generator) -> _Served:
    lots = generator.integers(replicas, size=moments.size)
    order = np.argsort(lots, kind="stable")
    borders = np.searchsorted(lots[order], np.arange(1, replicas))
    starts, ends = np.empty_like(moments), np.empty_like(moments)
    busy_s, batches = 0.0, 0
    for places in np.split(order, borders):
        if places.size:
            starts[places], ends[places], one_busy_s, one_batches = _one_queue(moments[places], service, 1, generator)
            busy_s, batches = busy_s + one_busy_s, batches + one_batches
    return starts, ends, busy_s, batches


def _one_queue(moments: Array, service: AnyService, replicas: int, generator: np.random.Generator) -> _Served:
    if isinstance(service, BatchServer):
        return _in_batches(moments, service, replicas)
    times = service.draw_s(moments.size, generator)
    if replicas == 1:
        starts = _lindley(moments[:, None], times[:, None])[:, 0]
    elif isinstance(service, FixedService):
        starts = _in_turn(moments, times, replicas)
    else:
        starts = _by_earliest(moments, times, replicas)
    return starts, starts + times, float(times.sum()), moments.size


def _lindley(moments: Array, times: Array) -> Array:
    """When services begin at servers that each work off a column, shapes (n, servers).

    A service begins at its arrival or at the end of the one before: with P the work before a request,
    begin = P + max over all up to it of (arrival − P). Source: Lindley (1952), unrolled.
    """
    before = np.cumsum(times, axis=0) - times
    begun: Array = before + np.maximum.accumulate(moments - before, axis=0)
    return np.maximum(begun, moments)  # the last digit of a sum may lie before the arrival


def _in_turn(moments: Array, times: Array, replicas: int) -> Array:
    """Servers with one fixed time finish in the order in which they began: each takes every c-th request."""
    padding = -moments.size % replicas
    padded = np.concatenate([moments, np.full(padding, moments[-1])]).reshape(-1, replicas)
    fixed = np.full(padded.shape, times[0])
    return _lindley(padded, fixed).reshape(-1)[: moments.size]


def _by_earliest(moments: Array, times: Array, replicas: int) -> Array:
    """Servers with times of any kind: the next request goes to the one that is free first."""
    free = [float(moments[0])] * replicas
    starts: list[float] = []
    begin, replace = starts.append, heapq.heapreplace
    for moment, time in zip(moments.tolist(), times.tolist(), strict=True):
        start = free[0]
        if start < moment:  # noqa: PLR1730 - a call of max takes a tenth of the loop's time
            start = moment
        replace(free, start + time)
        begin(start)
    return np.array(starts)


def _in_batches(moments: Array, server: BatchServer, replicas: int) -> _Served:
    """The replica that is free first takes what waits, up to a full batch, or waits for company."""
    arrivals = moments.tolist()
    times = [0.0, *(server.curve.seconds(size) for size in range(1, server.max_batch + 1))]
    full, delay, count = server.max_batch, server.max_delay_s, len(arrivals)
    free = [arrivals[0]] * replicas
    starts: list[float] = []
    sizes: list[int] = []
    replace = heapq.heapreplace
    first = 0
    while first < count:
        start = free[0]
        last = first + full
        ready = arrivals[first] + delay
        if start < ready:
            if delay and last <= count and arrivals[last - 1] < ready:
                ready = arrivals[last - 1]
            if start < ready:  # noqa: PLR1730 - likewise
                start = ready
        after = bisect_right(arrivals, start, first + 1, min(last, count))
        replace(free, start + times[after - first])
        starts.append(start)
        sizes.append(after - first)
        first = after
    repeats = np.array(sizes)
    taken = np.array(times)[repeats]
    begun = np.array(starts)
    return np.repeat(begun, repeats), np.repeat(begun + taken, repeats), float(taken.sum()), repeats.size
