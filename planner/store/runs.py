"""A run's life in the database: created, finished, reopened, named, deleted.

Works inside the caller's session and transaction.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from harness.environment import Environment, Observer
from harness.vocabulary import CalibrationFinding, Plan, RunState
from planner.errors import RunNotFoundError, StoreError
from planner.store.codec import to_json
from planner.store.tables import (
    ArmRow,
    ComparisonRow,
    FailureRow,
    LimitRow,
    RunRow,
    ServerRateRow,
    TrialRow,
    VerdictRow,
)

LATEST = "latest"
_CHOICES = 10
_FIGURES = ("calls", "p50_s", "p90_s", "p99_s", "throughput", "cpu_s_per_call", "measurement")


def create(
    session: Session,
    run_id: str,
    *,
    plan: Plan,
    environment: Environment,
    observer: Observer,
    planner_version: str,
    started_at: datetime,
) -> None:
    """Write a run, its arms and its trials, with nothing measured yet."""
    session.add(
        RunRow(
            run_id=run_id,
            workload=plan.workload,
            workload_digest=plan.workload_digest,
            baseline=plan.baseline,
            state=RunState.RUNNING.value,
            started_at=started_at,
            observer=observer.value,
            planner_version=planner_version,
            is_simulated=plan.is_simulated,
            plan=to_json(plan),
            environment=to_json(environment),
        )
    )
    session.flush()
    session.add_all(ArmRow(run_id=run_id, name=arm.name, position=place) for place, arm in enumerate(plan.arms))
    session.flush()
    session.add_all(
        TrialRow(
            run_id=run_id,
            arm=arm.name,
            batch=load.batch,
            concurrency=load.concurrency,
            variant=arm.label,
            runtime=arm.runtime,
            device=arm.device,
            threads=arm.threads,
        )
        for arm in plan.arms
        for load in plan.loads
    )


def exists(session: Session, run_id: str) -> bool:
    """Whether a run has this identifier."""
    return session.get(RunRow, run_id) is not None


def require(session: Session, run_id: str) -> RunRow:
    """The run's row.

    Raises:
        RunNotFoundError: if there is none.
    """
    row = session.get(RunRow, run_id)
    if row is None:
        raise not_found(run_id)
    return row


def not_found(run_id: str) -> RunNotFoundError:
    """The error for a run that is not there."""
    return RunNotFoundError(f"there is no run {run_id!r} in this database: `planner runs` lists what there is")


def finish(session: Session, run_id: str, *, state: RunState, exit_code: int | None, moment: datetime) -> None:
    """Write how and when the run ended.

    Raises:
        RunNotFoundError: if there is none.
    """
    row = require(session, run_id)
    row.state, row.exit_code, row.finished_at = state.value, exit_code, moment


def write_calibration_findings(session: Session, run_id: str, findings: Sequence[CalibrationFinding]) -> None:
    """Write what was found about the run's calibration data, in place of what was there.

    Raises:
        RunNotFoundError: if there is none.
    """
    require(session, run_id).calibration_findings = to_json(tuple(findings))


def reopen(session: Session, run_id: str) -> None:
    """Set the run to running, and drop what will be derived anew from its rounds.

    Raises:
        RunNotFoundError: if there is none.
    """
    row = require(session, run_id)
    row.state, row.exit_code, row.finished_at = RunState.RUNNING.value, None, None
    session.execute(update(TrialRow).where(TrialRow.run_id == run_id).values(dict.fromkeys(_FIGURES)))
    session.execute(delete(ComparisonRow).where(ComparisonRow.run_id == run_id))
    session.execute(delete(VerdictRow).where(VerdictRow.run_id == run_id))
    session.execute(delete(ServerRateRow).where(ServerRateRow.run_id == run_id))
    session.execute(delete(LimitRow).where(LimitRow.run_id == run_id))
    session.execute(delete(FailureRow).where(FailureRow.run_id == run_id))


def remove(session: Session, run_id: str) -> None:
    """Delete a run with everything that hangs on it.

    Raises:
        RunNotFoundError: if there is none.
    """
    require(session, run_id)
    session.execute(delete(RunRow).where(RunRow.run_id == run_id))


def resolve(session: Session, name: str) -> str:
    """The identifier of the run that `name` means: `latest`, a whole identifier or a unique start of one.

    Raises:
        RunNotFoundError: if no run is meant.
        StoreError: if more than one is meant, with the choices.
    """
    wanted = name.strip().lower()
    newest_first = select(RunRow).order_by(RunRow.started_at.desc(), RunRow.run_id)
    if wanted == LATEST:
        newest = session.scalars(newest_first.limit(1)).first()
        if newest is None:
            raise RunNotFoundError("this database holds no run yet: `planner bench` makes one")
        return newest.run_id
    if not re.fullmatch("[0-9a-f]{1,8}", wanted):
        raise RunNotFoundError(f"{name!r} is not a run: write its identifier, the start of it, or {LATEST}")
    found = session.scalars(newest_first.where(RunRow.run_id.startswith(wanted)).limit(_CHOICES + 1)).all()
    if not found:
        raise not_found(name)
    if len(found) > 1:
        raise StoreError(f"{name!r} may be any of {_choices(found)}: write more of the identifier")
    return found[0].run_id


def _choices(found: Sequence[RunRow]) -> str:
    named = [f"{row.run_id} ({row.started_at:%Y-%m-%d %H:%M}, {row.workload})" for row in found[:_CHOICES]]
    return ", ".join(named) + (" and more" if len(found) > _CHOICES else "")
