"""The cache of engines, found by everything that decides one; and of the timings that full TensorRT takes on its GPU.

`engines/<key>/` holds `engine.plan` and `provenance.json`. A damaged engine is as good as none: it is native code
for a GPU, so that its hash is checked before anything opens it.
"""

import contextlib
import hashlib
import tempfile
from pathlib import Path

import msgspec

from harness.errors import ArtifactError
from harness.vocabulary.engine import BuiltEngine, EngineRecord, EngineRequest

ENGINE_FILE = "engine.plan"
RECORD_FILE = "provenance.json"
_UNREADABLE = (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArtifactError)


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

    def _timings_file(self, request: EngineRequest) -> Path:
        told = msgspec.json.encode((request.module, request.version, request.target, request.gpu))
        return self._timings / f"{hashlib.sha256(told).hexdigest()}.cache"


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
