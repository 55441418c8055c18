"""The zip file around exported runs: written the same way every time, read with suspicion.

An archive may come from anybody. Nothing is extracted to disk, sizes are checked before and while
reading, and every entry must be listed in the manifest with its SHA-256. Knows names and bytes,
not what a run is.
"""

import errno
import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

import msgspec

from planner.errors import ArchiveError

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
ENTRY = re.compile(r"runs/([0-9a-f]{8})\.json")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that zip knows: two exports of one run are the same bytes
_END = struct.Struct("<4s4H2LH")  # the end record of a zip file, PKWARE APPNOTE 4.3.16
_ZIP64_LOCATOR = 20  # bytes of the record that may stand before it, APPNOTE 4.3.15
_ENTRY_RECORD = 1024  # more than an entry of ours takes in the directory
_UNIX = 3
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """How much of a stranger's archive is read. A real run takes 3 MB, and under 1 MB compressed.

    `ratio`: deflate reaches 1,030 on nothing but zeros; a run of constant latencies reaches 340.
    """

    archive_bytes: int = 2**30
    entries: int = 10_000
    entry_bytes: int = 128 * 2**20
    total_bytes: int = 4 * 2**30
    ratio: int = 700


DEFAULT_LIMITS = ArchiveLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """What the manifest says of one file."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive holds, and who wrote it."""

    format_version: int
    planner_version: str
    files: tuple[ArchiveEntry, ...]


class _Version(msgspec.Struct):
    format_version: int


class ArchiveWriter:
    """Writes entries, and the manifest when all are in. Use it in a `with`, also when it fails."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", allowZip64=False)
        self._entries: list[ArchiveEntry] = []

    def add(self, run_id: str, data: bytes) -> None:
        """Add one run's document."""
        name = f"runs/{run_id}.json"
        self._entries.append(ArchiveEntry(name=name, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data)))
        self._write(name, data)

    def finish(self, planner_version: str) -> None:
        """Add the manifest and the directory."""
        manifest = Manifest(format_version=FORMAT_VERSION, planner_version=planner_version, files=tuple(self._entries))
        self._write(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        self._zip.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # a disk that is full was reported by the write that did not fit
            self._zip.close()

    def _write(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, date_time=_EPOCH)
        info.create_system, info.external_attr = _UNIX, (stat.S_IFREG | 0o644) << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data)


