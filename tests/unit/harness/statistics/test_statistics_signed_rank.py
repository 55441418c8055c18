"""The signed-rank interval against scipy's exact test and against brute force."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.statistics.distributions import two_sided_critical_value
from harness.statistics.series import Series
from harness.statistics.signed_rank import centre, interval_rank


def _p_value(values: Series, shift: float) -> float:
    return float(stats.wilcoxon(values - shift, method="exact").pvalue)


@settings(deadline=None, max_examples=80)
@given(
    seed=st.integers(0, 2**32 - 1),
    values=st.integers(8, 40),
    confidence=st.sampled_from([0.9, 0.95, 0.9891]),
)
def test_the_interval_holds_exactly_the_shifts_that_the_exact_test_accepts(
    seed: int, values: int, confidence: float
) -> None:
    series = np.random.default_rng(seed).normal(size=values)
    found = centre(series, confidence=confidence)
    assert found is not None
    assume(found.upper - found.lower > 1e-6)

    assert _p_value(series, found.lower + 1e-9) > 1.0 - confidence
    assert _p_value(series, found.upper - 1e-9) > 1.0 - confidence
    assert _p_value(series, found.lower - 1e-9) <= 1.0 - confidence
    assert _p_value(series, found.upper + 1e-9) <= 1.0 - confidence


@settings(deadline=None, max_examples=100)
@given(values=st.lists(st.floats(-1e3, 1e3), min_size=6, max_size=30), shift=st.floats(-1e3, 1e3))
def test_the_point_is_the_median_of_walsh_averages_and_moves_with_the_values(values: list[float], shift: float) -> None:
    series = np.array(values)
    walsh = [(series[i] + series[j]) / 2.0 for i in range(series.size) for j in range(i, series.size)]

    found, moved, mirrored = (centre(s, confidence=0.9) for s in (series, series + shift, -series))

    assert found is not None
    assert moved is not None
    assert mirrored is not None
    assert found.lower <= found.point <= found.upper
    assert found.point == pytest.approx(float(np.median(walsh)), abs=1e-9)
    assert moved.point == pytest.approx(found.point + shift, abs=1e-9)
    assert (mirrored.lower, mirrored.upper) == pytest.approx((-found.upper, -found.lower), abs=1e-9)


@pytest.mark.parametrize(("confidence", "least"), [(0.95, 6), (0.99, 8)])
def test_too_few_values_for_the_confidence_give_no_interval(confidence: float, least: int) -> None:
    assert interval_rank(least - 1, confidence) is None
    assert interval_rank(least, confidence) == 1
    assert centre(np.arange(float(least - 1)), confidence=confidence) is None


def test_a_confidence_that_is_met_exactly_is_reached() -> None:
    assert interval_rank(6, 1.0 - 2.0 / 2**6) == 1
    assert interval_rank(6, 1.0 - 2.0 / 2**6 + 1e-9) is None
    assert interval_rank(8, 1.0 - 4.0 / 2**8) == 2


@pytest.mark.parametrize("confidence", [0.95, 0.99])
def test_the_normal_formula_beyond_the_exact_range_errs_little_and_to_the_safe_side(confidence: float) -> None:
    n = 100
    spread = math.sqrt(n * (n + 1) * (2 * n + 1) / 24.0)
    formula = math.floor(n * (n + 1) / 4.0 - two_sided_critical_value(confidence) * spread)
    exact = interval_rank(n, confidence)

    assert exact is not None
    assert 0.995 * exact <= formula <= exact


def test_inflation_widens_by_its_root_and_at_most_to_the_whole_range() -> None:
    series = np.random.default_rng(2).normal(size=400)

    plain, widened, whole = (centre(series, confidence=0.95, inflation=v) for v in (1.0, 4.0, 1e6))

    assert plain is not None
    assert widened is not None
    assert whole is not None
    assert (widened.upper - widened.lower) / (plain.upper - plain.lower) == pytest.approx(2.0, rel=0.1)
    assert (whole.lower, whole.upper) == (series.min(), series.max())
    assert plain.point == widened.point == whole.point
