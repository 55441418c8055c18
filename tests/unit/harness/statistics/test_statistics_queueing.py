"""Queueing theory and means of what correlates, against exact results and simulation."""

import math

import numpy as np
import pytest
from helpers.queues import SERVICE_S, Kind, late_share, level_path
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import MeasurementError
from harness.statistics.queueing import (
    batch_variance,
    cycle_starts,
    cycle_variance,
    heavy_traffic_inflation,
    lindley_waits,
    mean_interval,
    pollaczek_khinchine_wait_s,
    wait_by_stretches_s,
)


@given(load=st.floats(0.01, 0.99), service=st.floats(1e-6, 10.0))
def test_pollaczek_khinchine_gives_the_textbook_waits(load: float, service: float) -> None:
    fixed = pollaczek_khinchine_wait_s(load / service, mean_service_s=service, mean_square_service_s2=service**2)
    exponential = pollaczek_khinchine_wait_s(
        load / service, mean_service_s=service, mean_square_service_s2=2 * service**2
    )

    assert fixed == pytest.approx(load * service / (2 * (1 - load)))
    assert exponential == pytest.approx(load * service / (1 - load))


def test_where_more_arrives_than_can_be_served_no_wait_is_predicted() -> None:
    assert pollaczek_khinchine_wait_s(1.0, mean_service_s=1.0, mean_square_service_s2=1.0) is None
    assert pollaczek_khinchine_wait_s(3.0, mean_service_s=1.0, mean_square_service_s2=1.0) is None


@pytest.mark.parametrize("moments", [(-1.0, 1.0, 1.0), (1.0, math.nan, 1.0), (1.0, 0.1, math.inf)])
def test_moments_that_no_service_has_are_refused(moments: tuple[float, float, float]) -> None:
    with pytest.raises(MeasurementError, match="no service has"):
        pollaczek_khinchine_wait_s(moments[0], mean_service_s=moments[1], mean_square_service_s2=moments[2])


def test_the_wait_at_a_server_whose_pace_wanders_is_predicted_stretch_by_stretch() -> None:
    rng, requests, rate = np.random.default_rng(5), 100_000, 0.7
    pace = np.repeat(rng.choice([0.8, 1.2], size=requests // 5000), 5000)
    arrivals = np.cumsum(rng.exponential(1.0 / rate, requests))
    simulated = float(lindley_waits(arrivals, pace).mean())

    by_stretches = wait_by_stretches_s(rate, pace)
    at_once = pollaczek_khinchine_wait_s(
        rate, mean_service_s=float(pace.mean()), mean_square_service_s2=float((pace**2).mean())
    )

    assert by_stretches == pytest.approx(simulated, rel=0.10)
    assert at_once is not None
    assert at_once < 0.8 * simulated


def test_what_stretches_of_independent_services_differ_by_chance_lengthens_no_wait() -> None:
    services = 0.9 * np.random.default_rng(6).lognormal(-0.043, 0.294, size=1000)
    moments = {"mean_service_s": float(services.mean()), "mean_square_service_s2": float((services**2).mean())}

    assert wait_by_stretches_s(1.0, services) == pytest.approx(pollaczek_khinchine_wait_s(1.0, **moments))


def test_a_stretch_in_which_more_arrives_than_is_served_leaves_no_prediction() -> None:
    services = np.repeat([0.5, 1.1], 1000)

    assert wait_by_stretches_s(1.0, services) is None
    assert wait_by_stretches_s(0.5, services) is not None


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 100)), min_size=1, max_size=50))
def test_lindleys_waits_are_those_of_a_server_followed_step_by_step(requests: list[tuple[int, int]]) -> None:
    arrivals = np.cumsum([gap for gap, _ in requests])
    free, waits = 0, []
    for arrival, (_, service) in zip(arrivals, requests, strict=True):
        waits.append(max(0, free - int(arrival)))
        free = max(free, int(arrival)) + service

    assert lindley_waits(arrivals, [service for _, service in requests]).tolist() == waits


@pytest.mark.parametrize("kind", ["M/M/1", "M/D/1"])
def test_the_late_shares_that_these_tests_rest_on_are_those_of_long_simulated_queues(kind: Kind) -> None:
    path = level_path(kind, load=0.6, requests=400_000, randomness=np.random.default_rng(1))

    for limit_s in (2 * SERVICE_S, 5 * SERVICE_S):
        share = late_share(kind, load=0.6, limit_s=limit_s)
        assert (path.latencies_ns > limit_s * 1e9).mean() == pytest.approx(share, rel=0.1)


def test_a_cycle_starts_where_a_request_finds_nobody_even_if_answers_overtake_one_another() -> None:
    arrivals = np.array([0, 10, 20, 50, 60, 100])
    completions = np.array([45, 15, 30, 55, 60, 130])

    assert cycle_starts(arrivals, completions).tolist() == [0, 3, 4, 5]


def test_the_interval_of_a_mean_wait_holds_the_theory_as_often_as_it_says() -> None:
    randomness = np.random.default_rng(2)
    theory = pollaczek_khinchine_wait_s(700.0, mean_service_s=SERVICE_S, mean_square_service_s2=SERVICE_S**2)
    assert theory is not None
    held = 0
    for _ in range(200):
        path = level_path("M/D/1", load=0.7, requests=5_000, randomness=randomness)
        found = mean_interval(path.waits_ns[500:] / 1e9, confidence=0.95, starts=path.starts)
        assert found.lower is not None
        assert found.upper is not None
        held += found.lower <= theory <= found.upper

    assert held >= 180  # 95 % nominal; below it 1 time in 1,000 at 0.95


def test_independent_samples_have_the_variance_that_they_have() -> None:
    series = np.random.default_rng(3).normal(size=20_000)

    every = np.arange(series.size)
    assert cycle_variance(series, every) == pytest.approx(1 / series.size, rel=0.05)
    assert batch_variance(series) == pytest.approx(1 / series.size, rel=0.7)


def test_too_few_batches_or_cycles_are_no_variance_and_give_no_bounds() -> None:
    series = np.arange(39.0)

    assert batch_variance(series) is None
    assert cycle_variance(series, np.arange(5)) is None
    found = mean_interval(series, confidence=0.95, starts=np.arange(5))
    assert (found.point, found.lower, found.upper) == (19.0, None, None)


@pytest.mark.parametrize(("kind", "variation"), [("M/M/1", 1.0), ("M/D/1", 0.0)])
def test_late_requests_inflate_the_variance_about_twice_as_much_as_heavy_traffic_says(
    kind: Kind, variation: float
) -> None:
    path = level_path(kind, load=0.7, requests=1_000_000, randomness=np.random.default_rng(8))
    late = path.latencies_ns > np.quantile(path.latencies_ns, 0.99)
    starts = cycle_starts(path.arrivals_ns, path.arrivals_ns + path.latencies_ns)
    variance = cycle_variance(late.astype(np.float64), starts)
    assert variance is not None

    inflation = variance * late.size / (0.01 * 0.99)

    assert 1.5 < inflation / heavy_traffic_inflation(0.7, service_variation=variation) < 3.0
    assert heavy_traffic_inflation(1.0, service_variation=variation) == math.inf
