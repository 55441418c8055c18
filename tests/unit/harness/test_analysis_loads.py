"""Several calls in flight, and several launches: what a comparison makes of them."""

import numpy as np
import pytest
from helpers.builders import FP32, INT8, make_plan, make_round, make_turn

from harness.analysis import compare, measure
from harness.vocabulary import LoadPoint, Round

_TWO = LoadPoint(batch=4, concurrency=2)


def _round(index: int, *, ratio: float, launch: int = 0, concurrency: int = 1, calls_ns: tuple[int, ...]) -> Round:
    """Eight cycles in which the candidate is `ratio` times as fast in every call, give or take a hundredth."""
    randomness = np.random.default_rng((index, launch))
    turns = []
    for cycle in range(8):
        for arm, control, speed in ((FP32, False, 1.0), (INT8, False, ratio), (FP32, True, 1.0)):
            slowed = np.exp(0.01 * randomness.standard_normal())
            latencies = np.rint(np.asarray(calls_ns) * slowed / speed).astype("<i8")
            turns.append(make_turn(arm=arm, cycle=cycle, is_control=control, latencies_ns=latencies.tobytes()))
    return make_round(index=index, launch=launch, batch=4, concurrency=concurrency, turns=tuple(turns))


def test_with_two_calls_in_flight_throughput_is_twice_that_of_the_mean_latency() -> None:
    rounds = [_round(0, ratio=2.0, concurrency=2, calls_ns=(1_000_000, 3_000_000))]

    baseline, candidate = measure(make_plan(batches=(4,), concurrencies=(2,)), rounds, load=_TWO)

    # Little's law: two in flight over a mean of 2 ms, four samples a call.
    assert baseline.throughput == pytest.approx(2 * 4 / 0.002, rel=0.02)
    assert candidate.throughput == pytest.approx(2 * 4 / 0.001, rel=0.02)
    assert baseline.load == _TWO


def test_the_speed_up_of_several_calls_in_flight_is_that_of_throughput() -> None:
    """One call in four is slow in both arms, ten times slower in the candidate: its median does not show it."""
    randomness = np.random.default_rng(1)
    turns = []
    for cycle in range(16):
        for arm, control, calls in (
            (FP32, False, (100, 100, 100, 100)),
            (INT8, False, (50, 50, 50, 450)),
            (FP32, True, (100, 100, 100, 100)),
        ):
            latencies = np.rint(np.asarray(calls) * 1e4 * np.exp(0.01 * randomness.standard_normal())).astype("<i8")
            turns.append(make_turn(arm=arm, cycle=cycle, is_control=control, latencies_ns=latencies.tobytes()))
    plan = make_plan(concurrencies=(1, 2))

    (single,) = compare(plan, [make_round(turns=tuple(turns))], load=LoadPoint(batch=1), confidence=0.95)
    (double,) = compare(
        plan, [make_round(turns=tuple(turns), concurrency=2)], load=LoadPoint(batch=1, concurrency=2), confidence=0.95
    )

    assert single.ratio is not None
    assert double.ratio is not None
    assert single.ratio.point == pytest.approx(2.0, rel=0.02)
    assert double.ratio.point == pytest.approx(100 / 150, rel=0.02)
    assert "Little's law" in double.ratio.estimator


def test_rounds_of_another_concurrency_do_not_count() -> None:
    plan = make_plan(batches=(4,), concurrencies=(1, 2))
    mine = _round(0, ratio=2.0, calls_ns=(1_000_000,))
    other = _round(0, ratio=9.0, concurrency=2, calls_ns=(1_000_000,))

    assert compare(plan, [mine, other], load=LoadPoint(batch=4), confidence=0.95) == compare(
        plan, [mine], load=LoadPoint(batch=4), confidence=0.95
    )


def test_five_launches_that_differ_widen_the_claim_about_the_machine_and_it_decides() -> None:
    ratios = (1.9, 2.1, 2.0, 1.8, 2.2)
    rounds = [_round(0, ratio=ratio, launch=launch, calls_ns=(1_000_000,)) for launch, ratio in enumerate(ratios)]

    (found,) = compare(make_plan(batches=(4,)), rounds, load=LoadPoint(batch=4), confidence=0.95)

    assert found.launches == 5
    assert found.ratio is not None
    assert found.over_launches is not None
    assert found.deciding == found.over_launches
    assert found.over_launches.point == pytest.approx(np.exp(np.mean(np.log(ratios))), rel=0.01)
    assert found.over_launches.lower < ratios[0]
    assert found.over_launches.upper > ratios[1]
    assert found.over_launches.pairs == 40


def test_four_launches_claim_nothing_about_the_machine() -> None:
    rounds = [_round(0, ratio=2.0, launch=launch, calls_ns=(1_000_000,)) for launch in range(4)]

    (found,) = compare(make_plan(batches=(4,)), rounds, load=LoadPoint(batch=4), confidence=0.95)

    assert (found.launches, found.over_launches) == (4, None)
    assert found.deciding == found.ratio
