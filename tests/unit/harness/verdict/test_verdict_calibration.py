"""Findings about calibration data at the gate: reasons where they concern a candidate, a veto where serious."""

from dataclasses import replace

import pytest
from helpers.builders import make_arm, make_calibration_finding, make_quality_comparison

from harness.variants import parse_variant
from harness.verdict.calibration import rests_on_calibration, with_findings
from harness.verdict.judge import judge
from harness.vocabulary import CalibrationFinding, Gate, GateRules, LoadPoint, Severity, TimingRules, Verdict

OVERLAP = make_calibration_finding(
    check="overlap",
    severity=Severity.SERIOUS,
    sentence="calibration data overlap with the test data by 12 of 256 samples (4.7 %): take others",
)
FEW = make_calibration_finding(check="size", severity=Severity.WARNING, sentence="40 samples: take 100")
FINE = make_calibration_finding(check="classes", severity=Severity.INFO, sentence="all are there")


def judged(variant: str, *findings: CalibrationFinding) -> Verdict:
    """The verdict on a candidate whose quality alone would be accepted by points."""
    recipe = parse_variant(variant)
    quality = make_quality_comparison(
        samples=1000, baseline_accuracy=0.9, candidate_accuracy=0.9, lost=0, gained=0, lower=0.0, upper=0.0, classes=()
    )
    classes = tuple(
        replace(one, baseline=0.9, candidate=0.9, lost=0, gained=0, lower=0.0, upper=0.0, support=500)
        for one in make_quality_comparison().classes * 2
    )
    return judge(
        replace(make_arm("int8-static:per-channel"), label=recipe.label, recipe=recipe),
        make_arm("fp32"),
        LoadPoint(batch=1),
        comparison=None,
        quality=replace(quality, classes=classes),
        proofs={},
        failures={},
        timing=TimingRules(),
        gate=GateRules(),
        findings=findings,
    )


def test_without_findings_the_candidate_is_accepted() -> None:
    assert judged("int8-static").gate is Gate.ACCEPTED


def test_a_serious_finding_turns_acceptance_into_doubt_and_is_the_first_reason() -> None:
    verdict = judged("int8-static", FEW, OVERLAP)
    assert verdict.gate is Gate.UNPROVEN
    assert verdict.gate_reasons[0].startswith("calibration data overlap with the test data by 12")
    assert verdict.gate_reasons[0].endswith("the accuracy is not certified")
    assert verdict.gate_reasons[1] == "calibration data, size: 40 samples: take 100"
    assert len(verdict.gate_reasons) > 2


def test_a_warning_is_a_reason_and_nothing_more() -> None:
    verdict = judged("int8-mixed:without=/conv", FEW, FINE)
    assert verdict.gate is Gate.ACCEPTED
    assert verdict.gate_reasons[-1] == "calibration data, size: 40 samples: take 100"
    assert not any("all are there" in reason for reason in verdict.gate_reasons)


@pytest.mark.parametrize("variant", ["int8-dynamic", "fp16", "int8-static:file=theirs.onnx"])
def test_variants_that_these_data_do_not_shape_are_left_alone(variant: str) -> None:
    assert not rests_on_calibration(parse_variant(variant))
    verdict = judged(variant, OVERLAP, FEW)
    assert verdict.gate is Gate.ACCEPTED
    assert not any("calibration" in reason for reason in verdict.gate_reasons)


@pytest.mark.parametrize("gate", [Gate.REJECTED, Gate.UNPROVEN, Gate.NOT_MEASURED])
def test_what_is_not_accepted_stays_what_it_is_with_the_findings_behind_its_reasons(gate: Gate) -> None:
    found, reasons = with_findings(gate, ("the reason",), (FEW, OVERLAP, FINE))
    assert found is gate
    assert reasons == ("the reason", OVERLAP.sentence, "calibration data, size: 40 samples: take 100")
