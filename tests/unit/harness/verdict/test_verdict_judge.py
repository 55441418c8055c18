"""The verdict of one candidate at one batch size: its parts in one place."""

import pytest
from helpers.builders import (
    make_arm,
    make_comparison,
    make_failure,
    make_noise,
    make_proof_verdict,
    make_quality_comparison,
)

from harness.errors import MeasurementError
from harness.verdict.judge import judge
from harness.vocabulary import (
    Comparison,
    Failure,
    Gate,
    GateRules,
    LoadPoint,
    NoiseClass,
    QualityComparison,
    Speed,
    TimingRules,
    Verdict,
)

_BASELINE = make_arm("fp32")
_CANDIDATE = make_arm("int8-static:per-channel")
_PROOFS = {arm.name: make_proof_verdict() for arm in (_BASELINE, _CANDIDATE)}


def _judge(
    *failures: Failure,
    comparison: Comparison | None = None,
    quality: QualityComparison | None = None,
    answers: tuple[Gate, str] | None = None,
) -> Verdict:
    return judge(
        _CANDIDATE,
        _BASELINE,
        LoadPoint(batch=1),
        comparison=comparison,
        quality=quality,
        proofs=_PROOFS,
        failures={failure.arm: failure for failure in failures},
        timing=TimingRules(),
        gate=GateRules(),
        answers=answers,
    )


def test_speed_and_quality_are_judged_side_by_side() -> None:
    comparison = make_comparison(noise=make_noise(noise_class=NoiseClass.USABLE))

    verdict = _judge(comparison=comparison, quality=make_quality_comparison())

    assert (verdict.candidate, verdict.baseline, verdict.batch) == (_CANDIDATE.name, _BASELINE.name, 1)
    assert (verdict.speed, verdict.noise) == (Speed.FASTER, NoiseClass.USABLE)
    assert verdict.gate is not Gate.ACCEPTED
    assert verdict.speed_reasons
    assert verdict.gate_reasons


def test_a_failed_candidate_is_failed_with_its_message_and_what_to_try() -> None:
    verdict = _judge(make_failure(), comparison=make_comparison())

    assert verdict.speed is Speed.FAILED
    assert verdict.speed_reasons == ("the worker was killed (during time): free some memory and resume the run",)
    assert (verdict.gate, verdict.gate_reasons) == (Gate.NOT_MEASURED, verdict.speed_reasons)


def test_a_failed_baseline_fails_its_candidates() -> None:
    verdict = _judge(make_failure(arm=_BASELINE.name, hint=""))

    assert verdict.speed is Speed.FAILED
    assert verdict.speed_reasons == ("its baseline failed: the worker was killed (during time)",)


def test_answers_given_before_a_failure_are_still_judged() -> None:
    with_answers = _judge(make_failure(), quality=make_quality_comparison())
    without_failure = _judge(quality=make_quality_comparison())

    assert with_answers.gate is without_failure.gate
    assert with_answers.gate_reasons == without_failure.gate_reasons


def test_without_any_comparison_the_machine_counts_as_unfit() -> None:
    verdict = _judge(answers=(Gate.NOT_MEASURED, "no labels"))

    assert (verdict.speed, verdict.noise) == (Speed.INCONCLUSIVE, NoiseClass.UNFIT)
    assert (verdict.gate, verdict.gate_reasons) == (Gate.NOT_MEASURED, ("no labels",))


def test_what_is_wrong_with_the_answers_comes_before_their_quality() -> None:
    verdict = _judge(
        comparison=make_comparison(), quality=make_quality_comparison(), answers=(Gate.REJECTED, "gives no number")
    )

    assert (verdict.speed, verdict.gate) == (Speed.FASTER, Gate.REJECTED)
    assert verdict.gate_reasons == ("gives no number",)


@pytest.mark.parametrize(
    "other", [make_comparison(batch=8), make_comparison(candidate="fake/other"), make_comparison(baseline="fake/other")]
)
def test_a_comparison_of_something_else_is_refused(other: Comparison) -> None:
    with pytest.raises(MeasurementError, match="cannot rest on"):
        _judge(comparison=other)
