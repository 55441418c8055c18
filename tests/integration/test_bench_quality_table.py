"""`planner bench` on a workload that says itself what a candidate must keep: its `[quality]` table."""

from pathlib import Path

import pytest
from helpers.command_line import refuses
from helpers.fake_bench import FakeBench, read_json
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script

_MATTER = '[quality]\nclasses = ["class 1", "class 2"]\nmax_relative_loss = 0.05\n'


@pytest.fixture
def fake(tmp_path: Path) -> FakeBench:
    """A candidate that breaks class 3 and nothing else: 13 % of its samples are lost, 1.4 % of all."""
    bench = FakeBench(folder=tmp_path)
    scripts = {FP32: make_script(), PER_CHANNEL: make_int8_script(class_errors={"3": 0.21})}
    bench.write_workload(scripts, samples=8000)
    return bench


def _say(fake: FakeBench, quality: str) -> None:
    with (fake.workload / "workload.toml").open("a", encoding="utf-8") as stream:
        stream.write(quality)


def test_a_class_that_breaks_rejects_where_every_class_matters(fake: FakeBench) -> None:
    answer = fake.bench("--json", "--max-relative-loss", "0.05")

    assert answer.returncode == 1, answer.stderr
    (verdict,) = read_json(answer)["verdicts"]
    assert verdict["gate"] == "rejected"
    assert verdict["gate_reasons"][0].startswith("class 3 loses 12.9 points")


def test_the_workload_names_the_classes_that_matter_and_its_thresholds(fake: FakeBench) -> None:
    _say(fake, _MATTER)

    answer = fake.bench("--json")

    assert answer.returncode == 0, answer.stderr
    document = read_json(answer)
    assert document["verdicts"][0]["gate"] == "accepted"
    assert any("none of 2 classes that matter (of 10)" in reason for reason in document["verdicts"][0]["gate_reasons"])
    shown = fake.planner("show").stdout
    assert "not judged" in shown
    assert "✗ drops too far" not in shown


def test_the_command_line_overrides_the_workload(fake: FakeBench) -> None:
    _say(fake, _MATTER)

    answer = fake.bench("--json", "--max-relative-loss", "0.001")

    assert answer.returncode == 1, answer.stderr
    assert read_json(answer)["verdicts"][0]["gate"] == "rejected"


def test_a_class_that_does_not_exist_is_refused_before_anything_is_measured(fake: FakeBench) -> None:
    _say(fake, '[quality]\nclasses = ["clas 1"]\n')

    assert "[quality] classes: no class 'clas 1' (did you mean class 1?)" in refuses(fake.bench())
    assert not fake.database.exists()
