"""Batches: the fit of a curve, Inoue's bound, and the exact chain beside simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.capacity import (
    BatchServer,
    batch_latency,
    fit_curve,
    highest_rate,
    inoue_bound_s,
    poisson_arrivals_s,
    simulate,
)
from pricing.capacity.fixed_queue import FixedQueue
from pricing.errors import CapacityError, EvidenceError
from pricing.vocabulary import BatchCurve, Slo

V100 = [
    (batch, batch / rate) for batch, rate in zip((1, 2, 4, 8, 64, 128), (476, 880, 1631, 2685, 5877, 6275), strict=True)
]
STEEP = BatchCurve(fixed_s=0.002, per_sample_s=0.001, max_batch=8)
FLAT = BatchCurve(fixed_s=0.001, per_sample_s=0.0, max_batch=16)
INOUE = BatchCurve(fixed_s=1.8874e-3, per_sample_s=0.1438e-3, max_batch=128)


def test_the_fit_of_a_published_v100_is_its_papers() -> None:
    curve = fit_curve(V100)

    assert curve.per_sample_s == pytest.approx(0.143815e-3, rel=5e-6)
    assert curve.fixed_s == pytest.approx(1.887355e-3, rel=1e-6)
    slope, fixed = np.polyfit([batch for batch, _ in V100], [seconds for _, seconds in V100], 1)
    assert (curve.per_sample_s, curve.fixed_s) == pytest.approx((slope, fixed), rel=1e-9)
    assert curve.max_batch == 128
    assert curve.worst_residual == pytest.approx(max(abs((fixed + slope * b) / s - 1) for b, s in V100), rel=1e-9)


def test_a_fit_never_has_a_negative_part() -> None:
    without_fixed = fit_curve([(1, 1.0), (2, 3.0)])
    without_slope = fit_curve([(1, 3.0), (2, 1.0)])

    assert (without_fixed.fixed_s, without_fixed.per_sample_s) == pytest.approx((0.0, 1.4))
    assert (without_slope.fixed_s, without_slope.per_sample_s) == pytest.approx((2.0, 0.0))


def test_a_single_size_promises_no_quicker_smaller_batches() -> None:
    curve = fit_curve([(4, 0.2), (4, 0.2)])

    assert (curve.fixed_s, curve.per_sample_s, curve.max_batch) == (0.2, 0.0, 4)
    assert curve.worst_residual is None


@pytest.mark.parametrize("points", [[], [(0, 1.0)], [(1, math.nan)], [(1, 0.0)], [(10**9, 1.0)]])
def test_what_is_no_measured_batch_is_refused(points: list[tuple[int, float]]) -> None:
    with pytest.raises(EvidenceError):
        fit_curve(points)


@pytest.mark.parametrize(
    ("rate_per_ms", "bound_ms"), [(0.3, 2.70472), (1, 3.46398), (2, 4.15334), (4, 6.94125), (6, 21.44022)]
)
def test_inoues_bound_is_as_published_and_holds_in_simulation(rate_per_ms: float, bound_ms: float) -> None:
    rate = 1e3 * rate_per_ms
    seen = simulate(
        poisson_arrivals_s(rate, requests=400_000, seed=5),
        BatchServer(curve=BatchCurve(fixed_s=1.8874e-3, per_sample_s=0.1438e-3, max_batch=4096), max_batch=4096),
    )

    assert 1e3 * inoue_bound_s(INOUE, rate) == pytest.approx(bound_ms, rel=2e-6)
    assert 0.8 * bound_ms < 1e3 * float(seen.latencies_s.mean()) < 1.02 * bound_ms
    assert inoue_bound_s(INOUE, 1 / 0.1438e-3) == math.inf


@pytest.mark.parametrize(
    ("curve", "max_batch", "delay_s", "limit_s"),
    [
        (STEEP, 8, 0.0, 0.012),
        (STEEP, 8, 0.0, 0.030),
        (STEEP, 4, 0.0, 0.009),
        (STEEP, 8, 0.004, 0.025),
        (STEEP, 8, 0.009, 0.035),
        (FLAT, 16, 0.0, 0.0025),
        (FLAT, 3, 0.0, 0.0055),
        (INOUE, 128, 0.0, 0.012),
        (INOUE, 32, 0.0, 0.012),
    ],
)
def test_the_highest_rate_just_keeps_its_slo_in_simulation(
    curve: BatchCurve, max_batch: int, delay_s: float, limit_s: float
) -> None:
    found = highest_rate(curve, Slo(quantile=0.9, limit_s=limit_s), max_batch=max_batch, max_delay_s=delay_s)
    server = BatchServer(curve=curve, max_batch=max_batch, max_delay_s=delay_s)
    seen = simulate(poisson_arrivals_s(found.per_s, requests=1_000_000, seed=11), server)

    assert found.quantile_s == pytest.approx(limit_s, rel=1e-3)
    assert seen.quantile_s(0.9) == pytest.approx(limit_s, rel=0.02)
    assert seen.mean_batch == pytest.approx(found.mean_batch, rel=0.01)
    assert seen.utilisation == pytest.approx(found.utilisation, rel=0.01)
    assert "approximated" in found.formula if delay_s else "exact" in found.formula


def test_a_tail_quantile_at_a_given_rate_agrees_with_simulation() -> None:
    server = BatchServer(curve=INOUE, max_batch=64)
    predicted = batch_latency(server, 4_500, quantile=0.99)
    seen = simulate(poisson_arrivals_s(4_500, requests=2_000_000, seed=2), server)

    assert predicted.quantile_s == pytest.approx(seen.quantile_s(0.99), rel=0.02)


@pytest.mark.parametrize("limit", [1.4, 2.0, 7.3, 40.0])
def test_batches_of_one_are_the_queue_of_fixed_times(limit: float) -> None:
    curve = BatchCurve(fixed_s=0.4, per_sample_s=0.6, max_batch=1)
    found = highest_rate(curve, Slo(quantile=0.99, limit_s=limit))

    assert FixedQueue(servers=1, rate_per_s=found.per_s, service_s=1.0).late_share(limit) == pytest.approx(
        0.01, rel=1e-3
    )


def test_many_states_are_grouped_on_the_safe_side() -> None:
    curve = BatchCurve(fixed_s=0.010, per_sample_s=0.0001, max_batch=1000)
    slo = Slo(quantile=0.99, limit_s=0.150)
    found = highest_rate(curve, slo)
    server = BatchServer(curve=curve, max_batch=1000)

    assert "groups" in found.formula
    for share, keeps in ((1.0, True), (1.02, False)):
        seen = simulate(poisson_arrivals_s(share * found.per_s, requests=800_000, seed=4), server)
        assert (seen.quantile_s(0.99) <= slo.limit_s) is keeps


@settings(max_examples=50, deadline=None)
@given(
    fixed=st.floats(0.0, 5.0),
    slope=st.floats(0.01, 2.0),
    full=st.integers(1, 48),
    limit=st.floats(1.05, 30.0),
    more=st.floats(1.01, 3.0),
)
def test_a_longer_limit_never_lowers_the_rate_nor_does_it_pass_the_capacity(
    fixed: float, slope: float, full: int, limit: float, more: float
) -> None:
    curve = BatchCurve(fixed_s=fixed, per_sample_s=slope, max_batch=full)
    rates = [
        highest_rate(curve, Slo(quantile=0.99, limit_s=seconds)).per_s
        for seconds in (limit * curve.seconds(1), limit * more * curve.seconds(1))
    ]

    assert 0.0 < rates[0] <= rates[1] * (1 + 1e-4)
    assert rates[1] <= full / curve.seconds(full)


def test_a_limit_that_one_lone_request_breaks_is_refused() -> None:
    with pytest.raises(CapacityError, match="arrives alone"):
        highest_rate(STEEP, Slo(quantile=0.99, limit_s=STEEP.seconds(1)))
    with pytest.raises(CapacityError, match="arrives alone"):
        highest_rate(STEEP, Slo(quantile=0.99, limit_s=0.005), max_delay_s=0.003)


@pytest.mark.parametrize(("max_batch", "delay_s"), [(0, 0.0), (9, 0.0), (8, -1.0), (8, math.nan), (8, 0.5)])
def test_a_server_that_is_none_or_that_no_formula_covers_is_refused(max_batch: int, delay_s: float) -> None:
    with pytest.raises(CapacityError):
        highest_rate(STEEP, Slo(quantile=0.99, limit_s=1.0), max_batch=max_batch, max_delay_s=delay_s)


def test_beyond_its_capacity_a_replica_has_no_latency() -> None:
    server = BatchServer(curve=STEEP, max_batch=8)

    assert batch_latency(server, 801, quantile=0.99).quantile_s == math.inf
    assert math.isfinite(batch_latency(server, 799.9, quantile=0.99).quantile_s)
