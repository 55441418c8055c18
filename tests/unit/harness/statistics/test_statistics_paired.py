"""Paired outcomes: McNemar against scipy, Tango against a numerical likelihood, sample sizes by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from harness.errors import MeasurementError
from harness.statistics.paired import (
    PairedCounts,
    lower_limit,
    mcnemar_exact,
    non_inferiority_p,
    paired_difference_interval,
    samples_to_decide,
)


def _counts(lost: int, gained: int, samples: int) -> PairedCounts:
    return PairedCounts(lost=lost, gained=gained, samples=samples)


_ANY_COUNTS = st.builds(
    lambda lost, gained, agreeing: _counts(lost, gained, lost + gained + agreeing),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(1, 3000),
)


def _reference_score(counts: PairedCounts, difference: float) -> float:
    """Tango's statistic with the constrained likelihood maximised by search instead of in closed form."""
    agreeing = counts.samples - counts.lost - counts.gained

    def unlikelihood(q: float) -> float:
        rates = (q, q + difference, 1.0 - 2.0 * q - difference)
        observed = (counts.lost, counts.gained, agreeing)
        return -sum(k * math.log(max(rate, 1e-300)) for k, rate in zip(observed, rates, strict=True) if k)

    low, high = max(0.0, -difference), (1.0 - difference) / 2.0
    q = float(optimize.minimize_scalar(unlikelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x)
    variance = counts.samples * (2.0 * q + difference * (1.0 - difference))
    return (counts.gained - counts.lost - counts.samples * difference) / math.sqrt(variance)


@settings(deadline=None, max_examples=300)
@given(lost=st.integers(0, 400), gained=st.integers(0, 400))
def test_mcnemar_agrees_with_the_exact_binomial_test(lost: int, gained: int) -> None:
    expected = stats.binomtest(lost, lost + gained, 0.5).pvalue if lost + gained else 1.0

    assert mcnemar_exact(lost, gained) == pytest.approx(float(expected), rel=1e-10)


@settings(deadline=None, max_examples=150)
@given(counts=_ANY_COUNTS, margin=st.floats(0.005, 0.3))
def test_the_score_agrees_with_a_likelihood_maximised_by_search(counts: PairedCounts, margin: float) -> None:
    expected = float(stats.norm.sf(_reference_score(counts, -margin)))

    assert non_inferiority_p(counts, margin=margin) == pytest.approx(expected, rel=2e-3, abs=1e-9)


@pytest.mark.parametrize(("lost", "gained", "samples"), [(2, 12, 50), (40, 20, 160), (1, 7, 21), (120, 90, 10_000)])
def test_the_interval_ends_where_the_reference_score_is_the_critical_value(
    lost: int, gained: int, samples: int
) -> None:
    counts = _counts(lost, gained, samples)
    z = float(stats.norm.ppf(0.975))
    point = (gained - lost) / samples
    lower = optimize.brentq(lambda d: _reference_score(counts, d) - z, -0.9, point)
    upper = optimize.brentq(lambda d: _reference_score(counts, d) + z, point, 0.9)

    found = paired_difference_interval(counts)

    assert found.point == pytest.approx(point)
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=1e-6)


@settings(deadline=None, max_examples=150)
@given(counts=_ANY_COUNTS, margin=st.floats(0.001, 0.5), alpha=st.floats(0.001, 0.5))
def test_the_lower_limit_passes_exactly_when_the_test_rejects(
    counts: PairedCounts, margin: float, alpha: float
) -> None:
    p = non_inferiority_p(counts, margin=margin)
    limit = lower_limit(counts, confidence=1.0 - alpha)
    if abs(limit + margin) < 1e-9:
        return  # on the edge itself rounding decides

    assert (limit > -margin) == (p < alpha)


@settings(deadline=None, max_examples=150)
@given(counts=_ANY_COUNTS, confidence=st.floats(0.5, 0.999))
def test_the_interval_holds_its_point_and_mirrors_with_the_arms(counts: PairedCounts, confidence: float) -> None:
    found = paired_difference_interval(counts, confidence=confidence)
    mirrored = paired_difference_interval(_counts(counts.gained, counts.lost, counts.samples), confidence=confidence)

    assert found.point is not None
    assert -1.0 <= found.lower <= found.point <= found.upper <= 1.0
    assert (mirrored.lower, mirrored.upper) == (-found.upper, -found.lower)


