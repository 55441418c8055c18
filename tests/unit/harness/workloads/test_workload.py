"""Workloads on disk: read when they are what they say, refused in our own words when not."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from helpers.fake_workload import write_fake_workload
from helpers.unprivileged import as_nobody

from harness.errors import UsageError, WorkloadError
from harness.variants import parse_variant
from harness.workloads.catalogue import built_ins
from harness.workloads.workload import BUILTIN_DEFAULT, Workload, open_workload

_SENSITIVITY = """
[sensitivity]
keep_fp32 = 2
nodes = [{ name = "/a", snr_db = 10.0 }, { name = "/b", snr_db = 20.0 }, { name = "/c", snr_db = 30.5 }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_fake_workload(tmp_path / "workload", classes=3, samples=30, calibration_samples=9)


def _edit(folder: Path, old: str, new: str) -> None:
    path = folder / "workload.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def _unpin(folder: Path) -> None:
    """Let the description name its model without a hash."""
    _edit(folder, hashlib.sha256((folder / "model.fake.json").read_bytes()).hexdigest(), "")
    _edit(folder, ', sha256 = ""', "")


def _ranked(folder: Path, *, keep_fp32: int = 2) -> Workload:
    path = folder / "workload.toml"
    path.write_text(path.read_text() + _SENSITIVITY.replace("keep_fp32 = 2", f"keep_fp32 = {keep_fp32}"))
    return open_workload(str(folder))


@pytest.mark.parametrize("name", ["", "workload.toml"])
def test_a_workload_is_opened_by_its_folder_or_its_description(folder: Path, name: str) -> None:
    workload = open_workload(str(folder / name))

    assert workload.name == "fake"
    assert workload.reference == str(folder / name)
    assert workload.model == folder / "model.fake.json"
    assert workload.model_digest == hashlib.sha256(workload.required_model.read_bytes()).hexdigest()
    assert workload.class_names == ("class 0", "class 1", "class 2")
    assert workload.default_variants[0].label == "fp32"
    assert (workload.split("test").samples, workload.split("calibration").samples) == (30, 9)
    assert workload.is_simulated


def test_the_flagship_opens_by_name_with_every_split_whole() -> None:
    workload = open_workload(BUILTIN_DEFAULT)

    assert BUILTIN_DEFAULT in {one.name for one in built_ins()}
    assert [workload.split(name).samples for name in ("test", "calibration", "search")] == [10_000, 512, 1_000]
    assert len(workload.resolve(parse_variant("int8-mixed")).left_out) == workload.keep_fp32
    assert not workload.is_simulated


def test_a_description_may_have_any_name_and_errors_call_it_by_it(folder: Path) -> None:
    (folder / "workload.toml").rename(folder / "mine.toml")
    (folder / "model.fake.json").write_bytes(b"another")

    with pytest.raises(WorkloadError, match=r"put the new hash into mine\.toml"):
        open_workload(str(folder / "mine.toml"))


def test_a_built_in_workload_that_is_not_prepared_says_how_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path))

    with pytest.raises(WorkloadError) as refusal:
        open_workload("text-encoder")

    assert str(refusal.value) == (
        "workload text-encoder is not prepared yet: run `planner workloads prepare text-encoder`"
    )


def test_only_a_description_in_the_cache_may_name_files_anywhere(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "cache"))
    brought = tmp_path / "cache" / "workloads" / "mine"
    brought.mkdir(parents=True)
    text = (folder / "workload.toml").read_text().replace('file = "', f'file = "{folder}/')
    (brought / "workload.toml").write_text(text)
    copy = tmp_path / "elsewhere" / "mine.toml"
    copy.parent.mkdir()
    copy.write_text(text)

    assert open_workload("mine").split("test").samples == 30
    assert open_workload(str(brought / "workload.toml")).split("test").samples == 30
    with pytest.raises(WorkloadError, match="lies outside its folder"):
        open_workload(str(copy))


