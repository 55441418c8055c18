"""`planner workloads`: listing, showing with every fault, preparing, and the template of a new one."""

import json
import os
import re
from pathlib import Path

import pytest
from helpers.brought_models import SIDE, write_colour_model
from helpers.command_line import CommandLine, refuses
from helpers.data_files import write_pictures
from helpers.fake_workload import write_fake_workload
from helpers.tiny_workload import write_tiny_workload

_FLAGSHIP = "efficientnet-lite0-fashion-mnist"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_fake_workload(tmp_path / "mine", classes=3, samples=60, calibration_samples=9)


def _edit(folder: Path, old: str, new: str) -> None:
    path = folder / "workload.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_list_says_what_is_ready_and_how_to_get_the_rest(planner: CommandLine) -> None:
    answer = planner("workloads", "list")

    assert answer.returncode == 0
    lines = answer.stdout.splitlines()
    assert any(line.startswith(_FLAGSHIP) and "✓ shipped" in line for line in lines)
    assert any(line.startswith("text-encoder") and "~ needs preparing" in line for line in lines)
    assert "planner workloads prepare text-encoder" in answer.stdout
    assert "planner workloads new mine.toml" in answer.stdout


def test_the_list_holds_what_was_brought_and_what_became_of_it(planner: CommandLine, tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "workloads"
    write_fake_workload(cache / "mine@1", samples=20, calibration_samples=4)
    (cache / "broken@2").mkdir()
    (cache / "broken@2" / "workload.toml").write_text("schema = 3")
    (cache / ".unfinished-3").mkdir()

    listing = json.loads(planner("workloads", "list", "--json").stdout)

    assert listing["schema"] == "planner.workloads/1"
    states = {one["name"]: (one["state"], one["reason"]) for one in listing["workloads"]}
    assert states["mine@1"] == ("brought", None)
    assert states["broken@2"][0] == "unusable"
    assert "has schema 3" in states["broken@2"][1]
    assert ".unfinished-3" not in states
    assert planner("workloads", "list").returncode == 0


def test_a_workload_is_shown_with_its_data_by_class_its_gate_and_its_hashes(planner: CommandLine, folder: Path) -> None:
    with (folder / "workload.toml").open("a") as stream:
        stream.write('[quality]\nclasses = ["class 1"]\nmin_worst_class = 0.75\n')

    answer = planner("workloads", "show", str(folder))

    assert answer.returncode == 0, answer.stderr
    assert "A scripted model" in answer.stdout
    assert "60 samples from test.npz" in answer.stdout
    assert "(pinned)" in answer.stdout
    assert "test: samples of each class" in answer.stdout
    assert "each class that matters (class 1) right in at least 75 %" in " ".join(answer.stdout.split())
    assert "✓ nothing is wrong with it" in answer.stdout
    assert not answer.stderr


def test_what_a_workload_is_can_be_read_by_machines(planner: CommandLine, folder: Path) -> None:
    view = json.loads(planner("workloads", "show", str(folder), "--json").stdout)

    assert view["schema"] == "planner.workload/1"
    assert view["problems"] == []
    assert view["splits"][0]["name"] == "test"
    assert view["splits"][0]["classes"] == [{"name": f"class {index}", "samples": 20} for index in range(3)]
    assert view["splits"][0]["is_pinned"] is True
    assert view["gate"]["class_drop"] == 0.03
    assert view["default_variants"] == ["fp32", "int8-static:per-tensor", "int8-static:per-channel"]


def test_calibration_that_is_taken_from_the_test_data_is_shown_with_its_share(
    planner: CommandLine, folder: Path
) -> None:
    path = folder / "workload.toml"
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("calibration")))

    answer = planner("workloads", "show", str(folder))

    assert "12 samples, 20.0 % of the test data, left out of the test" in answer.stdout
    assert "48 samples from test.npz" in answer.stdout


