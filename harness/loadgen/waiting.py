"""Waits for a moment of a clock: asleep until shortly before it, then awake where nobody else needs the core."""

import time
from collections.abc import Callable

from harness.runtimes.base import Clock, VirtualClock

SPIN_NS = 200_000
"""Linux wakes a sleeper 50 to 150 µs late (its timer slack alone is 50 µs): so long before, sleeping ends."""

WaitUntil = Callable[[int], None]


def waiter_of(clock: Clock, *, spins: bool) -> WaitUntil:
    """How to wait on this clock.

    Args:
        clock: one that only calls move is moved; on any other, time passes by itself.
        spins: whether the last stretch is spent awake. With several threads that would keep the interpreter
            from the others.
    """
    if isinstance(clock, VirtualClock):
        return clock.wait_until
    margin_ns = SPIN_NS if spins else 0

    def wait_until(moment_ns: int) -> None:
        while (left := moment_ns - clock()) > margin_ns:
            time.sleep((left - margin_ns) / 1e9)
        while clock() < moment_ns:
            pass

    return wait_until
