"""Files that a description names: found, kept to its folder, and checked against their hashes."""

import hashlib
from pathlib import Path

from harness.errors import WorkloadError
from harness.workloads.description import File

_SHOWN_DIGITS = 12


def checked(description: Path, file: File, *, may_lie_anywhere: bool) -> Path:
    """The place of a file or folder that a description names, which must lie in its folder and have its hash.

    The hash of a folder is that of its samples, and is checked where they are read.

    Raises:
        WorkloadError: it lies outside, cannot be read, or has changed.
    """
    folder = description.parent
    try:
        path = (folder / file.file).resolve()
        is_inside = path.is_relative_to(folder.resolve())
        is_folder, exists = path.is_dir(), path.exists()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL or a name too long
        raise WorkloadError(f"{description} names {file.file!r}: {error}") from error
    if not may_lie_anywhere and not is_inside:
        raise WorkloadError(
            f"{description} names {file.file!r}, which lies outside its folder: give it on the command line "
            "(--model, --data, --calibration)"
        )
    if is_folder:
        return path
    if exists and not path.is_file():  # a pipe or a device never ends
        raise WorkloadError(f"{description} names {file.file!r}, which is neither a file nor a folder")
    found = digest_of(path) if file.sha256 is not None or not exists else None
    if found != file.sha256:
        raise WorkloadError(
            f"{path} is not the file its description names (SHA-256 {str(found)[:_SHOWN_DIGITS]}…, expected "
            f"{str(file.sha256)[:_SHOWN_DIGITS]}…): restore it, or put the new hash into {description.name}",
        )
    return path


def digest_of(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        WorkloadError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise WorkloadError(f"{path} cannot be read: {error.strerror or error}") from error


def is_file(path: Path) -> bool:
    """Whether there is such a file, whatever the path is made of."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long or with a NUL, or a folder that may not be searched
        return False