def test_every_fault_of_a_description_is_told_at_once(planner: CommandLine, folder: Path) -> None:
    _edit(folder, "height = 1", "heigth = 1\nresize = 'crp'")

    answer = planner("workloads", "show", str(folder / "workload.toml"))

    assert answer.returncode == 2
    assert not answer.stdout
    assert "has 2 faults:" in answer.stderr
    assert "[preprocessing] has no key 'heigth' (did you mean height?)" in answer.stderr
    assert "resize: no 'crp' (did you mean crop?)" in answer.stderr


def test_one_fault_behind_a_description_does_not_hide_the_next(planner: CommandLine, folder: Path) -> None:
    (folder / "model.fake.json").write_bytes(b"another")
    (folder / "calibration.npz").unlink()
    _edit(folder, "A scripted model", "\\u202ea model")  # turns what follows it round on a terminal

    answer = planner("workloads", "show", str(folder))

    assert answer.returncode == 2
    told = " ".join(answer.stdout.split())
    assert "✗ " in told
    assert "model.fake.json is not the file its description names" in told
    assert "calibration.npz cannot be read: No such file" in told
    assert "60 samples from test.npz" in told
    assert "has 2 faults" in answer.stderr
    assert "\u202e" not in answer.stdout


def test_a_model_that_does_not_read_such_data_is_told_before_anything_is_measured(
    planner: CommandLine, tmp_path: Path
) -> None:
    pytest.importorskip("onnx")
    folder = write_tiny_workload(tmp_path / "tiny")
    _edit(folder, "height = 8", "height = 9")

    answer = planner("workloads", "show", str(folder))

    assert answer.returncode == 2
    assert "image float32 [N, 3, 8, 8]" in answer.stdout
    assert "check the preprocessing" in " ".join(answer.stdout.split())


def test_of_a_file_that_is_refused_changes_are_not_spoken_of(planner: CommandLine, folder: Path) -> None:
    (folder / "model.fake.json").unlink()
    text = (folder / "workload.toml").read_text()
    (folder / "workload.toml").write_text(re.sub(r', sha256 = "[0-9a-f]+"', "", text))

    view = json.loads(planner("workloads", "show", str(folder), "--json").stdout)

    assert any("model.fake.json cannot be read" in problem for problem in view["problems"])
    (remark,) = [one for one in view["remarks"] if "a change of" in one]
    assert "test.npz" in remark
    assert "model.fake.json" not in remark


def test_code_that_a_workload_would_run_is_told(planner: CommandLine, folder: Path) -> None:
    path = folder / "workload.toml"
    path.write_text(re.sub(r"model = .*", 'model = { torch = "mine:make" }', path.read_text()))

    view = json.loads(planner("workloads", "show", str(folder), "--json").stdout)

    assert any("runs the Python code that mine:make names" in remark for remark in view["remarks"])