@pytest.mark.parametrize("reference", ["", "nonsense", "../nonsense", "a\0b", "x" * 5_000])
def test_an_unknown_workload_is_refused_with_what_there_is(reference: str) -> None:
    with pytest.raises(
        WorkloadError, match=f"give a built-in name .*{BUILTIN_DEFAULT}.* a folder with a workload.toml"
    ):
        open_workload(reference)


def test_a_folder_that_may_not_be_searched_is_refused(folder: Path) -> None:
    folder.chmod(0o700)

    assert as_nobody(lambda: open_workload(str(folder)).name).startswith("WorkloadError: no workload")


def test_a_model_that_changed_is_refused_with_both_hashes(folder: Path) -> None:
    expected = open_workload(str(folder)).model_digest
    (folder / "model.fake.json").write_bytes(b"another")
    found = hashlib.sha256(b"another").hexdigest()

    with pytest.raises(WorkloadError, match=f"SHA-256 {found[:12]}…, expected {expected[:12]}…"):
        open_workload(str(folder))


def test_data_that_changed_after_opening_is_refused_when_it_is_read(folder: Path) -> None:
    workload = open_workload(str(folder))
    (folder / "test.npz").write_bytes((folder / "calibration.npz").read_bytes())

    with pytest.raises(WorkloadError, match=r"test\.npz is not the file its description names"):
        workload.split("test")


@pytest.mark.parametrize("name", ["model.fake.json", "test.npz"])
def test_a_file_that_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(WorkloadError, match=rf"{name} cannot be read: No such file"):
        open_workload(str(folder)).split("test")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../secret", "lies outside its folder"),
        ("/etc/hostname", "lies outside its folder"),
        ("link", "lies outside its folder"),
        ("sub/../../secret", "lies outside its folder"),
        ("loop", "loop"),
        ("a\\u0000b", "holds control characters"),
        ("", "[model] file is empty"),
        (".", "is a folder: name the model file in it"),
        ("pipe", "neither a file nor a folder"),
        ("x" * 5_000, "at most 4,096"),
        ("x" * 4_000, "too long"),
    ],
)
def test_a_file_outside_the_folder_or_none_at_all_is_refused(folder: Path, name: str, says: str) -> None:
    secret = folder.parent / "secret"
    secret.write_bytes((folder / "model.fake.json").read_bytes())
    (folder / "link").symlink_to(secret)
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "pipe")
    _unpin(folder)
    _edit(folder, '"model.fake.json"', f'"{name}"')

    with pytest.raises(WorkloadError) as refusal:
        open_workload(str(folder))

    assert says in str(refusal.value)


def test_the_identity_is_of_what_is_asked_and_not_of_the_prose(folder: Path) -> None:
    before = open_workload(str(folder)).digest
    _edit(folder, "A scripted model", "Another title")
    retitled = open_workload(str(folder)).digest
    _edit(folder, "mean = [0.0]", "mean = [1.0]")

    assert retitled == before
    assert open_workload(str(folder)).digest != before


@pytest.mark.parametrize(
    ("variant", "left_out"),
    [
        ("fp32", ()),
        ("int8-static", ()),
        ("int8-static:without=/x", ("/x",)),
        ("int8-mixed", ("/a", "/b")),
        ("int8-mixed:keep=1", ("/a",)),
        ("int8-mixed:keep=3", ("/a", "/b", "/c")),
        ("int8-mixed:without=/x", ("/x",)),
        ("int8-mixed:keep=2,without=/x,without=/a", ("/a", "/b", "/x")),
    ],
)
def test_a_recipe_comes_to_the_names_of_the_nodes_that_stay_in_fp32(
    folder: Path, variant: str, left_out: tuple[str, ...]
) -> None:
    recipe = parse_variant(variant)

    resolved = _ranked(folder).resolve(recipe)

    assert resolved.left_out == left_out
    assert resolved.keep is None
    assert (resolved.method, resolved.granularity) == (recipe.method, recipe.granularity)


