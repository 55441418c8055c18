"""Trials cut from one recording: how often equal arms are told apart, and slower ones found."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import MeasurementError
from harness.statistics.proportion import rate_of
from harness.statistics.trials import excluding, intervals_of, whole_trials
from harness.vocabulary import NoiseClass, Speed, TimingRules

RULES = TimingRules()


def _noise(pairs: int, *, sigma: float = 0.02, seed: int = 1) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.random.default_rng(seed).normal(0.0, sigma, pairs)


def test_intervals_of_equal_arms_exclude_equal_speed_in_no_more_cases_than_they_name() -> None:
    intervals = intervals_of(_noise(12 * 2000), pairs=12, confidence=0.95)

    rate = rate_of(excluding(intervals, 1.0), len(intervals))

    assert len(intervals) == 2000
    assert 0.01 < rate.lower < 0.05


def test_intervals_that_are_all_off_exclude_the_truth_every_time() -> None:
    intervals = intervals_of(_noise(120, sigma=0.001) - math.log(1.03), pairs=12, confidence=0.95)

    assert excluding(intervals, 1.0) == 10
    assert excluding(intervals, 1.0 / 1.03) < 5


@given(pairs=st.integers(0, 60))
def test_what_is_left_over_at_the_end_makes_no_trial(pairs: int) -> None:
    assert len(intervals_of(_noise(pairs), pairs=12, confidence=0.95)) == pairs // 12


def test_so_few_pairs_that_they_have_no_interval_are_refused() -> None:
    with pytest.raises(MeasurementError, match="have no interval"):
        intervals_of(_noise(50), pairs=5, confidence=0.95)
    with pytest.raises(MeasurementError, match="use more"):
        intervals_of(_noise(60), pairs=6, confidence=0.99)


def test_whole_runs_of_the_rule_err_in_at_most_5_percent_on_equal_arms() -> None:
    z = _noise(40_000, sigma=0.05)

    ends = whole_trials(z, _noise(40_000, sigma=0.05, seed=2), most=96, rules=RULES)

    wrong = sum(one.speed in {Speed.FASTER, Speed.SLOWER} for one in ends)
    assert len(ends) > 400
    assert rate_of(wrong, len(ends)).lower < 0.05


def test_an_arm_that_is_3_percent_slower_is_found_on_a_quiet_machine() -> None:
    z = _noise(3000, sigma=0.01) - math.log(1.03)

    ends = whole_trials(z, _noise(3000, sigma=0.01, seed=2), most=96, rules=RULES)

    assert {one.speed for one in ends} == {Speed.SLOWER}
    assert max(one.pairs for one in ends) <= 48


def test_quiet_trials_end_at_the_first_look_and_use_no_more_pairs_than_that() -> None:
    ends = whole_trials(_noise(1200, sigma=0.004), _noise(1200, sigma=0.004, seed=2), most=24, rules=RULES)

    assert {(one.speed, one.pairs) for one in ends} == {(Speed.EQUIVALENT, 12)}
    assert len(ends) == (1200 - 24) // 12 + 1


def test_what_no_look_settles_is_judged_when_the_budget_ends() -> None:
    ends = whole_trials(_noise(400, sigma=0.2), _noise(400, sigma=0.05, seed=2), most=40, rules=RULES)

    assert {one.pairs for one in ends} == {40}
    assert len(ends) == 10


def test_an_unfit_machine_decides_nothing_however_clear_the_difference() -> None:
    z = _noise(200, sigma=0.01) - 1.0

    ends = whole_trials(z, _noise(200, sigma=0.9, seed=2), most=48, rules=RULES)

    assert {(one.speed, one.noise) for one in ends} == {(Speed.INCONCLUSIVE, NoiseClass.UNFIT)}


@settings(max_examples=30)
@given(pairs=st.integers(0, 300), most=st.integers(12, 120), sigma=st.floats(0.001, 0.2))
def test_trials_share_no_pair_and_none_is_begun_that_could_not_be_finished(pairs: int, most: int, sigma: float) -> None:
    ends = whole_trials(_noise(pairs, sigma=sigma), _noise(pairs, seed=2), most=most, rules=RULES)

    used = sum(one.pairs for one in ends)
    assert used <= pairs
    assert pairs - used < most
    assert all(12 <= one.pairs <= most for one in ends)


def test_series_of_other_cycles_and_budgets_without_a_look_are_refused() -> None:
    with pytest.raises(MeasurementError, match="not of the same cycles"):
        whole_trials(_noise(20), _noise(19), most=12, rules=RULES)
    with pytest.raises(MeasurementError, match="hold no look"):
        whole_trials(_noise(20), _noise(20), most=11, rules=RULES)