def test_without_discordant_samples_the_interval_is_z_squared_over_n_plus_z_squared() -> None:
    z_squared = float(stats.norm.ppf(0.975)) ** 2

    found = paired_difference_interval(_counts(0, 0, 100))

    assert found.point == 0.0
    assert found.upper == pytest.approx(z_squared / (100 + z_squared))
    assert found.lower == -found.upper


def test_extreme_counts_have_limits_at_the_edge() -> None:
    assert paired_difference_interval(_counts(10, 0, 10)).lower == -1.0
    assert paired_difference_interval(_counts(0, 10, 10)).upper == 1.0
    assert -1.0 < paired_difference_interval(_counts(10, 0, 10)).upper < 0.0


def test_without_samples_nothing_is_known() -> None:
    found = paired_difference_interval(_counts(0, 0, 0))

    assert (found.point, found.lower, found.upper) == (None, -1.0, 1.0)
    assert non_inferiority_p(_counts(0, 0, 0), margin=0.02) == 1.0
    assert mcnemar_exact(0, 0) == 1.0
    assert samples_to_decide(_counts(0, 0, 0), margin=0.02) is None


@pytest.mark.parametrize(("lost_rate", "gained_rate", "samples"), [(0.06, 0.03, 200), (0.02, 0.02, 500)])
def test_the_interval_covers_as_often_as_it_says(lost_rate: float, gained_rate: float, samples: int) -> None:
    rng = np.random.default_rng(samples)
    draws = rng.multinomial(samples, [lost_rate, gained_rate, 1.0 - lost_rate - gained_rate], size=4000)
    intervals = [paired_difference_interval(_counts(int(lost), int(gained), samples)) for lost, gained, _ in draws]

    share = np.mean([found.lower <= gained_rate - lost_rate <= found.upper for found in intervals])

    assert 0.935 <= share <= 0.97


def test_the_size_to_decide_passes_with_the_power_asked_for() -> None:
    rates = (0.03, 0.02, 0.95)
    needed = samples_to_decide(_counts(30, 20, 1000), margin=0.02)
    assert needed is not None
    draws = np.random.default_rng(9).multinomial(needed, rates, size=3000)

    passed = [
        paired_difference_interval(_counts(int(lost), int(gained), needed)).lower >= -0.02 for lost, gained, _ in draws
    ]

    assert 0.76 <= np.mean(passed) <= 0.84


def test_at_even_power_the_size_is_where_the_same_rates_just_pass() -> None:
    needed = samples_to_decide(_counts(3, 2, 100), margin=0.02, power=0.5)
    assert needed is not None
    scale = round(needed / 100)

    assert paired_difference_interval(_counts(3 * (scale - 1), 2 * (scale - 1), 100 * (scale - 1))).lower < -0.02
    assert paired_difference_interval(_counts(3 * (scale + 1), 2 * (scale + 1), 100 * (scale + 1))).lower > -0.02


def test_no_number_of_samples_helps_a_point_that_misses() -> None:
    assert samples_to_decide(_counts(5, 3, 100), margin=0.02) is None
    assert samples_to_decide(_counts(50, 3, 100), margin=0.02) is None


def test_a_decided_case_needs_no_more_than_it_has() -> None:
    assert samples_to_decide(_counts(10, 10, 10_000), margin=0.02) == 10_000


def test_the_size_without_discordant_samples_follows_the_closed_form() -> None:
    z_squared = float(stats.norm.ppf(0.975)) ** 2

    assert samples_to_decide(_counts(0, 0, 10), margin=0.02) == math.ceil(z_squared * 0.98 / 0.02)


@pytest.mark.parametrize(("lost", "gained", "samples"), [(-1, 0, 10), (0, -1, 10), (6, 5, 10)])
def test_counts_that_no_data_can_have_are_refused(lost: int, gained: int, samples: int) -> None:
    with pytest.raises(MeasurementError):
        _counts(lost, gained, samples)


@pytest.mark.parametrize("margin", [-1.0, 1.0, 2.0, math.nan])
def test_a_margin_that_is_no_share_is_refused(margin: float) -> None:
    with pytest.raises(MeasurementError, match=r"pass 0\.02"):
        non_inferiority_p(_counts(1, 1, 10), margin=margin)
