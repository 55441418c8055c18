"""What timing itself costs: the clock's step and reading, and what the loop adds to a call that does nothing."""

from collections.abc import Callable
from itertools import pairwise, repeat

import numpy as np

from harness.loadgen.single_stream import SingleStream
from harness.runtimes.base import Clock
from harness.vocabulary.selftest import ClockProbe

_READINGS = 20_000
_BLOCKS = 21
_BLOCK_S = 0.004
_OWN_CALLS = 20_000


def probe_clock(clock: Clock, *, blocks: int = _BLOCKS) -> ClockProbe:
    """Measure the clock, then blocks of null calls, each beside a bare loop of the same calls."""
    steps = [after - before for before, after in pairwise([clock() for _ in range(_READINGS)])]
    stream = SingleStream(clock)
    stream.time_block([_null], seconds=_BLOCK_S)
    taken = [_one_block(stream, clock) for _ in range(blocks)]
    return ClockProbe(
        step_ns=min((step for step in steps if step > 0), default=0),
        reading_ns=float(np.median(steps)),
        added_ns=tuple(added for added, _ in taken),
        query_ns=tuple(query for _, query in taken),
    )


def _null() -> None:
    """The call of which everything that is measured is the harness."""


def _one_block(stream: SingleStream, clock: Clock) -> tuple[float, float]:
    own_ns = _own_cost_ns(_null, clock)
    latencies = np.frombuffer(stream.time_block([_null], seconds=_BLOCK_S), dtype="<i8")
    return float(np.median(latencies)) - own_ns, float(latencies.mean()) - own_ns


def _own_cost_ns(call: Callable[[], object], clock: Clock) -> float:
    """Of one call in a loop that does nothing else; the loop's own few nanoseconds count as the call's."""
    began = clock()
    for _ in repeat(None, _OWN_CALLS):
        call()
    return (clock() - began) / _OWN_CALLS
