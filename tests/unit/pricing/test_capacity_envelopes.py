"""Lines above and below timed batches, and the range of rates between them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.capacity import highest_rate
from pricing.capacity.envelopes import BatchTime, curve_rate, lower_line, upper_line
from pricing.errors import EvidenceError
from pricing.vocabulary import Slo

_SLO = Slo(quantile=0.99, limit_s=0.02)
_POINTS = st.dictionaries(st.integers(1, 128), st.floats(1e-4, 1.0), min_size=1, max_size=8).map(
    lambda one: [*one.items()]
)


@given(points=_POINTS)
@settings(max_examples=80)
def test_no_point_lies_outside_of_its_lines(points: list[tuple[int, float]]) -> None:
    above, below = upper_line(points), lower_line(points)
    for batch, seconds in points:
        assert below.seconds(batch) <= seconds * (1 + 1e-9)
        assert seconds <= above.seconds(batch) * (1 + 1e-9)


def test_one_batch_size_of_one_is_a_plain_queue() -> None:
    found = curve_rate([BatchTime.of(1, 0.002)], _SLO)
    assert found.per_s.low == pytest.approx(found.per_s.high)
    assert found.per_s.low == pytest.approx(highest_rate(found.curve, _SLO).per_s)
    assert found.per_s.low < 500


def test_without_single_requests_a_smaller_batch_takes_as_long_as_the_smallest() -> None:
    found = curve_rate([BatchTime.of(8, 0.010)], _SLO)
    assert found.curve.seconds(1) == pytest.approx(0.010)
    assert found.per_s.point is None
    assert 0.0 < found.per_s.low < found.per_s.high < 8 / 0.010


def test_batches_that_the_promise_has_no_room_for_do_not_count() -> None:
    short = [BatchTime.of(1, 0.002), BatchTime.of(8, 0.009)]
    assert curve_rate([*short, BatchTime.of(64, 0.060)], _SLO) == curve_rate(short, _SLO)


def test_slow_calls_lower_the_rate_that_holds_and_leave_the_rest() -> None:
    steady = curve_rate([BatchTime.of(1, 0.002)], _SLO)
    unsteady = curve_rate([BatchTime(batch=1, quick_s=0.002, usual_s=0.002, slow_s=0.003)], _SLO)
    assert unsteady.per_s.low < steady.per_s.low
    assert unsteady.per_s.point == steady.per_s.point


@pytest.mark.parametrize("times", [[], [BatchTime.of(1, 0.05)], [BatchTime.of(4, 0.2), BatchTime.of(8, 0.3)]])
def test_a_promise_that_no_batch_keeps_is_refused(times: list[BatchTime]) -> None:
    with pytest.raises(EvidenceError, match=r"no batch was timed|cannot be kept"):
        curve_rate(times, _SLO)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(seconds: float) -> None:
    with pytest.raises(EvidenceError, match="must be positive"):
        BatchTime.of(1, seconds)
