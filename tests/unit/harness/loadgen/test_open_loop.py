"""The open loop on a clock that moves only when a call does, or when somebody waits."""

import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import WorkloadError
from harness.loadgen.server import Batching, Calls, OpenLoop, OpenLoopResult, Watch
from harness.loadgen.waiting import waiter_of
from harness.runtimes.base import VirtualClock
from harness.runtimes.fake import FakeClock
from harness.statistics.level_test import LevelSamples
from harness.statistics.queueing import lindley_waits
from harness.vocabulary import LevelEnd


class Machine:
    """A clock in nanoseconds and a server; reading the clock takes no time."""

    def __init__(self, *services_ns: int) -> None:
        self.now_ns = 1_000
        self.services_ns = services_ns
        self.called: list[int] = []

    def __call__(self) -> int:
        return self.now_ns

    def wait_until(self, moment_ns: int) -> None:
        assert moment_ns > self.now_ns
        self.now_ns = moment_ns

    def calls(self, most: int = 1) -> Calls:
        return [[self._call(size)] for size in range(1, most + 1)]

    def _call(self, size: int) -> Callable[[], None]:
        def call() -> None:
            self.now_ns += self.services_ns[len(self.called) % len(self.services_ns)]
            self.called.append(size)

        return call


def served(
    machine: Machine, arrivals_ns: Sequence[int], *, most: int = 1, delay_ns: int = 0, watch: Watch | None = None
) -> OpenLoopResult:
    """One level on that machine."""
    return OpenLoop(
        np.array(arrivals_ns, dtype=np.int64),
        [machine.calls(most)],
        batching=Batching(most=most, delay_ns=delay_ns),
        clock=machine,
        wait_until=waiter_of(machine, spins=True),
        watch=watch or Watch(),
    ).run()


_SCHEDULES = st.lists(st.integers(0, 500), min_size=1, max_size=60).map(lambda gaps: np.cumsum(gaps).tolist())
_SERVICES = st.lists(st.integers(1, 800), min_size=1, max_size=20)


@given(arrivals=_SCHEDULES, services=_SERVICES)
def test_waits_are_exactly_those_of_lindleys_recursion(arrivals: list[int], services: list[int]) -> None:
    result = served(Machine(*services), arrivals)

    times = [services[place % len(services)] for place in range(len(arrivals))]
    assert result.samples.waits_ns.tolist() == lindley_waits(arrivals, times).tolist()
    assert (result.samples.latencies_ns - result.samples.waits_ns).tolist() == times
    assert not result.issue_delays_ns.any()
    assert result.end is LevelEnd.SCHEDULE


@given(arrivals=_SCHEDULES)
def test_on_the_fake_clock_a_request_begins_when_it_can_and_what_is_read_from_the_clock(arrivals: list[int]) -> None:
    clock = FakeClock()
    result = OpenLoop(
        np.array(arrivals, dtype=np.int64),
        [[[lambda: clock.wait_until(clock() + 200)]]],
        batching=Batching(most=1, delay_ns=0),
        clock=clock,
        wait_until=clock.wait_until,
        watch=Watch(),
    ).run()

    samples = result.samples
    began, ended = samples.arrivals_ns + samples.waits_ns, samples.arrivals_ns + samples.latencies_ns
    possible = np.maximum(samples.arrivals_ns, np.concatenate([[0], ended[:-1]]))
    assert (began == possible + result.issue_delays_ns).all()
    assert (result.issue_delays_ns <= 3 * 80).all()


def test_a_latency_counts_from_the_scheduled_arrival_however_late_the_server_is() -> None:
    result = served(Machine(1_000, 10), [0, 100, 5_000])

    assert result.samples.latencies_ns.tolist() == [1_000, 910, 1_000]
    assert result.samples.waits_ns.tolist() == [0, 900, 0]
    assert result.duration_ns == 6_000


def test_a_batch_takes_who_is_there_and_at_most_what_fits() -> None:
    machine = Machine(1_000)

    result = served(machine, [0, 10, 20, 30, 40, 50, 5_000], most=4)

    assert machine.called == [1, 4, 1, 1]
    assert result.samples.waits_ns.tolist() == [0, 990, 980, 970, 960, 1_950, 0]


def test_a_full_batch_is_called_at_once_and_a_part_full_one_when_its_oldest_has_waited_enough() -> None:
    machine = Machine(50)

    result = served(machine, [0, 30, 60, 1_000, 1_100, 3_000], most=3, delay_ns=200)

    assert machine.called == [3, 2, 1]
    assert result.samples.waits_ns.tolist() == [60, 30, 0, 200, 100, 200]
    assert not result.issue_delays_ns.any()


def test_who_waited_for_the_server_does_not_wait_for_company_beyond_the_delay() -> None:
    machine = Machine(1_000)

    result = served(machine, [0, 150, 900, 1_350, 1_400], most=2, delay_ns=100)

    # The second has waited 950 when the server is free; the fourth is alone for 100 at the most.
    assert machine.called == [1, 2, 2]
    assert result.samples.waits_ns.tolist() == [100, 950, 200, 750, 700]


def test_a_batch_of_one_waits_for_nobody() -> None:
    assert served(Machine(10), [5, 500], delay_ns=10_000).samples.waits_ns.tolist() == [0, 0]


