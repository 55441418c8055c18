"""Lists runs in brief, with four queries however many runs there are.

Works inside the caller's session and transaction.
"""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session

from harness.environment import Observer
from harness.vocabulary import CPU, Gate, NoiseClass, RunState, Scenario, Speed, place_of
from planner.store.codec import from_json
from planner.store.records import Headline, RunSummary
from planner.store.tables import ComparisonRow, FailureRow, RoundRow, RunRow, VerdictRow

_NEWEST_FIRST = (RunRow.started_at.desc(), RunRow.run_id)


class _ArmBrief(msgspec.Struct):
    label: str
    runtime: str
    device: str = CPU


class _PlanBrief(msgspec.Struct):
    arms: tuple[_ArmBrief, ...]
    batches: tuple[int, ...]


class _CpuBrief(msgspec.Struct):
    model: str


class _EnvironmentBrief(msgspec.Struct):
    host_id: str
    cpu: _CpuBrief


def summaries(
    session: Session, *, limit: int | None, workload: str | None, state: RunState | None
) -> tuple[RunSummary, ...]:
    """The runs that match, the newest first."""
    ids = _matching(limit=limit, workload=workload, state=state)
    rows = session.scalars(select(RunRow).where(RunRow.run_id.in_(ids)).order_by(*_NEWEST_FIRST)).all()
    rounds = _counts(session, RoundRow.run_id, ids)
    failures = _counts(session, FailureRow.run_id, ids)
    judged = {row.run_id: row for row in session.execute(_best_verdicts(ids))}
    return tuple(
        _summary(
            row,
            rounds=rounds.get(row.run_id, 0),
            failures=failures.get(row.run_id, 0),
            judged=judged.get(row.run_id),
        )
        for row in rows
    )


def _matching(*, limit: int | None, workload: str | None, state: RunState | None) -> Select[str]:
    ids = select(RunRow.run_id).order_by(*_NEWEST_FIRST)
    if workload is not None:
        ids = ids.where(RunRow.workload == workload)
    if state is not None:
        ids = ids.where(RunRow.state == state.value)
    return ids.limit(limit) if limit is not None else ids


def _counts(session: Session, column: Any, ids: Select[str]) -> dict[str, int]:  # noqa: ANN401 - any mapped column
    counted = select(column, func.count()).where(column.in_(ids)).group_by(column)
    return {row[0]: row[1] for row in session.execute(counted)}


def _best_verdicts(ids: Select[str]) -> Select[Any]:
    """Per run: its first verdict by gate and ratio, and how many verdicts and accepted ones there are."""
    accepted = case((VerdictRow.gate == Gate.ACCEPTED.value, 1), else_=0)
    order = (
        accepted.desc(),
        ComparisonRow.ratio.desc().nulls_last(),
        VerdictRow.candidate,
        VerdictRow.batch,
        VerdictRow.concurrency,
    )
    of_run = VerdictRow.run_id
    ranked = (
        select(
            *(VerdictRow.run_id, VerdictRow.candidate, VerdictRow.baseline, VerdictRow.batch),
            *(VerdictRow.speed, VerdictRow.gate, VerdictRow.noise),
            *(ComparisonRow.ratio, ComparisonRow.lower, ComparisonRow.upper),
            func.count().over(partition_by=of_run).label("verdicts"),
            func.sum(accepted).over(partition_by=of_run).label("accepted"),
            func.row_number().over(partition_by=of_run, order_by=order).label("place"),
        )
        .outerjoin(ComparisonRow, _same_pair())
        .where(of_run.in_(ids))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1)


def _same_pair() -> ColumnElement[bool]:
    return and_(
        ComparisonRow.run_id == VerdictRow.run_id,
        ComparisonRow.candidate == VerdictRow.candidate,
        ComparisonRow.baseline == VerdictRow.baseline,
        ComparisonRow.batch == VerdictRow.batch,
        ComparisonRow.concurrency == VerdictRow.concurrency,
        VerdictRow.scenario != Scenario.SERVER.value,
    )


def _summary(row: RunRow, *, rounds: int, failures: int, judged: Row[Any] | None) -> RunSummary:
    plan = from_json(row.plan, _PlanBrief)
    environment = from_json(row.environment, _EnvironmentBrief)
    return RunSummary(
        run_id=row.run_id,
        workload=row.workload,
        workload_digest=row.workload_digest,
        baseline=row.baseline,
        state=RunState(row.state),
        exit_code=row.exit_code,
        started_at=row.started_at,
        finished_at=row.finished_at,
        observer=Observer(row.observer),
        planner_version=row.planner_version,
        is_simulated=row.is_simulated,
        arms=tuple(f"{place_of(arm.runtime, arm.device)}/{arm.label}" for arm in plan.arms),
        batches=plan.batches,
        cpu=environment.cpu.model,
        host_id=environment.host_id,
        rounds=rounds,
        verdicts=judged.verdicts if judged else 0,
        accepted=int(judged.accepted) if judged else 0,
        failures=failures,
        best=_headline(judged) if judged else None,
    )


def _headline(row: Row[Any]) -> Headline:
    return Headline(
        candidate=row.candidate,
        baseline=row.baseline,
        batch=row.batch,
        ratio=row.ratio,
        lower=row.lower,
        upper=row.upper,
        speed=Speed(row.speed),
        gate=Gate(row.gate),
        noise=NoiseClass(row.noise),
    )
