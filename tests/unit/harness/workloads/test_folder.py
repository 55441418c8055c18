"""Workloads on disk: read when they are what they say, refused in our own words when not."""

import hashlib
from pathlib import Path

import pytest
from helpers.fake_workload import write_fake_workload
from helpers.unprivileged import as_nobody
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import UsageError, WorkloadError
from harness.variants import parse_variant
from harness.workloads.folder import BUILTIN_DEFAULT, Workload, builtin_names, open_workload

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
    assert workload.model_digest == hashlib.sha256(workload.model.read_bytes()).hexdigest()
    assert workload.class_names == ("class 0", "class 1", "class 2")
    assert workload.default_variants[0].label == "fp32"
    assert (workload.split("test").samples, workload.split("calibration").samples) == (30, 9)
    assert workload.is_simulated


def test_the_flagship_opens_by_name_with_every_split_whole() -> None:
    workload = open_workload(BUILTIN_DEFAULT)

    assert BUILTIN_DEFAULT in builtin_names()
    assert set(workload.files) == {"test", "calibration", "search"}
    assert all(workload.split(name).samples for name in workload.files)
    assert len(workload.resolve(parse_variant("int8-mixed")).left_out) == workload.keep_fp32
    assert not workload.is_simulated


@pytest.mark.parametrize("reference", ["", "nonsense", "../nonsense", "a\0b", "x" * 5_000])
def test_an_unknown_workload_is_refused_with_what_there_is(reference: str) -> None:
    with pytest.raises(WorkloadError, match=f"give a built-in name .*{BUILTIN_DEFAULT}.* or a folder"):
        open_workload(reference)


def test_a_folder_that_may_not_be_searched_is_refused(folder: Path) -> None:
    folder.chmod(0o700)

    assert as_nobody(lambda: open_workload(str(folder)).name).startswith("WorkloadError: no workload")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("schema = 1", "schema = 2\nnew_field = 1", "has schema 2, this planner reads 1"),
        ("schema = 1\n", "", "missing required field `schema`"),
        ('task = "classification"', 'task = "translation"', "task 'translation' is not known"),
        ("schema = 1", "schema = 1\ncolour = 'red'", "unknown field `colour`"),
        ("channels = 1", "channels = 1\ndepth = 3", "unknown field `depth`"),
        ("channels = 1", "channels = '1'", "Expected `int`, got `str`"),
        ("channels = 1", "channels = 0", "is empty"),
        ("scale = 1.0", "scale = 0.0", "cannot normalise"),
        ("scale = 1.0", "scale = nan", "cannot normalise"),
        ("schema = 1", "schema = ", "cannot be read"),
        ("schema = 1", "\0", "cannot be read"),
        ("schema = 1", f"x = {'[' * 50_000}", "cannot be read"),
        ('"class 1"', '"class 0"', "3 classes: 1 to 32767 different names"),
        ('classes = ["class 0", "class 1", "class 2"]', "classes = []", "0 classes"),
        ('default = ["fp32"', 'default = ["fp23"', "default variants: no variant 'fp23'"),
    ],
)
def test_a_description_that_is_none_of_ours_is_refused_with_its_path(
    folder: Path, old: str, new: str, says: str
) -> None:
    _edit(folder, old, new)

    with pytest.raises(WorkloadError) as refusal:
        open_workload(str(folder))

    assert says in str(refusal.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=st.binary(max_size=80))
def test_any_bytes_in_the_place_of_a_description_are_refused(folder: Path, content: bytes) -> None:
    (folder / "workload.toml").write_bytes(content)

    with pytest.raises(WorkloadError):
        open_workload(str(folder))


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
        ("a\\u0000b", "null byte"),
        ("", "Is a directory"),
        ("x" * 5_000, "too long"),
    ],
)
def test_a_file_outside_the_folder_or_none_at_all_is_refused(folder: Path, name: str, says: str) -> None:
    secret = folder.parent / "secret"
    secret.write_bytes((folder / "model.fake.json").read_bytes())
    (folder / "link").symlink_to(secret)
    (folder / "loop").symlink_to(folder / "loop")
    _edit(folder, '"model.fake.json"', f'"{name}"')

    with pytest.raises(WorkloadError) as refusal:
        open_workload(str(folder))

    assert says in str(refusal.value)


def test_the_identity_is_of_what_is_asked_and_not_of_the_prose(folder: Path) -> None:
    before = open_workload(str(folder)).digest
    _edit(folder, "A scripted model", "Another title")
    retitled = open_workload(str(folder)).digest
    _edit(folder, "mean = 0.0", "mean = 1.0")

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


@pytest.mark.parametrize("keep_fp32", [0, -1, 4])
def test_a_default_that_the_ranking_cannot_meet_is_refused(folder: Path, keep_fp32: int) -> None:
    with pytest.raises(UsageError, match="3 are ranked"):
        _ranked(folder, keep_fp32=keep_fp32).resolve(parse_variant("int8-mixed"))


def test_mixed_without_a_ranking_is_refused_unless_it_names_its_nodes(folder: Path) -> None:
    workload = open_workload(str(folder))

    with pytest.raises(UsageError, match="0 are ranked"):
        workload.resolve(parse_variant("int8-mixed"))

    assert workload.resolve(parse_variant("int8-mixed:without=/x")).left_out == ("/x",)
