"""The joint permutation test of many series: exact where it can be, and one error for all."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import MeasurementError
from harness.statistics.joint_steps import Row, StepTest, joint_step_tests, least_p


def steps_of(*series: list[float], earliest: int = 5, confirm: int = 2, floor: float = 0.0) -> tuple[StepTest, ...]:
    rows = [Row(values=np.array(one, dtype=float), floor=floor) for one in series]
    return joint_step_tests(rows, earliest=earliest, latest=len(series[0]) - confirm)


def test_two_runs_above_five_have_the_smallest_p_that_seven_runs_can_have() -> None:
    (found,) = steps_of([1.0, 1.1, 0.9, 1.05, 0.95, 3.0, 3.1])
    assert found.up_p == pytest.approx(1 / 21)
    assert found.up_p == pytest.approx(least_p(5, 2))
    assert (found.up_at, found.down_p) == (5, 1.0)


def test_the_p_value_is_the_share_of_all_orders_with_as_large_a_step() -> None:
    values = [1.0, 1.3, 0.7, 1.2, 0.8, 1.25, 1.15]
    (found,) = steps_of(values)

    def step(order: tuple[float, ...]) -> float:
        before, after = np.array(order[:5]), np.array(order[5:])
        within = ((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum()
        return float((after.mean() - before.mean()) / np.sqrt(within / 5 * (1 / 5 + 1 / 2)))

    as_large = sum(step(order) >= step(tuple(values)) - 1e-9 for order in itertools.permutations(values))
    assert found.up_p == pytest.approx(as_large / 5040)


def test_a_step_is_found_where_it_is_and_downwards_too() -> None:
    rise = [0.0, 0.1, -0.1, 0.05, 0.0, 0.1, -0.05, 2.0, 2.1, 1.9]
    up, down = steps_of(rise, [-value for value in rise])
    assert (up.up_at, down.down_at) == (7, 7)
    assert up.up_p == down.down_p < 0.05 < up.down_p


def test_more_series_of_noise_make_a_step_no_more_certain() -> None:
    rng = np.random.default_rng(3)
    step = [*rng.normal(size=10), *(2.5 + rng.normal(size=3))]
    alone = steps_of(step)[0].up_p
    among = steps_of(step, *(list(rng.normal(size=13)) for _ in range(20)))[0].up_p
    assert alone < among


def test_series_that_are_copies_of_one_another_cost_nothing() -> None:
    values = list(np.random.default_rng(5).normal(size=12))
    assert steps_of(values, values, values)[0].up_p == steps_of(values)[0].up_p


def test_a_constant_has_no_step() -> None:
    assert steps_of([2.0] * 7)[0].up_p == 1.0


@given(st.lists(st.floats(-1e3, 1e3), min_size=7, max_size=7), st.floats(0.1, 10), st.floats(-100, 100))
def test_units_do_not_matter(values: list[float], scale: float, shift: float) -> None:
    (one,) = steps_of(values, floor=1.0)
    (other,) = steps_of([scale * value + shift for value in values], floor=scale)
    assert one.up_p == pytest.approx(other.up_p, abs=2 / 21)


def test_the_same_history_has_the_same_answer() -> None:
    values = list(np.random.default_rng(7).normal(size=15))
    assert steps_of(values) == steps_of(values)


def test_series_of_other_runs_are_no_family() -> None:
    with pytest.raises(MeasurementError, match="different runs"):
        steps_of([1.0] * 7, [1.0] * 8)


@pytest.mark.parametrize(("earliest", "latest"), [(0, 3), (5, 4), (5, 7)])
def test_a_step_needs_a_place(earliest: int, latest: int) -> None:
    with pytest.raises(MeasurementError, match="more runs"):
        joint_step_tests([Row(values=np.ones(7), floor=0.0)], earliest=earliest, latest=latest)


def test_nothing_to_test_is_nothing_found() -> None:
    assert joint_step_tests([], earliest=5, latest=6) == ()
