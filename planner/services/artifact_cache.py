"""What lies in the caches of artifacts and engines, and how they are emptied. All of it can be made again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness.quantize.artifacts import ArtifactCache, CachedArtifact
from harness.runtimes.tensorrt.cache import EngineCache
from planner.services.engine_cache import EngineEntry, engine_entries, prune_engines

SCHEMA = "planner.cache/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    """One artifact. `made_at` is None where its provenance tells no moment that can be read."""

    digest: str
    variant: str
    workload: str
    file: str
    size_bytes: int
    made_at: datetime | None
    versions: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheListing:
    """Artifacts, and engines with their builders' timings, each the newest first; `size_bytes` of all."""

    schema: str
    place: str
    size_bytes: int
    entries: tuple[CacheEntry, ...]
    engines: tuple[EngineEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a pruning removed, and what is left although it was meant to go."""

    schema: str
    place: str
    freed_bytes: int
    removed: tuple[CacheEntry, ...]
    stuck: tuple[CacheEntry, ...]
    removed_engines: tuple[EngineEntry, ...] = ()
    stuck_engines: tuple[EngineEntry, ...] = ()

    @property
    def left(self) -> int:
        """How many things are left that were meant to go."""
        return len(self.stuck) + len(self.stuck_engines)


def list_cache(root: Path, *, older_than: datetime | None = None) -> CacheListing:
    """What is in the caches below a folder; only what was made before a moment, where one is given."""
    found = entries_of(ArtifactCache(root), older_than=older_than)
    engines = engine_entries(EngineCache(root), older_than=older_than)
    size_bytes = _size(found) + _size(engines)
    return CacheListing(schema=SCHEMA, place=str(root), size_bytes=size_bytes, entries=found, engines=engines)


def prune(root: Path, *, older_than: datetime | None = None) -> Pruned:
    """Remove what `list_cache` lists with the same moment."""
    cache, engine_cache = ArtifactCache(root), EngineCache(root)
    meant = entries_of(cache, older_than=older_than)
    for entry in meant:
        cache.remove(entry.digest)
    left = {entry.digest for entry in entries_of(cache)}
    removed = tuple(entry for entry in meant if entry.digest not in left)
    removed_engines, stuck_engines = prune_engines(engine_cache, older_than=older_than)
    return Pruned(
        schema=SCHEMA,
        place=str(root),
        freed_bytes=_size(removed) + _size(removed_engines),
        removed=removed,
        stuck=tuple(entry for entry in meant if entry.digest in left),
        removed_engines=removed_engines,
        stuck_engines=stuck_engines,
    )


def moment_before(seconds: float, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> datetime:
    """The moment so many seconds ago."""
    return now() - timedelta(seconds=seconds)


def entries_of(cache: ArtifactCache, *, older_than: datetime | None = None) -> tuple[CacheEntry, ...]:
    """The readable artifacts, the newest first. One of unknown age is never older than a moment."""
    found = tuple(_entry(one) for one in cache.entries())
    if older_than is None:
        return found
    return tuple(entry for entry in found if entry.made_at is not None and entry.made_at < older_than)


def _entry(one: CachedArtifact) -> CacheEntry:
    request = one.provenance.request
    return CacheEntry(
        digest=one.reference.digest,
        variant=request.recipe,
        workload=one.provenance.workload,
        file=request.file,
        size_bytes=one.reference.size_bytes,
        made_at=_moment(one.provenance.created_at),
        versions=request.versions,
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _size(entries: Sequence[CacheEntry | EngineEntry]) -> int:
    return sum(entry.size_bytes for entry in entries)
