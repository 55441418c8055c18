"""The audit of a workload's calibration data, from files to findings: planted faults, and none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from helpers.calibrated_workload import Samples, finished, make_samples, write_calibrated_workload
from helpers.tiny_workload import write_tiny_model

from harness.quantize.calibration_audit import audit_calibration
from harness.vocabulary import CalibrationAudit, CalibrationFinding, Severity
from harness.workloads.workload import Workload, open_workload


def audit(workload: Workload, *, samples: int = 256) -> CalibrationAudit:
    """What the audit comes to without running the model."""
    return finished(audit_calibration(workload, samples=samples, seed=1, model_s=0.0))


def of_check(found: CalibrationAudit, check: str) -> list[CalibrationFinding]:
    return [one for one in found.findings if one.check == check]


def severities(found: CalibrationAudit) -> set[Severity]:
    return {one.severity for one in found.findings}


def with_inputs_of(samples: Samples, others: Samples, count: int) -> Samples:
    """The samples, of which the first ones are those of others."""
    return replace(samples, inputs=np.concatenate([others.inputs[:count], samples.inputs[count:]]))


def test_random_disjoint_samples_have_nothing_to_say_against_them(tmp_path: Path) -> None:
    for seed in range(5):
        workload = write_calibrated_workload(
            tmp_path / str(seed),
            calibration=make_samples(128, seed=10 * seed),
            test=make_samples(400, seed=10 * seed + 1),
            search=make_samples(100, seed=10 * seed + 2),
        )
        assert severities(audit(workload)) == {Severity.INFO}


def test_samples_of_the_test_data_are_counted_and_serious(tmp_path: Path) -> None:
    test = make_samples(400, seed=1)
    calibration = with_inputs_of(make_samples(128, seed=2), test, 12)
    found = audit(write_calibrated_workload(tmp_path, calibration=calibration, test=test))
    overlap = of_check(found, "overlap")[0]
    assert overlap.severity is Severity.SERIOUS
    assert "12 of 128 samples (9.4 %)" in overlap.sentence


def test_samples_of_the_search_data_are_a_warning(tmp_path: Path) -> None:
    search = make_samples(100, seed=3)
    calibration = with_inputs_of(make_samples(128, seed=2), search, 5)
    workload = write_calibrated_workload(
        tmp_path, calibration=calibration, test=make_samples(400, seed=1), search=search
    )
    assert [one.severity for one in of_check(audit(workload), "overlap")] == [Severity.INFO, Severity.WARNING]


def test_without_search_data_the_overlap_with_them_is_said_not_to_be_checked(tmp_path: Path) -> None:
    workload = write_calibrated_workload(
        tmp_path, calibration=make_samples(128, seed=2), test=make_samples(400, seed=1)
    )
    assert of_check(audit(workload), "overlap")[1].sentence.startswith("not checked")


def test_a_class_without_calibration_samples_is_serious_and_named(tmp_path: Path) -> None:
    calibration = make_samples(128, seed=2, classes=3)
    found = audit(write_calibrated_workload(tmp_path, calibration=calibration, test=make_samples(400, seed=1)))
    assert of_check(found, "classes")[0].severity is Severity.SERIOUS
    assert "no sample of d" in of_check(found, "classes")[0].sentence
    assert [one.calibration for one in found.classes] == [43, 43, 42, 0]


def test_brighter_calibration_pictures_are_a_warning(tmp_path: Path) -> None:
    calibration = make_samples(128, seed=2, darkest=60, brightest=255)
    found = audit(write_calibrated_workload(tmp_path, calibration=calibration, test=make_samples(400, seed=1)))
    assert [one.severity for one in of_check(found, "distribution")] == [Severity.WARNING]


def test_a_tiny_sample_is_serious(tmp_path: Path) -> None:
    found = audit(
        write_calibrated_workload(tmp_path, calibration=make_samples(20, seed=2), test=make_samples(400, seed=1))
    )
    assert [one.severity for one in of_check(found, "size")] == [Severity.SERIOUS]


def test_a_picture_that_is_there_twice_is_a_warning(tmp_path: Path) -> None:
    calibration = make_samples(128, seed=2)
    calibration.inputs[1] = calibration.inputs[0]
    found = audit(write_calibrated_workload(tmp_path, calibration=calibration, test=make_samples(400, seed=1)))
    assert [one.severity for one in of_check(found, "duplicates")] == [Severity.WARNING]


def test_without_labels_the_classes_are_said_not_to_be_checked(tmp_path: Path) -> None:
    calibration = replace(make_samples(128, seed=2), labels=None)
    found = audit(write_calibrated_workload(tmp_path, calibration=calibration, test=make_samples(400, seed=1)))
    assert of_check(found, "classes")[0].sentence == "not checked: the calibration data have no labels"
    assert found.classes == ()


def test_a_part_of_the_test_data_that_serves_for_calibration_does_not_overlap_with_the_rest(tmp_path: Path) -> None:
    found = audit(write_calibrated_workload(tmp_path, calibration=None, test=make_samples(1000, seed=1)))
    assert severities(found) == {Severity.INFO}
    assert (found.samples, found.pool) == (200, 1000)


def test_the_samples_audited_are_those_that_a_quantizer_is_given(tmp_path: Path) -> None:
    workload = write_calibrated_workload(
        tmp_path, calibration=make_samples(300, seed=2), test=make_samples(400, seed=1)
    )
    found = audit(workload, samples=100)
    assert found.samples == 100
    assert found.digest != audit(workload, samples=101).digest
    assert found.digest == audit(workload, samples=100).digest


def test_random_numbers_are_not_judged_as_data(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "model.onnx")
    (tmp_path / "workload.toml").write_text(
        """schema = 2
name = "random"
task = "none"
model = { file = "model.onnx" }
preprocessing = { kind = "random", tensors = [{ name = "image", shape = [3, 8, 8] }] }
""",
        encoding="utf-8",
    )
    (finding,) = audit(open_workload(str(tmp_path))).findings
    assert finding.severity is Severity.INFO
    assert finding.sentence.startswith("not checked: the inputs are random numbers")
