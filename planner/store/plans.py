"""Writes and reads plans. Works inside the caller's session and transaction."""

import json
import zlib
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from planner.errors import StoreError
from planner.store.host_tables import PlanRow
from planner.store.plan_records import PlanSummary, StoredPlan
from planner.store.price_books import pack, unpack

_MOST_BYTES = 64_000_000  # a plan of three projections has 0.1 MB
_SHORTEST = 3  # characters of an identifier that may stand for the whole


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
    rows = session.execute(select(*columns).order_by(PlanRow.created_at.desc(), PlanRow.plan_id).limit(limit))
    try:
        return tuple(
            PlanSummary(
                plan_id=plan_id,
                created_at=moment,
                as_of=date.fromisoformat(day),
                runs=tuple(json.loads(runs)),
                headline=line,
            )
            for plan_id, moment, day, runs, line in rows
        )
    except (ValueError, TypeError) as error:
        raise StoreError(f"a stored plan is damaged: {error}") from error


def resolve(session: Session, name: str) -> str:
    """The identifier of the plan that a name means.

    Raises:
        StoreError: if none is meant, or more than one.
    """
    if name == "latest":
        newest = session.scalars(select(PlanRow.plan_id).order_by(PlanRow.created_at.desc()).limit(1)).first()
        if newest is None:
            raise StoreError("no plan is stored yet: `planner plan` makes one")
        return newest
    if len(name) < _SHORTEST or not name.isalnum():
        raise StoreError(f"{name[:20]!r} is no plan: give at least {_SHORTEST} characters of its name")
    found = list(session.scalars(select(PlanRow.plan_id).where(PlanRow.plan_id.startswith(name)).limit(6)))
    if not found:
        raise StoreError(f"there is no plan {name[:20]!r}: `planner plans` lists them")
    if len(found) > 1:
        raise StoreError(f"{name!r} means more than one plan: {', '.join(found)}")
    return found[0]


def read_plan(session: Session, plan_id: str) -> StoredPlan:
    """One plan, whole.

    Raises:
        StoreError: if it is not there, or is damaged.
    """
    row = session.get(PlanRow, plan_id)
    if row is None:
        raise StoreError(f"there is no plan {plan_id!r}: `planner plans` lists them")
    try:
        document, runs = _unpacked(row.document), tuple(json.loads(row.runs))
        day = date.fromisoformat(row.as_of)
    except (zlib.error, ValueError, TypeError) as error:
        raise StoreError(f"the stored plan {plan_id} is damaged: {error}") from error
    return StoredPlan(
        plan_id=row.plan_id,
        created_at=row.created_at,
        planner_version=row.planner_version,
        as_of=day,
        book=unpack(row.book, row.book_digest),
        seed=row.seed,
        runs=runs,
        request=row.request,
        headline=row.headline,
        document=document,
    )


def _unpacked(document: bytes) -> str:
    """The document; a few bytes that would fill the memory are no document."""
    reader = zlib.decompressobj()
    text = reader.decompress(document, _MOST_BYTES)
    if not reader.eof:
        raise ValueError("its document is cut short, or unpacks to more than any plan has")
    return text.decode()


def remove(session: Session, plan_id: str) -> None:
    """Forget a plan."""
    session.execute(delete(PlanRow).where(PlanRow.plan_id == plan_id))
