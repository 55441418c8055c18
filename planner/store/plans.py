"""Writes and reads plans. Works inside the caller's session and transaction."""

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from planner.errors import StoreError
from planner.store.host_tables import PlanRow
from planner.store.plan_records import PlanSummary, StoredPlan
from planner.store.price_books import pack, unpack

_SHORTEST = 3  # characters of an identifier that may stand for the whole
_LONGEST_SHOWN = 20  # of a name that a message repeats
_MOST_BYTES = 16_000_000  # of a document, which has some 30 kB: a damaged or hostile row must not unpack to more
_NEWEST_FIRST = (PlanRow.created_at.desc(), PlanRow.plan_id)


def exists(session: Session, plan_id: str) -> bool:
    """Whether there is a plan of that identifier."""
    return session.get(PlanRow, plan_id) is not None


def write_plan(session: Session, plan: StoredPlan) -> None:
    """Add a plan."""
    session.add(
        PlanRow(
            plan_id=plan.plan_id,
            created_at=plan.created_at,
            planner_version=plan.planner_version,
            as_of=plan.as_of.isoformat(),
            book_digest=plan.book.digest,
            book=pack(plan.book),
            seed=plan.seed,
            runs=json.dumps(plan.runs),
            request=plan.request,
            headline=plan.headline,
            document=zlib.compress(plan.document.encode()),
        )
    )


def read_summaries(session: Session, *, limit: int | None) -> tuple[PlanSummary, ...]:
    """All plans in brief, the newest first.

    Raises:
        StoreError: if one is damaged.
    """
    columns = (PlanRow.plan_id, PlanRow.created_at, PlanRow.as_of, PlanRow.runs, PlanRow.headline)
    return tuple(_summary(*row) for row in session.execute(select(*columns).order_by(*_NEWEST_FIRST).limit(limit)))


def _summary(plan_id: str, moment: datetime, day: str, runs: str, headline: str) -> PlanSummary:
    with _undamaged(plan_id):
        return PlanSummary(
            plan_id=plan_id, created_at=moment, as_of=date.fromisoformat(day), runs=_names(runs), headline=headline
        )


def resolve(session: Session, name: str) -> str:
    """The identifier of the plan that a name means.

    Raises:
        StoreError: if none is meant, or more than one.
    """
    if name == "latest":
        newest = session.scalars(select(PlanRow.plan_id).order_by(*_NEWEST_FIRST).limit(1)).first()
        if newest is None:
            raise StoreError("no plan is stored yet: `planner plan` makes one")
        return newest
    shown = repr(name[:_LONGEST_SHOWN])
    if len(name) < _SHORTEST or not name.isalnum():
        raise StoreError(f"{shown} is no plan: give at least {_SHORTEST} characters of its name, or latest")
    found = list(session.scalars(select(PlanRow.plan_id).where(PlanRow.plan_id.startswith(name)).limit(6)))
    if not found:
        raise StoreError(f"there is no plan {shown}: `planner plans list` shows those that there are")
    if len(found) > 1:
        raise StoreError(f"{shown} may mean {', '.join(found)}: give more of its name")
    return found[0]


def read_plan(session: Session, plan_id: str) -> StoredPlan:
    """One plan, whole, by its whole identifier.

    Raises:
        StoreError: if it is not there, or is damaged.
    """
    row = session.get(PlanRow, plan_id)
    if row is None:
        raise StoreError(f"there is no plan {plan_id!r}: `planner plans list` shows those that there are")
    with _undamaged(plan_id):
        return StoredPlan(
            plan_id=row.plan_id,
            created_at=row.created_at,
            planner_version=row.planner_version,
            as_of=date.fromisoformat(row.as_of),
            book=unpack(row.book, row.book_digest),
            seed=row.seed,
            runs=_names(row.runs),
            request=row.request,
            headline=row.headline,
            document=_unpacked(row.document),
        )


def remove(session: Session, plan_id: str) -> None:
    """Forget a plan."""
    session.execute(delete(PlanRow).where(PlanRow.plan_id == plan_id))


@contextmanager
def _undamaged(plan_id: str) -> Iterator[None]:
    """Name the plan whose row cannot be read."""
    try:
        yield
    except (zlib.error, ValueError, TypeError, msgspec.MsgspecError, StoreError) as error:
        raise StoreError(
            f"the stored plan {plan_id} is damaged ({error}): `planner plans delete {plan_id}` removes it"
        ) from error


def _names(runs: str) -> tuple[str, ...]:
    return msgspec.json.decode(runs, type=tuple[str, ...])


def _unpacked(document: bytes) -> str:
    stream = zlib.decompressobj()
    content = stream.decompress(document, _MOST_BYTES)
    if stream.unconsumed_tail or not stream.eof:
        raise ValueError("its document is cut short, or unpacks to more than any has")
    return content.decode()
