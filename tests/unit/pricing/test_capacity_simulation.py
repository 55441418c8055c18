"""Our simulation: beside theory, beside SimPy, and what it must conserve."""

import math
from collections.abc import Generator

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pricing.capacity import (
    BatchServer,
    EmpiricalService,
    ExponentialService,
    FixedService,
    poisson_arrivals_s,
    profile_arrivals_s,
    simulate,
)
from pricing.capacity.erlang import mmc_sojourn_quantile_s, mmc_wait_s
from pricing.capacity.queues import pollaczek_khinchine_wait_s
from pricing.errors import CapacityError
from pricing.vocabulary import BatchCurve

CURVE = BatchCurve(fixed_s=0.5, per_sample_s=0.25, max_batch=8)


def simpy_starts(arrivals_s: NDArray[np.float64], service_s: float, servers: int) -> list[float]:
    environment = simpy.Environment()
    resource = simpy.Resource(environment, capacity=servers)
    starts = [0.0] * arrivals_s.size

    def request(place: int, moment: float) -> Generator[simpy.Event, None, None]:
        yield environment.timeout(moment)
        with resource.request() as turn:
            yield turn
            starts[place] = environment.now
            yield environment.timeout(service_s)

    for place, moment in enumerate(arrivals_s.tolist()):
        environment.process(request(place, moment))
    environment.run()
    return starts


@pytest.mark.parametrize("servers", [1, 3])
def test_simpy_starts_every_request_at_the_same_moment(servers: int) -> None:
    arrivals_s = poisson_arrivals_s(0.9 * servers, requests=2_000, seed=1)

    ours = simulate(arrivals_s, FixedService(seconds=1.0), replicas=servers)

    assert ours.starts_s == pytest.approx(simpy_starts(arrivals_s, 1.0, servers), abs=1e-9)


def test_taking_turns_is_what_the_heap_of_free_servers_does() -> None:
    arrivals_s = poisson_arrivals_s(4.5, requests=5_000, seed=9)

    in_turn = simulate(arrivals_s, FixedService(seconds=1.0), replicas=5)
    by_heap = simulate(arrivals_s, EmpiricalService(samples_s=(1.0,)), replicas=5)

    assert in_turn.starts_s == pytest.approx(by_heap.starts_s, abs=1e-9)


def test_exponential_servers_behind_one_queue_wait_as_erlang_says() -> None:
    seen = simulate(
        poisson_arrivals_s(8, requests=1_500_000, seed=3), ExponentialService(mean_s=1.0), replicas=10, seed=4
    )

    assert seen.mean_wait_s == pytest.approx(mmc_wait_s(10, rate_per_s=8, service_s=1), rel=0.02)
    p99 = mmc_sojourn_quantile_s(10, rate_per_s=8, service_s=1, quantile=0.99)
    assert seen.quantile_s(0.99) == pytest.approx(p99, rel=0.02)
    assert seen.utilisation == pytest.approx(0.8, rel=0.01)
    assert seen.share_within(p99) == pytest.approx(0.99, abs=0.001)


def test_measured_times_wait_as_pollaczek_and_khinchine_say() -> None:
    samples = (0.5, 0.5, 0.5, 2.5)
    seen = simulate(poisson_arrivals_s(0.6, requests=1_500_000, seed=6), EmpiricalService(samples_s=samples), seed=5)

    expected = pollaczek_khinchine_wait_s(0.6, service_s=1.0, service_cv2=float(np.var(samples)))
    assert seen.mean_wait_s == pytest.approx(expected, rel=0.02)


def test_replicas_that_share_by_lot_wait_like_one_with_its_share() -> None:
    split = simulate(
        poisson_arrivals_s(2.8, requests=2_000_000, seed=3), FixedService(seconds=1.0), replicas=4, is_split=True
    )

    assert split.mean_wait_s == pytest.approx(pollaczek_khinchine_wait_s(0.7, service_s=1, service_cv2=0), rel=0.02)
    assert split.utilisation == pytest.approx(0.7, rel=0.01)


