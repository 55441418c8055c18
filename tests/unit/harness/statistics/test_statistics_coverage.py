"""Bounds of quantiles, tried on windows of a trace of which the rest is known."""

import numpy as np
import pytest

from harness.statistics.coverage import bound_coverage
from harness.statistics.series import Series


def _blocks(values: Series, *, length: int = 9) -> list[Series]:
    return [values[start : start + length] for start in range(0, values.size, length)]


def _latencies(samples: int, *, seed: int = 1) -> Series:
    return np.random.default_rng(seed).lognormal(0.0, 0.1, samples)


@pytest.mark.parametrize("p", [0.9, 0.99])
def test_bounds_of_independent_latencies_hold_in_the_share_that_they_name(p: float) -> None:
    samples = 60_000 if p == 0.9 else 200_000

    found = bound_coverage([_blocks(_latencies(samples))], p)

    assert found.windows == -(-samples // 9) // (64 if p == 0.9 else 662)
    assert found.identified > 0.9 * found.windows
    assert found.held >= 0.97 * found.identified
    assert found.inflation is not None
    assert 1.0 < found.inflation < 1.5


def test_bounds_hold_where_the_machine_drifts_as_windows_are_spread_over_the_whole_trace() -> None:
    drift = np.linspace(1.0, 1.3, 30_000)

    found = bound_coverage([_blocks(_latencies(30_000) * drift)], 0.9)

    assert found.held >= 0.97 * found.identified


def test_windows_whose_samples_are_all_alike_within_long_stretches_bound_nothing() -> None:
    stretches = np.repeat(_latencies(100), 200)

    found = bound_coverage([_blocks(stretches)], 0.99)

    assert found.windows > 2
    assert found.identified < found.windows


@pytest.mark.parametrize("length", [20, 200])
def test_bounds_hold_where_whole_blocks_are_slow_in_a_share_that_a_window_may_miss(length: int) -> None:
    rng = np.random.default_rng(3)
    is_slow = np.repeat(rng.random(60_000 // length) < 0.1, length)

    found = bound_coverage([_blocks(_latencies(60_000) * np.where(is_slow, 1.5, 1.0))], 0.9)

    assert found.identified >= 40
    assert found.held >= 0.97 * found.identified


def test_a_bound_that_is_too_low_is_counted_as_missed() -> None:
    blocks = _blocks(_latencies(20 * 600))
    for place in range(0, len(blocks), 20):  # of 20 windows the first gets every one of these
        blocks[place] = blocks[place] / 100.0

    found = bound_coverage([blocks], 0.9)

    assert found.windows == 20
    assert found.held == found.identified - 1


def test_windows_are_never_one_stretch_of_time_however_long_the_blocks() -> None:
    blocks = _blocks(_latencies(200 * 500), length=500)

    assert bound_coverage([blocks], 0.9).windows == 3
    assert bound_coverage([blocks[:127]], 0.9).windows == 0


def test_traces_of_two_processes_are_never_mixed() -> None:
    slow, fast = _latencies(36_000) * 10.0, _latencies(36_000, seed=2)

    found = bound_coverage([_blocks(slow), _blocks(fast)], 0.9)

    assert found.windows == 2 * (4000 // 64)
    assert found.inflation is not None
    assert found.inflation < 2.0


@pytest.mark.parametrize("traces", [[], [[]], [_blocks(_latencies(130))]])
def test_of_a_trace_too_short_for_two_windows_nothing_is_said(traces: list[list[Series]]) -> None:
    found = bound_coverage(traces, 0.9)

    assert (found.windows, found.identified, found.inflation) == (0, 0, None)