@given(arrivals=_SCHEDULES, most=st.integers(1, 5), delay=st.integers(0, 400), services=_SERVICES)
def test_everybody_is_served_once_in_order_and_nobody_alone_waits_longer_than_the_delay(
    arrivals: list[int], most: int, delay: int, services: list[int]
) -> None:
    result = served(Machine(*services), arrivals, most=most, delay_ns=delay)

    samples, sizes = result.samples, result.samples.batch_sizes
    assert sizes.sum() == len(arrivals)
    assert ((sizes >= 1) & (sizes <= most)).all()
    assert (samples.waits_ns >= 0).all()
    firsts = np.cumsum(sizes) - sizes
    ended = samples.arrivals_ns + samples.latencies_ns
    free = np.concatenate([[0], ended[firsts[1:] - 1]])
    began = (samples.arrivals_ns + samples.waits_ns)[firsts]
    assert (began <= np.maximum(free, samples.arrivals_ns[firsts] + delay)).all()


def test_calls_go_round_the_inputs_of_their_size() -> None:
    made: list[str] = []
    calls: Calls = [[lambda name=name: made.append(name) for name in "abc"]]  # type: ignore[misc] # a default binds it
    machine = Machine(0)

    OpenLoop(
        np.arange(5, dtype=np.int64),
        [calls],
        batching=Batching(most=1, delay_ns=0),
        clock=machine,
        wait_until=machine.wait_until,
        watch=Watch(),
    ).run()

    assert "".join(made) == "abcab"


def test_a_look_that_decides_ends_the_level_and_sees_only_the_first_requests() -> None:
    seen: list[tuple[int, int]] = []

    def look(samples: LevelSamples, size: int) -> bool:
        seen.append((int(samples.latencies_ns.size), size))
        return size == 20

    result = served(Machine(10), range(0, 10_000, 100), watch=Watch(looks=(10, 20, 40), look=look))

    assert seen == [(10, 10), (20, 20)]
    assert (result.end, result.judged_at, result.samples.latencies_ns.size) == (LevelEnd.DECIDED, 20, 20)


def test_a_look_waits_until_it_delays_nobody_who_is_in_time() -> None:
    looked_at: list[int] = []
    machine = Machine(100)

    def look(samples: LevelSamples, size: int) -> bool:
        looked_at.append(machine.now_ns - start)
        return samples.latencies_ns.size == size

    # A crowd of eight keeps the server busy for 800; the next one comes at 5,000.
    start = machine.now_ns + 1_000_000
    served(machine, [0] * 8 + [5_000], watch=Watch(looks=(3,), look=look))

    assert looked_at == [800]


def test_a_look_is_taken_in_a_backlog_once_the_front_is_late_anyway() -> None:
    looked_at: list[int] = []
    machine = Machine(100)
    start = machine.now_ns + 1_000_000

    def look(samples: LevelSamples, size: int) -> bool:  # noqa: ARG001 - the question
        looked_at.append(machine.now_ns - start)
        return True

    result = served(machine, [0] * 50, watch=Watch(looks=(3,), look=look, limit_ns=1_000))

    assert looked_at == [1_100]
    assert result.samples.latencies_ns.size == 11
    assert result.judged_at == 3


def test_a_level_without_hope_is_given_up_and_one_with_a_short_backlog_is_not() -> None:
    def given_up(most_late: int) -> OpenLoopResult:
        watch = Watch(limit_ns=1_000, hopeless_wait_ns=2_000, most_late=most_late)
        return served(Machine(100), [0] * 200, watch=watch)

    hopeless, bearable = given_up(100), given_up(200)

    assert hopeless.end is LevelEnd.BACKLOG
    assert hopeless.samples.latencies_ns.size == 21
    assert bearable.end is LevelEnd.SCHEDULE


def test_instances_share_the_queue_and_run_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=60)
    calls: Calls = [[lambda: both.wait() and None]]

    result = OpenLoop(
        np.zeros(40, dtype=np.int64),
        [calls, calls],
        batching=Batching(most=1, delay_ns=0),
        clock=Ticking(),
        wait_until=lambda _: None,
        watch=Watch(),
    ).run()

    assert result.samples.latencies_ns.size == 40
    assert result.samples.batch_sizes.tolist() == [1] * 40


class Ticking:
    """A clock for several threads: every reading is later than the one before."""

    def __init__(self) -> None:
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self) -> int:
        with self._lock:
            self._now += 1
            return self._now


@pytest.mark.parametrize("instances", [1, 3])
def test_what_a_call_raises_ends_the_level_and_every_thread(instances: int) -> None:
    def call() -> None:
        raise WorkloadError("the model failed")

    before = threading.active_count()
    with pytest.raises(WorkloadError, match="the model failed"):
        OpenLoop(
            np.zeros(1000, dtype=np.int64),
            [[[call]]] * instances,
            batching=Batching(most=1, delay_ns=0),
            clock=Ticking(),
            wait_until=lambda _: None,
            watch=Watch(),
        ).run()

    assert threading.active_count() == before


def test_a_scripted_clock_is_moved_and_a_real_one_waited_for() -> None:
    fake = FakeClock()
    assert isinstance(fake, VirtualClock)
    moment = fake() + 10**15

    waiter_of(fake, spins=True)(moment)

    assert moment <= fake() < moment + 1_000
    real = Ticking()
    waiter_of(real, spins=True)(50)
    assert real() > 50