class ArchiveReader:
    """Reads an archive whose directory and manifest have been found in order."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._zip = archive

    def documents(self) -> Iterator[tuple[str, bytes]]:
        """Each run's identifier and document, after its size and SHA-256 were checked.

        Raises:
            ArchiveError: if an entry is damaged.
        """
        for entry in self.manifest.files:
            data = _read(self._zip, entry.name)
            if len(data) != entry.size_bytes or hashlib.sha256(data).hexdigest() != entry.sha256:
                raise ArchiveError(f"{entry.name} is not what the manifest says: the archive is damaged, export again")
            yield run_id_of(entry.name), data


def run_id_of(name: str) -> str:
    """The run whose document has this name.

    Raises:
        ArchiveError: if no document is named so.
    """
    matched = ENTRY.fullmatch(name)
    if matched is None:
        raise ArchiveError(f"the archive holds {name!r}, which `planner export` never writes: it was not read")
    return matched.group(1)


@contextmanager
def open_archive(path: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> Iterator[ArchiveReader]:
    """Open an archive after checking everything that can be checked without its documents.

    Raises:
        ArchiveError: if it is missing, damaged, too large, written by a newer planner, or not ours.
    """
    try:
        with path.open("rb") as file:
            _require_plain_end(file, limits)
            with zipfile.ZipFile(file) as archive:
                _require_plain_entries(archive, limits)
                manifest = _manifest(_read(archive, MANIFEST))
                _require_same_names(archive, manifest)
                yield ArchiveReader(archive, manifest)
    except OSError as error:
        if error.errno == errno.EINVAL:  # zipfile followed an offset to before the beginning
            raise ArchiveError(f"{path} is damaged: export or download it again") from error
        raise ArchiveError(f"{path} cannot be read ({error.strerror or error}): check the path") from error
    except _DAMAGE as error:
        raise ArchiveError(f"{path} is damaged ({error}): export or download it again") from error


def _require_plain_end(file: BinaryIO, limits: ArchiveLimits) -> None:
    """Check the end record before zipfile trusts it: it builds an object for every entry promised there."""
    size = file.seek(0, 2)
    if size > limits.archive_bytes:
        raise ArchiveError(f"the archive has {size} bytes, more than the {limits.archive_bytes} that are read")
    if size < _END.size:
        raise ArchiveError("this is not an archive of runs: it is too short for a zip file")
    start = max(0, size - _END.size - _ZIP64_LOCATOR)
    file.seek(start)
    tail = file.read()
    mark, disk, first_disk, here, entries, directory_bytes, _, comment = _END.unpack(tail[-_END.size :])
    if mark != b"PK\x05\x06":
        raise ArchiveError("this is not an archive of runs: it does not end as a zip file does (cut off, perhaps)")
    if disk or first_disk or comment or here != entries or tail.startswith(b"PK\x06\x07"):
        raise ArchiveError("the archive has parts that `planner export` never writes: it was not read")
    if entries > limits.entries or directory_bytes > _ENTRY_RECORD * limits.entries:
        raise ArchiveError(f"the archive promises {entries} files, more than the {limits.entries} that are read")
    file.seek(0)


def _require_plain_entries(archive: zipfile.ZipFile, limits: ArchiveLimits) -> None:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(infos) > limits.entries:
        raise ArchiveError(f"the archive holds {len(infos)} files, more than the {limits.entries} that are read")
    if len(set(names)) != len(names):
        raise ArchiveError("the archive holds a name twice: it was not read")
    if MANIFEST not in names:
        raise ArchiveError(f"this is not an archive of runs: it holds no {MANIFEST}")
    for info in infos:
        if info.filename != MANIFEST:
            run_id_of(info.filename)
        _require_plain(info, limits)
    total = sum(info.file_size for info in infos)
    if total > limits.total_bytes:
        raise ArchiveError(f"the archive unpacks to {total} bytes, more than the {limits.total_bytes} that are read")


def _require_plain(info: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 0x1:
        raise ArchiveError(f"{info.filename} is encrypted: export the run again without a password")
    if kind not in {0, stat.S_IFREG} or info.is_dir():
        raise ArchiveError(f"{info.filename} is a link or folder, not a file: it was not read")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ArchiveError(f"{info.filename} is compressed in a way that `planner export` never uses: it was not read")
    if info.file_size > limits.entry_bytes:
        raise ArchiveError(
            f"{info.filename} unpacks to {info.file_size} bytes, more than the {limits.entry_bytes} that are read"
        )
    if info.file_size > limits.ratio * max(info.compress_size, 1):
        raise ArchiveError(
            f"{info.filename} unpacks to over {limits.ratio} times its size: no run does, it was not read"
        )


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """One entry whole. Never more than its declared size is unpacked, and that was checked."""
    size = archive.getinfo(name).file_size
    with archive.open(name) as file:
        data = file.read(size + 1)
    if len(data) != size:
        raise ArchiveError(f"{name} unpacks to {len(data)} bytes, not {size}: the archive is damaged, export again")
    return data


def _manifest(data: bytes) -> Manifest:
    try:
        version = msgspec.json.decode(data, type=_Version).format_version
        if version > FORMAT_VERSION:
            raise ArchiveError(
                f"the archive was written by a newer planner (format {version}, this one reads {FORMAT_VERSION}): "
                "update planner"
            )
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{MANIFEST} cannot be read ({error}): the archive is damaged") from error
    if version != FORMAT_VERSION:
        raise ArchiveError(f"{MANIFEST} names format {version}, which never was: the archive was not read")
    return manifest


def _require_same_names(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    listed = [entry.name for entry in manifest.files]
    held = set(archive.namelist()) - {MANIFEST}
    if len(set(listed)) != len(listed) or set(listed) != held:
        raise ArchiveError(f"{MANIFEST} does not list what the archive holds: it is damaged, export again")
