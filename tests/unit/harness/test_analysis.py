"""From rounds with a known truth to figures: the truth is found again, or its absence is said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from helpers.builders import FP32, INT8, make_arm, make_plan, make_round, make_turn

from harness.analysis import compare, evidence_of, fastest_of, measure, noise_against_itself
from harness.vocabulary import Comparison, LoadPoint, NoiseClass, Round, Turn

_BASE_NS = 1e6
_CALLS = 5
_CONTROL = "control"


@dataclass(frozen=True, kw_only=True)
class _Truth:
    """What a made-up machine does. Slots are given as arms; `control` is the baseline's second turn."""

    ratio: float = 2.0
    noise: float = 0.01
    drift: float = 0.0
    slowed: float = 1.0
    batch: int = 1
    seed: int = 1


def _rounds(
    truth: _Truth, *, count: int = 6, cycles: int = 4, slots: Sequence[str] = (FP32, INT8, _CONTROL)
) -> tuple[Round, ...]:
    """Rounds of mirrored cycles. `drift`: relative slow-down per turn; `slowed`: the candidate's wall time alone."""
    randomness = np.random.default_rng(truth.seed)
    rounds, taken = [], 0
    for index in range(count):
        turns = []
        for cycle in range(cycles):
            for slot in slots if cycle % 2 == 0 else reversed(slots):
                turns.append(_turn(truth, slot, cycle, speed=np.exp(truth.drift * taken), randomness=randomness))
                taken += 1
        rounds.append(make_round(index=index, batch=truth.batch, turns=tuple(turns)))
    return tuple(rounds)


def _turn(truth: _Truth, slot: str, cycle: int, *, speed: float, randomness: np.random.Generator) -> Turn:
    is_candidate = slot not in {FP32, _CONTROL}
    cpu_ns = _BASE_NS * speed / (truth.ratio if is_candidate else 1.0)
    block_ns = cpu_ns * np.exp(truth.noise * randomness.standard_normal()) * (truth.slowed if is_candidate else 1.0)
    return make_turn(
        arm=FP32 if slot == _CONTROL else slot,
        cycle=cycle,
        is_control=slot == _CONTROL,
        latencies_ns=np.full(_CALLS, block_ns).astype("<i8").tobytes(),
        cpu_ns=round(cpu_ns * (_CALLS + 1)),
    )


def _contaminated(rounds: Iterable[Round]) -> tuple[Round, ...]:
    return tuple(replace(one, is_contaminated=True) for one in rounds)


def _compare(rounds: Sequence[Round], *, confidence: float = 0.99) -> Comparison:
    (comparison,) = compare(make_plan(), rounds, load=LoadPoint(batch=1), confidence=confidence)
    return comparison


@pytest.mark.parametrize("ratio", [0.3, 0.98, 1.0, 1.03, 3.7])
def test_the_true_ratio_lies_inside_the_interval_and_near_the_point(ratio: float) -> None:
    comparison = _compare(_rounds(_Truth(ratio=ratio)))

    assert comparison.ratio is not None
    assert comparison.ratio.lower < ratio < comparison.ratio.upper
    assert comparison.ratio.point == pytest.approx(ratio, rel=0.01)
    assert comparison.ratio.pairs == 24
    assert comparison.ratio.estimator.endswith("; median wall time of blocks")
    assert (comparison.fastest_baseline, comparison.against_fastest, comparison.reason) == (FP32, None, None)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    found = [_compare(_rounds(_Truth(seed=seed)), confidence=0.9).ratio for seed in range(60)]

    covered = sum(one is not None and one.lower <= 2.0 <= one.upper for one in found)

    assert covered >= 50


def test_a_linear_drift_of_the_machine_cancels() -> None:
    rounds = _rounds(_Truth(ratio=1.5, noise=0.0, drift=0.005))

    comparison = _compare(rounds)

    assert comparison.ratio is not None
    assert comparison.ratio.point == pytest.approx(1.5, rel=1e-4)


