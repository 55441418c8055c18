"""Queues by formula: exact fractions, published cases, and other people's simulators."""

import math
from fractions import Fraction
from statistics import fmean

import ciw
import pytest
from helpers.queues import late_share as exact_late_share
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.capacity import FixedService, poisson_arrivals_s, simulate
from pricing.capacity.erlang import (
    erlang_b,
    erlang_c,
    mmc_late_share,
    mmc_sojourn_quantile_s,
    mmc_wait_quantile_s,
    mmc_wait_s,
)
from pricing.capacity.fixed_queue import FixedQueue
from pricing.capacity.queues import (
    allen_cunneen_wait_s,
    late_share,
    mdc_wait_s,
    mgc_late_share,
    pollaczek_khinchine_wait_s,
    sojourn_quantile_s,
)
from pricing.errors import CapacityError


def exact_erlang_b(servers: int, offered: Fraction) -> Fraction:
    terms = [Fraction(1)]
    for k in range(1, servers + 1):
        terms.append(terms[-1] * offered / k)
    return terms[-1] / sum(terms)


def exact_erlang_c(servers: int, offered: Fraction) -> Fraction:
    blocked = exact_erlang_b(servers, offered)
    return blocked / (1 - offered / servers * (1 - blocked))


@pytest.mark.parametrize(
    ("servers", "offered", "expected"), [(2, 1, Fraction(1, 3)), (3, 2, Fraction(4, 9)), (5, 4, Fraction(128, 231))]
)
def test_erlang_c_of_small_queues_is_the_known_fraction(servers: int, offered: int, expected: Fraction) -> None:
    assert exact_erlang_c(servers, Fraction(offered)) == expected
    assert erlang_c(servers, offered) == pytest.approx(float(expected), rel=1e-12)


def test_ten_servers_under_eight_erlangs() -> None:
    blocked, waiting = exact_erlang_b(10, Fraction(8)), exact_erlang_c(10, Fraction(8))

    assert erlang_b(10, 8) == pytest.approx(float(blocked), rel=1e-12) == pytest.approx(0.121661, abs=5e-7)
    assert erlang_c(10, 8) == pytest.approx(float(waiting), rel=1e-12) == pytest.approx(0.409180, abs=5e-7)
    assert mmc_wait_s(10, rate_per_s=8, service_s=1) == pytest.approx(float(waiting / 2), rel=1e-12)
    assert mmc_wait_s(10, rate_per_s=8, service_s=1) == pytest.approx(0.204590, abs=5e-7)
    p99 = mmc_wait_quantile_s(10, rate_per_s=8, service_s=1, quantile=0.99)
    assert p99 == pytest.approx(math.log(100 * float(waiting)) / 2, rel=1e-12) == pytest.approx(1.8558, abs=5e-5)


@given(st.integers(1, 60), st.fractions(Fraction(1, 50), 50, max_denominator=50))
def test_erlang_formulas_are_probabilities_and_waiting_is_likelier_than_loss(servers: int, offered: Fraction) -> None:
    blocked, waiting = erlang_b(servers, float(offered)), erlang_c(servers, float(offered))

    assert 0.0 <= blocked <= waiting <= 1.0
    assert blocked == pytest.approx(float(exact_erlang_b(servers, offered)), rel=1e-11)


def test_erlang_b_of_many_servers_agrees_with_its_recursion() -> None:
    blocked = 1.0
    for count in range(1, 20_001):
        blocked = 19_800.0 * blocked / (count + 19_800.0 * blocked)

    assert erlang_b(20_000, 19_800.0) == pytest.approx(blocked, rel=1e-9)


def test_sojourns_at_one_exponential_server_are_exponential() -> None:
    p99 = mmc_sojourn_quantile_s(1, rate_per_s=8, service_s=0.1, quantile=0.99)

    assert p99 == pytest.approx(math.log(100) / 2, rel=1e-9) == pytest.approx(2.302585, rel=1e-6)
    assert mmc_late_share(1, rate_per_s=8, service_s=0.1, limit_s=p99) == pytest.approx(0.01, rel=1e-9)


@pytest.mark.parametrize(("load", "waits"), [(0.5, 0.5), (0.8, 2.0), (0.9, 4.5)])
def test_one_server_of_fixed_time_waits_as_pollaczek_and_khinchine_say(load: float, waits: float) -> None:
    assert pollaczek_khinchine_wait_s(load, service_s=1, service_cv2=0) == pytest.approx(waits, rel=1e-9)
    assert mdc_wait_s(1, rate_per_s=load, service_s=1) == pytest.approx(waits, rel=1e-9)
    assert allen_cunneen_wait_s(1, rate_per_s=load, service_s=1, service_cv2=0) == pytest.approx(waits, rel=1e-9)


