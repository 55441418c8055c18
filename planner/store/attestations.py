"""Keeps who vouches for a point of a run's deployment checklist, since when, and whether it was taken back.

Works inside the caller's session and transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.errors import StoreError
from planner.store.runs import require
from planner.store.tables import AttestationRow

LONGEST_POINT = 40
LONGEST_NAME = 100
LONGEST_NOTE = 500
LONGEST_CANDIDATE = 1000
MOST = 1000
"""Of one run: no checklist needs more, and an archive may come from anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One person's word.

    Attributes:
        point: Of the checklist.
        candidate: The arm that it is about; None: the run as a whole.
        by: Who vouches.
        note: For what, in their words.
        moment: When, in UTC.
        withdrawn: When it was taken back, in UTC; None: it stands.
    """

    point: str
    candidate: str | None
    by: str
    note: str
    moment: datetime
    withdrawn: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody wrote, or too much of it."""
        told = ((self.point, LONGEST_POINT), (self.by, LONGEST_NAME), (self.note, LONGEST_NOTE))
        if not all(0 < len(text) <= longest and text.isprintable() for text, longest in told):
            raise StoreError("an attestation has a point, a name and a note, each of some printable characters")
        if self.candidate is not None and not 0 < len(self.candidate) <= LONGEST_CANDIDATE:
            raise StoreError("an attestation is about an arm of its run, or about all of it")
        if self.withdrawn is not None and self.withdrawn < self.moment:
            raise StoreError("an attestation is taken back after it was given")


def write_attestation(session: Session, run_id: str, given: Attestation) -> None:
    """Add an attestation; earlier ones of the same point stay.

    Raises:
        RunNotFoundError: if there is no such run.
    """
    require(session, run_id)
    session.add(
        AttestationRow(
            run_id=run_id,
            candidate=given.candidate,
            point=given.point,
            attested_by=given.by,
            note=given.note,
            attested_at=given.moment,
            withdrawn_at=given.withdrawn,
        )
    )


def withdraw(session: Session, run_id: str, point: str, *, candidate: str | None, moment: datetime) -> int:
    """Take back what stands of a point, and say how many attestations that were; they stay readable as withdrawn.

    Raises:
        RunNotFoundError: if there is no such run.
    """
    require(session, run_id)
    wanted = select(AttestationRow).filter_by(run_id=run_id, point=point, candidate=candidate, withdrawn_at=None)
    standing = session.scalars(wanted).all()
    for row in standing:
        row.withdrawn_at = max(moment, row.attested_at)  # another machine's clock may have been ahead
    return len(standing)


def read_attestations(session: Session, run_id: str) -> tuple[Attestation, ...]:
    """All of a run, in the order in which they were given, withdrawn ones too.

    Raises:
        StoreError: if a row is damaged.
    """
    rows = session.scalars(
        select(AttestationRow).filter_by(run_id=run_id).order_by(AttestationRow.attested_at, AttestationRow.id)
    )
    return tuple(
        Attestation(
            point=row.point,
            candidate=row.candidate,
            by=row.attested_by,
            note=row.note,
            moment=row.attested_at,
            withdrawn=row.withdrawn_at,
        )
        for row in rows
    )


def restore_attestations(session: Session, run_id: str, given: Sequence[Attestation]) -> None:
    """Write those of a run that comes out of an archive.

    Raises:
        StoreError: if there are more than any checklist needs.
    """
    if len(given) > MOST:
        raise StoreError(f"it has {len(given)} attestations, and at most {MOST} are read")
    for one in given:
        write_attestation(session, run_id, one)
