"""`planner quantize`: files with their provenance, a next step, and refusals before anything is made."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.command_line import CommandLine, refuses
from helpers.fake_workload import (
    DYNAMIC,
    PER_CHANNEL,
    PER_TENSOR,
    default_scripts,
    make_int8_script,
    write_fake_workload,
)
from helpers.quantizing import MISSING
from helpers.tiny_workload import write_tiny_model

from harness.quantize.artifacts import digest_of
from harness.supervisor.host_lock import host_lock

_FAKE = {"PLANNER_FAKE_RUNTIME": "1"}


@pytest.fixture
def fake(tmp_path: Path) -> str:
    """A scripted workload, which a fake quantizer makes files of in no time."""
    return str(write_fake_workload(tmp_path / "fake", default_scripts() | {DYNAMIC: make_int8_script()}))


def _quantize(fake: str, *arguments: str) -> tuple[str, ...]:
    return ("quantize", "--workload", fake, "--runtime", "fake", *arguments)


def test_a_file_is_written_with_its_provenance_beside_it(planner: CommandLine, fake: str, tmp_path: Path) -> None:
    answer = planner(*_quantize(fake, "--out", "int8"), **_FAKE)

    assert answer.returncode == 0, answer.stderr
    out = tmp_path / "int8"
    assert sorted(file.name for file in out.iterdir()) == ["model.fake.json", "provenance.json"]
    provenance = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["request"]["recipe"] == PER_CHANNEL
    assert len(provenance["calibration_digests"]) == 128
    assert "int8/model.fake.json" in answer.stdout
    assert "planner bench --workload" in answer.stdout


def test_several_recipes_have_a_folder_each(planner: CommandLine, fake: str, tmp_path: Path) -> None:
    recipes = ("--recipe", PER_TENSOR, "--recipe", DYNAMIC)

    answer = planner(*_quantize(fake, *recipes, "--out", "int8", "--json"), **_FAKE)

    report = json.loads(answer.stdout)
    assert report["schema"] == "planner.quantize/1"
    assert [one["variant"] for one in report["made"]] == [PER_TENSOR, DYNAMIC]
    assert sorted(file.name for file in (tmp_path / "int8").iterdir()) == [
        "int8-dynamic-per-channel",
        "int8-static-per-tensor",
    ]
    for one in report["made"]:
        path = tmp_path / one["path"]
        assert path.stat().st_size == one["size_bytes"]
        assert digest_of(path.parent) == one["digest"]
    assert [one["calibration_samples"] for one in report["made"]] == [128, 0]


def test_the_number_of_calibration_samples_and_the_seed_decide_what_is_made(planner: CommandLine, fake: str) -> None:
    for out, more in (("a", ()), ("b", ("--samples", "16")), ("c", ("--samples", "16", "--seed", "2")), ("d", ())):
        answer = planner(*_quantize(fake, "--out", out, "--json", *more), **_FAKE)
        made = json.loads(answer.stdout)["made"][0]
        assert made["was_cached"] is (out == "d")
        assert not more or made["calibration_samples"] == 16


def test_a_folder_that_holds_something_is_left_alone_unless_told(
    planner: CommandLine, fake: str, tmp_path: Path
) -> None:
    out = tmp_path / "int8"
    out.mkdir()
    (out / "mine.txt").write_text("kept", encoding="utf-8")
    (out / "model.fake.json").write_text("old", encoding="utf-8")

    refusal = refuses(planner(*_quantize(fake, "--out", "int8"), **_FAKE))
    told = planner(*_quantize(fake, "--out", "int8", "--overwrite"), **_FAKE)

    assert "--out int8 is not an empty folder" in refusal
    assert told.returncode == 0
    assert (out / "mine.txt").read_text(encoding="utf-8") == "kept"
    assert (out / "model.fake.json").read_text(encoding="utf-8") != "old"
    assert not list(out.glob(".*"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--recipe", "fp32"), "fp32 is no file of its own on fake"),
        (("--recipe", "int8-statc"), "did you mean int8-static?"),
        (("--recipe", "int8-static:per-chanel"), "per-chanel"),
        (("--samples", "0"), "at least one calibration sample"),
        (("--seed", "-1"), "a whole number from 0"),
        (("--candidate", "mine.onnx"), "judge it with planner bench"),
        (("--wait", "long"), "--wait 'long' is no time"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_made(
    planner: CommandLine, fake: str, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    with host_lock(planner.lock):  # nobody has to wait for a refusal
        refusal = refuses(planner(*_quantize(fake, "--out", "int8", "--quiet", *arguments), **_FAKE))

    assert says in refusal
    assert not (tmp_path / "int8").exists()


def test_a_misspelt_recipe_is_refused_before_the_model_is_looked_at(planner: CommandLine) -> None:
    answer = planner("quantize", "--model", "nowhere.onnx", "--recipe", "int8-static:percentle", "--out", "int8")

    assert "did you mean percentile?" in refuses(answer)


def test_a_runtime_that_is_not_here_is_named_with_what_to_do(planner: CommandLine, fake: str) -> None:
    answer = planner("quantize", "--workload", fake, "--runtime", "onnxrntime", "--out", "int8", "--quiet", **_FAKE)

    assert "no runtime 'onnxrntime'" in refuses(answer)


def test_a_model_of_ones_own_is_quantised_with_nothing_but_calibration_data(
    planner: CommandLine, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason=MISSING)
    write_tiny_model(tmp_path / "mine.onnx")
    images = np.random.default_rng(3).normal(size=(24, 3, 8, 8)).astype(np.float32)
    np.savez(tmp_path / "calibration.npz", inputs=images)
    recipes = ("--recipe", "int8-static:symmetric,entropy", "--recipe", "int8-static:without=/nowhere/Conv")

    named = ("--model", "mine.onnx", "--calibration", "calibration.npz", "--output", "logits")

    answer = planner("quantize", *named, *recipes, "--out", "int8", CI="true")

    assert answer.returncode == 5, answer.stderr
    assert "is no node of the model" in answer.stderr
    assert "data:" not in answer.stderr
    made = tmp_path / "int8" / "int8-static-per-channel-symmetric-entropy" / "model.onnx"
    assert made.is_file()
    judged = f"--candidate int8-static={made.relative_to(tmp_path)} --output logits --data TEST-DATA"
    assert judged in " ".join(answer.stdout.split())


def test_a_runtime_that_opens_no_such_model_is_refused_before_anything_is_made(
    planner: CommandLine, fake: str, tmp_path: Path
) -> None:
    with host_lock(planner.lock):
        answer = planner("quantize", "--workload", fake, "--runtime", "torch", "--out", "int8", "--quiet", **_FAKE)

    assert "--runtime torch opens torch models, and fake has none: name fake" in refuses(answer)
    assert not (tmp_path / "int8").exists()


def test_ranges_are_not_taken_from_random_inputs(planner: CommandLine, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason=MISSING)
    write_tiny_model(tmp_path / "mine.onnx")

    with host_lock(planner.lock):
        static = planner("quantize", "--model", "mine.onnx", "--out", "int8", "--quiet", CI="true")
    dynamic = planner(
        "quantize", "--model", "mine.onnx", "--recipe", "int8-dynamic", "--out", "int8", "--quiet", CI="true"
    )

    assert "name some with --calibration" in refuses(static)
    assert dynamic.returncode == 0, dynamic.stderr
