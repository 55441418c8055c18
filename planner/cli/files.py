"""Files that a command writes beside the database: looked at before anything is measured, written whole."""

import contextlib
import tempfile
from pathlib import Path

from harness.errors import UsageError


def require_writable_file(path: Path, *, option: str) -> None:
    """Refuse a place where no file can be written, before hours are spent on what is to stand in it.

    Raises:
        UsageError: with the reason.
    """
    if path.is_dir():
        raise UsageError(f"{option} {path} is a folder: name a file")
    if not path.parent.is_dir():
        raise UsageError(f"{option} {path}: there is no folder {path.parent}; make it first")
    _try_to_write(path.parent, named=path, option=option)


def require_empty_folder(path: Path, *, option: str) -> None:
    """Refuse a folder that holds something, or that cannot be made.

    Raises:
        UsageError: with the reason.
    """
    if path.is_symlink() and not path.exists():
        raise UsageError(f"{option} {path} is a link to nothing: name a folder")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{option} {path} is not an empty folder: name one that is empty or does not exist yet")
    nearest = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if not nearest.is_dir():
        raise UsageError(f"{option} {path}: {nearest} is not a folder")
    _try_to_write(nearest, named=path, option=option)


def write_whole(path: Path, content: bytes, *, option: str) -> None:
    """Write a file in one step: whoever reads it finds the old one or the new one, never half of one.

    Raises:
        UsageError: it cannot be written any more.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
            temporary = Path(stream.name)
            try:
                stream.write(content)
                stream.flush()
                temporary.chmod(0o644)
                temporary.replace(path)
            except OSError:
                with contextlib.suppress(OSError):
                    temporary.unlink()
                raise
    except OSError as error:
        raise UsageError(f"{option} {path} cannot be written: {error.strerror or error}") from error


def _try_to_write(folder: Path, *, named: Path, option: str) -> None:
    """What permissions say is not the whole truth: a disk may be read-only."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(f"{option} {named} cannot be written: {error.strerror or error}") from error
