"""Whose thresholds the gate takes: the command line's, else the workload's, else the defaults."""

from pathlib import Path

import pytest
from helpers.fake_workload import write_fake_workload

from harness.errors import UsageError
from harness.vocabulary import GateRules
from harness.workloads.workload import Workload, open_workload
from planner.services.gate_rules import QualityAsked, gate_rules

_QUALITY = """
[quality]
metric = "top-5"
classes = ["class 1", "class 2"]
max_relative_loss = 0.02
max_class_drop = 0.6
min_worst_class = 0.75
"""


def _workload(folder: Path, quality: str = "") -> Workload:
    write_fake_workload(folder, samples=40, calibration_samples=8)
    path = folder / "workload.toml"
    path.write_text(path.read_text() + quality)
    return open_workload(str(folder))


def test_without_any_word_the_defaults_hold(tmp_path: Path) -> None:
    assert gate_rules(_workload(tmp_path / "w"), QualityAsked()) == GateRules()


def test_a_workload_sets_thresholds_classes_and_metric(tmp_path: Path) -> None:
    rules = gate_rules(_workload(tmp_path / "w", _QUALITY), QualityAsked())

    assert (rules.overall_loss, rules.overall_limit) == (0.02, 0.04)
    assert (rules.class_drop, rules.class_limit) == (0.6, 1.0)
    assert (rules.worst_class, rules.classes, rules.best_of) == (0.75, ("class 1", "class 2"), 5)


def test_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    asked = QualityAsked(max_relative_loss=0.0, max_class_drop=0.1, min_worst_class=0.0, judge_points=True)

    rules = gate_rules(_workload(tmp_path / "w", _QUALITY), asked)

    assert (rules.overall_loss, rules.class_drop, rules.worst_class, rules.judge_points) == (0.0, 0.1, 0.0, True)
    assert rules.classes == ("class 1", "class 2")


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_threshold_that_is_no_share_is_refused(tmp_path: Path, share: float) -> None:
    with pytest.raises(UsageError, match="shares between 0 and 1"):
        gate_rules(_workload(tmp_path / "w"), QualityAsked(max_class_drop=share))
