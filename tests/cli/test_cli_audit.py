"""`planner audit calibration`: the table, the exit code, JSON, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.calibrated_workload import Samples, make_samples, write_calibrated_workload
from helpers.command_line import Answer, CommandLine, refuses
from helpers.fake_workload import write_fake_workload
from helpers.tiny_workload import write_tiny_model

from harness.supervisor.host_lock import host_lock

FAKE = {"PLANNER_FAKE_RUNTIME": "1"}
pytest.importorskip("onnxruntime")


def audit(planner: CommandLine, *options: str, calibration: Samples | None = None, draws: int = 0) -> Answer:
    """What is said about a workload whose calibration data are good, unless others are given."""
    write_calibrated_workload(
        planner.folder / "workload",
        calibration=calibration or make_samples(256, seed=2),
        test=make_samples(400, seed=1),
    )
    return planner("audit", "calibration", "--workload", "workload", "--draws", str(draws), *options)


def document(answer: Answer) -> dict[str, Any]:
    found = json.loads(answer.stdout)
    assert found["schema"] == "planner.audit/1"
    assert isinstance(found, dict)
    return found


def test_good_data_are_told_check_by_check_and_end_with_zero(planner: CommandLine) -> None:
    answer = audit(planner)
    assert answer.returncode == 0
    for expected in ("✓ size", "✓ overlap", "✓ classes", "✓ distribution", "✓ saturation", "~ spread", "25.0 %", "█"):
        assert expected in answer.stdout
    assert "✗" not in answer.stdout
    assert "nothing speaks against these calibration data" in answer.stdout
    assert max(len(line) for line in answer.stdout.splitlines()) <= 120


def test_a_serious_finding_is_marked_and_ends_with_one(planner: CommandLine) -> None:
    calibration = make_samples(256, seed=2)
    stolen = np.concatenate([make_samples(400, seed=1).inputs[:3], calibration.inputs[3:]])
    answer = audit(planner, calibration=replace(calibration, inputs=stolen))
    assert answer.returncode == 1
    assert "✗ overlap" in answer.stdout
    assert "3 of 256 samples (1.2 %)" in answer.stdout
    assert "is not accepted" in answer.stdout


def test_a_warning_alone_ends_with_zero(planner: CommandLine) -> None:
    answer = audit(planner, calibration=make_samples(64, seed=2))
    assert answer.returncode == 0
    assert "! size" in answer.stdout
    assert "look at the warnings" in answer.stdout


def test_json_holds_every_figure_behind_the_findings(planner: CommandLine) -> None:
    answer = audit(planner, "--json", "--quiet", calibration=make_samples(200, seed=2, brightest=60))
    found = document(answer)
    assert answer.returncode == 1
    assert answer.stderr == ""
    assert (found["samples"], found["pool"], found["severity"]) == (200, 600, "serious")
    assert {one["check"] for one in found["findings"]} >= {"size", "overlap", "classes", "distribution", "saturation"}
    assert [one["calibration"] for one in found["classes"]] == [50, 50, 50, 50]
    assert {one["tensor"] for one in found["saturation"]} == {"image", "first.r", "middle.r", "flat"}
    assert found["saturation"][0]["outside"] > 0.05


def test_draws_are_quantised_and_compared_with_one_another(planner: CommandLine) -> None:
    answer = audit(planner, "--json", "--samples", "64", draws=2)
    found = document(answer)
    assert [one["seed"] for one in found["draws"]] == [1, 2]
    assert all(0.0 < one["same_class"] <= 1.0 and one["accuracy"] is None for one in found["draws"])
    spread = next(one for one in found["findings"] if one["check"] == "spread")
    assert "2 draws give" in spread["sentence"]
    assert "agreement with FP32 on the test data, 64 samples a draw" in spread["sentence"]
    assert "quantising, draw 2 …" in answer.stderr


def test_search_data_tell_the_spread_in_accuracy(planner: CommandLine) -> None:
    write_calibrated_workload(
        planner.folder / "workload",
        calibration=make_samples(256, seed=2),
        test=make_samples(400, seed=1),
        search=make_samples(100, seed=3),
    )
    found = document(planner("audit", "calibration", "--workload", "workload", "--draws", "2", "--json"))
    assert 0.0 <= found["baseline_accuracy"] <= 1.0
    assert all(one["accuracy"] is not None for one in found["draws"])
    spread = next(one["sentence"] for one in found["findings"] if one["check"] == "spread")
    assert "accuracy on the search data, 128 samples a draw" in spread  # half of 256, lest all draws be the same


def test_a_runtime_that_is_not_here_leaves_the_other_checks(planner: CommandLine) -> None:
    answer = audit(planner, "--runtime", "abacus", draws=2)
    assert answer.returncode == 0
    assert "~ spread" in answer.stdout
    assert "no runtime 'abacus'" in answer.stdout


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--draws", "1"), "--draws 1: two draws or more"),
        (("--samples", "0"), "--samples 0"),
        (("--seed", "-1"), "--seed -1"),
        (("--recipe", "int8-dynamic"), "--recipe int8-dynamic takes no calibration data"),
        (("--recipe", "int7"), "no variant 'int7'"),
        (("--workload", "nowhere"), "no workload 'nowhere'"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(
    planner: CommandLine, options: tuple[str, ...], part: str
) -> None:
    with host_lock(planner.lock):  # nobody has to wait for a refusal
        assert part in refuses(planner("audit", "calibration", *options))


def test_data_that_cannot_be_read_are_refused_in_a_sentence(planner: CommandLine, tmp_path: Path) -> None:
    write_calibrated_workload(
        tmp_path / "workload", calibration=make_samples(40, seed=2), test=make_samples(40, seed=1)
    )
    (tmp_path / "workload" / "calibration.npz").write_bytes(b"nothing")
    assert "calibration.npz" in refuses(planner("audit", "calibration", "--workload", "workload", "--quiet"))


def test_where_nothing_could_be_checked_the_data_are_not_praised(planner: CommandLine, tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "mine.onnx")
    answer = planner("audit", "calibration", "--model", "mine.onnx", "--draws", "0", "--quiet", CI="true")
    assert answer.returncode == 0
    assert "nothing could be checked" in answer.stdout
    assert "✓" not in answer.stdout


def test_a_scripted_model_is_not_audited(planner: CommandLine, tmp_path: Path) -> None:
    write_fake_workload(tmp_path / "fake")
    assert "nothing is calibrated" in refuses(planner("audit", "calibration", "--workload", "fake", **FAKE))