def test_twenty_three_servers_keep_a_wait_of_300_ms_where_twenty_two_do_not() -> None:
    waits = {c: mmc_wait_quantile_s(c, rate_per_s=100, service_s=0.2, quantile=0.99) for c in range(21, 25)}

    assert min(c for c, wait in waits.items() if wait <= 0.3) == 23
    assert erlang_c(23, 20) == pytest.approx(float(exact_erlang_c(23, Fraction(20))), rel=1e-12)
    assert erlang_c(23, 20) == pytest.approx(0.415738, abs=5e-7)
    assert waits[23] == pytest.approx(math.log(100 * float(exact_erlang_c(23, Fraction(20)))) / 15, rel=1e-9)
    assert waits[23] == pytest.approx(0.248498, abs=5e-7)


@pytest.mark.parametrize(
    ("servers", "rate", "expected", "simulated"), [(2, 1.6, 0.900984, 0.9021), (5, 4.0, 0.288780, 0.2884)]
)
def test_cosmetatos_is_within_a_percent_of_simulation(
    servers: int, rate: float, expected: float, simulated: float
) -> None:
    wait = mdc_wait_s(servers, rate_per_s=rate, service_s=1)
    seen = simulate(poisson_arrivals_s(rate, requests=2_000_000, seed=7), FixedService(seconds=1), replicas=servers)

    assert wait == pytest.approx(expected, abs=5e-7)
    assert wait == pytest.approx(simulated, rel=0.015)
    assert seen.mean_wait_s == pytest.approx(simulated, rel=0.02)


@pytest.mark.parametrize("load", [0.3, 0.8, 0.95])
@pytest.mark.parametrize("limit", [1.0, 1.5, 3.0, 10.0])
def test_fixed_times_at_one_server_agree_with_erlangs_exact_law(load: float, limit: float) -> None:
    share = FixedQueue(servers=1, rate_per_s=load, service_s=1.0).late_share(limit)

    assert share == pytest.approx(exact_late_share("M/D/1", load=load, limit_s=limit * 1e-3), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(("servers", "load"), [(3, 0.6), (10, 0.85), (100, 0.95)])
def test_late_shares_of_many_fixed_servers_agree_with_simulation(servers: int, load: float) -> None:
    rate = servers * load
    arrivals_s = poisson_arrivals_s(rate, requests=1_500_000, seed=servers)
    seen = simulate(arrivals_s, FixedService(seconds=1), replicas=servers)
    p95 = sojourn_quantile_s(servers, rate_per_s=rate, service_s=1, quantile=0.95)

    assert seen.quantile_s(0.95) == pytest.approx(p95, rel=0.02)
    assert late_share(servers, rate_per_s=rate, service_s=1, limit_s=p95) == pytest.approx(0.05, rel=1e-6)


def test_the_general_formula_is_close_to_the_exact_one_between_which_it_stands() -> None:
    limits = [1.5, 3.0, 6.0]
    exact = [mmc_late_share(4, rate_per_s=3, service_s=1, limit_s=limit) for limit in limits]
    general = [mgc_late_share(4, rate_per_s=3, service_s=1, limit_s=limit, service_cv2=0.999) for limit in limits]

    assert general == pytest.approx(exact, rel=0.02)


def test_ciw_sees_the_same_exponential_servers() -> None:
    ciw.seed(3)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=2.4)],
        service_distributions=[ciw.dists.Exponential(rate=1.0)],
        number_of_servers=[4],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(8_000)
    waits = [record.waiting_time for record in simulation.get_all_records()]

    assert fmean(waits) == pytest.approx(mmc_wait_s(4, rate_per_s=2.4, service_s=1), rel=0.15)
    assert sum(wait > 0 for wait in waits) / len(waits) == pytest.approx(erlang_c(4, 2.4), abs=0.03)


@settings(max_examples=60, deadline=None)
@given(
    servers=st.integers(1, 300),
    load=st.floats(0.01, 0.999),
    spare=st.floats(0.0, 20.0),
    cv2=st.sampled_from([0.0, 0.4, 1.0, 2.0]),
)
def test_late_shares_are_probabilities_that_fall_with_the_limit(
    servers: int, load: float, spare: float, cv2: float
) -> None:
    rate = servers * load
    shares = [
        late_share(servers, rate_per_s=rate, service_s=1, limit_s=limit, service_cv2=cv2)
        for limit in (1.0 + spare, 1.01 + spare, 3.0 + spare)
    ]

    assert all(0.0 <= share <= 1.0 for share in shares)
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("offered", [math.nan, math.inf, -1.0])
def test_a_load_that_is_none_is_refused(offered: float) -> None:
    with pytest.raises(CapacityError, match="erlangs"):
        erlang_c(2, offered)


def test_a_queue_that_grows_without_end_has_infinite_waits() -> None:
    assert mmc_wait_s(2, rate_per_s=3, service_s=1) == math.inf
    assert mdc_wait_s(2, rate_per_s=3, service_s=1) == math.inf
    assert sojourn_quantile_s(2, rate_per_s=2, service_s=1, quantile=0.9) == math.inf
    assert late_share(2, rate_per_s=2 * (1 - 1e-12), service_s=1, limit_s=9) == 1.0
