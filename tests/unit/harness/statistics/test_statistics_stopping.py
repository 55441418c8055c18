"""Planned looks: the constants derived anew, the decisions, and the error over a whole sequence."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from harness.errors import MeasurementError
from harness.statistics.ratio import paired_ratio
from harness.statistics.stopping import BOUNDARIES, LookSchedule, decide, is_settled
from harness.vocabulary import RatioInterval
from harness.vocabulary.words import Speed


def _interval(lower: float, upper: float) -> RatioInterval:
    return RatioInterval(point=math.sqrt(lower * upper), lower=lower, upper=upper, pairs=24, merged=1, confidence=0.95)


def _crossing_probability(boundary: float, looks: int) -> float:
    """1 - P(every |S(tₖ)| <= c·√tₖ) of a Brownian motion S seen at t = 1, 2, 4 …, on a grid of S itself."""
    time = 1.0
    grid = np.linspace(-boundary, boundary, 1201)
    density = stats.norm.pdf(grid)
    for _ in range(looks - 1):
        reach = boundary * math.sqrt(2.0 * time)
        following = np.linspace(-reach, reach, 1201)
        step = stats.norm.pdf(following[:, None] - grid[None, :], scale=math.sqrt(time))
        density = integrate.simpson(step * density, x=grid, axis=1)
        grid, time = following, 2.0 * time
    return 1.0 - float(integrate.simpson(density, x=grid))


@pytest.mark.parametrize("looks", range(1, 9))
def test_each_boundary_is_crossed_with_5_percent_by_integration(looks: int) -> None:
    assert _crossing_probability(BOUNDARIES[looks - 1], looks) == pytest.approx(0.05, abs=2e-7)


def test_the_boundary_of_six_looks_is_crossed_with_5_percent_by_simulation() -> None:
    rng = np.random.default_rng(1)
    times = 2.0 ** np.arange(6)
    steps = rng.normal(size=(400_000, 6)) * np.sqrt(np.diff(times, prepend=0.0))
    z = np.cumsum(steps, axis=1) / np.sqrt(times)

    share = np.mean(np.abs(z).max(axis=1) > BOUNDARIES[5])

    assert share == pytest.approx(0.05, abs=4.0 * math.sqrt(0.05 * 0.95 / 400_000))


def test_the_default_schedule_doubles_from_12_to_384() -> None:
    schedule = LookSchedule()

    assert schedule.sizes == (12, 24, 48, 96, 192, 384)
    assert [pairs for pairs in range(400) if schedule.is_look(pairs)] == list(schedule.sizes)
    assert schedule.per_look_confidence == pytest.approx(0.98911, abs=1e-5)


@pytest.mark.parametrize(("first", "looks"), [(11, 6), (12, 0), (12, 9)])
def test_a_schedule_without_a_boundary_cannot_be_built(first: int, looks: int) -> None:
    with pytest.raises(MeasurementError):
        LookSchedule(first=first, looks=looks)


def _first_decision(z: np.ndarray[tuple[int, ...], np.dtype[np.float64]], schedule: LookSchedule) -> Speed:
    for pairs in schedule.sizes:
        interval = paired_ratio(z[:pairs], confidence=schedule.per_look_confidence)
        found = decide(interval, pairs=pairs, equivalence=0.0)
        if found is not Speed.INCONCLUSIVE:
            return found
    return Speed.INCONCLUSIVE


def test_equal_arms_are_called_different_in_at_most_5_percent_of_sequences() -> None:
    rng = np.random.default_rng(2)
    schedule = LookSchedule()

    found = [_first_decision(0.02 * rng.normal(size=384), schedule) for _ in range(1000)]

    assert 0.02 <= np.mean([word is not Speed.INCONCLUSIVE for word in found]) <= 0.06


def test_a_3_percent_difference_is_nearly_always_found_and_never_with_the_wrong_sign() -> None:
    rng = np.random.default_rng(3)
    schedule = LookSchedule()

    found = [_first_decision(math.log(0.97) + 0.04 * rng.normal(size=384), schedule) for _ in range(300)]

    assert np.mean([word is Speed.SLOWER for word in found]) > 0.95
    assert Speed.FASTER not in found


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (1.05, 1.10, Speed.FASTER),
        (0.90, 0.95, Speed.SLOWER),
        (0.99, 1.01, Speed.EQUIVALENT),
        (1.005, 1.015, Speed.EQUIVALENT),
        (0.985, 0.995, Speed.EQUIVALENT),
        (1.005, 1.03, Speed.FASTER),
        (0.97, 0.999, Speed.SLOWER),
        (0.97, 1.01, Speed.INCONCLUSIVE),
        (0.99, 1.03, Speed.INCONCLUSIVE),
        (1.0, 1.03, Speed.INCONCLUSIVE),
    ],
)
def test_the_interval_decides(lower: float, upper: float, expected: Speed) -> None:
    assert decide(_interval(lower, upper), pairs=24, equivalence=0.02) is expected


def test_no_interval_and_too_few_pairs_decide_nothing() -> None:
    assert decide(None, pairs=24, equivalence=0.02) is Speed.INCONCLUSIVE
    assert decide(_interval(1.5, 1.6), pairs=11, equivalence=0.02) is Speed.INCONCLUSIVE


_MIRROR = {Speed.FASTER: Speed.SLOWER, Speed.SLOWER: Speed.FASTER}


@settings(deadline=None)
@given(log_lower=st.floats(-0.5, 0.5), width=st.floats(0.0, 0.5), equivalence=st.floats(0.0, 0.1))
def test_exchanging_the_arms_exchanges_faster_and_slower(log_lower: float, width: float, equivalence: float) -> None:
    edges = (log_lower, log_lower + width, math.log1p(equivalence))
    if min(abs(abs(edges[0]) - abs(e)) for e in (edges[2], 0.0)) < 1e-9 or abs(abs(edges[1]) - edges[2]) < 1e-9:
        return  # on the edge itself rounding decides

    word = decide(_interval(math.exp(edges[0]), math.exp(edges[1])), pairs=24, equivalence=equivalence)
    mirrored = decide(_interval(math.exp(-edges[1]), math.exp(-edges[0])), pairs=24, equivalence=equivalence)

    assert mirrored is _MIRROR.get(word, word)


def test_measuring_settles_when_a_decision_stands_and_the_interval_is_narrow() -> None:
    narrow, wide = _interval(1.49, 1.51), _interval(1.3, 1.7)

    assert is_settled(narrow, pairs=12, target_half_width=0.01, equivalence=0.02)
    assert not is_settled(wide, pairs=12, target_half_width=0.01, equivalence=0.02)
    assert not is_settled(narrow, pairs=11, target_half_width=0.01, equivalence=0.02)
    assert not is_settled(_interval(0.999, 1.001), pairs=12, target_half_width=0.01, equivalence=0.0)
    assert not is_settled(None, pairs=12, target_half_width=0.01, equivalence=0.02)


def test_targets_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(MeasurementError):
        decide(None, pairs=12, equivalence=-0.01)
    with pytest.raises(MeasurementError):
        is_settled(None, pairs=12, target_half_width=0.0, equivalence=0.02)
