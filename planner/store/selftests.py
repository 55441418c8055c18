"""Keeps and finds the certificates of self-tests, which belong to a host and to no run.

Works inside the caller's session and transaction.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from harness.vocabulary.selftest import SelfTest
from planner.store.codec import from_json, to_json
from planner.store.host_tables import SelfTestRow


def write_selftest(session: Session, certificate: SelfTest) -> None:
    """Add a certificate."""
    session.add(
        SelfTestRow(
            host_id=certificate.host_id,
            finished_at=datetime.fromisoformat(certificate.finished_at),
            kind=certificate.kind.value,
            planner_version=certificate.planner_version,
            is_simulated=certificate.is_simulated,
            certificate=to_json(certificate),
        )
    )


def read_latest(session: Session, host_id: str, *, is_simulated: bool) -> SelfTest | None:
    """The newest certificate of a host.

    Raises:
        StoreError: if the row is damaged.
    """
    wanted = select(SelfTestRow).filter_by(host_id=host_id, is_simulated=is_simulated)
    newest = wanted.order_by(SelfTestRow.finished_at.desc(), SelfTestRow.id.desc())
    return _certificate(session.scalars(newest.limit(1)).first())


def read_nearest(session: Session, host_id: str, *, moment: datetime, is_simulated: bool) -> SelfTest | None:
    """The newest certificate of a host from before the moment, else the first one after it.

    Raises:
        StoreError: if the row is damaged.
    """
    wanted = select(SelfTestRow).filter_by(host_id=host_id, is_simulated=is_simulated)
    before = wanted.where(SelfTestRow.finished_at <= moment)
    newest = before.order_by(SelfTestRow.finished_at.desc(), SelfTestRow.id.desc())
    found = session.scalars(newest.limit(1)).first()
    if found is None:
        found = session.scalars(wanted.order_by(SelfTestRow.finished_at, SelfTestRow.id).limit(1)).first()
    return _certificate(found)


def _certificate(row: SelfTestRow | None) -> SelfTest | None:
    return None if row is None else from_json(row.certificate, SelfTest)
