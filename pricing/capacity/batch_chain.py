"""One replica that takes all waiting requests as a batch: the exact law of its latency, by an embedded Markov chain.

Poisson arrivals, first come first served, at most B requests a batch, a batch of b in exactly τ(b) seconds. The chain
counts the requests that wait where a service starts. How long they have waited follows from it: arrivals of a Poisson
process are uniform over the time in which they came, and whoever is left over waits through full batches.

Source of the method: Kleinrock, "Queueing Systems I", 1975, chapter 5 (embedded chains); of the queue: Inoue (2021).
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pricing.capacity.poisson import Array, poisson_pmf, stationary, walk_decay

_NEGLIGIBLE = 1e-8
"""Of a probability beside late shares of 1e-4 and more."""
_ROUNDING = 1e-12
"""A limit of exactly ten services is not a hair more than ten."""
_DEVIATIONS = 6
"""Beyond so many standard deviations of arrivals the chain forgets its small batches to parts in 1e6."""


def states_behind_full_batches(full: int) -> int:
    """How many states suffice where batches of `full` come into play: what waits beyond them falls geometrically."""
    return full + 10 + math.ceil(_DEVIATIONS * math.sqrt(full))


@dataclass(frozen=True, kw_only=True)
class BatchChain:
    """The chain at one rate.

    Attributes:
        rate_per_s: Of arrivals.
        times_s: Of a batch of 1 … B, shape (B,).
        delay_s: How long the oldest of a batch that is not full may wait for company while nothing is served.
        states: The most waiting requests that are told apart: fewer than B where so many never wait, otherwise
            `states_behind_full_batches`, and the last state stands for all from there on.
        group: How many requests count as one.
    """

    rate_per_s: float
    times_s: Array
    delay_s: float
    states: int
    group: int = 1

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

    @property
    def _fills(self) -> bool:
        """Whether batches of B come into play."""
        return self._full <= self.states

    @cached_property
    def _ratio(self) -> float:
        """By which the chance of one more waiting request falls, far out."""
        return math.exp(-walk_decay(self._full, self.rate_per_s * float(self.times_s[-1])))

    @cached_property
    def _after(self) -> Array:
        """P(so many wait where the service ends), by state and count, shape (states, states + 1)."""
        counts = np.arange(self.states + 1)
        short = min(self._full, self.states)
        found = np.empty((self.states, self.states + 1))
        found[:short] = poisson_pmf(self.rate_per_s * self._taken_s[:short, None], counts[None, :])
        if self._fills:
            one = np.zeros(2 * self.states + 1)
            one[self.states :] = poisson_pmf(self.rate_per_s * float(self.times_s[-1]), counts)
            found[short:] = one[self.states + counts[None, :] - self._left[short:, None]]
            beyond = (1.0 - self._ratio) * self._ratio**counts
            found[-1, self._left[-1] :] = np.convolve(one[self.states :], beyond)[: counts.size - self._left[-1]]
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
        if not self._fills:
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
            if self._fills:
                moves[:, self._full - 1] += self._filled
        else:
            moves[:, 0] += self._after[:, 0]
        moves[:, -1] += np.maximum(1.0 - moves.sum(axis=1), 0.0)
        return stationary(moves)

    @property
    def mean_batch(self) -> float:
        """Requests a batch, over batches."""
        return self.group * self._mean_taken

    @cached_property
    def _mean_taken(self) -> float:
        return float(self.shares @ np.minimum(self._waiting, self._full))

    @property
    def utilisation(self) -> float:
        """The share of time in which the replica computes."""
        return min(1.0, float(self.shares @ self._taken_s) * self.rate_per_s / self._mean_taken)

    def late_share(self, limit_s: float) -> float:
        """The share of requests whose wait and service together exceed the limit."""
        late = self._late_in_full(limit_s) + self._late_in_short(limit_s)
        if self.delay_s > 0:
            late += self._late_for_company(limit_s)
        return min(1.0, max(0.0, late / self._mean_taken))

    @cached_property
    def _left_over(self) -> Array:
        """P(so many did not fit into a full batch), from 0 on, until far behind its geometric end."""
        found = np.zeros(self._geometric_from * self._full + self._full + 1)
        known = self.shares[self._full : -1]
        found[1 : known.size + 1] = known
        beyond = np.arange(found.size - known.size - 1)
        found[known.size + 1 :] = self.shares[-1] * (1.0 - self._ratio) * self._ratio**beyond
        return found

    @property
    def _geometric_from(self) -> int:
        """After so many full batches whoever still waits falls geometrically, arrivals of one service included."""
        return math.ceil((self.states + 20 + _DEVIATIONS * math.sqrt(self._full)) / self._full)

    def _late_in_full(self, limit_s: float) -> float:
        """Late requests a service in batches of B."""
        if not self._fills:
            return 0.0
        waited_s = limit_s - float(self.times_s[-1])
        if waited_s <= 0:
            return self._full * (float(self.shares[self._full - 1 :].sum()) - self._started_by_filling)
        services, age_s, scale = self._services_before(np.array([waited_s]))
        older = self._all_older_than(float(age_s[0]))
        first = int(services[0]) * self._full
        counts = np.arange(1, self._full + 1)
        fewer = np.cumsum(poisson_pmf(self.rate_per_s * waited_s, np.arange(self._full)))
        enough = np.append(1.0 - fewer[::-1][1:], 1.0)
        crowd = float(older[first + self._full + 1 :].sum()) + float(older[-1]) * self._ratio / (1.0 - self._ratio)
        late = float((older[first + 1 : first + self._full + 1] * counts) @ enough) + self._full * crowd
        return late * float(scale[0])

    def _all_older_than(self, age_s: float) -> Array:
        """P(so many of those that wait at the end of a service came `age_s` and more before it), by count from 0."""
        counts = np.arange(self._left_over.size)
        weights = np.where(self._taken_s[: self._full] >= age_s * (1.0 - _ROUNDING), self.shares[: self._full], 0.0)
        kept = np.flatnonzero(weights > _NEGLIGIBLE)
        means = self.rate_per_s * np.maximum(self._taken_s[kept] - age_s, 0.0)
        found: Array = weights[kept] @ poisson_pmf(means[:, None], counts[None, :])
        behind = poisson_pmf(self.rate_per_s * max(0.0, float(self.times_s[-1]) - age_s), counts)
        return found + np.convolve(self._left_over, behind)[: counts.size]

    @property
    def _started_by_filling(self) -> float:
        return float(self.shares @ self._filled) if self.delay_s > 0 else 0.0

    def _services_before(self, waited_s: Array) -> tuple[NDArray[np.int_], Array, Array]:
        """Whoever waited so long at the start of a batch came that many full services, and that long, before it.

        More services than it takes to be geometric are those and a factor.
        """
        whole_s = float(self.times_s[-1])
        services = np.maximum(np.ceil(waited_s / whole_s * (1.0 - _ROUNDING)).astype(np.int_) - 1, 0)
        age_s = np.minimum(waited_s - services * whole_s, whole_s)
        near = np.minimum(services, self._geometric_from)
        return near, age_s, self._ratio ** ((services - near) * self._full)

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
        likely = rest.max(axis=1, initial=0.0) > _NEGLIGIBLE
        if not (self._fills and likely.any()):
            return 0.0
        services, age_s, scale = self._services_before(waited_s[likely])
        late = rest[likely] * oldest[None, :] * scale[:, None]
        found = 0.0
        for before in np.unique(services):
            which = services == before
            places = int(before) * self._full + oldest
            found += float((self._older_behind(age_s[which], places) * late[which]).sum())
            found += self._older_within(age_s[which], places, late[which])
        return found

    def _older_behind(self, age_s: Array, places: NDArray[np.int_]) -> Array:
        """Like `_all_older_than` of services that left some over, shape (ages, places)."""
        coming = np.arange(self.states + 1)
        means = self.rate_per_s * np.maximum(float(self.times_s[-1]) - age_s, 0.0)
        left = places[None, :] - coming[:, None]
        over: Array = np.where(left < 0, 0.0, self._left_over[np.maximum(left, 0)])
        behind: Array = poisson_pmf(means[:, None], coming[None, :]) @ over
        return behind

    def _older_within(self, age_s: Array, places: NDArray[np.int_], late: Array) -> float:
        """Late requests that came in services that left none over: more of them than a full batch takes."""
        means = self.rate_per_s * np.maximum(self._taken_s[None, : self._full] - age_s[:, None], 0.0)
        is_near = means + _DEVIATIONS * np.sqrt(means) + 1.0 >= places[0]
        which, rows = np.nonzero(is_near & (self.shares[None, : self._full] > _NEGLIGIBLE))
        if not which.size:
            return 0.0
        shares = poisson_pmf(means[which, rows, None], places[None, :]) * self.shares[rows, None]
        return float((shares * late[which]).sum())

    def _late_for_company(self, limit_s: float) -> float:
        """Late requests a service in batches that waited for company: the first for all of it, the rest uniformly."""
        sizes = np.arange(1, self._company.size)
        waited_s = limit_s - self.times_s[sizes - 1]
        late = _late_of(sizes, waited_s, self.delay_s)
        found = float(self.shares @ self._alone) * float(self._company[1:] @ late)
        if self._fills:
            filled_s = min(self.delay_s, (self._full - 1) / self.rate_per_s)
            full = np.array([self._full])
            found += self._started_by_filling * float(_late_of(full, limit_s - self.times_s[-1:], filled_s)[0])
        return found


def _late_of(sizes: NDArray[np.int_], waited_s: Array, window_s: float) -> Array:
    """Of a batch gathered within a window: the first waited for all of it, the others came uniformly over it."""
    others = (sizes - 1) * np.clip(1.0 - waited_s / max(window_s, 1e-300), 0.0, 1.0)
    late = (waited_s < window_s) + others
    return np.where(waited_s < 0, sizes, late)
