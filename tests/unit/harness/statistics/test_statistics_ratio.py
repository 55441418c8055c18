"""The paired ratio: what it covers, what it merges, what it refuses."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from harness.errors import MeasurementError
from harness.statistics.ratio import (
    correlation_inflation,
    lag1_autocorrelation,
    log_ratio,
    merge_neighbours,
    paired_ratio,
)
from harness.statistics.series import Series
from harness.vocabulary import RatioInterval

_TRIALS = 2500
_THREE_ERRORS = 3.0 * math.sqrt(0.05 * 0.95 / _TRIALS)


def _autoregressive(rng: np.random.Generator, pairs: int, correlation: float) -> Series:
    noise = rng.normal(size=pairs + 50) * math.sqrt(1.0 - correlation**2)
    return 0.02 * np.asarray(signal.lfilter([1.0], [1.0, -correlation], noise)[50:], dtype=np.float64)


def _drifting_blocks(rng: np.random.Generator, pairs: int) -> Series:
    """Ten lognormal calls a block, order A B B A, both arms under the same walk and a 20 % rise."""
    drift = 5.0 * _autoregressive(rng, 2 * pairs, 0.95) + np.linspace(0.0, 0.2, 2 * pairs)
    blocks = np.exp(drift[:, None] + 0.2 * rng.normal(size=(2 * pairs, 10)))
    medians = np.log(np.median(blocks, axis=1)).reshape(pairs, 2)
    medians[1::2] = medians[1::2, ::-1]
    return np.asarray(medians[:, 0] - medians[:, 1], dtype=np.float64)


def _covers(z: Series) -> bool:
    found = paired_ratio(z)
    assert found is not None
    return found.lower <= 1.0 <= found.upper


@pytest.mark.parametrize("pairs", [12, 24, 48, 96])
def test_independent_pairs_are_covered_in_95_percent_and_not_much_more(pairs: int) -> None:
    rng = np.random.default_rng(pairs)

    share = np.mean([_covers(0.02 * rng.normal(size=pairs)) for _ in range(_TRIALS)])

    assert 0.95 - _THREE_ERRORS <= share <= 0.975


@pytest.mark.parametrize(("pairs", "least"), [(12, 0.91), (24, 0.915), (48, 0.92), (96, 0.925)])
def test_correlated_pairs_are_covered_nearly_as_often(pairs: int, least: float) -> None:
    rng = np.random.default_rng(pairs)

    share = np.mean([_covers(_autoregressive(rng, pairs, 0.3)) for _ in range(_TRIALS)])

    assert least <= share <= 0.97


@pytest.mark.parametrize("pairs", [12, 24, 48, 96])
def test_drift_that_both_arms_share_does_not_disturb_coverage(pairs: int) -> None:
    rng = np.random.default_rng(pairs)

    share = np.mean([_covers(_drifting_blocks(rng, pairs)) for _ in range(_TRIALS)])

    assert 0.95 - _THREE_ERRORS <= share <= 0.98


@settings(deadline=None, max_examples=100)
@given(z=st.lists(st.floats(-1.0, 1.0), min_size=6, max_size=80), factor=st.floats(0.2, 5.0))
def test_exchanging_arms_inverts_the_ratio_and_a_common_factor_scales_it(z: list[float], factor: float) -> None:
    series = np.array(z)

    found, swapped, scaled = (paired_ratio(s) for s in (series, -series, series + math.log(factor)))

    assert found is not None
    assert swapped is not None
    assert found.lower <= found.point <= found.upper
    assert (swapped.lower, swapped.point, swapped.upper) == pytest.approx(
        (1.0 / found.upper, 1.0 / found.point, 1.0 / found.lower)
    )
    if np.ptp(series) > 1e-6:  # the correlation of a constant is rounding, and a shift changes its rounding
        assert scaled is not None
        assert scaled.point == pytest.approx(factor * found.point, rel=1e-6)


def test_a_known_speed_up_is_found_with_its_sign() -> None:
    rng = np.random.default_rng(3)

    found = paired_ratio(math.log(1.03) + 0.01 * rng.normal(size=48))

    assert found is not None
    assert 1.0 < found.lower < 1.03 < found.upper
    assert (found.pairs, found.confidence) == (48, 0.95)


@pytest.mark.parametrize(("pairs", "confidence"), [(0, 0.95), (5, 0.95), (6, 0.99), (7, 0.99)])
def test_too_few_pairs_give_no_interval(pairs: int, confidence: float) -> None:
    assert paired_ratio(np.linspace(0.0, 1.0, pairs), confidence=confidence) is None


def test_six_pairs_give_the_whole_range() -> None:
    found = paired_ratio([0.0, 0.3, 0.1, 0.5, 0.2, 0.4])

    assert found is not None
    assert (found.lower, found.upper) == pytest.approx((1.0, math.exp(0.5)))


def test_correlated_pairs_are_merged_until_they_are_not_but_twelve_remain() -> None:
    rng = np.random.default_rng(4)
    slow = np.repeat(rng.normal(size=100), 4)

    merged, neighbours = merge_neighbours(slow)
    walk, walk_neighbours = merge_neighbours(np.cumsum(rng.normal(size=200)))

    assert neighbours == 4
    assert merged == pytest.approx(slow[::4])
    assert walk.size == 12
    assert walk_neighbours == 16


def test_independent_pairs_are_seldom_merged() -> None:
    rng = np.random.default_rng(5)

    shares = [np.mean([merge_neighbours(rng.normal(size=n))[1] > 1 for _ in range(500)]) for n in (24, 48, 200)]

    assert max(shares) < 0.2


def test_an_odd_series_loses_its_oldest_value_when_merged() -> None:
    merged, neighbours = merge_neighbours(np.arange(25.0))

    assert neighbours == 2
    assert merged.tolist() == [1.5 + 2.0 * i for i in range(12)]


def test_very_many_pairs_are_merged_to_bound_the_memory() -> None:
    merged, neighbours = merge_neighbours(np.random.default_rng(6).normal(size=5000))

    assert neighbours == 4
    assert merged.size == 1250


def test_lag_1_autocorrelation_agrees_with_its_definition_and_is_zero_for_a_constant() -> None:
    series = np.random.default_rng(7).normal(size=50)
    mean = series.mean()
    expected = sum((series[i] - mean) * (series[i + 1] - mean) for i in range(49)) / (50 * series.var())

    assert lag1_autocorrelation(series) == pytest.approx(expected)
    assert lag1_autocorrelation([2.0] * 20) == 0.0
    assert lag1_autocorrelation([1.0, -1.0] * 20) < -0.9


def test_inflation_follows_the_autoregression_and_never_falls_below_one() -> None:
    rng = np.random.default_rng(8)

    found = np.mean([correlation_inflation(_autoregressive(rng, 2000, 0.3)) for _ in range(50)])

    assert found == pytest.approx(1.3 / 0.7, rel=0.1)
    assert correlation_inflation([1.0, -1.0] * 20) == 1.0
    assert correlation_inflation(np.arange(1000.0)) == pytest.approx(19.0)


def test_the_log_ratio_compares_medians_and_is_positive_for_a_faster_candidate() -> None:
    assert log_ratio([2.0, 2.2, 90.0], [1.1, 1.0, 1.2]) == pytest.approx(math.log(2.0))


@pytest.mark.parametrize("block", [[], [0.0, 1.0], [1.0, -1.0], [1.0, math.inf]])
def test_blocks_without_a_logarithm_are_refused(block: list[float]) -> None:
    with pytest.raises(MeasurementError):
        log_ratio(block, [1.0])


def test_half_width_is_the_relative_change_to_either_end() -> None:
    interval = RatioInterval(point=1.5, lower=1.5 / 1.02, upper=1.5 * 1.02, pairs=20, merged=1, confidence=0.95)

    assert interval.half_width == pytest.approx(0.02)


def test_an_interval_that_misses_its_point_cannot_be_built() -> None:
    with pytest.raises(MeasurementError):
        RatioInterval(point=1.2, lower=1.0, upper=1.1, pairs=20, merged=1, confidence=0.95)
