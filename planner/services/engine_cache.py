"""The engines that lie in the cache, and the timings that builders keep beside them: listed and removed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from harness.runtimes.tensorrt.cache import EngineCache, KeptEngine, KeptTimings

ENGINE, TIMINGS = "engine", "timings"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineEntry:
    """An engine, or timings of tactics (`kind`). What cannot be read of it is None; `made_at` is always known.

    `target` is a compute capability, `gpu` the card that tactics were timed on, where they were.
    """

    kind: str
    key: str
    precision: str | None
    target: str | None
    gpu: str | None
    made_by: str | None
    size_bytes: int
    made_at: datetime


def engine_entries(cache: EngineCache, *, older_than: datetime | None = None) -> tuple[EngineEntry, ...]:
    """Engines, then timings, each the newest first; only those made before a moment, where one is given."""
    return tuple(entry for entry in _every(cache) if older_than is None or entry.made_at < older_than)


def prune_engines(
    cache: EngineCache, *, older_than: datetime | None = None
) -> tuple[tuple[EngineEntry, ...], tuple[EngineEntry, ...]]:
    """Remove what `engine_entries` lists with the same moment: what went, and what is left all the same."""
    meant = engine_entries(cache, older_than=older_than)
    for entry in meant:
        (cache.remove_engine if entry.kind == ENGINE else cache.remove_timings)(entry.key)
    left = {(entry.kind, entry.key) for entry in _every(cache)}
    gone = tuple(entry for entry in meant if (entry.kind, entry.key) not in left)
    return gone, tuple(entry for entry in meant if (entry.kind, entry.key) in left)


def _every(cache: EngineCache) -> Iterator[EngineEntry]:
    for engine in cache.engines():
        yield _entry(ENGINE, engine)
    for timings in cache.timings():
        yield _entry(TIMINGS, timings)


def _entry(kind: str, one: KeptEngine | KeptTimings) -> EngineEntry:
    request = one.request if isinstance(one, KeptTimings) else one.record.request if one.record else None
    return EngineEntry(
        kind=kind,
        key=one.key,
        precision=request.precision if request is not None and kind == ENGINE else None,
        target=request.target if request is not None else None,
        gpu=(request.gpu or None) if request is not None else None,
        made_by=f"{request.module} {request.version}" if request is not None else None,
        size_bytes=one.size_bytes,
        made_at=datetime.fromtimestamp(one.written_s, tz=UTC),
    )
