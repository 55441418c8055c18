"""The cache of artifacts: named by content, found by what was asked for.

`artifacts/<sha256>/` holds the files and `provenance.json`; `requests/<sha256>.json` maps a
request (source model, recipe, calibration, tool versions) to a content hash, so that the same
request is never quantised twice. A damaged artifact is as good as none.
"""

import contextlib
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.errors import ArtifactError
from harness.vocabulary import ArtifactRef

PROVENANCE_FILE = "provenance.json"
_DIGEST = re.compile("[0-9a-f]{64}")
# What comes of files that somebody else wrote or damaged: also of broken UTF-8, and of nesting without end.
_UNREADABLE = (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArtifactError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRequest:
    """Everything that decides what an artifact is. `processor` says what of the CPU does, empty where nothing."""

    model_digest: str
    recipe: str
    left_out: tuple[str, ...]
    file: str
    versions: dict[str, str]
    calibration_digest: str
    calibration_samples: int
    seed: int
    processor: str = ""

    @property
    def key(self) -> str:
        """SHA-256 of the request."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an artifact comes from, kept beside it and in the store."""

    request: ArtifactRequest
    workload: str
    notes: dict[str, str]
    calibration_digests: tuple[str, ...]
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedArtifact:
    """An artifact in the cache."""

    reference: ArtifactRef
    provenance: Provenance


class ArtifactCache:
    """Artifacts under one folder. Several processes may use it: everything arrives by rename."""

    def __init__(self, root: Path) -> None:
        self._artifacts = root / "artifacts"
        self._requests = root / "requests"
        self._staging = root / "staging"

    def find(self, request: ArtifactRequest) -> CachedArtifact | None:
        """The artifact made for this request, if it is here and undamaged."""
        pointer = self._requests / f"{request.key}.json"
        try:
            digest = msgspec.json.decode(pointer.read_bytes(), type=str)
            found = self._read(digest)
            is_whole = digest == digest_of(self._folder(digest))
        except _UNREADABLE:
            return None
        return found if is_whole else None

    @contextlib.contextmanager
    def staging(self) -> Iterator[Path]:
        """An empty folder to make an artifact in; what is not admitted is deleted."""
        try:
            self._staging.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=self._staging))
        except OSError as error:
            raise ArtifactError(f"the artifact cache {self._staging.parent} cannot be written: {error.strerror}; "
                                "free space, or set PLANNER_CACHE to another folder") from error  # fmt: skip
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def admit(self, folder: Path, provenance: Provenance) -> CachedArtifact:
        """Move a finished artifact in under the hash of its content.

        Raises:
            ArtifactError: the folder holds no such file, or the cache cannot be written.
        """
        if not (folder / provenance.request.file).is_file():
            raise ArtifactError(f"the quantizer left no {provenance.request.file}")
        digest = digest_of(folder)
        target = self._artifacts / digest
        try:
            (folder / PROVENANCE_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(provenance), indent=1))
            self._artifacts.mkdir(parents=True, exist_ok=True)
            self._requests.mkdir(parents=True, exist_ok=True)
            if target.exists():  # the same bytes made again, or a damaged copy: the new one is whole
                shutil.rmtree(target)
            folder.rename(target)
            pointer = self._staging / f"{digest}.pointer"
            pointer.write_bytes(msgspec.json.encode(digest))
            pointer.replace(self._requests / f"{provenance.request.key}.json")
        except OSError as error:
            raise ArtifactError(f"{target} cannot be written: {error.strerror}") from error
        return self._read(digest)

    def entries(self) -> tuple[CachedArtifact, ...]:
        """Every readable artifact, newest first."""
        folders: list[Path] = []
        with contextlib.suppress(OSError):  # no cache yet, or none that may be read
            folders.extend(self._artifacts.iterdir())
        found = []
        for folder in folders:
            with contextlib.suppress(*_UNREADABLE):
                found.append(self._read(folder.name))
        return tuple(sorted(found, key=lambda entry: entry.provenance.created_at, reverse=True))

    def remove(self, digest: str) -> None:
        """Delete an artifact; requests that point to it will be made anew.

        Raises:
            ArtifactError: this is no SHA-256, so no artifact can have it for a name.
        """
        shutil.rmtree(self._folder(digest), ignore_errors=True)

    def _folder(self, digest: str) -> Path:
        """Where an artifact lies. Pointers are files that anybody may have written: only a digest is a place."""
        if not _DIGEST.fullmatch(digest):
            raise ArtifactError(f"{digest[:80]!r} is no SHA-256: no artifact has this name")
        return self._artifacts / digest

    def _read(self, digest: str) -> CachedArtifact:
        folder = self._folder(digest)
        provenance = msgspec.json.decode((folder / PROVENANCE_FILE).read_bytes(), type=Provenance)
        files = {path.name: path for path in _model_files(folder)}
        if provenance.request.file not in files:
            raise ArtifactError(f"{folder} does not hold the file that its provenance names: remove it")
        path = files[provenance.request.file]
        reference = ArtifactRef(digest=digest, path=str(path), size_bytes=size_of(folder))
        return CachedArtifact(reference=reference, provenance=provenance)


def digest_of(folder: Path) -> str:
    """SHA-256 of an artifact: of the one model file, or of the list of names and hashes of several."""
    digests = {}
    for path in _model_files(folder):
        with path.open("rb") as stream:
            digests[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    if len(digests) == 1:
        return next(iter(digests.values()))
    listing = "".join(f"{name} {digest}\n" for name, digest in digests.items())
    return hashlib.sha256(listing.encode()).hexdigest()


def size_of(folder: Path) -> int:
    """Bytes of the model files, provenance left out."""
    return sum(path.stat().st_size for path in _model_files(folder))


def _model_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name != PROVENANCE_FILE)
