"""Single stream: the next call starts when the last one ends.

A chained-timestamp loop over storage made beforehand: one clock reading a call, no
allocation, nothing else inside. The first call of a turn is made but not counted, because
another arm has evicted the caches since.
"""

from array import array
from collections.abc import Callable, Sequence

from harness.runtimes.base import Clock

CAPACITY = 1 << 20  # calls a block: above it the block ends early rather than allocate


class SingleStream:
    """Times blocks of calls. One instance serves all blocks of a worker, so storage is made once."""

    def __init__(self, clock: Clock, *, capacity: int = CAPACITY) -> None:
        self._clock = clock
        self._storage = array("q", bytes(8 * capacity))
        self._capacity = capacity

    def time_block(self, calls: Sequence[Callable[[], object]], *, seconds: float) -> "array[int]":
        """Call for at least `seconds`, at least once, going round `calls`.

        Returns:
            Nanoseconds of each call, in order.
        """
        calls[-1]()
        return self.time_calls(calls, seconds=seconds)

    def time_calls(self, calls: Sequence[Callable[[], object]], *, seconds: float) -> "array[int]":
        """As `time_block`, where the uncounted call has been made."""
        clock, storage, capacity, count = self._clock, self._storage, self._capacity, len(calls)
        done = 0
        last = clock()
        deadline = last + int(seconds * 1e9)
        while True:
            calls[done % count]()
            now = clock()
            storage[done] = now - last
            last = now
            done += 1
            if now >= deadline or done == capacity:
                return storage[:done]

    def time_stretched_block(
        self, calls: Sequence[Callable[[], object]], *, seconds: float, stretch: float
    ) -> "array[int]":
        """As `time_block`, with every call made longer by the share `stretch` of its own time, 0.03 for 3 %.

        After each call it spins until so much more has passed: a slow-down that is known exactly, up to one
        clock reading a call. A loop of its own, so that the other one costs what it always did.
        """
        clock, storage, capacity, count = self._clock, self._storage, self._capacity, len(calls)
        factor = 1.0 + stretch
        calls[-1]()
        done = 0
        last = clock()
        deadline = last + int(seconds * 1e9)
        while True:
            calls[done % count]()
            now = clock()
            due = last + int((now - last) * factor)
            while now < due:
                now = clock()
            storage[done] = now - last
            last = now
            done += 1
            if now >= deadline or done == capacity:
                return storage[:done]
