"""The timing loop, on a clock that moves only when a call does."""

from array import array
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from harness.loadgen.single_stream import SingleStream


class _Machine:
    """A clock in nanoseconds and calls that move it; reading it takes no time unless a test says so."""

    def __init__(self, *, reading_ns: int = 0) -> None:
        self.now_ns = 1_000
        self.made: list[str] = []
        self._reading_ns = reading_ns

    def clock(self) -> int:
        self.now_ns += self._reading_ns
        return self.now_ns

    def call(self, name: str, *durations_ns: int) -> Callable[[], None]:
        """A call that takes these times in turn, the last one for ever after."""
        left = list(durations_ns)

        def call() -> None:
            self.made.append(name)
            self.now_ns += left.pop(0) if len(left) > 1 else left[0]

        return call


def test_each_call_is_timed_from_the_end_of_the_one_before() -> None:
    machine = _Machine()
    stream = SingleStream(machine.clock)

    latencies = stream.time_block([machine.call("a", 999, 10, 20, 30, 40)], seconds=100 / 1e9)

    assert latencies == array("q", [10, 20, 30, 40])


def test_the_first_call_of_a_turn_is_made_but_neither_counted_nor_timed() -> None:
    machine = _Machine()
    stream = SingleStream(machine.clock)
    call = machine.call("a", 1_000_000, 50)

    latencies = stream.time_block([call], seconds=100 / 1e9)

    assert list(latencies) == [50, 50]
    assert len(machine.made) == 3


def test_a_block_makes_one_call_at_least_however_short_it_is_or_long_the_call() -> None:
    for seconds in (0.0, 1e-9):
        machine = _Machine()
        latencies = SingleStream(machine.clock).time_block([machine.call("a", 10**12)], seconds=seconds)

        assert list(latencies) == [10**12]


def test_calls_go_round_the_inputs_and_every_turn_begins_with_the_first() -> None:
    machine = _Machine()
    stream = SingleStream(machine.clock)
    calls = [machine.call(name, 10) for name in "abc"]

    for _ in range(2):
        stream.time_block(calls, seconds=70 / 1e9)

    assert "".join(machine.made) == 2 * ("c" + "abcabca")


def test_a_block_ends_when_its_storage_is_full() -> None:
    machine = _Machine()
    stream = SingleStream(machine.clock, capacity=5)

    latencies = stream.time_block([machine.call("a", 10)], seconds=3600.0)

    assert list(latencies) == [10] * 5
    assert len(machine.made) == 6


def test_a_later_block_does_not_overwrite_what_an_earlier_one_returned() -> None:
    machine = _Machine()
    stream = SingleStream(machine.clock)

    first = stream.time_block([machine.call("a", 10)], seconds=30 / 1e9)
    second = stream.time_block([machine.call("b", 15)], seconds=30 / 1e9)

    assert (list(first), list(second)) == ([10, 10, 10], [15, 15])


@given(
    durations=st.lists(st.integers(1, 10**6), min_size=1, max_size=40),
    block_ns=st.integers(0, 10**6),
    inputs=st.integers(1, 5),
)
def test_a_block_lasts_as_long_as_asked_for_and_not_a_call_longer(
    durations: list[int], block_ns: int, inputs: int
) -> None:
    machine = _Machine()
    call = machine.call("a", 1, *durations)

    latencies = list(SingleStream(machine.clock, capacity=10**4).time_block([call] * inputs, seconds=block_ns / 1e9))

    assert len(machine.made) == len(latencies) + 1
    assert sum(latencies[:-1]) < max(1, block_ns)
    assert sum(latencies) >= block_ns - 1 or len(latencies) == 10**4  # the block's length is truncated to whole ns
    assert latencies[: len(durations)] == durations[: len(latencies)]


def test_a_stretched_call_takes_longer_by_the_share_of_its_own_time_up_to_one_reading_of_the_clock() -> None:
    machine = _Machine(reading_ns=7)
    stream = SingleStream(machine.clock)

    latencies = stream.time_stretched_block([machine.call("a", 999, 10_000, 20_000)], seconds=25e-6, stretch=0.03)

    assert 10_300 <= latencies[0] < 10_300 + 3 * 7
    assert 20_600 <= latencies[1] < 20_600 + 3 * 7
    assert len(latencies) == 2


def test_a_stretch_of_nothing_times_as_the_plain_loop_does() -> None:
    blocks = []
    for stretch in (None, 0.0):
        machine = _Machine(reading_ns=7)
        call, stream = machine.call("a", 999, 10, 20, 30, 40), SingleStream(machine.clock, capacity=4)
        if stretch is None:
            blocks.append(stream.time_block([call], seconds=1.0))
        else:
            blocks.append(stream.time_stretched_block([call], seconds=1.0, stretch=stretch))

    assert blocks[0] == blocks[1]


@given(durations=st.lists(st.integers(100, 10**4), min_size=2, max_size=10), stretch=st.floats(0.001, 1.0))
def test_the_stretch_is_exact_for_every_call_however_long(durations: list[int], stretch: float) -> None:
    machine = _Machine(reading_ns=1)
    stream = SingleStream(machine.clock, capacity=len(durations))

    latencies = stream.time_stretched_block([machine.call("a", 1, *durations, 1)], seconds=3600.0, stretch=stretch)

    for latency, duration in zip(latencies, durations, strict=True):
        assert abs(latency - (duration + 1) * (1.0 + stretch)) <= 2