def test_keeping_more_layers_than_are_ranked_is_refused(folder: Path) -> None:
    workload = _ranked(folder)

    with pytest.raises(UsageError, match="4 layers to keep, 3 are ranked; name them with without=NODE"):
        workload.resolve(parse_variant("int8-mixed:keep=4"))


def test_a_ranking_that_keeps_nothing_has_no_int8_mixed(folder: Path) -> None:
    with pytest.raises(UsageError, match="0 layers to keep, 3 are ranked"):
        _ranked(folder, keep_fp32=0).resolve(parse_variant("int8-mixed"))


def test_mixed_without_a_ranking_is_refused_unless_it_names_its_nodes(folder: Path) -> None:
    workload = open_workload(str(folder))

    with pytest.raises(UsageError, match=r"its layers are not ranked.* name them with without=NODE"):
        workload.resolve(parse_variant("int8-mixed"))

    assert workload.resolve(parse_variant("int8-mixed:without=/x")).left_out == ("/x",)


_CANDIDATE = """
[[candidates]]
file = "mine.onnx"
variant = "fp16"
"""


def test_a_model_made_elsewhere_is_measured_after_the_defaults_under_its_own_name(folder: Path) -> None:
    (folder / "mine.onnx").write_bytes(b"a model")
    path = folder / "workload.toml"
    path.write_text(path.read_text() + _CANDIDATE)

    workload = open_workload(str(folder))

    recipe = workload.default_variants[-1]
    assert recipe.label == "fp16:file=mine.onnx"
    assert parse_variant(recipe.label) == recipe
    assert workload.candidates[recipe] == (folder / "mine.onnx", hashlib.sha256(b"a model").hexdigest())


def test_a_class_that_matters_must_be_one_that_the_data_have(folder: Path) -> None:
    path = folder / "workload.toml"
    text = path.read_text().replace('classes = ["class 0", "class 1", "class 2"]\n', "")
    path.write_text(text + '[quality]\nclasses = ["class 1"]\n')
    assert open_workload(str(folder)).classes_that_matter == ("class 1",)

    path.write_text(text + '[quality]\nclasses = ["clas 1"]\n')
    with pytest.raises(
        WorkloadError, match=r"no class 'clas 1' \(did you mean class 1\?\); there are: class 0, class 1"
    ):
        _ = open_workload(str(folder)).classes_that_matter


def test_calibration_taken_from_the_test_data_is_left_out_of_the_test(folder: Path) -> None:
    path = folder / "workload.toml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("calibration")]
    path.write_text("\n".join(lines))

    workload = open_workload(str(folder))
    taken, rest = workload.split("calibration"), workload.split("test")

    assert workload.takes_calibration_from_test
    assert (taken.samples, rest.samples) == (6, 24)
    assert not set(taken.positions) & set(rest.positions)
    assert set(taken.positions) == set(open_workload(str(folder)).split("calibration").positions)
    assert workload.test_split(None).samples == 24
    assert workload.test_split(None, keeps_calibration_apart=False).samples == 30


def test_a_workload_whose_answers_are_not_judged_needs_no_labels(folder: Path) -> None:
    with np.load(folder / "test.npz") as archive:
        np.savez_compressed(folder / "bare.npz", inputs=archive["inputs"])
    path = folder / "workload.toml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith(("test", "classes"))]
    judged = "\n".join(lines).replace("[data]", '[data]\ntest = "bare.npz"')
    path.write_text(judged.replace('"classification"', '"none"'))

    workload = open_workload(str(folder))

    assert not workload.has_labels
    assert workload.split("test").labels is None
    assert workload.classes_that_matter == ()
    path.write_text(judged)
    with pytest.raises(WorkloadError, match='has no labels: add them, or write task = "none"'):
        open_workload(str(folder)).split("test")
