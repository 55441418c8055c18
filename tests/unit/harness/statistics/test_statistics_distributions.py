"""The binomial and normal tails against scipy."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from harness.errors import MeasurementError
from harness.statistics.distributions import (
    binomial_at_least,
    binomial_at_most,
    critical_value,
    normal_above,
    regularised_beta,
    two_sided_critical_value,
)

_SHAPES = st.floats(0.01, 1e5)
_REPRESENTABLE = 1e-200
"""Below it scipy's binomial gives 0 at p = ½ where the exact sum does not; see the exact test."""


@settings(deadline=None, max_examples=500)
@given(x=st.floats(1e-6, 1.0 - 1e-6), a=_SHAPES, b=_SHAPES)
def test_the_incomplete_beta_function_agrees_with_scipy(x: float, a: float, b: float) -> None:
    expected = float(special.betainc(a, b, x))

    found = regularised_beta(x, a=a, b=b)

    assert found == pytest.approx(expected, rel=1e-10, abs=_REPRESENTABLE)


@settings(deadline=None, max_examples=300)
@given(trials=st.integers(1, 20_000), share=st.floats(0.0, 1.0), p=st.floats(0.001, 0.999))
def test_binomial_tails_agree_with_scipy_in_both_directions(trials: int, share: float, p: float) -> None:
    k = int(share * trials)

    assert binomial_at_most(k, trials=trials, p=p) == pytest.approx(
        float(stats.binom.cdf(k, trials, p)), rel=1e-10, abs=_REPRESENTABLE
    )
    assert binomial_at_least(k, trials=trials, p=p) == pytest.approx(
        float(stats.binom.sf(k - 1, trials, p)), rel=1e-10, abs=_REPRESENTABLE
    )


def test_a_tail_a_million_trials_long_keeps_its_digits() -> None:
    found = binomial_at_most(498_000, trials=1_000_000, p=0.5)

    assert found == pytest.approx(float(stats.binom.cdf(498_000, 1_000_000, 0.5)), rel=1e-9)


@pytest.mark.parametrize(("k", "trials"), [(33, 1110), (31, 1100), (0, 900), (499, 1000)])
def test_the_far_tail_agrees_with_the_exact_sum(k: int, trials: int) -> None:
    exact = Fraction(sum(math.comb(trials, i) for i in range(k + 1)), 2**trials)

    assert binomial_at_most(k, trials=trials, p=0.5) == pytest.approx(float(exact), rel=1e-11, abs=0.0)


def test_counts_outside_the_trials_are_certain_or_impossible() -> None:
    assert binomial_at_most(-1, trials=5, p=0.3) == 0.0
    assert binomial_at_most(5, trials=5, p=0.3) == 1.0
    assert binomial_at_least(0, trials=5, p=0.3) == 1.0
    assert binomial_at_least(6, trials=5, p=0.3) == 0.0


@pytest.mark.parametrize("z", [-3.0, 0.0, 1.959964, 6.0, 20.0])
def test_the_normal_tail_agrees_with_scipy(z: float) -> None:
    assert normal_above(z) == pytest.approx(float(stats.norm.sf(z)), rel=1e-12)


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.99, 0.999999])
def test_critical_values_agree_with_scipy(confidence: float) -> None:
    assert critical_value(confidence) == pytest.approx(float(stats.norm.ppf(confidence)), rel=1e-9, abs=1e-15)
    assert two_sided_critical_value(confidence) == pytest.approx(
        float(stats.norm.isf((1.0 - confidence) / 2.0)), rel=1e-12
    )


@pytest.mark.parametrize("confidence", [0.0, 0.49, 1.0, 95.0, math.nan])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    with pytest.raises(MeasurementError, match=r"pass 0\.95"):
        critical_value(confidence)


@pytest.mark.parametrize(("x", "a", "b"), [(-0.1, 1.0, 1.0), (0.5, 0.0, 1.0), (0.5, 1.0, -1.0), (math.nan, 1.0, 1.0)])
def test_arguments_without_a_value_are_refused(x: float, a: float, b: float) -> None:
    with pytest.raises(MeasurementError):
        regularised_beta(x, a=a, b=b)
