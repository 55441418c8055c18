"""Launches as the sample: coverage by simulation, and what no launches can tell."""

import math

import numpy as np
import pytest

from harness.errors import MeasurementError
from harness.statistics.launches import LEAST_LAUNCHES, over_launches


@pytest.mark.parametrize("launches", [5, 8, 12])
def test_the_interval_covers_the_machines_ratio_nearly_as_often_as_it_says(launches: int) -> None:
    truth, draws = 0.7, 400
    samples = np.random.default_rng(launches).normal(truth, 0.03, (draws, launches))

    found = [over_launches(row, pairs=100) for row in samples]

    covered = np.mean([one is not None and one.lower <= math.exp(truth) <= one.upper for one in found])
    assert 0.92 <= covered <= 0.99


def test_plain_percentiles_of_five_launches_would_cover_far_less() -> None:
    randomness = np.random.default_rng(1)
    samples = randomness.normal(0.0, 1.0, (400, 5))
    drawn = samples[np.arange(400)[:, None, None], randomness.integers(0, 5, (400, 500, 5))]

    lower, upper = np.quantile(drawn.mean(axis=2), (0.025, 0.975), axis=1)

    assert np.mean((lower <= 0.0) & (upper >= 0.0)) < 0.90


def test_fewer_than_five_launches_tell_nothing_of_the_machine() -> None:
    assert over_launches([0.7] * (LEAST_LAUNCHES - 1), pairs=48) is None


def test_launches_that_agree_exactly_have_an_interval_without_width() -> None:
    found = over_launches([math.log(2.0)] * 5, pairs=60)

    assert found is not None
    assert (found.lower, found.point, found.upper) == pytest.approx((2.0, 2.0, 2.0))
    assert (found.pairs, found.confidence) == (60, 0.95)


def test_the_same_launches_give_the_same_interval_in_any_order() -> None:
    values = [0.1, 0.12, 0.08, 0.11, 0.13, 0.09, 0.1, 0.12, 0.07]

    few, many = (over_launches(values[:count], pairs=10) for count in (5, 9))

    assert few == over_launches(values[:5], pairs=10)
    assert many == over_launches(values, pairs=10)
    shuffled = over_launches(values[4::-1], pairs=10)
    assert few is not None
    assert shuffled is not None
    assert (shuffled.lower, shuffled.upper) == pytest.approx((few.lower, few.upper))


def test_a_launch_that_is_no_number_is_refused() -> None:
    with pytest.raises(MeasurementError):
        over_launches([0.1, 0.2, math.nan, 0.1, 0.1], pairs=10)
