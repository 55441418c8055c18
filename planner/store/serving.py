"""Writes and reads the server scenario: levels with their raw samples, and the rates that hold.

Works inside the caller's session and transaction. A level's figures are JSON; its samples are
compressed planes beside them, which `show` has no need to unpack.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from harness.vocabulary import ServerLevel, ServerRate
from planner.errors import StoreError
from planner.store.codec import from_json, pack_planes, require_finite, to_json, unpack_planes
from planner.store.tables import ServerLevelRow, ServerRateRow

_SAMPLE_BYTES = 8


def write_server_level(session: Session, run_id: str, level: ServerLevel) -> None:
    """One rate of arrivals, by arm and index.

    Raises:
        StoreError: if a sample is broken or a figure not finite.
    """
    samples = (level.latencies_ns, level.waits_ns, level.batch_sizes)
    if any(len(one) % _SAMPLE_BYTES for one in samples):
        raise StoreError(f"a level of {level.arm} holds a broken sample: each has {_SAMPLE_BYTES} bytes")
    figures = without_samples(level)
    require_finite(figures)
    latencies, waits, batch_sizes = (pack_planes(one, _SAMPLE_BYTES) for one in samples)
    session.merge(
        ServerLevelRow(
            run_id=run_id,
            arm=level.arm,
            level_index=level.index,
            rate_per_s=level.rate_per_s,
            outcome=level.outcome.value,
            is_contaminated=level.is_contaminated,
            level=to_json(figures),
            latencies=latencies,
            waits=waits,
            batch_sizes=batch_sizes,
        )
    )


def write_server_rate(session: Session, run_id: str, rate: ServerRate) -> None:
    """The rate that holds, by arm."""
    require_finite(rate)
    session.merge(
        ServerRateRow(
            run_id=run_id,
            arm=rate.arm,
            held_rate_per_s=rate.held_rate_per_s,
            missed_rate_per_s=rate.missed_rate_per_s,
            rate=to_json(rate),
        )
    )


def without_samples(level: ServerLevel) -> ServerLevel:
    """The figures of a level alone."""
    return replace(level, latencies_ns=b"", waits_ns=b"", batch_sizes=b"")


def read_server_levels(session: Session, run_id: str) -> tuple[ServerLevel, ...]:
    """Every level with its raw samples, by arm and index.

    Raises:
        StoreError: if a row is damaged.
    """
    wanted = select(ServerLevelRow).where(ServerLevelRow.run_id == run_id)
    rows = session.scalars(wanted.order_by(ServerLevelRow.arm, ServerLevelRow.level_index)).all()
    return tuple(
        replace(
            from_json(row.level, ServerLevel),
            latencies_ns=unpack_planes(row.latencies, _SAMPLE_BYTES),
            waits_ns=unpack_planes(row.waits, _SAMPLE_BYTES),
            batch_sizes=unpack_planes(row.batch_sizes, _SAMPLE_BYTES),
        )
        for row in rows
    )


def read_level_figures(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[ServerLevel, ...]:
    """Every level without its samples, in the order of the arms' places."""
    texts = session.scalars(select(ServerLevelRow.level).where(ServerLevelRow.run_id == run_id)).all()
    found = (from_json(text, ServerLevel) for text in texts)
    return tuple(sorted(found, key=lambda one: (place[one.arm], one.index)))


def read_server_rates(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[ServerRate, ...]:
    """The rates that hold, in the order of the arms' places."""
    texts = session.scalars(select(ServerRateRow.rate).where(ServerRateRow.run_id == run_id)).all()
    return tuple(sorted((from_json(text, ServerRate) for text in texts), key=lambda one: place[one.arm]))
