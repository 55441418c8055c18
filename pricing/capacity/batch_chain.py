"""One replica that takes all waiting requests as a batch: the exact law of its latency, by an embedded Markov chain.

Poisson arrivals, first come first served, at most B requests a batch, a batch of b in exactly τ(b) seconds. The chain
counts the requests that wait where a service starts. How long they have waited follows from it: arrivals of a Poisson
process are uniform over the time in which they came, and whoever is left over waits through full batches.

Source of the method: Kleinrock, "Queueing Systems I", 1975, chapter 5 (embedded chains); of the queue: Inoue (2021).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Array = NDArray[np.float64]
_NEGLIGIBLE = 1e-9
"""Of a probability beside late shares of 1e-4 and more."""
_NO_MEAN = 1e-300
"""Stands for 0, whose logarithm is none."""
_ROUNDING = 1e-12
"""A limit of exactly ten services is not a hair more than ten."""


def poisson_pmf(means: Array | float, counts: NDArray[np.int_]) -> Array:
    """P(Poisson(mean) = count), elementwise; 0 below zero counts."""
    mean = np.maximum(np.asarray(means, dtype=np.float64), _NO_MEAN)
    count = np.maximum(counts, 0)
    shares: Array = np.exp(count * np.log(mean) - mean - _LOG_FACTORIALS[count])
    return np.where(counts < 0, 0.0, shares)


_LOG_FACTORIALS: Array = gammaln(np.arange(16_384) + 1.0)


@dataclass(frozen=True, slots=False, kw_only=True)
class BatchChain:
    """The chain at one rate.

    Attributes:
        rate_per_s: Of arrivals.
        times_s: Of a batch of 1 … B, shape (B,).
        delay_s: How long the oldest of a batch that is not full may wait for company while nothing is served.
        states: The most waiting requests that are told apart.
    """

    rate_per_s: float
    times_s: Array
    delay_s: float
    states: int

    @property
    def _full(self) -> int:
        return self.times_s.size

    @cached_property
    def _waiting(self) -> NDArray[np.int_]:
        """Waiting requests by state, shape (states,)."""
        return np.arange(1, self.states + 1)

    @cached_property
    def _left(self) -> NDArray[np.int_]:
        """How many of them do not fit into the batch."""
        return np.maximum(self._waiting - self._full, 0)

    @cached_property
    def _taken_s(self) -> Array:
        """How long the service takes that starts in a state."""
        taken: Array = self.times_s[np.minimum(self._waiting, self._full) - 1]
        return taken

    @cached_property
    def _after(self) -> Array:
        """P(so many wait where the service ends), by state and count, shape (states, states + 1)."""
        counts = np.arange(self.states + 1)
        short = min(self._full, self.states)
        found = np.empty((self.states, self.states + 1))
        found[:short] = poisson_pmf(self.rate_per_s * self._taken_s[:short, None], counts[None, :])
        if short < self.states:
            one = np.zeros(2 * self.states + 1)
            one[self.states :] = poisson_pmf(self.rate_per_s * float(self.times_s[-1]), counts)
            found[short:] = one[self.states + counts[None, :] - self._left[short:, None]]
        return found

    @cached_property
    def _alone(self) -> Array:
        """P(nobody came early enough in a service to have waited for `delay_s` at its end), by state."""
        early = np.maximum(self._taken_s - self.delay_s, 0.0)
        return np.where(self._left > 0, 0.0, np.exp(-self.rate_per_s * early))

    @cached_property
    def _late(self) -> Array:
        """P(so many wait at the end of a service, the oldest for less than `delay_s`), shape like `_after`."""
        within = self.rate_per_s * np.minimum(self._taken_s, self.delay_s)
        return self._alone[:, None] * poisson_pmf(within[:, None], np.arange(self.states + 1)[None, :])

    @cached_property
    def _company(self) -> Array:
        """P(so many in a batch that waited for company), fewer than B, by count from 0."""
        counts = np.arange(min(self._full, self.states + 1))
        return poisson_pmf(self.rate_per_s * self.delay_s, counts - 1)

    @cached_property
    def _filled(self) -> Array:
        """P(the next batch fills while it waits for company), by state."""
        if self._full > self.states:
            return np.zeros(self.states)
        within = self._late[:, : self._full].sum(axis=1)
        filled: Array = np.maximum(within - self._alone * self._company.sum(), 0.0)
        return filled

    @cached_property
    def shares(self) -> Array:
        """P(so many wait where a service starts), shape (states,)."""
        moves = self._after[:, 1:].copy()
        if self.delay_s > 0:
            upto = self._company.size - 1
            moves[:, :upto] += self._alone[:, None] * self._company[None, 1:] - self._late[:, 1 : upto + 1]
            if self._full <= self.states:
                moves[:, self._full - 1] += self._filled
        else:
            moves[:, 0] += self._after[:, 0]
        moves[:, -1] += np.maximum(1.0 - moves.sum(axis=1), 0.0)
        system = moves.T - np.eye(self.states)
        system[-1] = 1.0
        right = np.zeros(self.states)
        right[-1] = 1.0
        found: Array = np.maximum(np.linalg.solve(system, right), 0.0)
        found /= found.sum()
        return found

    @property
    def mean_batch(self) -> float:
        """Requests a batch, over batches."""
        return float(self.shares @ np.minimum(self._waiting, self._full))

    @property
    def utilisation(self) -> float:
        """The share of time in which the replica computes."""
        return float(self.shares @ self._taken_s) * self.rate_per_s / self.mean_batch

    def late_share(self, limit_s: float) -> float:
        """The share of requests whose wait and service together exceed the limit."""
        late = self._late_in_full(limit_s) + self._late_in_short(limit_s)
        if self.delay_s > 0:
            late += self._late_for_company(limit_s)
        return min(1.0, max(0.0, late / self.mean_batch))

    def _late_in_full(self, limit_s: float) -> float:
        """Late requests a service in batches of B."""
        if self._full > self.states:
            return 0.0
        waited_s = limit_s - float(self.times_s[-1])
        if waited_s <= 0:
            return self._full * (float(self.shares[self._full - 1 :].sum()) - self._started_by_filling)
        services, age_s = self._services_before(np.array([waited_s]))
        places = int(services[0]) * self._full + np.arange(1, self.states + 1)
        counts = np.minimum(np.arange(1, self.states + 1), self._full)
        known = places <= self.states
        older = self._older_than(np.broadcast_to(age_s, places[known].shape), places[known])
        fewer = np.concatenate([[0.0], np.cumsum(poisson_pmf(self.rate_per_s * waited_s, np.arange(self._full)))])
        enough = np.maximum(1.0 - fewer[self._full - counts[known]], 0.0)
        return float((older * counts[known]) @ enough)

    @property
    def _started_by_filling(self) -> float:
        return float(self.shares @ self._filled) if self.delay_s > 0 else 0.0

    def _services_before(self, waited_s: Array) -> tuple[NDArray[np.int_], Array]:
        """Whoever has waited so long at the start of a batch came that many full services and that long before it."""
        whole_s = float(self.times_s[-1])
        services = np.maximum(np.ceil(waited_s / whole_s * (1.0 - _ROUNDING)).astype(np.int_) - 1, 0)
        return services, np.minimum(waited_s - services * whole_s, whole_s)

    def _older_than(self, age_s: Array, places: NDArray[np.int_]) -> Array:
        """P(so many of those that wait at the end of a service came `age_s` and more before it), elementwise."""
        kept = np.flatnonzero(self.shares > _NEGLIGIBLE)
        taken_s = self._taken_s[kept, None]
        means = self.rate_per_s * np.maximum(taken_s - age_s[None, :], 0.0)
        reaching = taken_s >= age_s[None, :] * (1.0 - _ROUNDING)
        found = poisson_pmf(means, places[None, :] - self._left[kept, None])
        return self.shares[kept] @ np.where(reaching, found, 0.0)

    def _late_in_short(self, limit_s: float) -> float:
        """Late requests a service in batches below B that started as soon as the service before had ended."""
        sizes = np.arange(1, min(self._full, self.states + 1))
        waited_s = limit_s - self.times_s[: sizes.size]
        is_near = waited_s <= float(self.times_s[-1]) * (1.0 + _ROUNDING)
        late = self._late_after_one(sizes[is_near], waited_s[is_near]) if is_near.any() else 0.0
        return late if is_near.all() else late + self._late_after_many(sizes[~is_near], waited_s[~is_near])

    def _late_after_one(self, sizes: NDArray[np.int_], waited_s: Array) -> float:
        """Of batches in which a request is late if it came early in the service before, or before that."""
        new = sizes[None, :] - self._left[:, None]
        early = np.clip(1.0 - waited_s[None, :] / self._taken_s[:, None], 0.0, 1.0)
        late = (self._left[:, None] + new * early) * self._after[:, sizes]
        if self.delay_s > 0:
            within = np.minimum(self._taken_s, self.delay_s)[:, None]
            late -= new * np.clip(1.0 - waited_s[None, :] / within, 0.0, 1.0) * self._late[:, sizes]
        return float(self.shares @ np.where(new >= 0, late, 0.0).sum(axis=1))

    def _late_after_many(self, sizes: NDArray[np.int_], waited_s: Array) -> float:
        """Of batches in which only those are late that were left over by full batches."""
        oldest = np.arange(1, self._full)
        rest = poisson_pmf(self.rate_per_s * waited_s[:, None], sizes[:, None] - oldest[None, :])
        services, age_s = self._services_before(waited_s)
        places = services[:, None] * self._full + oldest[None, :]
        which, counts = np.nonzero((rest > _NEGLIGIBLE) & (places <= self.states))
        if not which.size:
            return 0.0
        older = self._older_than(age_s[which], places[which, counts])
        return float(older @ (oldest[counts] * rest[which, counts]))

    def _late_for_company(self, limit_s: float) -> float:
        """Late requests a service in batches that waited for company: the first for all of it, the rest uniformly."""
        sizes = np.arange(1, self._company.size)
        waited_s = limit_s - self.times_s[sizes - 1]
        late = _late_of(sizes, waited_s, self.delay_s)
        found = float(self.shares @ self._alone) * float(self._company[1:] @ late)
        if self._full <= self.states:
            filled_s = min(self.delay_s, (self._full - 1) / self.rate_per_s)
            full = np.array([self._full])
            found += self._started_by_filling * float(_late_of(full, limit_s - self.times_s[-1:], filled_s)[0])
        return found


def _late_of(sizes: NDArray[np.int_], waited_s: Array, window_s: float) -> Array:
    """Of a batch gathered within a window: the first waited for all of it, the others came uniformly over it."""
    others = (sizes - 1) * np.clip(1.0 - waited_s / max(window_s, 1e-300), 0.0, 1.0)
    late = (waited_s < window_s) + others
    return np.where(waited_s < 0, sizes, late)