def test_contaminated_rounds_are_counted_but_not_used_where_clean_ones_suffice() -> None:
    clean, dirty = _rounds(_Truth()), _contaminated(_rounds(_Truth(slowed=3.0), count=30))

    comparison = _compare((*dirty, *clean))

    assert comparison.ratio == _compare(clean).ratio
    assert comparison.noise == _compare(clean).noise
    assert (comparison.rounds, comparison.contaminated_rounds, comparison.reason) == (36, 30, None)


@pytest.mark.parametrize("clean", [0, 1])
def test_where_hardly_a_round_is_clean_all_are_compared_by_cpu_time_and_every_figure_says_so(clean: int) -> None:
    dirty = _contaminated(_rounds(_Truth(slowed=3.0)))
    rounds = (*dirty, *_rounds(_Truth(), count=clean))

    comparison = _compare(rounds)
    measurements = measure(make_plan(), rounds, load=LoadPoint(batch=1))

    assert comparison.ratio is not None
    assert comparison.ratio.point == pytest.approx(2.0, rel=1e-3)  # by wall time it were 0.67
    assert comparison.ratio.pairs == 4 * len(rounds)
    assert "CPU time" in comparison.ratio.estimator
    assert comparison.noise.noise_class is NoiseClass.UNFIT
    assert "foreign load" in str(comparison.noise.reason)
    assert "for show only" in str(comparison.reason)
    assert all("foreign load" in str(one.reason) for found in measurements for one in found.quantiles)


def test_few_clean_cycles_are_few_and_not_contaminated() -> None:
    comparison = _compare(_rounds(_Truth(), count=1))

    assert comparison.ratio is None
    assert comparison.reason is None
    assert comparison.noise.reason == "4 A/A pairs show no noise: at least 6 are needed"


def test_without_any_round_there_is_no_figure_and_a_reason() -> None:
    comparison = _compare(())

    assert (comparison.ratio, comparison.rounds) == (None, 0)
    assert comparison.reason == "no round was finished"
    assert measure(make_plan(), (), load=LoadPoint(batch=1)) == ()


def test_rounds_of_another_batch_size_play_no_part() -> None:
    mine, other = _rounds(_Truth()), _rounds(_Truth(ratio=0.1, batch=8))

    assert _compare((*mine, *other)) == _compare(mine)


def test_control_turns_decide_the_noise_and_the_tail_but_not_the_ratio() -> None:
    rounds = _rounds(_Truth(noise=0.0))
    slow = tuple(
        replace(one, turns=tuple(_tripled(turn) if turn.is_control else turn for turn in one.turns)) for one in rounds
    )
    baseline = make_plan().arms[0]

    fast_control, slow_control = (
        measure(make_plan(), found, load=LoadPoint(batch=1))[0].quantiles[-1] for found in (rounds, slow)
    )

    assert _compare(slow).ratio == _compare(rounds).ratio
    assert (fast_control.point_s, slow_control.point_s) == pytest.approx((0.001, 0.003))
    assert noise_against_itself(evidence_of(rounds, LoadPoint(batch=1)), baseline).pairs == 24
    assert (
        noise_against_itself(evidence_of(slow[:2] + rounds[2:], LoadPoint(batch=1)), baseline).noise_class
        is NoiseClass.UNFIT
    )


def _tripled(turn: Turn) -> Turn:
    return replace(turn, latencies_ns=(3 * np.frombuffer(turn.latencies_ns, dtype="<i8")).tobytes())


def test_noise_grows_with_the_spread_of_the_baseline_against_itself() -> None:
    quiet, wild = (_compare(_rounds(_Truth(noise=noise))).noise for noise in (0.002, 0.1))

    assert quiet.sigma is not None
    assert quiet.sigma == pytest.approx(0.002 * np.sqrt(2), rel=0.5)
    assert (quiet.noise_class, wild.noise_class) == (NoiseClass.QUIET, NoiseClass.NOISY)


