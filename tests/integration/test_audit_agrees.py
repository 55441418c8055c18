"""A run and the audit come to the same conclusions about calibration data, or the run says what it left out."""

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.calibrated_workload import Samples, finished, make_samples, write_calibrated_workload
from helpers.fake_bench import FakeBench

from harness.quantize.calibration_audit import audit_calibration
from harness.quantize.quick_saturation import chance_share, look_within
from harness.vocabulary import CalibrationFinding, Severity
from harness.workloads.workload import Workload

pytest.importorskip("onnxruntime")
_GOOD, _DARK = make_samples(200, seed=2), make_samples(200, seed=2, brightest=60)


@pytest.mark.parametrize(("calibration", "is_serious"), [(_GOOD, False), (_DARK, True)])
def test_what_the_audit_calls_serious_withholds_acceptance_in_a_run(
    tmp_path: Path, calibration: Samples, *, is_serious: bool
) -> None:
    bench = FakeBench(folder=tmp_path)
    write_calibrated_workload(bench.workload, calibration=calibration, test=make_samples(300, seed=1))
    audited = json.loads(
        bench.planner(
            *("audit", "calibration", "--workload", str(bench.workload), "--draws", "0", "--json", "--quiet")
        ).stdout
    )

    bench.bench("--runtimes", "onnxruntime", "--variants", "fp32,int8-static", "--budget", "1s", "--quiet")

    document = bench.document()
    assert _told(document["calibration_findings"]) == _told(audited["findings"])
    (verdict,) = document["verdicts"]
    assert (audited["severity"] == "serious") == is_serious
    assert any("saturation" in reason for reason in verdict["gate_reasons"]) == is_serious
    if is_serious:
        assert verdict["gate"] != "accepted"
    spread = next(one for one in document["calibration_findings"] if one["check"] == "spread")
    assert spread["sentence"].endswith("`planner audit calibration` looks")


def _told(findings: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["check"], one["severity"], one["sentence"]) for one in findings if one["check"] != "spread"]


def test_without_time_for_the_model_the_run_says_that_it_did_not_look(tmp_path: Path) -> None:
    found = finished(audit_calibration(_workload(tmp_path, _DARK), samples=256, seed=1, model_s=0.0))
    (saturation,) = [one for one in found.findings if one.check == "saturation"]
    assert saturation.severity is Severity.INFO
    assert saturation.sentence.startswith("not checked: ")
    assert saturation.sentence.endswith("`planner audit calibration` looks")


def test_a_slow_model_is_looked_at_on_few_samples(tmp_path: Path) -> None:
    dark, good = (_looked(_workload(tmp_path / name, one)) for name, one in (("dark", _DARK), ("good", _GOOD)))
    assert dark.severity is Severity.SERIOUS
    assert "on 64 samples of the test data" in dark.sentence
    assert good.severity is Severity.INFO
    assert good.sentence.startswith("not checked in full: 64 samples of the test data against the ranges of 64")


def test_a_model_of_no_end_is_not_looked_at(tmp_path: Path) -> None:
    found = _looked(_workload(tmp_path, _DARK), call_s=100.0)
    assert found.sentence.startswith("not checked: running the model on the samples takes longer")


def _looked(workload: Workload, *, call_s: float = 0.1) -> CalibrationFinding:
    """Within 6 seconds of a clock that each of the model's calls puts forward: 4 samples a call, 500 samples in all."""
    now = [0.0]

    def clock() -> float:
        now[0] += call_s
        return now[0]

    calibration, test = workload.split("calibration"), workload.split("test")
    looking = look_within(6.0, workload.required_model, calibration, test, source="the test data", clock=clock)
    return finished(looking)[1]


def test_few_samples_are_called_serious_only_beyond_what_chance_does() -> None:
    assert chance_share(64, 64) == 13 / 64  # 2^-13 (1 + 13 / 2) is below 0.001, 2^-12 (1 + 12 / 2) above
    assert chance_share(10, 64) > chance_share(64, 64) > chance_share(1000, 64)
    assert chance_share(1, 2) == 1.0


def _workload(folder: Path, calibration: Samples) -> Workload:
    return write_calibrated_workload(folder, calibration=calibration, test=make_samples(300, seed=1))
