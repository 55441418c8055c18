"""Writes and reads how near arms came to what their machine can do: a row an arm and batch size.

Works inside the caller's session and transaction.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from harness.vocabulary import Limit
from planner.store.codec import from_json, to_json
from planner.store.tables import LimitRow


def write_limit(session: Session, run_id: str, limit: Limit) -> None:
    """A limit with everything that it rests on, in place of what was there."""
    session.merge(
        LimitRow(
            run_id=run_id,
            arm=limit.arm,
            batch=limit.batch,
            state=limit.state.value,
            operations=limit.operations,
            compulsory_bytes=limit.compulsory_bytes,
            limit_s=limit.limit_s,
            share=limit.share,
            bound=limit.bound.value if limit.bound else None,
            reason=limit.reason,
            figures=to_json(limit),
        )
    )


def read_limits(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[Limit, ...]:
    """All limits of a run, by arm in the plan's order, then by batch size."""
    texts = session.scalars(select(LimitRow.figures).where(LimitRow.run_id == run_id))
    found = (from_json(text, Limit) for text in texts)
    return tuple(sorted(found, key=lambda one: (place[one.arm], one.batch)))
