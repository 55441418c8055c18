"""Warm-up: nothing found where there is nothing, and ramps of every length where there are."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import MeasurementError
from harness.statistics.series import Series
from harness.statistics.warmup import warm_up

_Latencies = Callable[[np.random.Generator, int], Series]


def _narrow(rng: np.random.Generator, calls: int) -> Series:
    return np.exp(0.02 * rng.normal(size=calls))


def _wide(rng: np.random.Generator, calls: int) -> Series:
    return np.exp(0.3 * rng.normal(size=calls))


def _bimodal(rng: np.random.Generator, calls: int) -> Series:
    return np.where(rng.random(calls) < 0.3, 2.0, 1.0) * np.exp(0.01 * rng.normal(size=calls))


def _spiked(rng: np.random.Generator, calls: int) -> Series:
    return np.where(rng.random(calls) < 0.02, 20.0, 1.0) * np.exp(0.01 * rng.normal(size=calls))


def _heavy(rng: np.random.Generator, calls: int) -> Series:
    return 1.0 + 0.01 * np.abs(rng.standard_cauchy(calls))


def _coarse_clock(rng: np.random.Generator, calls: int) -> Series:
    return np.round(30.0 * np.exp(0.02 * rng.normal(size=calls)))


def _correlated(rng: np.random.Generator, calls: int) -> Series:
    steps = rng.normal(size=calls)
    for call in range(1, calls):
        steps[call] = 0.6 * steps[call - 1] + 0.8 * steps[call]
    return np.exp(0.02 * steps)


def _step(calls: int) -> Series:
    return np.full(calls, 2.0)


def _slight_step(calls: int) -> Series:
    return np.full(calls, 1.03)


def _line(calls: int) -> Series:
    return 2.0 - np.arange(calls) / calls


def _decay(calls: int) -> Series:
    return 1.0 + 2.0 * np.exp(-4.0 * np.arange(calls) / calls)


@pytest.mark.parametrize("latencies", [_narrow, _wide, _bimodal, _spiked, _heavy, _coarse_clock, _correlated])
@pytest.mark.parametrize("calls", [60, 300, 2000])
def test_stationary_latencies_lose_nothing_and_are_stable(latencies: _Latencies, calls: int) -> None:
    rng = np.random.default_rng(calls)

    found = [warm_up(latencies(rng, calls)) for _ in range(20)]

    assert sum(w.discard > 0.1 * calls for w in found) <= 1
    assert sum(not w.is_stable for w in found) <= 1


@pytest.mark.parametrize("latencies", [_narrow, _spiked, _bimodal, _correlated])
@pytest.mark.parametrize("ramp", [_step, _slight_step, _line, _decay])
@pytest.mark.parametrize("slow", [1, 5, 20, 100, 300, 500])
def test_after_the_discard_a_ramp_moves_the_median_by_less_than_half_a_percent(
    latencies: _Latencies, ramp: Callable[[int], Series], slow: int
) -> None:
    rng = np.random.default_rng(slow)
    clean = latencies(rng, 2000)
    warming = clean.copy()
    warming[:slow] *= ramp(slow)

    found = warm_up(warming)

    assert found.discard <= slow + 20
    assert np.median(warming[found.discard :]) == pytest.approx(np.median(clean), rel=0.005)


@pytest.mark.parametrize("slow", [20, 100, 500])
def test_a_step_is_found_to_the_call(slow: int) -> None:
    latencies = _narrow(np.random.default_rng(slow), 2000)
    latencies[:slow] *= 2.0

    found = warm_up(latencies)

    assert found.discard == slow
    assert found.segments == (0, slow)
    assert found.is_stable


def test_a_long_series_is_fitted_in_batches() -> None:
    latencies = _narrow(np.random.default_rng(3), 100_003)
    latencies[:1000] *= 1.5

    found = warm_up(latencies)

    assert 1000 <= found.discard <= 1050
    assert found.is_stable


def test_at_most_half_is_discarded_and_then_nothing_is_stable() -> None:
    latencies = _narrow(np.random.default_rng(4), 1000)
    latencies[:400] *= 2.0
    latencies[400:550] *= 1.5

    found = warm_up(latencies)

    assert found.discard == 500
    assert not found.is_stable


def test_a_level_change_nobody_would_notice_costs_nothing() -> None:
    latencies = np.exp(0.001 * np.random.default_rng(5).normal(size=1000))
    latencies[:300] *= 1.003

    found = warm_up(latencies)

    assert found.segments == (0, 300)
    assert found.discard == 0


def test_a_slow_drift_is_not_one_stable_stretch() -> None:
    latencies = _narrow(np.random.default_rng(6), 2000) * np.linspace(1.0, 1.5, 2000)

    assert not warm_up(latencies).is_stable


def test_too_few_calls_discard_nothing_and_prove_nothing() -> None:
    found = warm_up([5.0, 1.0, 1.0, 1.0])

    assert (found.discard, found.segments, found.is_stable) == (0, (0,), False)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=120))
def test_any_series_keeps_at_least_half_with_segments_in_order(latencies: list[float]) -> None:
    found = warm_up(latencies)

    assert 0 <= found.discard <= len(latencies) // 2
    assert found.segments[0] == 0
    assert list(found.segments) == sorted(set(found.segments))
    assert all(segment < len(latencies) for segment in found.segments)


def test_the_unit_does_not_matter() -> None:
    latencies = _decay(200).tolist() + _narrow(np.random.default_rng(7), 800).tolist()

    assert warm_up([1e6 * latency for latency in latencies]) == warm_up(latencies)


@pytest.mark.parametrize("latencies", [[], [1.0, 0.0], [1.0, -1.0], [1.0, float("nan")]])
def test_latencies_that_cannot_be_are_refused(latencies: list[float]) -> None:
    with pytest.raises(MeasurementError):
        warm_up(latencies)


def test_a_slow_start_as_long_as_what_follows_is_left_out_though_the_rest_has_two_levels() -> None:
    latencies = _narrow(np.random.default_rng(7), 1000)
    latencies[:500] *= 3.0
    latencies[800:] *= 1.02

    assert warm_up(latencies).discard == 500


def test_what_was_quicker_at_first_has_not_warmed_up() -> None:
    latencies = _narrow(np.random.default_rng(8), 1000)
    latencies[:300] *= 0.8

    found = warm_up(latencies)

    assert found.segments == (0, 300)
    assert found.discard == 0
    assert not found.is_stable


@pytest.mark.parametrize("levels", [(1.3, 1.0, 1.3), (1.2, 1.4, 1.0), (1.3, 1.0, 1.3, 1.0)])
def test_a_machine_that_becomes_as_slow_again_has_two_levels_and_has_not_warmed_up(levels: tuple[float, ...]) -> None:
    latencies = _narrow(np.random.default_rng(9), 1000) * np.repeat(levels, -(-1000 // len(levels)))[:1000]

    assert warm_up(latencies).discard == 0


def test_machines_of_two_levels_seldom_lose_more_than_a_tenth() -> None:
    rng = np.random.default_rng(10)
    pace = [np.repeat(np.where(rng.random(20) < 0.4, 1.2, 1.0), 50) for _ in range(60)]

    found = [warm_up(_narrow(rng, 1000) * one) for one in pace]

    assert sum(one.discard > 100 for one in found) <= 6


def test_a_burst_within_a_slow_start_does_not_keep_it() -> None:
    latencies = _narrow(np.random.default_rng(11), 1000)
    latencies[:500] *= 1.3
    latencies[200:220] *= 1.3

    assert warm_up(latencies).discard == 500
