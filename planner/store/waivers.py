"""Keeps and finds waivers: who accepted a claim in spite of what the rules say, and why. They belong to no run.

Works inside the caller's session and transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.store.host_tables import WaiverRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One acceptance.

    Attributes:
        claim_id: The claim as its file names it.
        digest: SHA-256 of the claim's content: of a changed claim it says nothing.
        rules: The rules whose findings were accepted.
        by: Who accepted them.
        note: Why.
        moment: When, in UTC.
    """

    claim_id: str
    digest: str
    rules: tuple[str, ...]
    by: str
    note: str
    moment: datetime


def write_waiver(session: Session, waiver: Waiver) -> None:
    """Add a waiver; earlier ones of the same claim stay."""
    session.add(
        WaiverRow(
            claim_id=waiver.claim_id,
            digest=waiver.digest,
            rules=" ".join(waiver.rules),
            waived_by=waiver.by,
            note=waiver.note,
            waived_at=waiver.moment,
        )
    )


def read_waivers(session: Session) -> tuple[Waiver, ...]:
    """All waivers, in the order in which they were given."""
    rows = session.scalars(select(WaiverRow).order_by(WaiverRow.waived_at, WaiverRow.id))
    return tuple(
        Waiver(
            claim_id=row.claim_id,
            digest=row.digest,
            rules=tuple(row.rules.split()),
            by=row.waived_by,
            note=row.note,
            moment=row.waived_at,
        )
        for row in rows
    )
