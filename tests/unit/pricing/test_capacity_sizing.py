"""Replicas for a peak, by the hour, and the simulation that checks them."""

import math

import pytest
from helpers.capacity_rates import service_rate, unbatched_rate
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.capacity import (
    ExponentialService,
    check_sizing,
    highest_rate,
    profile_arrivals_s,
    replicas_by_hour,
    size_replicas,
)
from pricing.errors import CapacityError
from pricing.vocabulary import BatchCurve, Range, RateMethod, ServiceRate, Slo

SLO = Slo(quantile=0.99, limit_s=0.05)
CURVE = BatchCurve(fixed_s=0.002, per_sample_s=0.001, max_batch=16)
DAY = (*(20.0,) * 7, *(60.0,) * 2, *(100.0,) * 9, *(40.0,) * 6)


def curve_rate() -> ServiceRate:
    return service_rate(Range.exactly(highest_rate(CURVE, SLO).per_s), method=RateMethod.CURVE, curve=CURVE, slo=SLO)


@pytest.mark.parametrize(("share", "replicas"), [(37_479.5 / 6_035.6, 621), (3_335.2 / 443.1, 753)])
def test_t4s_for_a_hundred_a100s_at_int8(share: float, replicas: int) -> None:
    sizing = size_replicas(service_rate(Range.exactly(1.0)), peak_per_s=100 * share, slo=SLO, headroom=0.0)

    assert sizing.replicas == replicas


def test_t4s_for_a_hundred_a100s_at_their_fp32_bound() -> None:
    sizing = size_replicas(service_rate(Range.exactly(6_035.6)), peak_per_s=100 * 2_384.45, slo=SLO, headroom=0.0)

    assert sizing.replicas == 40


def test_an_even_split_leaves_its_headroom_free() -> None:
    sizing = size_replicas(service_rate(Range(low=25.0, point=30.0, high=40.0)), peak_per_s=100, slo=SLO, headroom=0.2)

    assert sizing.replicas == 5
    assert (sizing.per_replica_per_s, sizing.utilisation) == pytest.approx((20.0, 0.8))
    assert sizing.predicted_quantile_s is None
    assert "even split" in sizing.formula


def test_a_bound_gives_the_smallest_fleet_that_could_do_and_says_so() -> None:
    bound = service_rate(Range(low=0.0, point=None, high=990.46), method=RateMethod.PEAK_BOUND)

    sizing = size_replicas(bound, peak_per_s=5_000, slo=SLO, headroom=0.0)

    assert sizing.replicas == 6
    assert "smallest" in sizing.formula


def test_a_curve_predicts_its_quantile_and_the_simulation_agrees() -> None:
    sizing = size_replicas(curve_rate(), peak_per_s=5_000, slo=SLO, headroom=0.1)
    check = check_sizing(sizing, requests=1_000_000)

    assert sizing.predicted_quantile_s is not None
    assert sizing.predicted_quantile_s <= SLO.limit_s
    assert check.difference == pytest.approx(0.0, abs=0.02)
    assert check.keeps_slo
    assert check.share_within >= 0.99
    assert check.low_s <= check.quantile_s <= check.high_s


@pytest.mark.parametrize("service_cv2", [0.0, 1.0])
def test_without_batching_replicas_share_one_queue_and_one_fewer_would_break_the_slo(service_cv2: float) -> None:
    slo = Slo(quantile=0.9, limit_s=0.22 if service_cv2 == 0 else 0.5)
    sizing = size_replicas(unbatched_rate(0.2), peak_per_s=100, slo=slo, headroom=0.0, service_cv2=service_cv2)
    check = check_sizing(sizing, requests=1_000_000)

    assert sizing.is_shared_queue
    assert "exact" in sizing.formula
    assert sizing.utilisation == pytest.approx(20 / sizing.replicas)
    assert check.low_s <= slo.limit_s
    assert check.difference == pytest.approx(0.0, abs=0.02)
    fewer = unbatched_rate(0.2)
    with_less = size_replicas(fewer, peak_per_s=100 * (1 - 1.5 / sizing.replicas), slo=slo, headroom=0.0,
                              service_cv2=service_cv2)  # fmt: skip
    assert with_less.replicas < sizing.replicas


@pytest.mark.parametrize("service_cv2", [0.3, 2.0])
def test_the_general_formula_is_within_ten_percent_of_simulation(service_cv2: float) -> None:
    slo = Slo(quantile=0.95, limit_s=1.0)
    sizing = size_replicas(unbatched_rate(0.2), peak_per_s=40, slo=slo, headroom=0.05, service_cv2=service_cv2)
    check = check_sizing(sizing, requests=600_000)

    assert "Allen and Cunneen" in sizing.formula
    assert check.difference == pytest.approx(0.0, abs=0.10)


