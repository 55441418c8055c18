"""What timing costs, on a clock that only readings move."""

from harness.loadgen.overhead import probe_clock


def test_on_a_clock_that_only_readings_move_a_query_costs_one_reading_and_a_call_nothing() -> None:
    now_ns = [0]

    def clock() -> int:
        now_ns[0] += 70
        return now_ns[0]

    found = probe_clock(clock, blocks=3)

    assert (found.step_ns, found.reading_ns) == (70, 70.0)
    assert all(70.0 - one < 0.01 for one in found.added_ns + found.query_ns)
    assert len(found.added_ns) == len(found.query_ns) == 3


def test_a_coarse_clock_shows_its_step_and_not_zero() -> None:
    readings = [0]

    def clock() -> int:
        readings[0] += 1
        return readings[0] // 50 * 1000

    assert probe_clock(clock, blocks=1).step_ns == 1000
