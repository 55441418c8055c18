"""Noise of a machine: its size, its effect on what can be found, its class."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from harness.errors import MeasurementError
from harness.statistics.noise import noise_class_of, noise_of, rank_sigma
from harness.statistics.ratio import paired_ratio
from harness.statistics.series import Series
from harness.vocabulary.words import NoiseClass


def test_sigma_of_normal_noise_is_its_standard_deviation() -> None:
    rng = np.random.default_rng(1)

    found = np.mean([rank_sigma(0.02 * rng.normal(size=400)) for _ in range(200)])

    assert found == pytest.approx(0.02, rel=0.05)


def test_rare_spikes_hardly_move_sigma_though_they_blow_up_the_standard_deviation() -> None:
    rng = np.random.default_rng(2)
    clean = 0.02 * rng.normal(size=400)
    spiked = clean.copy()
    spiked[::50] += 2.0

    assert spiked.std() > 10.0 * clean.std()
    assert rank_sigma(spiked) < 1.3 * rank_sigma(clean)


def _normal(rng: np.random.Generator) -> Series:
    return 0.02 * rng.normal(size=100)


def _heavy_tailed(rng: np.random.Generator) -> Series:
    return 0.02 * rng.standard_t(3, size=100)


def _minimal_effect(z: Series) -> float:
    effect = noise_of(z).minimal_effect
    assert effect is not None
    return effect


@pytest.mark.parametrize("draw", [_normal, _heavy_tailed])
def test_the_detectable_effect_is_found_with_about_80_percent_power(
    draw: Callable[[np.random.Generator], Series],
) -> None:
    rng = np.random.default_rng(3)
    effect = float(np.mean([_minimal_effect(draw(rng)) for _ in range(200)]))

    found = [paired_ratio(draw(rng) + effect) for _ in range(800)]

    share = sum(interval is not None and interval.lower > 1.0 for interval in found) / len(found)
    assert 0.74 <= share <= 0.88


def test_correlated_pairs_detect_less() -> None:
    rng = np.random.default_rng(4)
    independent = rng.normal(size=2000)
    correlated = np.asarray(signal.lfilter([np.sqrt(1 - 0.25)], [1.0, -0.5], rng.normal(size=2000)))

    plain, worse = _minimal_effect(0.01 * independent), _minimal_effect(0.01 * correlated)

    assert worse / plain == pytest.approx(np.sqrt(3.0), rel=0.15)


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (0.0, NoiseClass.QUIET),
        (0.01, NoiseClass.QUIET),
        (0.011, NoiseClass.USABLE),
        (0.03, NoiseClass.USABLE),
        (0.031, NoiseClass.NOISY),
        (0.1, NoiseClass.NOISY),
        (0.101, NoiseClass.UNFIT),
    ],
)
def test_the_class_follows_the_detectable_effect(effect: float, expected: NoiseClass) -> None:
    assert noise_class_of(effect) is expected


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-1.0, 1.0), min_size=6, max_size=60), st.floats(1.0, 10.0))
def test_more_noise_never_gives_a_better_class(z: list[float], factor: float) -> None:
    order = list(NoiseClass)
    series = np.array(z)

    assert order.index(noise_of(factor * series).noise_class) >= order.index(noise_of(series).noise_class)


@pytest.mark.parametrize("pairs", [0, 5])
def test_fewer_than_six_pairs_are_unfit_with_the_reason(pairs: int) -> None:
    found = noise_of([0.0] * pairs)

    assert found.noise_class is NoiseClass.UNFIT
    assert (found.sigma, found.minimal_effect, found.pairs) == (None, None, pairs)
    assert found.reason == f"{pairs} A/A pairs show no noise: at least 6 are needed"


def test_log_ratios_that_are_not_finite_are_refused() -> None:
    with pytest.raises(MeasurementError):
        noise_of([0.0] * 6 + [float("inf")])


def test_a_baseline_that_differs_from_itself_hides_everything_smaller_however_quiet_it_is() -> None:
    z = 0.05 + 0.001 * np.random.default_rng(3).standard_normal(48)

    report = noise_of(z)

    assert report.minimal_effect == pytest.approx(0.05, rel=0.02)
    assert report.noise_class is NoiseClass.NOISY
