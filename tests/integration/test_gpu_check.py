"""The GPU check as a bare machine runs it, and what becomes of its report. Without a GPU: the rehearsal on the CPU."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from helpers.builders import (
    make_arm,
    make_comparison,
    make_environment,
    make_measurement,
    make_proof,
    make_proof_verdict,
)

from harness.gpu_check.findings import Report, Row, RowState, write_report
from harness.vocabulary import Gate, Method, Recipe
from planner.errors import ArchiveError
from planner.services.gpu_evidence import store_check
from planner.store.repository import Store

_NOT_ON_A_BARE_MACHINE = (
    "msgspec psutil sqlalchemy alembic rich scipy transformers torchao openvino nncf textual shtab planner pricing"
)
_BARE = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {_NOT_ON_A_BARE_MACHINE.split()!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Absent())
from harness.gpu_check.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def _check(*arguments: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", _BARE, *arguments], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )


def test_without_a_gpu_it_ends_with_2_and_says_what_to_do(tmp_path: Path) -> None:
    answer = _check("--out", str(tmp_path / "out"), "--device", "gpu:99")

    assert answer.returncode == 2
    assert "gpu:99" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "out").exists()


def test_the_rehearsal_needs_no_more_than_a_bare_machine_has_and_is_labelled(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not here: pip install 'planner[torch]'")

    answer = _check("--out", str(tmp_path), "--device", "cpu", "--budget", "60")
    told = json.loads((tmp_path / "gpu-check.json").read_text())

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("REHEARSAL ON THE CPU: no figure below is of a GPU\n")
    assert told["is_rehearsal"]
    rows = {(row["step"], row["subject"]): row for row in told["rows"]}
    strict = rows["small encoders, batch 1", "fp32"]
    assert strict["state"] == "measured"
    assert strict["notes"]["ran"] == "fp32, as-named"
    assert rows["small encoders, batch 1", "bf16"]["figures"]["speed_up"] > 0.0
    assert rows["small encoders, batch 1", "int8-dynamic:torchao,compile"]["state"] == "skipped"
    with Store.open(f"sqlite:///{tmp_path / 'r.db'}") as store, pytest.raises(ArchiveError, match="a rehearsal"):
        store_check(store, tmp_path / "gpu-check.json")


def test_a_report_becomes_runs_once(tmp_path: Path) -> None:
    file = tmp_path / "gpu-check.json"
    write_report(_report(), file)
    with Store.open(f"sqlite:///{tmp_path / 'r.db'}") as store:
        (run_id,) = store_check(store, file)
        again = store_check(store, file)
        run = store.load(run_id)

    assert again == ()
    assert run.plan.workload_name == "gpu-check: BERT-base, batch 1"
    assert [arm.name for arm in run.plan.arms] == ["torch@gpu:0/fp32", "torch@gpu:0/bf16"]
    (verdict,) = run.verdicts
    assert (verdict.candidate, verdict.gate) == ("torch@gpu:0/bf16", Gate.NOT_MEASURED)
    record = run.arm("torch@gpu:0/bf16")
    assert record is not None
    assert record.energy is not None
    assert record.energy.gross_j == 0.25
    assert [one.phase for one in record.memory] == ["GPU infer batch 1"]


def _report() -> Report:
    baseline = make_arm("fp32", runtime="torch", device="gpu:0")
    candidate = replace(baseline, label="bf16", recipe=Recipe(method=Method.BF16))
    report = Report(
        device="gpu:0",
        is_rehearsal=False,
        started_at="2026-01-01T00:00:00+00:00",
        machine={"name": "a card", "environment": asdict(make_environment())},
    )
    comparison = make_comparison(candidate=candidate.name, baseline=baseline.name, batch=1)
    for arm, compared in ((candidate, comparison), (baseline, None)):
        detail = {
            "arm": asdict(arm),
            "measurement": asdict(make_measurement(arm=arm.name, batch=1)),
            "proof": asdict(make_proof()),
            "proof_verdict": asdict(make_proof_verdict()),
            "comparison": asdict(compared) if compared else None,
        }
        row = Row(
            step="BERT-base, batch 1",
            subject=arm.label,
            state=RowState.MEASURED,
            figures={"p50_ms": 1.0, "gross_j_per_sample": 0.25, "peak_mib": 512.0},
            detail=detail,
        )
        report = report.with_row(row, took_s=1.0)
    return report
