"""Several calls in flight: calls that end only together prove that they overlap."""

import threading
import time
from collections.abc import Iterator

import pytest

from harness.errors import WorkloadError
from harness.loadgen.closed_loop import ClosedLoop

_PATIENCE_S = 30.0


@pytest.fixture
def pair() -> Iterator[ClosedLoop]:
    """A loop of two streams on the real clock."""
    loop = ClosedLoop(time.perf_counter_ns, concurrency=2)
    yield loop
    loop.close()


def test_calls_of_two_streams_are_in_flight_at_the_same_time(pair: ClosedLoop) -> None:
    meeting = threading.Barrier(2)

    latencies = pair.time_block([[lambda: meeting.wait(_PATIENCE_S)] for _ in range(2)], seconds=0.0)

    assert len(latencies) == 2  # one call each: alone, the uncounted one would never have ended
    assert all(one > 0 for one in latencies)


def test_each_stream_makes_only_its_own_calls_and_leaves_the_first_uncounted(pair: ClosedLoop) -> None:
    made: dict[str, set[int]] = {"a": set(), "b": set()}
    counts = {"a": 0, "b": 0}

    def call(name: str) -> None:
        counts[name] += 1
        made[name].add(threading.get_ident())

    latencies = pair.time_block([[lambda: call("a")], [lambda: call("b")]], seconds=0.0)

    assert counts == {"a": 2, "b": 2}
    assert len(latencies) == 2
    assert len(made["a"]) == len(made["b"]) == 1
    assert made["a"].isdisjoint(made["b"])


def test_threads_stay_between_blocks(pair: ClosedLoop) -> None:
    seen = set()
    meeting = threading.Barrier(2)

    def call() -> None:
        seen.add(threading.get_ident())
        meeting.wait(_PATIENCE_S)

    for _ in range(3):
        pair.time_block([[call], [call]], seconds=0.0)

    assert len(seen) == 2


def test_what_a_call_raises_is_raised_and_the_loop_serves_again(pair: ClosedLoop) -> None:
    def broken() -> None:
        raise WorkloadError("the model fell over")

    with pytest.raises(WorkloadError, match="fell over"):
        pair.time_block([[broken], [int]], seconds=0.0)

    assert len(pair.time_block([[int], [int]], seconds=0.0)) >= 2
