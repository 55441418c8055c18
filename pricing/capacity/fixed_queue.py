"""The queue M/D/c: Poisson arrivals, one fixed service time, c servers, one queue. Exact.

What waits at one moment, less c, plus what arrives within a service time, waits a service time later: a walk on whole
numbers that cannot fall below zero. Whoever finds M waiting and Poisson arrivals before it waits for full rounds of c.

Source: Crommelin (1932); Franx (2001), "A simple solution for the M/D/c waiting time distribution", Operations Research
Letters 29.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pricing.capacity.poisson import Array, poisson_pmf, stationary, walk_decay
from pricing.errors import CapacityError

MOST_SERVERS_EXACT = 4_000
"""The walk then has 330 states and is solved in milliseconds."""
_DEVIATIONS = 5
"""Beyond so many standard deviations of arrivals the walk forgets its floor to parts in 1e5."""

_ROUNDING = 1e-12
"""A limit of exactly ten services is not a hair less than ten."""


@dataclass(frozen=True, kw_only=True)
class FixedQueue:
    """M/D/c at one rate; the load must be carried."""

    servers: int
    rate_per_s: float
    service_s: float

    def __post_init__(self) -> None:
        """Refuse a queue that grows without end, and one too large to be solved."""
        if not (1 <= self.servers <= MOST_SERVERS_EXACT and 0.0 < self.offered < self.servers):
            raise CapacityError(f"M/D/c with {self.servers} servers and a load of {self.offered} erlangs has no answer")

    @property
    def offered(self) -> float:
        """Arrivals within a service time."""
        return self.rate_per_s * self.service_s

    @cached_property
    def _ratio(self) -> float:
        """By which the chance of one more waiting request falls, far out."""
        return math.exp(-walk_decay(self.servers, self.offered))

    @cached_property
    def _waiting(self) -> Array:
        """P(so many wait); the last entry is for all from there on, who fall geometrically. Shape (states,)."""
        states = 10 + math.ceil(_DEVIATIONS * math.sqrt(self.servers))
        arriving = poisson_pmf(self.offered, np.arange(self.servers + states))
        beyond = (1.0 - self._ratio) * self._ratio ** np.arange(arriving.size)
        moves = np.empty((states, states))
        moves[:-1] = _moves(arriving, np.arange(states - 1), self.servers, states)
        moves[-1:] = _moves(np.convolve(arriving, beyond), np.array([states - 1]), self.servers, states)
        moves[:, -1] = np.maximum(1.0 - moves[:, :-1].sum(axis=1), 0.0)
        return stationary(moves)

    def late_share(self, limit_s: float) -> float:
        """The share of requests whose wait and service exceed the limit: P(M + arrivals within u ≥ kc)."""
        spare_s = limit_s - self.service_s
        if spare_s < 0.0:
            return 1.0
        rounds = math.floor(spare_s / self.service_s * (1.0 + _ROUNDING)) + 1
        before_s = max(0.0, rounds * self.service_s - spare_s)
        mean = self.rate_per_s * before_s
        arriving = poisson_pmf(mean, np.arange(math.ceil(mean + 9.0 * math.sqrt(mean) + 20.0)))
        short = rounds * self.servers - np.arange(arriving.size)
        return min(1.0, float(arriving @ self._at_least(short)))

    def _at_least(self, counts: NDArray[np.int_]) -> Array:
        """P(so many wait, or more), elementwise."""
        last = self._waiting.size - 1
        upwards = np.cumsum(self._waiting[::-1])[::-1]
        return upwards[np.clip(counts, 0, last)] * self._ratio ** np.maximum(counts - last, 0)


def _moves(arriving: Array, waiting: NDArray[np.int_], servers: int, states: int) -> Array:
    """P(so many wait a service time later), by how many do now, shape (waiting, states); the last column is open."""
    upto = np.cumsum(arriving)
    needed = servers + np.arange(states)[None, :] - waiting[:, None]
    moves: Array = np.where(needed < 0, 0.0, arriving[np.maximum(needed, 0)])
    moves[:, 0] = np.where(needed[:, 0] < 0, 0.0, upto[np.maximum(needed[:, 0], 0)])
    return moves
