"""Poisson arrivals: the same from the same seed, in order, and exponential in between."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.errors import MeasurementError
from harness.loadgen.arrivals import level_seed, poisson_arrivals

_SEEDS = st.integers(0, 2**63 - 1)
_RATES = st.floats(0.01, 1e6)


@given(seed=_SEEDS, rate=_RATES, count=st.integers(1, 500))
def test_a_seed_gives_the_same_arrivals_again_in_order_and_after_the_start(seed: int, rate: float, count: int) -> None:
    arrivals = poisson_arrivals(seed, rate_per_s=rate, count=count)

    assert arrivals.shape == (count,)
    assert arrivals.dtype == np.int64
    assert arrivals[0] >= 0
    assert (np.diff(arrivals) >= 0).all()
    assert (arrivals == poisson_arrivals(seed, rate_per_s=rate, count=count)).all()


@given(seed=_SEEDS, rate=_RATES, few=st.integers(1, 100), more=st.integers(0, 100))
def test_a_longer_schedule_begins_like_the_shorter_one(seed: int, rate: float, few: int, more: int) -> None:
    short = poisson_arrivals(seed, rate_per_s=rate, count=few)

    assert (poisson_arrivals(seed, rate_per_s=rate, count=few + more)[:few] == short).all()


@given(seed=_SEEDS, factor=st.floats(1.0, 10.0))
def test_another_rate_stretches_the_same_pattern(seed: int, factor: float) -> None:
    slow = poisson_arrivals(seed, rate_per_s=100.0, count=200)
    fast = poisson_arrivals(seed, rate_per_s=100.0 * factor, count=200)

    assert fast * factor == pytest.approx(slow, abs=factor + 1)


def test_gaps_are_exponential_with_the_mean_of_the_rate_and_do_not_correlate() -> None:
    gaps = np.diff(poisson_arrivals(3, rate_per_s=200.0, count=20_000)) / 1e9

    assert stats.kstest(gaps, stats.expon(scale=1 / 200).cdf).pvalue > 0.01
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 0.03


def test_the_first_arrivals_of_a_seed_are_these_on_every_machine_and_version() -> None:
    assert poisson_arrivals(7, rate_per_s=1000.0, count=3).tolist() == [981083, 3256188, 4750895]


@given(seed=_SEEDS, first=st.integers(0, 1000), second=st.integers(0, 1000))
def test_levels_of_a_run_have_seeds_of_their_own_that_a_database_can_hold(seed: int, first: int, second: int) -> None:
    one, other = level_seed(seed, first), level_seed(seed, second)

    assert 0 <= one < 2**63
    assert (one == other) == (first == second)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_a_rate_at_which_nobody_comes_is_refused(rate: float) -> None:
    with pytest.raises(MeasurementError, match="a positive rate is needed"):
        poisson_arrivals(0, rate_per_s=rate, count=1)


def test_a_level_without_requests_is_refused() -> None:
    with pytest.raises(MeasurementError, match="at least one is needed"):
        poisson_arrivals(0, rate_per_s=1.0, count=0)
