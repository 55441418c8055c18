"""The catalogue of built-in workloads: complete, prepared whole or not at all, and plain about what is missing."""

import fcntl
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import UsageError, WorkloadError
from harness.workloads import catalogue
from harness.workloads.catalogue import BuiltIn, built_ins, prepare
from harness.workloads.workload import open_workload

NAME = "resnet50"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path))
    return tmp_path / "workloads"


def _use_maker(monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    monkeypatch.setitem(catalogue._MAKERS, NAME, f"helpers.makers:{function}")


def _of(name: str) -> BuiltIn:
    return next(one for one in built_ins() if one.name == name)


def _silent(_line: str) -> None:
    pass


def _visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_the_flagship_ships_and_stands_first() -> None:
    first = built_ins()[0]
    assert first.is_shipped
    assert first.is_ready
    assert not first.needs


def test_every_other_workload_has_a_maker_that_exists_without_importing_torch() -> None:
    others = [one for one in built_ins() if not one.is_shipped]
    assert {one.name for one in others} == set(catalogue._MAKERS)
    assert all(callable(catalogue._maker_of(one)) for one in others)
    assert all(one.needs for one in others)


def test_nothing_is_ready_in_an_empty_cache(cache: Path) -> None:
    assert [one.name for one in built_ins() if one.is_ready] == [built_ins()[0].name]
    assert _of(NAME).folder == cache / NAME


def test_an_unknown_name_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match=r"'resnet51'.*resnet50.*vit-l-16"):
        prepare("resnet51", report=_silent)


def test_the_shipped_workload_needs_no_preparation(cache: Path) -> None:
    lines: list[str] = []
    assert prepare(built_ins()[0].name, report=lines.append) == built_ins()[0].folder
    assert "nothing to prepare" in lines[0]
    assert not cache.exists()


@pytest.mark.parametrize("name", ["text-encoder", "control-resnet", "resnet50", "bert-base"])
def test_preparing_without_torch_says_how_to_get_it_and_what_to_do_without(
    name: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # what Python itself takes for "not there"
    with pytest.raises(WorkloadError, match=r"pip install 'torch==2.13.0'.*on another machine") as caught:
        prepare(name, report=_silent)
    assert str(cache) in str(caught.value)
    assert _visible(cache) == []


def test_a_prepared_workload_is_whole_and_is_not_made_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _use_maker(monkeypatch, "make_fake")
    lines: list[str] = []
    folder = prepare(NAME, report=lines.append)
    assert folder == cache / NAME
    assert _of(NAME).is_ready
    lines.clear()
    prepare(NAME, report=lines.append)
    assert "making" not in lines
    assert _visible(cache) == [NAME]


def test_a_preparation_that_fails_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _use_maker(monkeypatch, "make_half")
    with pytest.raises(WorkloadError, match="not installed"):
        prepare(NAME, report=_silent)
    assert _visible(cache) == []


def test_an_interrupted_preparation_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(line: str) -> None:
        if line == "making":
            raise KeyboardInterrupt

    _use_maker(monkeypatch, "make_fake")
    with pytest.raises(KeyboardInterrupt):
        prepare(NAME, report=interrupt)
    assert _visible(cache) == []


def test_what_a_killed_preparation_left_is_cleared_away(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = cache / f".unfinished-{NAME}-abc" / "new"
    left.mkdir(parents=True)
    (left / "model.onnx").write_bytes(b"half a model")
    _use_maker(monkeypatch, "make_fake")
    prepare(NAME, report=_silent)
    assert _visible(cache) == [NAME]


def test_refreshing_replaces_what_is_there(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _use_maker(monkeypatch, "make_fake")
    (prepare(NAME, report=_silent) / "left-over").write_text("from before")
    prepare(NAME, report=_silent, refresh=True)
    assert not (cache / NAME / "left-over").exists()
    assert _visible(cache) == [NAME]


@pytest.mark.parametrize("maker", ["make_half", "make_undescribed"])
def test_a_refresh_that_fails_keeps_what_was_there(maker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _use_maker(monkeypatch, "make_fake")
    description = prepare(NAME, report=_silent) / "workload.toml"
    before = description.read_bytes()
    _use_maker(monkeypatch, maker)
    with pytest.raises(WorkloadError):
        prepare(NAME, report=_silent, refresh=True)
    assert description.read_bytes() == before


def test_two_preparations_of_one_workload_do_not_meet(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _use_maker(monkeypatch, "make_fake")
    cache.mkdir(parents=True)
    with (cache / f".{NAME}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(WorkloadError, match="another process prepares resnet50"):
            prepare(NAME, report=_silent)
    prepare(NAME, report=_silent)
    assert _of(NAME).is_ready


def test_a_cache_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "file"))
    with pytest.raises(WorkloadError, match="resnet50 cannot be prepared in"):
        prepare(NAME, report=_silent)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _turn(path: Path) -> None:
    """Change the last byte, so that the size stays."""
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize("damage", [_cut, Path.unlink], ids=["cut", "gone"])
def test_a_file_that_lost_bytes_is_damage_that_says_how_to_mend_it(
    damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    _use_maker(monkeypatch, "make_fake")
    damage(prepare(NAME, report=_silent) / "test.npz")

    assert not _of(NAME).is_ready
    with pytest.raises(WorkloadError, match=r"resnet50 is damaged \(test\.npz .*`planner workloads prepare resnet50"):
        open_workload(NAME)


@pytest.mark.parametrize("damage", [_cut, _turn, Path.unlink], ids=["cut", "turned", "gone"])
@pytest.mark.parametrize("name", ["model.fake.json", "test.npz", "workload.toml"])
def test_preparing_mends_what_is_damaged(
    name: str, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    _use_maker(monkeypatch, "make_fake")
    folder = prepare(NAME, report=_silent)
    before = (folder / name).read_bytes()
    damage(folder / name)

    prepare(NAME, report=_silent)

    assert (folder / name).read_bytes() == before
    assert _of(NAME).is_ready
    assert open_workload(NAME).split("test").samples == 20


def test_a_file_that_changed_and_kept_its_size_says_how_to_mend_it_where_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _use_maker(monkeypatch, "make_fake")
    _turn(prepare(NAME, report=_silent) / "test.npz")

    with pytest.raises(WorkloadError, match=r"make it again: `planner workloads prepare resnet50 --refresh`"):
        open_workload(NAME).split("test")
