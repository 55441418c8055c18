"""Counts with their exact intervals, against scipy and against what the name promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.errors import MeasurementError
from harness.statistics.proportion import rate_of


@given(trials=st.integers(1, 2000), share=st.floats(0.0, 1.0), confidence=st.sampled_from([0.9, 0.95, 0.99]))
def test_the_interval_is_the_one_that_scipy_calls_exact(trials: int, share: float, confidence: float) -> None:
    hits = round(share * trials)

    rate = rate_of(hits, trials, confidence=confidence)

    expected = stats.binomtest(hits, trials).proportion_ci(confidence_level=confidence, method="exact")
    assert (rate.lower, rate.upper) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert rate.share == hits / trials


@pytest.mark.parametrize("truth", [0.01, 0.05, 0.9])
def test_the_interval_covers_in_at_least_the_share_that_it_names(truth: float) -> None:
    trials = 60
    intervals = [rate_of(hits, trials) for hits in range(trials + 1)]

    covered = sum(
        float(stats.binom.pmf(one.hits, trials, truth)) for one in intervals if one.lower <= truth <= one.upper
    )

    assert covered >= 0.95


def test_without_trials_nothing_is_known() -> None:
    rate = rate_of(0, 0)

    assert (rate.share, rate.lower, rate.upper) == (None, 0.0, 1.0)


@given(trials=st.integers(0, 200), data=st.data())
def test_what_was_missed_is_the_mirror_image_of_what_was_hit(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, trials))

    missed, direct = rate_of(hits, trials).missed, rate_of(trials - hits, trials)

    assert (missed.hits, missed.trials) == (direct.hits, direct.trials)
    assert (missed.lower, missed.upper) == pytest.approx((direct.lower, direct.upper), abs=1e-9)


@pytest.mark.parametrize(("hits", "trials"), [(3, 2), (-1, 5)])
def test_counts_that_cannot_be_are_refused(hits: int, trials: int) -> None:
    with pytest.raises(MeasurementError, match="cannot be"):
        rate_of(hits, trials)