@settings(max_examples=60, deadline=None)
@given(
    peak=st.floats(0.01, 2e4),
    more=st.floats(1.0, 3.0),
    limit=st.floats(0.011, 2.0),
    headroom=st.floats(0.0, 0.9),
    is_batched=st.booleans(),
)
def test_more_load_never_needs_fewer_replicas_and_a_longer_limit_never_more(
    peak: float,
    more: float,
    limit: float,
    headroom: float,
    is_batched: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    def replicas(load: float, seconds: float) -> int:
        slo = Slo(quantile=0.99, limit_s=seconds)
        rate = unbatched_rate(0.01)
        if is_batched:
            rate = service_rate(
                Range.exactly(highest_rate(CURVE, slo).per_s), method=RateMethod.CURVE, curve=CURVE, slo=slo
            )
        return size_replicas(rate, peak_per_s=load, slo=slo, headroom=headroom).replicas

    assert replicas(peak, limit) <= replicas(peak * more, limit)
    assert replicas(peak, limit * more) <= replicas(peak, limit)


@pytest.mark.parametrize("peak", [0.0, -1.0, math.nan, math.inf, 1e13])
def test_a_peak_that_is_none_is_refused(peak: float) -> None:
    with pytest.raises(CapacityError, match="peak"):
        size_replicas(curve_rate(), peak_per_s=peak, slo=SLO, headroom=0.0)


@pytest.mark.parametrize("headroom", [-0.1, 1.0, math.nan])
def test_a_headroom_that_is_none_is_refused(headroom: float) -> None:
    with pytest.raises(CapacityError, match="headroom"):
        size_replicas(curve_rate(), peak_per_s=1.0, slo=SLO, headroom=headroom)


def test_an_slo_that_one_request_breaks_is_refused() -> None:
    with pytest.raises(CapacityError, match="cannot be kept by any fleet"):
        size_replicas(unbatched_rate(0.05), peak_per_s=1.0, slo=SLO, headroom=0.0)
    with pytest.raises(CapacityError, match="service is too slow"):
        size_replicas(unbatched_rate(0.04), peak_per_s=1.0, slo=SLO, headroom=0.0, service_cv2=1.0)


def test_a_rate_inside_a_looser_promise_is_no_rate_inside_a_stricter_one() -> None:
    rate = service_rate(Range.exactly(100.0), method=RateMethod.SERVER, slo=Slo(quantile=0.99, limit_s=0.1))

    with pytest.raises(CapacityError, match="stricter"):
        size_replicas(rate, peak_per_s=10.0, slo=SLO, headroom=0.0)
    assert size_replicas(rate, peak_per_s=10.0, slo=Slo(quantile=0.9, limit_s=0.2), headroom=0.0).replicas == 1


@pytest.mark.parametrize("known", [Range.exactly(0.0), Range(low=0.0, point=None, high=math.inf)])
def test_without_a_rate_nothing_is_sized(known: Range) -> None:
    with pytest.raises(CapacityError, match="no rate above 0"):
        size_replicas(service_rate(known), peak_per_s=10.0, slo=SLO, headroom=0.0)


def test_more_replicas_than_there_are_devices_are_a_wrong_unit() -> None:
    with pytest.raises(CapacityError, match="unit"):
        size_replicas(service_rate(Range.exactly(1.0)), peak_per_s=1e9, slo=SLO, headroom=0.0)


def test_a_rate_alone_cannot_be_simulated() -> None:
    sizing = size_replicas(service_rate(Range.exactly(10.0)), peak_per_s=5.0, slo=SLO, headroom=0.0)

    with pytest.raises(CapacityError, match="no batch curve"):
        check_sizing(sizing)


def test_a_check_takes_other_arrivals_and_other_services() -> None:
    sizing = size_replicas(unbatched_rate(0.01), peak_per_s=1_000, slo=SLO, headroom=0.2)
    crowded = profile_arrivals_s((500.0, 2_000.0, 500.0), step_s=20.0, seed=1)

    assert not check_sizing(sizing, arrivals_s=crowded).keeps_slo
    assert check_sizing(sizing, service=ExponentialService(mean_s=0.01), requests=50_000).mean_wait_s > 0
    with pytest.raises(CapacityError, match="too few"):
        check_sizing(sizing, requests=100)


def test_each_hour_has_its_replicas_and_those_of_the_next_before_it_begins() -> None:
    rate = service_rate(Range.exactly(10.0))
    sizing = size_replicas(rate, peak_per_s=120.0, slo=SLO, headroom=0.0)

    at_once = replicas_by_hour(sizing, hourly_per_s=DAY)
    lagging = replicas_by_hour(sizing, hourly_per_s=DAY, lag_s=300.0)

    assert at_once == (*(3,) * 7, *(8,) * 2, *(12,) * 9, *(5,) * 6)  # 120 at the peak of an hour of 100
    assert lagging == (*(3,) * 6, *(8,) * 2, *(12,) * 10, *(5,) * 6)
    assert max(at_once) == sizing.replicas
    assert set(replicas_by_hour(sizing, hourly_per_s=DAY, lag_s=86_400.0)) == {12}


def test_an_hour_without_requests_keeps_the_least() -> None:
    sizing = size_replicas(service_rate(Range.exactly(10.0)), peak_per_s=100.0, slo=SLO, headroom=0.0)

    assert replicas_by_hour(sizing, hourly_per_s=(0.0,) * 23 + (100.0,), least=2) == (2,) * 23 + (10,)


@pytest.mark.parametrize(
    ("hourly", "lag_s", "least"),
    [
        ((1.0,) * 23, 0.0, 1),
        ((0.0,) * 24, 0.0, 1),
        ((200.0,) * 24, 0.0, 1),
        (DAY, -1.0, 1),
        (DAY, 1e6, 1),
        (DAY, 0.0, -1),
    ],
)
def test_a_day_that_is_none_is_refused(hourly: tuple[float, ...], lag_s: float, least: int) -> None:
    sizing = size_replicas(service_rate(Range.exactly(10.0)), peak_per_s=100.0, slo=SLO, headroom=0.0)

    with pytest.raises(CapacityError):
        replicas_by_hour(sizing, hourly_per_s=hourly, lag_s=lag_s, least=least)