def test_batches_are_taken_and_delayed_as_the_rules_say() -> None:
    arrivals_s = np.array([0.0, 0.1, 0.2, 5.0, 5.1, 9.0])
    greedy = simulate(arrivals_s, BatchServer(curve=CURVE, max_batch=2))
    patient = simulate(arrivals_s, BatchServer(curve=CURVE, max_batch=2, max_delay_s=0.5))

    assert greedy.starts_s.tolist() == [0.0, 0.75, 0.75, 5.0, 5.75, 9.0]
    assert greedy.ends_s.tolist() == [0.75, 1.75, 1.75, 5.75, 6.5, 9.75]
    assert patient.starts_s.tolist() == [0.1, 0.1, 1.1, 5.1, 5.1, 9.5]
    assert (greedy.batches, patient.batches) == (5, 4)
    assert patient.busy_s == pytest.approx(2 * 1.0 + 2 * 0.75)


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    requests=st.integers(8, 300),
    replicas=st.integers(1, 8),
    rate=st.floats(0.1, 20.0),
    how=st.tuples(st.sampled_from(["fixed", "exponential", "batches", "patient batches"]), st.booleans()),
)
def test_every_request_is_served_once_after_it_came_and_no_replica_twice_at_a_time(
    seed: int,
    requests: int,
    replicas: int,
    rate: float,
    how: tuple[str, bool],
) -> None:
    services: dict[str, FixedService | ExponentialService | BatchServer] = {
        "fixed": FixedService(seconds=0.7),
        "exponential": ExponentialService(mean_s=0.7),
        "batches": BatchServer(curve=CURVE, max_batch=8),
        "patient batches": BatchServer(curve=CURVE, max_batch=3, max_delay_s=0.4),
    }
    arrivals_s = poisson_arrivals_s(rate, requests=requests, seed=seed)

    seen = simulate(arrivals_s, services[how[0]], replicas=replicas, is_split=how[1], seed=seed)

    assert seen.starts_s.shape == seen.ends_s.shape == arrivals_s.shape
    assert np.all(seen.starts_s >= arrivals_s)
    assert np.all(seen.ends_s > seen.starts_s)
    spans = np.unique(np.stack([seen.starts_s, seen.ends_s], axis=1), axis=0)
    changes = np.concatenate([spans[:, 0], spans[:, 1] - 1e-9])
    steps = np.repeat([1, -1], len(spans))[np.lexsort((np.repeat([1, 0], len(spans)), changes))]
    assert np.cumsum(steps).max() <= replicas
    assert 0.0 < seen.utilisation <= 1.0 + 1e-9
    assert 1.0 <= seen.mean_batch <= 8.0


def test_the_same_seed_sees_the_same_and_another_does_not() -> None:
    first, again, other = (
        simulate(poisson_arrivals_s(1.0, requests=100, seed=seed), ExponentialService(mean_s=0.5), seed=seed)
        for seed in (1, 1, 2)
    )

    assert np.array_equal(first.ends_s, again.ends_s)
    assert not np.array_equal(first.ends_s, other.ends_s)


def test_a_profile_brings_each_step_its_rate() -> None:
    arrivals_s = profile_arrivals_s((1000.0, 0.0, 4000.0), step_s=10.0, seed=1)
    counts = np.histogram(arrivals_s, bins=[0, 10, 20, 30])[0]

    assert counts == pytest.approx([10_000, 0, 40_000], rel=0.03)
    assert np.all(np.diff(arrivals_s) >= 0)


@pytest.mark.parametrize("moments", [[], [2.0, 1.0], [math.nan]])
def test_moments_out_of_order_are_refused(moments: list[float]) -> None:
    with pytest.raises(CapacityError, match="in order"):
        simulate(np.array(moments), FixedService(seconds=1.0))


def test_what_cannot_be_simulated_is_refused() -> None:
    with pytest.raises(CapacityError, match="replicas"):
        simulate(np.array([1.0]), FixedService(seconds=1.0), replicas=2)
    with pytest.raises(CapacityError, match="positive time"):
        FixedService(seconds=0.0)
    with pytest.raises(CapacityError, match="at least one"):
        EmpiricalService(samples_s=())
    with pytest.raises(CapacityError, match="requests"):
        poisson_arrivals_s(1.0, requests=10**9, seed=1)
    with pytest.raises(CapacityError, match="requests"):
        profile_arrivals_s((1e9,), step_s=3600.0, seed=1)


def test_a_seed_below_nothing_is_refused() -> None:
    for asked in (
        lambda: poisson_arrivals_s(1.0, requests=10, seed=-1),
        lambda: profile_arrivals_s([1.0], step_s=1.0, seed=-1),
        lambda: simulate(np.arange(3.0), FixedService(seconds=1.0), seed=-1),
    ):
        with pytest.raises(CapacityError, match="a seed of -1: give a whole number from 0"):
            asked()
