"""Writes the files of a report: all of them or none, and nothing over what is there unless that is wanted.

Everything is written into a temporary folder first. A new folder appears in one step; in one that is there, files are
set in place one by one, each in one step, and taken back together where one of them cannot be.
"""

import contextlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from planner.errors import PlaceTakenError, ReportError
from planner.interrupts import deferred

Rename = Callable[[Path, Path], object]
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_DEEPEST = 3
_MOST_NAMED = 5
_LONGEST_TOLD = 200


def write_report(
    files: Mapping[str, bytes], folder: Path, *, overwrite: bool, rename: Rename = os.replace
) -> tuple[Path, ...]:
    """Write the files of a report into a folder, which is made where it is not there.

    Args:
        files: Content by name, with `/` between a folder and its file.
        folder: Where they go; its own parent must be there.
        overwrite: Whether files of the same names are replaced.
        rename: Sets one file or folder in place of another, in one step.

    Raises:
        PlaceTakenError: if files of these names are there, and `overwrite` is not set.
        ReportError: if they cannot be written. What was there is as it was, and nothing is left beside it.
    """
    names = [_inside(name) for name in files]
    require_place(folder, names, overwrite=overwrite)
    try:
        if folder.is_dir():
            with _temporary(folder) as unfinished:
                _write_all(files, unfinished / "new")
                with deferred():
                    _set_in_place(names, folder, unfinished, overwrite=overwrite, rename=rename)
        else:
            with _temporary(folder.absolute().parent) as unfinished:
                _write_all(files, unfinished / "new")
                with deferred():
                    rename(unfinished / "new", folder)
    except OSError as error:
        raise ReportError(
            f"{_told(folder)} cannot be written: {error.strerror or error}; nothing was changed"
        ) from error
    return tuple(folder / name for name in names)


def require_place(folder: Path, names: Iterable[str], *, overwrite: bool) -> None:
    """Refuse a place in which these files cannot be written, before anything is drawn.

    Raises:
        ReportError: with what is in the way.
    """
    try:
        _require_folder(folder)
        if folder.is_dir():
            _require_free(folder, list(names), overwrite=overwrite)
        with tempfile.TemporaryFile(dir=folder if folder.is_dir() else folder.absolute().parent):
            pass  # what permissions say is not the whole truth: a disk may be read-only
    except OSError as error:
        raise ReportError(f"{_told(folder)} cannot be written: {error.strerror or error}") from error


def _require_folder(folder: Path) -> None:
    if folder.is_symlink() and not folder.exists():
        raise ReportError(f"{_told(folder)} is a link to nothing: name a folder")
    if folder.exists() and not folder.is_dir():
        raise ReportError(f"{_told(folder)} is a file: name a folder, which is made where it is not there")
    if not folder.is_dir() and not folder.absolute().parent.is_dir():
        raise ReportError(f"{_told(folder)}: there is no folder {_told(folder.absolute().parent)}; make it first")


def _require_free(folder: Path, names: list[str], *, overwrite: bool) -> None:
    for inner in {folder / PurePosixPath(name).parent for name in names} - {folder}:
        if inner.is_symlink() or (inner.exists() and not inner.is_dir()):
            raise ReportError(f"{inner} is in the way: it is no folder of its own; remove it, or name another folder")
    there = [name for name in names if os.path.lexists(folder / name)]
    blocked = [name for name in there if (folder / name).is_dir() and not (folder / name).is_symlink()]
    if blocked:
        raise ReportError(f"{folder / blocked[0]} is a folder, and in the way of a file: remove it, or name another")
    if there and not overwrite:
        more = f" and {len(there) - _MOST_NAMED} more" if len(there) > _MOST_NAMED else ""
        raise PlaceTakenError(f"{folder} holds {', '.join(there[:_MOST_NAMED])}{more} already")


def _told(path: Path) -> str:
    """A path in a sentence: its ends, where it is very long."""
    text = str(path)
    return text if len(text) <= _LONGEST_TOLD else f"{text[: _LONGEST_TOLD // 2]}…{text[-_LONGEST_TOLD // 2 :]}"


def _inside(name: str) -> str:
    """A name that leads nowhere but into the folder: letters, digits, and `._-` behind a letter or digit."""
    parts = name.split("/")
    if not 0 < len(parts) <= _DEEPEST or not all(_PART.fullmatch(part) for part in parts):
        raise ReportError(f"a report has no file called {name!r:.80}: this is a fault of planner, please report it")
    return name


@contextmanager
def _temporary(beside: Path) -> Iterator[Path]:
    """A hidden folder that is gone at the end, however that comes."""
    folder = beside / f".report-{secrets.token_hex(6)}.part"
    try:
        folder.mkdir()
        yield folder
    finally:
        with deferred():
            shutil.rmtree(folder, ignore_errors=True)


def _write_all(files: Mapping[str, bytes], folder: Path) -> None:
    folder.mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())


def _set_in_place(names: list[str], folder: Path, unfinished: Path, *, overwrite: bool, rename: Rename) -> None:
    """Set every file in place, or none: what was done is taken back in reverse."""
    with contextlib.ExitStack() as undo:
        for number, name in enumerate(names):
            target, fresh, kept = folder / name, unfinished / "new" / name, unfinished / f"kept-{number}"
            if not target.parent.is_dir():
                target.parent.mkdir()
                undo.callback(_quietly, target.parent.rmdir)
            if os.path.lexists(target) and overwrite:
                _keep(target, kept)
                rename(fresh, target)
                undo.callback(_quietly, partial(kept.replace, target))
            else:
                _set_where_nothing_is(fresh, target, rename=rename)
                undo.callback(_quietly, target.unlink)
        undo.pop_all()


def _set_where_nothing_is(fresh: Path, target: Path, *, rename: Rename) -> None:
    """What came there since it was looked at is not overwritten: a hard link never does."""
    try:
        target.hardlink_to(fresh)
    except FileExistsError:
        raise
    except OSError:  # not every file system has hard links
        if os.path.lexists(target):
            raise FileExistsError(f"{target} came to be there meanwhile") from None
        rename(fresh, target)


def _keep(target: Path, kept: Path) -> None:
    try:
        os.link(target, kept, follow_symlinks=False)
    except OSError:  # likewise
        shutil.copy2(target, kept, follow_symlinks=False)


def _quietly(action: Callable[[], object]) -> None:
    """Of taking back, one step that fails must not hinder the others."""
    with contextlib.suppress(OSError):
        action()
