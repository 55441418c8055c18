"""Holm: adjusted p-values by closed testing, limits by their agreement with the test and by coverage."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.errors import MeasurementError
from harness.statistics.holm import holm, holm_lower_limits, holm_upper_limits
from harness.statistics.paired import PairedCounts, lower_limit, non_inferiority_p

_CLASS = st.builds(
    lambda lost, gained, agreeing: PairedCounts(lost=lost, gained=gained, samples=lost + gained + agreeing),
    st.integers(0, 15),
    st.integers(0, 15),
    st.integers(0, 400),
)
_CLASSES = st.lists(_CLASS, min_size=1, max_size=10)


def _closed_testing(p_values: list[float]) -> list[float]:
    """Adjusted p-values as the largest Bonferroni p-value of the intersections that hold each hypothesis."""
    indices = range(len(p_values))
    sets = [subset for size in indices for subset in combinations(indices, size + 1)]
    return [max(min(1.0, len(s) * min(p_values[j] for j in s)) for s in sets if i in s) for i in indices]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.floats(0.0, 1.0), max_size=7))
def test_adjusted_p_values_are_those_of_closed_testing(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(_closed_testing(p_values))


def test_a_textbook_case_is_adjusted_in_the_order_given() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(p: float) -> None:
    with pytest.raises(MeasurementError):
        holm([0.5, p])


@settings(deadline=None, max_examples=200)
@given(classes=_CLASSES, margin=st.floats(0.005, 0.2), alpha=st.sampled_from([0.01, 0.05, 0.2]))
def test_every_limit_reaches_the_margin_exactly_when_holm_rejects_all(
    classes: list[PairedCounts], margin: float, alpha: float
) -> None:
    adjusted = holm([non_inferiority_p(counts, margin=margin) for counts in classes])

    limits = holm_lower_limits(classes, margin=margin, confidence=1.0 - alpha)

    assert [limit >= -margin for limit in limits] == [p <= 1.0 - (1.0 - alpha) for p in adjusted]


@settings(deadline=None, max_examples=100)
@given(classes=_CLASSES, margin=st.floats(0.005, 0.2))
def test_upper_limits_mirror_the_lower_ones(classes: list[PairedCounts], margin: float) -> None:
    swapped = [PairedCounts(lost=c.gained, gained=c.lost, samples=c.samples) for c in classes]

    upper = holm_upper_limits(classes, margin=margin)

    assert upper == tuple(-limit for limit in holm_lower_limits(swapped, margin=-margin))


@settings(deadline=None, max_examples=100)
@given(classes=_CLASSES, margin=st.floats(0.005, 0.2))
def test_lower_limits_stay_below_the_points_and_upper_limits_above(classes: list[PairedCounts], margin: float) -> None:
    lower = holm_lower_limits(classes, margin=margin)
    upper = holm_upper_limits(classes, margin=margin)

    for counts, low, high in zip(classes, lower, upper, strict=True):
        point = counts.difference
        assert -1.0 <= low <= high <= 1.0
        assert point is None or low <= point <= high


def test_one_class_alone_gets_its_own_limit() -> None:
    counts = PairedCounts(lost=3, gained=1, samples=100)

    (limit,) = holm_lower_limits([counts], margin=0.01)

    assert limit == pytest.approx(lower_limit(counts, confidence=0.95))


def test_unproven_classes_share_the_error_only_among_themselves() -> None:
    good = PairedCounts(lost=0, gained=0, samples=100_000)
    bad = PairedCounts(lost=6, gained=1, samples=100)

    limits = holm_lower_limits([good, bad, good], margin=0.06)

    assert limits == pytest.approx((-0.06, lower_limit(bad, confidence=0.95), -0.06))


def test_when_all_are_proven_the_limits_are_bonferroni_and_say_more_than_the_margin() -> None:
    good = PairedCounts(lost=1, gained=1, samples=1000)

    limits = holm_lower_limits([good] * 4, margin=0.06)

    assert limits == pytest.approx((lower_limit(good, confidence=1.0 - 0.05 / 4),) * 4)
    assert min(limits) > -0.06


def test_a_drop_is_proven_where_the_upper_limit_is_at_or_below_the_margin() -> None:
    broken = PairedCounts(lost=60, gained=0, samples=200)
    fine = PairedCounts(lost=2, gained=2, samples=200)

    limits = holm_upper_limits([broken, fine], margin=0.03)

    assert limits[0] <= -0.03 < limits[1]


def test_classes_without_samples_and_no_classes_are_handled() -> None:
    empty = PairedCounts(lost=0, gained=0, samples=0)

    assert holm_lower_limits([empty], margin=0.06) == (-1.0,)
    assert holm_upper_limits([empty], margin=0.03) == (1.0,)
    assert holm_lower_limits([], margin=0.06) == ()


def test_all_limits_hold_together_as_often_as_they_say() -> None:
    rng = np.random.default_rng(10)
    truth = (-0.06, -0.06, -0.02, 0.0, -0.10)
    gained = 0.04
    rates = [(gained - d, gained, 1.0 - 2.0 * gained + d) for d in truth]
    trials = 1500
    draws = [rng.multinomial(300, rate, size=trials) for rate in rates]

    held = 0
    for trial in range(trials):
        classes = [PairedCounts(lost=int(d[trial, 0]), gained=int(d[trial, 1]), samples=300) for d in draws]
        limits = holm_lower_limits(classes, margin=0.06)
        held += all(limit <= d for limit, d in zip(limits, truth, strict=True))

    assert stats.binomtest(held, trials, 0.95).proportion_ci(0.999).high > 0.95
    assert held / trials < 0.99
