"""SHA-256 of a folder, by what is in it, and other digests that take time to find.

The hashes of a folder's files are remembered between processes, so that a folder of many gigabytes is read
for them once. What is remembered is found by name, size, times and inode of every file; where anything
about it is wrong, the folder is simply read again.
"""

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.errors import WorkloadError
from harness.workloads.data.telling import shown_path
from harness.workloads.files import digest_of
from harness.workloads.places import cache_root

# A file that was written a moment ago can change again without its time stamp changing: its hash is not kept.
_SETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderDigest:
    """SHA-256 of a folder's content, and of each of its files, in the order that was asked for."""

    digest: str
    files: tuple[str, ...]


def digest_of_folder(root: Path, names: Sequence[str]) -> FolderDigest:
    """SHA-256 over the lines "path NUL SHA-256 of the content" of some files, sorted by path.

    Args:
        root: the folder.
        names: paths below it, with slashes.

    Raises:
        WorkloadError: a file cannot be read.
    """
    fingerprint, is_settled = _fingerprint(root, names)
    memo = cache_root() / "digests" / fingerprint
    known = _recall(memo, names)
    if known is not None:
        return known
    files = tuple(digest_of(root / name) for name in names)
    found = FolderDigest(digest=_combined(names, files), files=files)
    if is_settled and _fingerprint(root, names)[0] == fingerprint:
        _remember(memo, found)
    return found


def remembered(key: Sequence[str], find: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Digests that follow from `key` alone: those that were found before, or what `find` finds."""
    memo = cache_root() / "digests" / _hash_of_lines(key)
    known = _decoded(memo)
    if known is not None and known.digest == _hash_of_lines(known.files):
        return known.files
    found = find()
    _remember(memo, FolderDigest(digest=_hash_of_lines(found), files=found))
    return found


def _hash_of_lines(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _combined(names: Sequence[str], files: Sequence[str]) -> str:
    lines = sorted(os.fsencode(name) + b"\0" + digest.encode() for name, digest in zip(names, files, strict=True))
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def _fingerprint(root: Path, names: Sequence[str]) -> tuple[str, bool]:
    """What tells that nothing has changed, and whether the last change is long enough ago to rely on that."""
    fingerprint, newest = hashlib.sha256(os.fsencode(root.resolve())), 0
    for name in names:
        try:
            found = (root / name).stat()
        except OSError as error:
            raise WorkloadError(f"{shown_path(root / name)} cannot be read: {error.strerror or error}") from error
        newest = max(newest, found.st_mtime_ns, found.st_ctime_ns)
        line = f"\0{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_dev} {found.st_ino}"
        fingerprint.update(b"\n" + os.fsencode(name) + line.encode())
    return fingerprint.hexdigest(), newest < time.time_ns() - _SETTLED_NS


def _recall(memo: Path, names: Sequence[str]) -> FolderDigest | None:
    known = _decoded(memo)
    if known is None or len(known.files) != len(names) or known.digest != _combined(names, known.files):
        return None
    return known


def _decoded(memo: Path) -> FolderDigest | None:
    try:
        return msgspec.json.decode(memo.read_bytes(), type=FolderDigest)
    except (OSError, msgspec.DecodeError):
        return None


def _remember(memo: Path, found: FolderDigest) -> None:
    with contextlib.suppress(OSError):  # a cache that cannot be written costs time and nothing else
        memo.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=memo.parent, prefix=".", delete=False) as stream:
            try:
                stream.write(msgspec.json.encode(found))
                stream.close()
                Path(stream.name).replace(memo)
            except OSError:
                Path(stream.name).unlink(missing_ok=True)
                raise
