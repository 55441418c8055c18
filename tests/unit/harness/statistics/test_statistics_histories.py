"""Histories judged together: what is confirmed, what is suspected, and how seldom noise is either.

The simulations draw from a fixed seed; their limits are 99.9 % quantiles of what the nominal 5 % allow.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.errors import MeasurementError
from harness.statistics.histories import judge_histories
from harness.statistics.history import Finding, History
from harness.statistics.series import Series
from harness.vocabulary import Trend

RATIOS, TIMES = np.log1p(0.02), np.log1p(0.05)
NOISE = (0.004, -0.006, 0.002, 0.007, -0.003, -0.005, 0.001, 0.006, -0.002, 0.003, -0.004, 0.005)


def history_of(
    values: Series | Sequence[float],
    **fields: Any,  # noqa: ANN401 - an override has its field's type
) -> History:
    """A ratio's history, turned over: higher is worse."""
    n = len(values)
    made: dict[str, Any] = {"runs": tuple(range(n)), "tolerance": RATIOS, "variances": (None,) * n, **fields}
    return History(values=np.array(values, dtype=float), **made)


def judge(*levels: tuple[int, float], confirm: int = 2, reference: int | None = None) -> Finding:
    """The finding on so many runs at one level, so many at the next …, with small noise."""
    means = [level for count, level in levels for _ in range(count)]
    values = [mean + NOISE[index % len(NOISE)] for index, mean in enumerate(means)]
    return judge_histories([history_of(values, reference=reference)], confirm=confirm)[0]


@pytest.mark.parametrize(
    ("levels", "trend"),
    [
        ([(12, 0.0)], Trend.STEADY),
        ([(5, 0.0), (2, 0.1)], Trend.REGRESSED),
        ([(5, 0.0), (2, -0.1)], Trend.IMPROVED),
        ([(10, 0.0), (1, 0.1)], Trend.SUSPECTED),
        ([(10, 0.0), (1, -0.1)], Trend.STEADY),
        ([(10, 0.0), (2, 0.1), (2, 0.0)], Trend.STEADY),
        ([(10, 0.0), (2, 0.015)], Trend.STEADY),
        ([(10, 0.0), (8, 0.1)], Trend.REGRESSED),
        ([(10, 0.0), (10, 0.2), (10, 0.1)], Trend.REGRESSED),
        ([(10, 0.0), (10, 0.2), (10, 0.0)], Trend.IMPROVED),
        ([(10, 0.1), (10, 0.0), (1, 0.1)], Trend.SUSPECTED),
        ([(10, 0.1), (10, 0.0), (3, 0.1)], Trend.REGRESSED),
        ([(4, 0.0), (1, 0.5)], Trend.NOT_ENOUGH_HISTORY),
        ([(1, 0.0)], Trend.NOT_ENOUGH_HISTORY),
    ],
)
def test_what_becomes_of_levels(levels: list[tuple[int, float]], trend: Trend) -> None:
    assert judge(*levels).trend is trend


def test_a_step_is_told_with_its_place_its_size_and_an_interval_that_holds_it() -> None:
    found = judge((12, 0.0), (4, 0.1))
    assert (found.since, found.in_a_row, found.history) == (12, 4, 15)
    assert found.shift is not None
    assert found.shift.lower < 0.1 < found.shift.upper
    assert found.shift.point == pytest.approx(0.1, abs=0.01)
    assert (found.shift.before, found.shift.after) == pytest.approx((0.0, 0.1), abs=0.01)
    assert found.p is not None
    assert found.p <= 0.05


def test_half_a_recovery_is_told_from_the_level_that_was_lost() -> None:
    found = judge((10, 0.0), (10, 0.2), (10, 0.1))
    assert found.since == 10
    assert found.shift is not None
    assert found.shift.point == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(("after", "trend"), [(2, Trend.SUSPECTED), (3, Trend.REGRESSED)])
def test_how_many_runs_confirm_can_be_set(after: int, trend: Trend) -> None:
    assert judge((10, 0.0), (after, 0.1), confirm=3).trend is trend


def test_one_run_confirms_only_where_one_run_can_be_told_from_chance() -> None:
    assert judge((6, 0.0), (1, 0.1), confirm=1).trend is Trend.SUSPECTED  # 1 in 7 orders
    assert judge((24, 0.0), (1, 0.1), confirm=1).trend is Trend.REGRESSED  # 1 in 25


def test_a_second_bad_run_does_not_hide_in_the_spread_of_the_first() -> None:
    """Among 20 series of their own runs, Bonferroni leaves no confirmation to seven runs, but a suspicion."""
    noise = [history_of(NOISE[:7], runs=tuple(range(k, k + 7))) for k in range(1, 20)]
    bad = history_of([*NOISE[:5], 0.2, 0.21])
    assert judge_histories([bad, *noise])[0].trend is Trend.SUSPECTED


