"""Latency quantiles: floors, bounds, and what correlation costs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal, stats

from harness.errors import MeasurementError
from harness.statistics.quantiles import exceedance_inflation, quantile_estimate, samples_floor
from harness.statistics.series import Series


def _autoregressive(rng: np.random.Generator, samples: int, correlation: float) -> Series:
    noise = rng.normal(size=samples + 200) * np.sqrt(1.0 - correlation**2)
    return np.asarray(signal.lfilter([1.0], [1.0, -correlation], noise)[200:], dtype=np.float64)


def _cover_share(estimates_upper: list[float | None], truth: float) -> float:
    bounds = [bound for bound in estimates_upper if bound is not None]
    return sum(bound >= truth for bound in bounds) / len(bounds)


@pytest.mark.parametrize(("p", "floor"), [(0.9, 64), (0.95, 130), (0.99, 662), (0.999, 6636)])
def test_the_floors_at_99_percent_are_the_published_ones(p: float, floor: int) -> None:
    assert samples_floor(p) == floor


@settings(deadline=None, max_examples=100)
@given(p=st.floats(0.01, 0.99), confidence=st.floats(0.6, 0.999))
def test_the_floor_is_the_least_that_leaves_a_sample_beyond_the_bound(p: float, confidence: float) -> None:
    floor = samples_floor(p, confidence)
    q = max(p, 1.0 - p)

    assert stats.binom.sf(floor - 2, floor, q) <= 1.0 - confidence + 1e-12
    assert floor == 2 or stats.binom.sf(floor - 3, floor - 1, q) > 1.0 - confidence - 1e-12


@pytest.mark.parametrize("samples", [11, 20, 39])
def test_bounds_of_few_samples_are_the_exact_binomial_order_statistics(samples: int) -> None:
    values = np.random.default_rng(samples).permutation(np.arange(1.0, samples + 1.0))
    upper = next(h for h in range(1, samples + 1) if stats.binom.sf(h - 1, samples, 0.5) <= 0.01)

    found = quantile_estimate(values, 0.5)

    assert (found.lower, found.upper) == (samples + 1 - upper, upper)
    assert found.effective_samples == samples
    assert found.reason is not None
    assert "independence assumed" in found.reason


def test_below_the_floor_there_is_a_point_and_a_reason_but_no_bound() -> None:
    found = quantile_estimate(np.arange(20.0), 0.999)

    assert (found.lower, found.upper) == (None, None)
    assert found.point == pytest.approx(np.quantile(np.arange(20.0), 0.999))
    assert found.reason == "not identified: needs 6636 independent samples, has 20"


@pytest.mark.parametrize("seed", range(5))
def test_samples_that_come_in_runs_of_equal_values_fall_below_the_floor(seed: int) -> None:
    stuck = np.repeat(np.random.default_rng(seed).normal(size=70), 10)

    found = quantile_estimate(stuck, 0.99)

    assert found.samples == 700 > samples_floor(0.99)
    assert found.effective_samples < 200
    assert found.upper is None


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    samples=st.integers(130, 600),
    p=st.sampled_from([0.1, 0.5, 0.9]),
    shift=st.floats(-10.0, 10.0),
    scale=st.floats(0.1, 10.0),
)
def test_bounds_enclose_the_point_and_follow_the_unit(
    seed: int, samples: int, p: float, shift: float, scale: float
) -> None:
    values = np.random.default_rng(seed).normal(size=samples)

    found, moved = quantile_estimate(values, p), quantile_estimate(shift + scale * values, p)

    if found.upper is None or found.lower is None:
        assert found.reason is not None
        return
    assert found.lower <= found.point <= found.upper
    assert moved.upper == pytest.approx(shift + scale * found.upper)
    assert moved.lower == pytest.approx(shift + scale * found.lower)


def test_mirrored_samples_have_mirrored_bounds() -> None:
    values = np.random.default_rng(4).normal(size=400)

    found, mirrored = quantile_estimate(values, 0.9), quantile_estimate(-values, 0.1)

    assert found.upper is not None
    assert found.lower is not None
    assert (mirrored.lower, mirrored.upper) == (-found.upper, -found.lower)


def test_a_higher_confidence_gives_a_wider_interval() -> None:
    values = np.random.default_rng(5).normal(size=2000)

    found = [quantile_estimate(values, 0.9, confidence=c).upper for c in (0.8, 0.9, 0.99, 0.999)]
    bounds = [bound for bound in found if bound is not None]

    assert len(bounds) == 4
    assert bounds == sorted(set(bounds))


def test_a_constant_series_is_bounded_by_itself() -> None:
    found = quantile_estimate(np.full(200, 3.0), 0.9)

    assert (found.lower, found.point, found.upper) == (3.0, 3.0, 3.0)


def test_the_bound_of_independent_samples_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(6)
    truth = float(stats.norm.ppf(0.9))

    found = [quantile_estimate(rng.normal(size=1000), 0.9, confidence=0.9) for _ in range(600)]

    assert 0.89 <= _cover_share([e.upper for e in found], truth) <= 0.96
    assert 0.89 <= 1.0 - _cover_share([e.lower for e in found], truth + 1e-12) <= 0.96


def test_the_bound_of_correlated_samples_covers_where_the_independent_one_fails() -> None:
    rng = np.random.default_rng(7)
    truth = float(stats.norm.ppf(0.9))
    series = [_autoregressive(rng, 3000, 0.9) for _ in range(400)]
    rank = next(h for h in range(2700, 3001) if stats.binom.sf(h - 1, 3000, 0.9) <= 0.01)

    found = [quantile_estimate(values, 0.9).upper for values in series]
    naive: list[float | None] = [float(np.sort(values)[rank - 1]) for values in series]

    assert _cover_share(found, truth) >= 0.96
    assert _cover_share(naive, truth) < 0.85


def test_independent_exceedances_inflate_little_and_runs_of_them_by_their_length() -> None:
    rng = np.random.default_rng(8)

    independent = [exceedance_inflation(rng.normal(size=2000), 1.0) or 0.0 for _ in range(200)]
    runs = [exceedance_inflation(np.repeat(rng.normal(size=400), 5), 1.0) or 0.0 for _ in range(200)]

    assert 1.0 <= float(np.mean(independent)) < 1.25
    assert float(np.mean(runs)) == pytest.approx(5.0, rel=0.15)


def test_a_bound_needs_as_many_blocks_as_independent_samples() -> None:
    values = np.random.default_rng(10).normal(size=63 * 20)

    few = quantile_estimate(values, 0.9, block_sizes=[20] * 63)
    enough = quantile_estimate(values, 0.9, block_sizes=[20] * 62 + [10, 10])

    assert few.upper is None
    assert few.reason == "not identified: needs samples of 64 blocks, has those of 63: a slow one may not have come"
    assert enough.upper is not None


@pytest.mark.parametrize("p", [0.9, 0.1])
def test_blocks_that_are_slow_as_a_whole_are_worth_one_sample_each(p: float) -> None:
    rng = np.random.default_rng(11)
    blocks = np.repeat(rng.random(200), 10) + 1e-6 * rng.random(2000)

    found = quantile_estimate(blocks if p == 0.9 else -blocks, p, block_sizes=[10] * 200)

    assert 120.0 <= found.effective_samples <= 200.0


def test_one_slow_block_beyond_the_quantile_is_seen() -> None:
    values = np.random.default_rng(12).normal(size=2000)
    values[330:340] += 10.0  # a twentieth of the tail, and all of it at its end

    in_blocks, unknown = (quantile_estimate(values, 0.9, block_sizes=sizes) for sizes in ([10] * 200, None))

    assert in_blocks.effective_samples < 0.8 * unknown.effective_samples


def test_independent_samples_in_blocks_keep_most_of_their_worth() -> None:
    rng = np.random.default_rng(13)

    worth = [quantile_estimate(rng.normal(size=2000), 0.9, block_sizes=[10] * 200).effective_samples for _ in range(50)]

    assert float(np.median(worth)) > 1200.0


def test_blocks_that_do_not_hold_the_samples_are_refused() -> None:
    with pytest.raises(MeasurementError, match="pass the size of each block"):
        quantile_estimate(np.arange(10.0), 0.5, block_sizes=[5, 4])


def test_a_coarse_clock_alone_does_not_cost_the_bound() -> None:
    rng = np.random.default_rng(9)

    found = [quantile_estimate(np.round(rng.normal(size=3000), 1), 0.99) for _ in range(100)]

    assert all(estimate.upper is not None for estimate in found)


@pytest.mark.parametrize("p", [0.0, 1.0, 99.0])
def test_a_quantile_that_is_none_is_refused(p: float) -> None:
    with pytest.raises(MeasurementError, match=r"pass 0\.99"):
        quantile_estimate([1.0, 2.0], p)


@pytest.mark.parametrize("values", [[], [[1.0, 2.0]], [1.0, float("nan")], ["slow"]])
def test_samples_that_are_no_row_of_finite_numbers_are_refused(values: list[object]) -> None:
    with pytest.raises(MeasurementError):
        quantile_estimate(np.asarray(values, dtype=object), 0.5)


def test_blocks_of_one_call_each_cost_no_bound() -> None:
    values = np.random.default_rng(14).normal(size=12)

    in_blocks, unknown = (quantile_estimate(values, 0.5, block_sizes=sizes) for sizes in ([1] * 12, None))

    assert in_blocks == unknown
    assert in_blocks.upper is not None


def test_what_is_missing_is_never_rounded_up_to_what_is_needed() -> None:
    values = np.random.default_rng(15).normal(size=65)

    found = quantile_estimate(values, 0.9, least_inflation=65 / 63.7)

    assert found.reason is not None
    assert int(found.reason.rsplit(" ", 1)[1]) < 64
