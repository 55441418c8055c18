"""A report's files are written all or not at all, inside their folder, and over nothing that was there."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from helpers.disks import make_disk_read_only, small_disk
from helpers.unprivileged import as_nobody

from planner.errors import ReportError
from planner.services.reporting.writing import require_place, write_report

FILES = {"report.md": b"text", "report.pdf": b"pages", "tables/fleets.csv": b"a,b"}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fails_at(turn: int) -> object:
    """A renaming that fails the N-th time, as a disk may."""
    done: list[Path] = []

    def rename(source: Path, target: Path) -> None:
        done.append(target)
        if len(done) == turn:
            raise OSError(5, "Input/output error")
        source.replace(target)

    return rename


class Interrupted(Mapping[str, bytes]):
    """Files of which the second is never reached: somebody presses Ctrl-C."""

    def __getitem__(self, name: str) -> bytes:
        return FILES[name]

    def __iter__(self) -> Iterator[str]:
        return iter(FILES)

    def __len__(self) -> int:
        return len(FILES)

    def items(self) -> Iterator[tuple[str, bytes]]:  # type: ignore[override] # enough for what reads it
        yield "report.md", FILES["report.md"]
        raise KeyboardInterrupt


def test_a_new_folder_appears_whole_with_ordinary_permissions(tmp_path: Path) -> None:
    paths = write_report(FILES, tmp_path / "out", overwrite=False)

    assert tree(tmp_path) == {f"out/{name}": content for name, content in FILES.items()}
    assert paths == tuple(tmp_path / "out" / name for name in FILES)
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o777 & ~umask
    assert paths[0].stat().st_mode & 0o777 == 0o666 & ~umask


def test_what_is_there_is_left_alone_unless_it_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(b"signed")
    (tmp_path / "notes.txt").write_bytes(b"mine")

    with pytest.raises(ReportError, match=r"holds report\.pdf already: --force replaces"):
        write_report(FILES, tmp_path, overwrite=False)
    assert tree(tmp_path) == {"report.pdf": b"signed", "notes.txt": b"mine"}

    write_report(FILES, tmp_path, overwrite=True)
    assert tree(tmp_path) == FILES | {"notes.txt": b"mine"}


def test_files_join_others_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"mine")
    write_report(FILES, tmp_path, overwrite=False)
    assert tree(tmp_path) == FILES | {"notes.txt": b"mine"}


@pytest.mark.parametrize("turn", [1, 2])
def test_a_fault_in_the_middle_takes_everything_back(tmp_path: Path, turn: int) -> None:
    before = {"report.md": b"old", "report.pdf": b"signed"}
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)

    with pytest.raises(ReportError, match="Input/output error; nothing was changed"):
        write_report(FILES, tmp_path, overwrite=True, rename=fails_at(turn))  # type: ignore[arg-type] # a double

    assert tree(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(before)


@pytest.mark.parametrize("is_there", [True, False])
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, *, is_there: bool) -> None:
    folder = tmp_path if is_there else tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        write_report(Interrupted(), folder, overwrite=True)
    assert list(tmp_path.iterdir()) == []


def test_a_full_and_a_read_only_disk_say_so_and_keep_what_they_hold(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kilobytes=64) as disk:
        (disk / "report.pdf").write_bytes(b"signed")
        with pytest.raises(ReportError, match=r"No space left on device; nothing was changed"):
            write_report(FILES | {"report.html": b"x" * 200_000}, disk, overwrite=True)
        assert tree(disk) == {"report.pdf": b"signed"}
        with pytest.raises(ReportError, match="No space left on device"):
            write_report({"report.html": b"x" * 200_000}, disk / "out", overwrite=False)
        assert [path.name for path in disk.iterdir()] == ["report.pdf"]
        make_disk_read_only(disk)
        with pytest.raises(ReportError, match="Read-only file system"):
            require_place(disk / "out", ["report.pdf"], overwrite=False)


def test_a_folder_of_somebody_else_is_refused() -> None:
    def ask() -> str:
        with pytest.raises(ReportError) as told:
            write_report(FILES, Path("/etc"), overwrite=True)
        return str(told.value)

    assert "cannot be written: Permission denied" in as_nobody(ask)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda place: place.write_bytes(b""), "is a file: name a folder"),
        (lambda place: place.symlink_to("nowhere"), "is a link to nothing"),
        (lambda place: (place / "report.pdf").mkdir(parents=True), "is a folder, and in the way of a file"),
        (lambda place: (place.mkdir(), (place / "tables").symlink_to("/tmp")), "it is no folder of its own"),  # noqa: S108
        (lambda place: (place.mkdir(), (place / "tables").write_bytes(b"")), "it is no folder of its own"),
        (lambda place: place.symlink_to(place.name), "is a link to nothing|Too many levels"),
    ],
)
def test_what_is_in_the_way_is_named(tmp_path: Path, make: object, told: str) -> None:
    make(tmp_path / "out")  # type: ignore[operator] # each makes something
    before = tree(tmp_path)
    with pytest.raises(ReportError, match=told):
        write_report(FILES, tmp_path / "out", overwrite=True)
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["../report.md", "/etc/passwd", "a/../../b", "", ".hidden", "a\x00b", "tables/\u202ecsv", "a" * 300, "a//b"]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportError, match="a report has no file called"):
        write_report({name: b"x"}, tmp_path / "out", overwrite=True)
    assert list(tmp_path.iterdir()) == []


def test_folders_above_are_not_invented_and_a_name_may_be_too_long(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="make it first"):
        require_place(tmp_path / "a" / "b", ["report.pdf"], overwrite=False)
    with pytest.raises(ReportError, match="File name too long"):
        write_report(FILES, tmp_path / ("x" * 300), overwrite=False)