def test_classes_that_look_alike_are_told(planner: CommandLine, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    folder = write_tiny_workload(tmp_path / "tiny")
    path = folder / "workload.toml"
    path.write_text(re.sub(r"(?m)^classes = .*$", 'classes = ["caf\u00e9", "cafe\u0301", "c", "d"]', path.read_text()))

    view = json.loads(planner("workloads", "show", str(folder), "--json").stdout)

    assert any(r"'caf\xe9' and 'cafe\u0301' look alike and count as two" in remark for remark in view["remarks"])


@pytest.mark.parametrize("command", ["show", "prepare"])
def test_an_unknown_name_is_refused_with_the_names_there_are(planner: CommandLine, command: str) -> None:
    assert _FLAGSHIP in refuses(planner("workloads", command, "resnet5"))


def test_a_workload_that_is_not_prepared_says_how_to(planner: CommandLine) -> None:
    says = refuses(planner("workloads", "show", "bert-base"))

    assert says.endswith("workload bert-base is not prepared yet: run `planner workloads prepare bert-base`")


def test_what_ships_needs_no_preparing(planner: CommandLine) -> None:
    answer = planner("workloads", "prepare", _FLAGSHIP)

    assert answer.returncode == 0
    assert Path(answer.stdout.strip(), "workload.toml").is_file()
    assert "nothing to prepare" in answer.stderr


@pytest.mark.parametrize("kind", ["image", "text", "none", "random"])
def test_a_new_file_of_each_kind_is_accepted_and_only_lacks_its_files(
    planner: CommandLine, tmp_path: Path, kind: str
) -> None:
    made = planner("workloads", "new", "mine.toml", "--kind", kind)
    shown = planner("workloads", "show", "mine.toml")

    assert made.returncode == 0, made.stderr
    assert made.stdout == "mine.toml\n"
    assert "planner workloads show mine.toml" in made.stderr
    assert f'kind = "{kind}"' in (tmp_path / "mine.toml").read_text()
    assert shown.returncode == 2
    faults = [line for line in shown.stdout.splitlines() if line.startswith("✗")]
    assert faults
    assert all("No such file" in line for line in faults)


def test_a_new_file_is_filled_in_with_what_model_and_data_tell(planner: CommandLine, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    write_tiny_workload(tmp_path / "tiny")

    made = planner("workloads", "new", "tiny/mine.toml", "--model", "tiny/model.onnx", "--data", "tiny/test.npz")
    shown = planner("workloads", "show", "tiny/mine.toml")

    text = (tmp_path / "tiny" / "mine.toml").read_text()
    assert made.returncode == 0, made.stderr
    assert "reads image float32 [N, 3, 8, 8]" in made.stderr
    assert all(f"\n{line}\n" in text for line in ('file = "model.onnx"', "height = 8", 'test = "test.npz"'))
    assert shown.returncode == 0, shown.stderr


def test_a_file_that_exists_is_not_overwritten_unless_that_is_said(planner: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("precious")

    assert "--overwrite" in refuses(planner("workloads", "new", "mine.toml"))
    assert file.read_text() == "precious"
    assert planner("workloads", "new", "mine.toml", "--overwrite").returncode == 0
    assert file.read_text().startswith("# A workload for planner")
    assert [one.name for one in tmp_path.glob("*.toml")] == ["mine.toml"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("mine.txt",), "in a .toml file"),
        (("folder.toml",), "exists"),
        (("mine.toml", "--model", "missing.onnx"), "--model 'missing.onnx': no such file"),
        (("mine.toml", "--model", "/etc/passwd"), "lies outside"),
        (("mine.toml", "--data", "pipe.npz"), "neither a file nor a folder"),
        (("file/mine.toml",), "cannot be written"),
    ],
)
def test_a_new_file_that_cannot_be_meant_is_refused(
    planner: CommandLine, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe.npz")

    assert says in refuses(planner("workloads", "new", *arguments))
    assert not (tmp_path / "mine.toml").exists()


def test_each_action_has_help_with_examples(planner: CommandLine) -> None:
    for action in ("list", "show", "prepare", "new"):
        assert f"planner workloads {action}" in planner("workloads", action, "--help").stdout.partition("examples:")[2]


def test_a_template_for_pictures_of_the_models_size_does_not_enlarge_them(planner: CommandLine, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("PIL")
    write_colour_model(tmp_path / "mine.onnx")
    write_pictures(tmp_path / "images", {"cat": 2, "dog": 2}, size=(SIDE, SIDE))

    answer = planner("workloads", "new", "mine.toml", "--model", "mine.onnx", "--data", "images")

    written = (tmp_path / "mine.toml").read_text(encoding="utf-8").splitlines()
    assert answer.returncode == 0, answer.stderr
    assert f"height = {SIDE}" in written
    assert not [line for line in written if line.startswith("shorter_side")]
    assert "the pictures have the model's size: not resized" in " ".join((answer.stdout + answer.stderr).split())
