"""The cache of engines, found by everything that decides one; and of the timings that full TensorRT takes on its GPU.

`engines/<key>/` holds `engine.plan` and `provenance.json`. A damaged engine is as good as none: it is native code
for a GPU, so that its hash is checked before anything opens it.
"""

import contextlib
import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.errors import ArtifactError
from harness.vocabulary.engine import BuiltEngine, EngineRecord, EngineRequest

ENGINE_FILE = "engine.plan"
RECORD_FILE = "provenance.json"
_UNREADABLE = (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArtifactError)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEngine:
    """An engine's folder. `record` is None where it cannot be read; `written_s`: seconds since the epoch."""

    key: str
    record: EngineRecord | None
    size_bytes: int
    written_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTimings:
    """A file of timings. `request` is that of an engine that was built with them, None where none is left."""

    key: str
    request: EngineRequest | None
    size_bytes: int
    written_s: float


class EngineCache:
    """Engines under one folder. Several processes may use it: everything arrives by rename."""

    def __init__(self, root: Path) -> None:
        self._engines = root / "engines"
        self._timings = root / "engine-timings"

    def find(self, request: EngineRequest) -> BuiltEngine | None:
        """The engine built for this request, if it is here and undamaged."""
        folder = self._engines / request.key
        try:
            record = read_record(folder / RECORD_FILE)
            content = (folder / ENGINE_FILE).read_bytes()
        except _UNREADABLE:
            return None
        if record.request != request or hashlib.sha256(content).hexdigest() != record.engine_sha256:
            return None
        return BuiltEngine(path=str(folder / ENGINE_FILE), record=record, was_cached=True)

    def admit(self, content: bytes, record: EngineRecord) -> BuiltEngine:
        """Keep an engine.

        Raises:
            ArtifactError: the cache cannot be written.
        """
        folder = self._engines / record.request.key
        path = folder / ENGINE_FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_engine(path, content)
            write_engine(folder / RECORD_FILE, encode_record(record))
        except OSError as error:
            raise ArtifactError(
                f"the engine cache {folder} cannot be written: {error.strerror}; free space, or set PLANNER_CACHE"
            ) from error
        return BuiltEngine(path=str(path), record=record, was_cached=False)

    def read_timings(self, request: EngineRequest) -> bytes:
        """What earlier builds measured of tactics with this version on this GPU; empty where none did."""
        with contextlib.suppress(OSError):
            return self._timings_file(request).read_bytes()
        return b""

    def keep_timings(self, request: EngineRequest, content: bytes) -> None:
        """Keep them for the next build; a cache that cannot be written costs the next build its time, and no more."""
        with contextlib.suppress(OSError):
            self._timings.mkdir(parents=True, exist_ok=True)
            write_engine(self._timings_file(request), content)

    def engines(self) -> tuple[KeptEngine, ...]:
        """Every engine, damaged ones and those of other versions included, the newest first."""
        found = []
        for folder in _listed(self._engines):
            with contextlib.suppress(OSError):
                files = [path for path in folder.iterdir() if path.is_file()]
                record = None
                with contextlib.suppress(*_UNREADABLE):
                    record = read_record(folder / RECORD_FILE)
                size_bytes, written_s = sum(path.stat().st_size for path in files), folder.stat().st_mtime
                found.append(KeptEngine(key=folder.name, record=record, size_bytes=size_bytes, written_s=written_s))
        return tuple(sorted(found, key=lambda one: one.written_s, reverse=True))

    def timings(self) -> tuple[KeptTimings, ...]:
        """Every file of timings, the newest first. Whose they are is told by an engine that was built with them."""
        requests = {
            self._timings_file(one.record.request).name: one.record.request for one in self.engines() if one.record
        }
        found = []
        for path in _listed(self._timings):
            with contextlib.suppress(OSError):
                told = path.stat()
                request = requests.get(path.name)
                found.append(
                    KeptTimings(key=path.name, request=request, size_bytes=told.st_size, written_s=told.st_mtime)
                )
        return tuple(sorted(found, key=lambda one: one.written_s, reverse=True))

    def remove_engine(self, key: str) -> None:
        """Delete an engine with what lies beside it; it is built again when it is asked for."""
        shutil.rmtree(self._engines / Path(key).name, ignore_errors=True)

    def remove_timings(self, key: str) -> None:
        """Delete a file of timings; the next build times its tactics again."""
        with contextlib.suppress(OSError):
            (self._timings / Path(key).name).unlink()

    def _timings_file(self, request: EngineRequest) -> Path:
        told = msgspec.json.encode((request.module, request.version, request.target, request.gpu))
        return self._timings / f"{hashlib.sha256(told).hexdigest()}.cache"


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # no cache yet, or none that may be read
        return []


def read_record(path: Path) -> EngineRecord:
    """The provenance beside an engine.

    Raises:
        ArtifactError: it is none.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=EngineRecord)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ArtifactError(f"{path} is no provenance of an engine: build the engine again") from error


def encode_record(record: EngineRecord) -> bytes:
    """The provenance as JSON to be read by people, too."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1)


def write_engine(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
        temporary = Path(stream.name)
        try:
            stream.write(content)
            stream.flush()
            temporary.chmod(0o644)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