def test_a_run_measured_badly_is_not_suspected_for_what_its_own_interval_allows() -> None:
    values = [*NOISE[:10], 0.05]
    precise = history_of(values, variances=(1e-6,) * 11)
    vague = history_of(values, variances=(*(1e-6,) * 10, 0.03**2))
    assert [one.trend for one in judge_histories([precise])] == [Trend.SUSPECTED]
    assert [one.trend for one in judge_histories([vague])] == [Trend.STEADY]


def test_against_a_reference_every_later_run_is_judged() -> None:
    assert judge((8, 0.0), (4, 0.1), reference=8).trend is Trend.REGRESSED
    assert judge((8, 0.0), (4, 0.1), reference=8).since == 8
    assert judge((8, 0.0), (1, 0.1), reference=8).trend is Trend.SUSPECTED
    assert judge((8, 0.0), (4, 0.0), reference=8).trend is Trend.STEADY
    assert judge((4, 0.0), (8, 0.1), reference=4).trend is Trend.NOT_ENOUGH_HISTORY


def test_the_reference_is_the_level_that_held_then_not_what_was_before() -> None:
    assert judge((10, 0.2), (10, 0.0), (3, 0.1), reference=20).trend is Trend.REGRESSED


def test_constant_figures_that_move_by_more_than_the_tolerance_are_found() -> None:
    found = judge_histories([history_of([1.0] * 6 + [1.05] * 2), history_of([1.0] * 8)])
    assert [one.trend for one in found] == [Trend.REGRESSED, Trend.STEADY]


def test_an_odd_run_in_the_past_is_no_level() -> None:
    values = [*NOISE, *NOISE]
    values[8] = 0.3
    assert judge_histories([history_of(values)])[0].trend is Trend.STEADY


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=24), st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_whatever_the_values_a_finding_says_what_it_must(values: list[float], confirm: int) -> None:
    (found,) = judge_histories([history_of(values)], confirm=confirm)
    assert (found.trend is Trend.NOT_ENOUGH_HISTORY) == (len(values) <= 5)
    if found.trend is Trend.REGRESSED:
        assert found.since is not None
        assert found.shift is not None
        assert found.shift.point > RATIOS
        assert 0 < found.since <= len(values) - confirm
        assert found.in_a_row >= confirm


@pytest.mark.parametrize(
    "fields",
    [{"runs": (1,)}, {"variances": ()}, {"tolerance": 0.0}, {"reference": 7}, {"values": [1.0] * 6 + [float("nan")]}],
)
def test_a_history_whose_parts_do_not_fit_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError):
        history_of(**{"values": [1.0] * 7, **fields})


def noise(rng: np.random.Generator, kind: str, n: int) -> Series:
    """Launch-to-launch noise: normal, with heavy tails, or with one launch in twenty far off."""
    if kind == "heavy tails":
        return rng.standard_t(3, size=n)
    normal = rng.normal(size=n)
    return np.where(rng.random(n) < 0.05, 10.0, 1.0) * normal if kind == "odd launches" else normal


def family(rng: np.random.Generator, kind: str, n: int) -> list[History]:
    """A run's figures: ratios that scatter by 0.5 to 3 %, times that share 1 to 9 % of the machine's noise, memory."""
    machine = rng.uniform(0.01, 0.09) * noise(rng, kind, n)
    ratios = [history_of(rng.uniform(0.005, 0.03) * noise(rng, kind, n)) for _ in range(4)]
    times = [machine + rng.uniform(0.005, 0.02) * noise(rng, kind, n) for _ in range(4)]
    memory = 0.003 * noise(rng, kind, n)
    return [*ratios, *(history_of(one, tolerance=TIMES) for one in (*times, memory))]


@pytest.mark.parametrize("kind", ["normal", "heavy tails", "odd launches"])
@pytest.mark.parametrize(("n", "repeats"), [(7, 80), (20, 60)])
def test_noise_alone_is_called_regressed_in_five_per_cent_of_runs_at_most(kind: str, n: int, repeats: int) -> None:
    rng = np.random.default_rng(n)
    trends = [{one.trend for one in judge_histories(family(rng, kind, n))} for _ in range(repeats)]
    most = stats.binom.ppf(0.999, repeats, 0.05)
    assert sum(Trend.REGRESSED in found for found in trends) <= most
    if kind == "normal":
        assert sum(Trend.SUSPECTED in found for found in trends) <= most


def test_a_change_of_a_tenth_among_noise_of_one_and_a_half_per_cent_is_found_in_nine_of_ten_cases() -> None:
    rng = np.random.default_rng(11)
    found = []
    for _ in range(25):
        changed = 0.015 * rng.normal(size=10)
        changed[8:] += 0.1
        found.append(judge_histories([history_of(changed), *family(rng, "normal", 10)])[0].trend)
    assert sum(trend is Trend.REGRESSED for trend in found) >= 22
