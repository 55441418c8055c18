"""What lies in the cache of artifacts, and how it is emptied. Everything in it can be made again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from harness.quantize.artifacts import ArtifactCache, CachedArtifact

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
    """Artifacts, the newest first."""

    schema: str
    place: str
    size_bytes: int
    entries: tuple[CacheEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a pruning removed, and what is left although it was meant to go."""

    schema: str
    place: str
    freed_bytes: int
    removed: tuple[CacheEntry, ...]
    stuck: tuple[CacheEntry, ...]


def list_cache(cache: ArtifactCache, place: str, *, older_than: datetime | None = None) -> CacheListing:
    """What is in the cache; only what was made before a moment, where one is given."""
    found = entries_of(cache, older_than=older_than)
    return CacheListing(schema=SCHEMA, place=place, size_bytes=_size(found), entries=found)


def prune(cache: ArtifactCache, place: str, *, older_than: datetime | None = None) -> Pruned:
    """Remove what `list_cache` lists with the same moment."""
    meant = entries_of(cache, older_than=older_than)
    for entry in meant:
        cache.remove(entry.digest)
    left = {entry.digest for entry in entries_of(cache)}
    removed = tuple(entry for entry in meant if entry.digest not in left)
    stuck = tuple(entry for entry in meant if entry.digest in left)
    return Pruned(schema=SCHEMA, place=place, freed_bytes=_size(removed), removed=removed, stuck=stuck)


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


def _size(entries: Sequence[CacheEntry]) -> int:
    return sum(entry.size_bytes for entry in entries)
