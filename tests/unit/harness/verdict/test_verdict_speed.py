"""Speed: what ran comes first, then the machine, then the interval; every word with its figures."""

import pytest
from helpers.builders import make_comparison, make_noise, make_proof_verdict, make_ratio

from harness.verdict.speed import judge_speed, ratio_in_words
from harness.vocabulary import Comparison, NoiseClass, ProofState, ProofVerdict, Speed, TimingRules

_PROVED = make_proof_verdict()
_WRONG = make_proof_verdict(state=ProofState.NOT_AS_NAMED, reason="95 % of the time of its compute layers ran in bf16")
_OPEN = make_proof_verdict(state=ProofState.UNVERIFIED, reason="no profile on this runtime")
_TIMES = "\N{MULTIPLICATION SIGN}"


def _judge(
    comparison: Comparison | None, *, candidate: ProofVerdict | None = _PROVED, baseline: ProofVerdict | None = _PROVED
) -> tuple[Speed, tuple[str, ...]]:
    return judge_speed(comparison, rules=TimingRules(), candidate_proof=candidate, baseline_proof=baseline)


@pytest.mark.parametrize(
    ("lower", "point", "upper", "pairs", "expected"),
    [
        (1.81, 1.83, 1.85, 96, Speed.FASTER),
        (0.29, 0.30, 0.31, 96, Speed.SLOWER),
        (0.99, 1.005, 1.015, 96, Speed.EQUIVALENT),
        (1.005, 1.01, 1.015, 96, Speed.EQUIVALENT),
        (0.97, 1.03, 1.09, 96, Speed.INCONCLUSIVE),
        (1.81, 1.83, 1.85, 8, Speed.INCONCLUSIVE),
    ],
)
def test_the_interval_decides_where_both_precisions_are_proved(
    lower: float, point: float, upper: float, pairs: int, expected: Speed
) -> None:
    ratio = make_ratio(point, lower=lower, upper=upper, pairs=pairs)

    speed, reasons = _judge(make_comparison(ratio=ratio))

    assert speed is expected
    assert any(f"{pairs} pairs)" in reason for reason in reasons)


def test_a_speed_up_is_told_with_its_interval_in_words() -> None:
    ratio = make_ratio(1.83, lower=1.81, upper=1.85, pairs=96)

    assert ratio_in_words(ratio) == f"1.83{_TIMES} faster (1.81 to 1.85, 95 %, 96 pairs)"


def test_a_slow_down_is_told_as_a_factor_above_one() -> None:
    ratio = make_ratio(0.5, lower=0.4, upper=0.8, pairs=24, confidence=0.9706)

    assert ratio_in_words(ratio) == f"2.00{_TIMES} slower (1.25 to 2.50, 97.1 %, 24 pairs)"


def test_all_figures_of_a_judgement_are_among_its_reasons() -> None:
    comparison = make_comparison(
        ratio=make_ratio(1.83, lower=1.81, upper=1.85, pairs=96),
        against_fastest=make_ratio(1.4, lower=1.38, upper=1.42, pairs=96),
        fastest_baseline="openvino/fp32",
        rounds=60,
        contaminated_rounds=3,
    )

    _, reasons = _judge(comparison)

    assert reasons == (
        f"1.83{_TIMES} faster (1.81 to 1.85, 95 %, 96 pairs)",
        f"against the fastest baseline, openvino/fp32, 1.40{_TIMES} faster (1.38 to 1.42, 95 %, 96 pairs)",
        "3 of 60 rounds were contaminated by foreign load, and left out",
        "the machine is quiet, it shows differences of 0.44 % and more",
    )


def test_launches_that_were_asked_for_and_claim_nothing_about_the_machine_say_so() -> None:
    rules = TimingRules(launches=5)
    proof = make_proof_verdict()

    _, reasons = judge_speed(make_comparison(launches=5), rules=rules, candidate_proof=proof, baseline_proof=proof)
    over_launches = make_comparison(launches=5, over_launches=make_ratio())
    _, claimed = judge_speed(over_launches, rules=rules, candidate_proof=proof, baseline_proof=proof)

    assert "no claim about this machine: that takes 5 launches with 6 pairs of undisturbed blocks each" in reasons[0]
    assert "a claim about this machine" in claimed[0]
    assert not any("no claim" in reason for reason in claimed)


def test_its_own_baseline_being_the_fastest_is_not_told_twice() -> None:
    _, reasons = _judge(make_comparison())

    assert not any("fastest" in reason for reason in reasons)


def test_an_unfit_machine_never_gates() -> None:
    noise = make_noise(noise_class=NoiseClass.UNFIT, minimal_effect=0.13)

    speed, reasons = _judge(make_comparison(noise=noise))

    assert speed is Speed.INCONCLUSIVE
    assert reasons[-1] == (
        "the machine is unfit, it shows differences of 13 % and more: measured and shown, but never gates"
    )


def test_a_candidate_that_is_not_as_named_is_not_int8_however_fast() -> None:
    speed, reasons = _judge(make_comparison(), candidate=_WRONG)

    assert speed is Speed.NOT_INT8
    assert reasons[0] == f"the candidate is not what it is named: {_WRONG.reason}"


@pytest.mark.parametrize("candidate", [_PROVED, _WRONG, _OPEN, None])
def test_a_baseline_that_is_not_as_named_wins_over_everything(candidate: ProofVerdict | None) -> None:
    speed, reasons = _judge(make_comparison(), candidate=candidate, baseline=_WRONG)

    assert speed is Speed.BASELINE_NOT_AS_NAMED
    assert "the baseline is not what it is named" in reasons[0]


@pytest.mark.parametrize("open_proof", [_OPEN, None])
@pytest.mark.parametrize("whose", ["candidate", "baseline"])
def test_an_unverified_precision_is_inconclusive_with_the_reason(whose: str, open_proof: ProofVerdict | None) -> None:
    proofs = {"candidate": _PROVED, "baseline": _PROVED, whose: open_proof}

    speed, reasons = _judge(make_comparison(), candidate=proofs["candidate"], baseline=proofs["baseline"])

    assert speed is Speed.INCONCLUSIVE
    assert reasons[0].startswith(f"the {whose}'s precision is unverified: no profile")


@pytest.mark.parametrize("comparison", [None, make_comparison(ratio=None, against_fastest=None)])
def test_without_a_ratio_nothing_is_concluded(comparison: Comparison | None) -> None:
    speed, reasons = _judge(comparison)

    assert speed is Speed.INCONCLUSIVE
    assert reasons


def test_a_comparison_by_cpu_time_says_why() -> None:
    why = "foreign load in nearly every round: compared by CPU time, for show only"

    _, reasons = _judge(make_comparison(rounds=10, contaminated_rounds=10, reason=why))

    assert f"10 of 10 rounds were contaminated by foreign load; {why}" in reasons
