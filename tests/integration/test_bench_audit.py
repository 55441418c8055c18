"""Calibration data are audited in every run that calibrates: stored, shown, and part of the gate's reasons."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.builders import make_arm, make_plan
from helpers.calibrated_workload import make_samples, write_calibrated_workload
from helpers.fake_bench import FakeBench

from harness.errors import WorkerError
from harness.supervisor.calibration import audit_for_run
from harness.supervisor.process import WorkerProcess
from harness.vocabulary import Plan, Severity

pytest.importorskip("onnxruntime")
OVERLAP = "calibration data overlap with the test data by 7 of 200 samples (3.5 %)"


@pytest.fixture
def bench(tmp_path: Path) -> FakeBench:
    """With a real model whose calibration data hold seven samples of the test data."""
    found = FakeBench(folder=tmp_path)
    test, calibration = make_samples(300, seed=1), make_samples(200, seed=2)
    stolen = np.concatenate([test.inputs[:7], calibration.inputs[7:]])
    write_calibrated_workload(found.workload, calibration=replace(calibration, inputs=stolen), test=test)
    return found


def measured(bench: FakeBench, variants: str) -> dict[str, Any]:
    bench.bench("--runtimes", "onnxruntime", "--variants", variants, "--budget", "1s", "--quiet")
    return bench.document()


def no_worker(name: str) -> WorkerProcess:
    raise WorkerError(f"no process for {name} could be started")


def test_an_overlap_with_the_test_data_is_stored_shown_and_a_reason_of_the_gate(bench: FakeBench) -> None:
    document = measured(bench, "fp32,int8-static,int8-dynamic")
    serious = [one["sentence"] for one in document["calibration_findings"] if one["severity"] == "serious"]
    assert len(serious) == 1
    assert serious[0].startswith(OVERLAP)
    reasons = {one["candidate"]: " ".join(one["gate_reasons"]) for one in document["verdicts"]}
    assert OVERLAP in reasons["onnxruntime/int8-static:per-channel"]
    assert "calibration" not in reasons["onnxruntime/int8-dynamic:per-channel"]
    shown = bench.planner("show").stdout
    assert "✗ overlap" in shown
    assert "✓ size" in shown
    # The data are audited, not their use: an artifact from the cache makes no difference.
    assert measured(bench, "fp32,int8-static")["calibration_findings"] == document["calibration_findings"]


@pytest.mark.parametrize(
    "plan",
    [
        make_plan(arms=(make_arm("fp32"), make_arm("int8-dynamic:per-channel"))),
        make_plan(arms=(make_arm("fp32"), make_arm("int8-static:per-channel")), is_simulated=True),
    ],
)
def test_a_run_that_calibrates_nothing_is_not_audited(plan: Plan) -> None:
    assert list(audit_for_run(plan, samples=100, start=no_worker, silence_s=1.0)) == []


def test_an_audit_that_fails_is_a_warning_and_no_end() -> None:
    plan = make_plan(arms=(make_arm("fp32"), make_arm("int8-static:per-channel")))
    (event,) = audit_for_run(plan, samples=100, start=no_worker, silence_s=1.0)
    (finding,) = event.findings
    assert finding.severity is Severity.WARNING
    assert "could not be audited: no process for calibration audit could be started" in finding.sentence