def test_throughput_counts_inputs_and_cpu_time_counts_the_discarded_call() -> None:
    baseline, candidate = measure(make_plan(), _rounds(_Truth(noise=0.0, batch=8)), load=LoadPoint(batch=8))

    assert (baseline.arm, candidate.arm) == (FP32, INT8)
    assert (baseline.throughput, candidate.throughput) == pytest.approx((8_000.0, 16_000.0))
    assert (baseline.cpu_s_per_call, candidate.cpu_s_per_call) == pytest.approx((0.001, 0.0005))
    assert (baseline.blocks, candidate.blocks) == (48, 24)
    assert (baseline.calls, candidate.calls) == (48 * _CALLS, 24 * _CALLS)
    assert [one.p for one in baseline.quantiles] == [0.5, 0.9, 0.95, 0.99, 0.999]
    assert baseline.quantiles[-1].upper_s is None


def test_a_single_arm_is_measured_and_compared_with_nothing() -> None:
    plan = make_plan(arms=(make_arm(),))
    rounds = _rounds(_Truth(), slots=(FP32, _CONTROL))

    (measurement,) = measure(plan, rounds, load=LoadPoint(batch=1))

    assert measurement.blocks == 48
    assert compare(plan, rounds, load=LoadPoint(batch=1), confidence=0.95) == ()
    assert noise_against_itself(evidence_of(rounds, LoadPoint(batch=1)), plan.arms[0]).pairs == 24


def test_an_arm_lost_midway_keeps_what_it_had_paired_until_then() -> None:
    until = _rounds(_Truth(), count=3)
    after = _rounds(_Truth(seed=2), count=3, slots=(FP32, _CONTROL))

    comparison = _compare((*until, *after))
    _, candidate = measure(make_plan(), (*until, *after), load=LoadPoint(batch=1))

    assert comparison.ratio == _compare(until).ratio
    assert comparison.noise.pairs == 24
    assert candidate.blocks == 12


def test_an_arm_that_never_ran_has_a_comparison_without_a_ratio_and_no_measurement() -> None:
    rounds = _rounds(_Truth(), slots=(FP32, _CONTROL))

    assert _compare(rounds).ratio is None
    assert [one.arm for one in measure(make_plan(), rounds, load=LoadPoint(batch=1))] == [FP32]


def test_cycles_of_a_resumed_run_are_not_mixed_up_with_those_of_the_launch_before() -> None:
    first = _rounds(_Truth(), count=3)
    second = tuple(replace(one, launch=2) for one in _rounds(_Truth(drift=0.02), count=3))

    comparison = _compare((*first, *second))

    assert comparison.ratio is not None
    assert comparison.ratio.pairs == 24
    assert comparison.ratio.point == pytest.approx(2.0, rel=0.01)


def test_the_fastest_baseline_may_be_that_of_another_runtime() -> None:
    slow, candidate = make_arm(runtime="slow"), make_arm("int8-static:per-channel", runtime="slow")
    fast = make_arm(runtime="fast")
    plan = make_plan(arms=(slow, candidate, fast))
    rounds = tuple(
        replace(one, turns=tuple(turn for cycle in range(8) for turn in _three_arms(cycle)))
        for one in _rounds(_Truth(), count=2)
    )

    (comparison,) = compare(plan, rounds, load=LoadPoint(batch=1), confidence=0.95)

    assert fastest_of(evidence_of(rounds, LoadPoint(batch=1)), [slow, fast]) == fast
    assert comparison.fastest_baseline == "fast/fp32"
    assert comparison.ratio is not None
    assert comparison.against_fastest is not None
    assert (comparison.ratio.point, comparison.against_fastest.point) == pytest.approx((2.0, 0.8))


def _three_arms(cycle: int) -> list[Turn]:
    names = {"slow/fp32": 1_000_000, "slow/int8-static:per-channel": 500_000, "fast/fp32": 400_000}
    return [
        make_turn(arm=name, cycle=cycle, latencies_ns=np.full(3, latency).astype("<i8").tobytes())
        for name, latency in names.items()
    ]
