"""The open loop: requests fall due by a schedule, whether or not the server is ready for them.

One thread an instance. At any moment one of them stands at the front (leader and followers): it waits for the next
request, forms its batch, leaves the front to the next thread, and calls. Moments are written into storage made
beforehand, one row a call; whatever is derived from them is derived afterwards, or at a planned look while nobody
waits.
"""

import threading
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.loadgen.waiting import WaitUntil
from harness.runtimes.base import Clock
from harness.statistics.level_test import LevelSamples
from harness.vocabulary import LevelEnd

Calls = Sequence[Sequence[Callable[[], object]]]
"""By batch size less one: calls to go round."""
Look = Callable[[LevelSamples, int], bool]
"""Whether the samples of a planned look decide the level."""

_LEAD_NS = 1_000_000  # from the moment everything is ready to the first schedule's zero
_NEVER = 2**62
_DOUBTS = 100  # counting who is late takes a while, of which the late ones should not wait for much


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """A call takes up to `most` requests; the oldest waits at most `delay_ns` for company."""

    most: int
    delay_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """When to look, what decides, and the backlog beyond which a level is given up.

    Given up where the oldest has waited `hopeless_wait_ns` and more than `most_late` requests are sure to take longer
    than `limit_ns`.
    """

    looks: Sequence[int] = ()
    look: Look | None = None
    limit_ns: int = _NEVER
    hopeless_wait_ns: int = _NEVER
    most_late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLoopResult:
    """What was served, in order of arrival, and by call how much later than it could it began."""

    samples: LevelSamples
    issue_delays_ns: NDArray[np.int64]
    duration_ns: int
    end: LevelEnd
    judged_at: int | None


class OpenLoop:
    """One level. `instances` holds the calls of each server."""

    def __init__(
        self,
        arrivals_ns: NDArray[np.int64],
        instances: Sequence[Calls],
        *,
        batching: Batching,
        clock: Clock,
        wait_until: WaitUntil,
        watch: Watch,
    ) -> None:
        self._schedule = arrivals_ns
        self._instances = instances
        self._batching = batching
        self._clock = clock
        self._wait_until = wait_until
        self._watch = watch
        self._looks = list(watch.looks)
        self._front = threading.Lock()
        rows = array("q", bytes(8 * arrivals_ns.size))
        self._sizes, self._ready, self._began, self._ended = rows, rows[:], rows[:], rows[:]
        self._due = rows[:]
        self._start = self._next = self._calls = 0
        self._last = int(arrivals_ns.size)
        self._left_front = self._next_doubt = 0
        self._next_look = self._looks[0] if self._looks else _NEVER
        self._end = LevelEnd.SCHEDULE
        self._judged_at: int | None = None
        self._failures: list[BaseException] = []

    def run(self) -> OpenLoopResult:
        """Serve until nobody is left, a look decides, or there is no hope.

        Raises:
            BaseException: whatever a call raised.
        """
        self._start = self._clock() + _LEAD_NS
        self._due = array("q", (self._schedule + self._start).tobytes())
        others = [threading.Thread(target=self._guarded, args=(one,)) for one in self._instances[1:]]
        for thread in others:
            thread.start()
        self._guarded(self._instances[0])
        for thread in others:
            thread.join()
        if self._failures:
            raise self._failures[0]
        calls = self._calls
        delays = _numbers(self._began, calls) - _numbers(self._ready, calls)
        return OpenLoopResult(
            samples=self._samples(calls),
            issue_delays_ns=np.maximum(delays, 0),
            duration_ns=max(self._ended[:calls], default=self._start) - self._start,
            end=self._end,
            judged_at=self._judged_at,
        )

    def _guarded(self, calls: Calls) -> None:
        try:
            self._serve(calls)
        except BaseException as error:  # noqa: BLE001 - a thread's door: raised again by `run`
            self._failures.append(error)
            self._last = 0

    def _serve(self, calls: Calls) -> None:
        clock, wait_until, front, due = self._clock, self._wait_until, self._front, self._due
        sizes, ready, began, ended = self._sizes, self._ready, self._began, self._ended
        most, hopeless_ns, free, size = self._batching.most, self._watch.hopeless_wait_ns, self._start, 1
        while True:
            with front:
                first, now = self._next, clock()
                if first >= self._last:
                    return
                if (first >= self._next_look or now - due[first] > hopeless_ns) and self._is_over(first, now):
                    return
                closes = due[first] if most == 1 else self._closes(first)
                if now < closes:
                    wait_until(closes)
                if most > 1:
                    size = self._size(first, clock())
                row = self._calls
                self._next, self._calls = first + size, row + 1
                sizes[row], ready[row] = size, max(closes, free, self._left_front)
                choice = calls[size - 1]
                call = choice[row % len(choice)]
                self._left_front = began[row] = clock()
            call()
            ended[row] = free = clock()

    def _closes(self, first: int) -> int:
        """When a batch that begins with this request takes no more: it is full, or its oldest has waited enough."""
        due, full = self._due, first + self._batching.most - 1
        closes = due[first] + self._batching.delay_ns
        return min(closes, due[full]) if full < len(due) else closes

    def _size(self, first: int, now: int) -> int:
        """How many have arrived, up to a full batch; the first one has."""
        due, end = self._due, min(first + self._batching.most, len(self._due))
        place = first + 1
        while place < end and due[place] <= now:
            place += 1
        return place - first

    def _is_over(self, first: int, now: int) -> bool:
        """Look, if a look is due and delays nobody who is in time; and see whether there is hope."""
        waited = now - self._due[first]
        if first >= self._next_look and (waited < 0 or waited > self._watch.limit_ns):
            self._look(first)
        elif waited > self._watch.hopeless_wait_ns and first >= self._next_doubt:
            self._next_doubt = first + 1 + self._schedule.size // _DOUBTS
            if self._late(first) > self._watch.most_late:
                self._end, self._last = LevelEnd.BACKLOG, first
        return first >= self._last

    def _look(self, first: int) -> None:
        """Judge at the last planned number of requests that all have their answers."""
        done = self._samples(self._completed_calls())
        reached = [one for one in self._looks if one <= min(first, done.latencies_ns.size)]
        if not reached or self._watch.look is None:
            return
        del self._looks[: len(reached)]
        self._next_look = self._looks[0] if self._looks else _NEVER
        if self._watch.look(done.first(reached[-1]), reached[-1]):
            self._end, self._judged_at, self._last = LevelEnd.DECIDED, reached[-1], first

    def _late(self, first: int) -> int:
        """Requests that took, or have already waited, longer than the limit."""
        served = self._samples(self._completed_calls())
        overdue = np.searchsorted(self._schedule, self._clock() - self._start - self._watch.limit_ns) - first
        return int((served.latencies_ns > self._watch.limit_ns).sum() + max(0, overdue))

    def _completed_calls(self) -> int:
        """Calls before the first that still runs."""
        unfinished = np.flatnonzero(_numbers(self._ended, self._calls) == 0)
        return int(unfinished[0]) if unfinished.size else self._calls

    def _samples(self, calls: int) -> LevelSamples:
        sizes = _numbers(self._sizes, calls)
        arrivals = self._schedule[: int(sizes.sum())]
        due = arrivals + self._start
        return LevelSamples(
            arrivals_ns=arrivals,
            latencies_ns=np.repeat(_numbers(self._ended, calls), sizes) - due,
            waits_ns=np.repeat(_numbers(self._began, calls), sizes) - due,
            batch_sizes=sizes,
        )


def _numbers(moments: "array[int]", count: int) -> NDArray[np.int64]:
    return np.frombuffer(moments, dtype=np.int64)[:count].copy()
