"""The verdict on one candidate under one load: failures, precision, speed and quality in one place."""

from collections.abc import Mapping, Sequence

from harness.errors import MeasurementError
from harness.verdict.calibration import rests_on_calibration, with_findings
from harness.verdict.gate import judge_quality
from harness.verdict.speed import judge_speed
from harness.vocabulary import (
    Arm,
    CalibrationFinding,
    Comparison,
    Failure,
    Gate,
    GateRules,
    LoadPoint,
    NoiseClass,
    ProofVerdict,
    QualityComparison,
    Scenario,
    Speed,
    TimingRules,
    Verdict,
)


def judge(
    candidate: Arm,
    baseline: Arm,
    load: LoadPoint,
    *,
    comparison: Comparison | None,
    quality: QualityComparison | None,
    proofs: Mapping[str, ProofVerdict],
    failures: Mapping[str, Failure],
    timing: TimingRules,
    gate: GateRules,
    answers: tuple[Gate, str] | None = None,
    findings: Sequence[CalibrationFinding] = (),
) -> Verdict:
    """Judge speed and quality; call it once per candidate and load.

    A failure decides the speed, not the gate: answers that were given before it still count.

    Args:
        candidate: the arm that is judged.
        baseline: the arm it is compared with.
        load: what was timed at once.
        comparison: their paired timing under this load, if there is one.
        quality: their paired answers, if both gave them, made with `gate`.
        proofs: by name of the arm.
        failures: by name of the arm.
        timing: the plan's rules of timing.
        gate: the plan's rules of quality.
        answers: what `judge_answers` says of them; it comes before quality.
        findings: about the run's calibration data; they count where the candidate was calibrated with them.

    Returns:
        The verdict; without a comparison the machine counts as unfit, as nothing shows otherwise.

    Raises:
        MeasurementError: the comparison is of other arms or another load.
    """
    _require_same(candidate, baseline, load, comparison)
    failed = _failed(candidate, baseline, failures)
    speed, speed_reasons = judge_speed(
        comparison,
        rules=timing,
        candidate_proof=proofs.get(candidate.name),
        baseline_proof=proofs.get(baseline.name),
    )
    if failed is not None:
        speed, speed_reasons = Speed.FAILED, (failed,)
    gate_word, gate_reasons = judge_quality(quality, gate, reason=failed)
    if answers is not None:
        gate_word, gate_reasons = answers[0], (answers[1],)
    if rests_on_calibration(candidate.recipe):
        gate_word, gate_reasons = with_findings(gate_word, gate_reasons, findings)
    return Verdict(
        candidate=candidate.name,
        baseline=baseline.name,
        batch=load.batch,
        concurrency=load.concurrency,
        scenario=Scenario.SINGLE_STREAM if load.concurrency == 1 else Scenario.CONCURRENCY,
        speed=speed,
        gate=gate_word,
        noise=comparison.noise.noise_class if comparison else NoiseClass.UNFIT,
        speed_reasons=speed_reasons,
        gate_reasons=gate_reasons,
    )


def _require_same(candidate: Arm, baseline: Arm, load: LoadPoint, comparison: Comparison | None) -> None:
    if comparison is None:
        return
    wanted = (candidate.name, baseline.name, load)
    found = (comparison.candidate, comparison.baseline, comparison.load)
    if found != wanted:
        raise MeasurementError(
            f"A verdict on {wanted[0]} against {wanted[1]} at {load.label} cannot rest on a comparison of "
            f"{found[0]} against {found[1]} at {comparison.load.label}."
        )


def _failed(candidate: Arm, baseline: Arm, failures: Mapping[str, Failure]) -> str | None:
    """The failure in one sentence, the candidate's own first; `None` where both arms came through."""
    for arm, whose in ((candidate, ""), (baseline, "its baseline failed: ")):
        if arm.name in failures:
            failure = failures[arm.name]
            hint = f": {failure.hint}" if failure.hint else ""
            return f"{whose}{failure.message} (during {failure.stage}){hint}"
    return None
