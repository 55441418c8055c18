"""Files beside the database: places that cannot be written are found before, and nothing is left half written."""

from pathlib import Path

import pytest

from harness.errors import UsageError
from planner.cli.files import require_empty_folder, require_writable_file, write_whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("something")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("full", "is a folder: name a file"),
        ("missing/gate.xml", "there is no folder .*missing; make it first"),
        ("file/gate.xml", "there is no folder"),
        ("/proc/gate.xml", "cannot be written"),
    ],
)
def test_a_place_where_no_file_can_be_written_is_refused(folder: Path, name: str, says: str) -> None:
    with pytest.raises(UsageError, match=rf"--junit .*{says}"):
        require_writable_file(folder / name, option="--junit")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("full", "is not an empty folder"),
        ("file", "is not an empty folder"),
        ("file/out", "is not a folder"),
        ("dangling", "is a link to nothing"),
        ("/proc/out", "cannot be written"),
    ],
)
def test_a_folder_that_cannot_be_filled_is_refused(folder: Path, name: str, says: str) -> None:
    with pytest.raises(UsageError, match=rf"--out .*{says}"):
        require_empty_folder(folder / name, option="--out")


def test_looking_leaves_nothing_behind(folder: Path) -> None:
    before = sorted(folder.rglob("*"))

    require_writable_file(folder / "gate.xml", option="--junit")
    require_writable_file(folder / "file", option="--junit")
    require_empty_folder(folder / "new" / "deep", option="--out")

    assert sorted(folder.rglob("*")) == before


def test_a_file_is_replaced_as_a_whole_and_can_be_read_by_others(folder: Path) -> None:
    write_whole(folder / "file", b"<new/>", option="--junit")

    assert (folder / "file").read_bytes() == b"<new/>"
    assert (folder / "file").stat().st_mode & 0o777 == 0o644
    assert not list(folder.glob(".*"))


def test_a_file_that_cannot_be_replaced_is_told_and_leaves_nothing(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"--junit .*full cannot be written: Is a directory"):
        write_whole(folder / "full", b"<new/>", option="--junit")

    assert not list(folder.glob(".*"))
