"""Files that a description names: found, kept to its folder, and checked against their hashes."""

import hashlib
from pathlib import Path

from harness.errors import WorkloadError
from harness.workloads.description import File
from harness.workloads.limits import MOST_MODEL_BYTES
from harness.workloads.places import workload_cache

_SHOWN_DIGITS = 12


def checked(description: Path, file: File, *, may_lie_anywhere: bool, most_bytes: int | None = None) -> Path:
    """The place of a file or folder that a description names, which must lie in its folder and have its hash.

    The hash of a folder is that of its samples, and is checked where they are read. A file of more than `most_bytes`
    is not read at all.

    Raises:
        WorkloadError: it lies outside, cannot be read, is too large, or has changed.
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
    if most_bytes is not None and exists:
        require_size(path, most_bytes)
    found = digest_of(path) if file.sha256 is not None or not exists else None
    if found != file.sha256:
        raise WorkloadError(
            f"{path} is not the file its description names (SHA-256 {str(found)[:_SHOWN_DIGITS]}…, expected "
            f"{str(file.sha256)[:_SHOWN_DIGITS]}…): {remedy(description)}",
        )
    return path


def remedy(description: Path) -> str:
    """What to do about files that are not what their description says."""
    folder = description.parent
    if folder.parent.resolve() != workload_cache().resolve():
        return f"restore it, or put the new hash into {description.name}"
    if "@" in folder.name:
        return "restore it, or name it on the command line again (--model, --data …)"
    return f"make it again: `planner workloads prepare {folder.name} --refresh`"


def require_size(path: Path, most_bytes: int) -> None:
    """Refuse a file that is larger than what it should be can be, before anybody reads it.

    Raises:
        WorkloadError: it is, or cannot be read.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise WorkloadError(f"{path} cannot be read: {error.strerror or error}") from error
    if size <= most_bytes:
        return
    if most_bytes == MOST_MODEL_BYTES:
        raise WorkloadError(
            f"{path} has {size / 1e9:.1f} GB, an ONNX file can hold at most 2 GB: save it with its weights beside it "
            "(onnx.save_model(…, save_as_external_data=True))"
        )
    raise WorkloadError(f"{path} is larger than {most_bytes >> 20} MiB: this is no tokenizer.json")


def digest_of(path: Path, *, most_bytes: int | None = None) -> str:
    """SHA-256 of a file.

    Raises:
        WorkloadError: it cannot be read, or has more than `most_bytes`.
    """
    if most_bytes is not None:
        require_size(path, most_bytes)
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
