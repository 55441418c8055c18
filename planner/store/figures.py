"""The figures of many runs, for their course over time: a fixed number of queries, and no raw sample is read.

Works inside the caller's session and transaction.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from harness.environment import Environment
from harness.vocabulary import Gate, NoiseClass, Plan, RatioInterval, RunState, Scenario, Speed
from planner.store.codec import from_json
from planner.store.figure_records import (
    AnswerFigure,
    ArtifactFigure,
    LatencyFigure,
    MemoryFigure,
    ProofFigure,
    RatioFigure,
    RunConditions,
    RunFigures,
    VerdictFigure,
)
from planner.store.tables import (
    ArtifactRow,
    ComparisonRow,
    MemoryRow,
    PredictionRow,
    ProofRow,
    QualityRow,
    RunRow,
    TrialRow,
    VerdictRow,
)

_PAIR = ("candidate", "baseline", "batch")


class _NoiseBrief(msgspec.Struct):
    noise_class: NoiseClass
    minimal_effect: float | None


class _ComparisonBrief(msgspec.Struct):
    ratio: RatioInterval | None
    noise: _NoiseBrief
    contaminated_rounds: int

    @property
    def is_fit(self) -> bool:
        """Too few pairs of the baseline with itself say nothing of the machine, unless load took the others."""
        is_unknown = self.noise.minimal_effect is None and not self.contaminated_rounds
        return is_unknown or self.noise.noise_class is not NoiseClass.UNFIT


def conditions(session: Session, workload_digest: str) -> tuple[RunConditions, ...]:
    """The completed runs of a workload that measured something, oldest first."""
    wanted = (
        select(RunRow.run_id, RunRow.workload, RunRow.started_at, RunRow.plan, RunRow.environment)
        .where(RunRow.workload_digest == workload_digest)
        .where(RunRow.state == RunState.COMPLETED.value)
        .where(RunRow.is_simulated.is_(other=False))
        .order_by(RunRow.started_at, RunRow.run_id)
    )
    return tuple(
        RunConditions(
            run_id=row.run_id,
            workload=row.workload,
            started_at=row.started_at,
            plan=from_json(row.plan, Plan),
            environment=from_json(row.environment, Environment),
        )
        for row in session.execute(wanted)
    )


def figures(session: Session, run_ids: Sequence[str]) -> RunFigures:
    """Every figure of these runs that has a column of its own, in the order of its key."""
    return RunFigures(
        latencies=tuple(
            LatencyFigure(run_id=row.run_id, arm=row.arm, batch=row.batch, threads=row.threads, p50_s=row.p50_s)
            for row in session.execute(_calls_alone(run_ids, TrialRow, "arm", "batch", "threads", "p50_s"))
        ),
        ratios=tuple(
            RatioFigure(
                run_id=row.run_id,
                candidate=row.candidate,
                baseline=row.baseline,
                batch=row.batch,
                ratio=brief.ratio,
                is_fit=brief.is_fit,
            )
            for row in session.execute(
                _calls_alone(run_ids, ComparisonRow, "candidate", "baseline", "batch", "comparison")
            )
            for brief in (from_json(row.comparison, _ComparisonBrief),)
        ),
        verdicts=tuple(
            VerdictFigure(
                run_id=row.run_id,
                candidate=row.candidate,
                baseline=row.baseline,
                batch=row.batch,
                speed=Speed(row.speed),
                gate=Gate(row.gate),
            )
            for row in session.execute(
                _calls_alone(run_ids, VerdictRow, "candidate", "baseline", "batch", "speed", "gate").where(
                    VerdictRow.scenario == Scenario.SINGLE_STREAM.value
                )
            )
        ),
        answers=_answers(session, run_ids),
        memory=tuple(
            MemoryFigure(run_id=row.run_id, arm=row.arm, phase=row.phase, launch=row.launch, peak_bytes=row.peak_bytes)
            for row in session.execute(_of(run_ids, MemoryRow, "arm", "phase", "launch", "peak_bytes"))
            if row.peak_bytes is not None
        ),
        artifacts=tuple(
            ArtifactFigure(run_id=row.run_id, arm=row.arm, digest=row.digest, size_bytes=row.size_bytes)
            for row in session.execute(_of(run_ids, ArtifactRow, "arm", "digest", "size_bytes"))
        ),
        proofs=tuple(
            ProofFigure(run_id=row.run_id, arm=row.arm, share_by_time=row.share_by_time)
            for row in session.execute(_of(run_ids, ProofRow, "arm", "share_by_time"))
            if row.share_by_time is not None
        ),
    )


def _of(run_ids: Sequence[str], table: Any, *columns: str) -> Select[Any]:  # noqa: ANN401 - any mapped table
    """Some columns of the rows that belong to the runs."""
    chosen = [table.run_id, *(getattr(table, name) for name in columns)]
    return select(*chosen).where(table.run_id.in_(run_ids)).order_by(*table.__table__.primary_key)


def _calls_alone(run_ids: Sequence[str], table: Any, *columns: str) -> Select[Any]:  # noqa: ANN401 - as above
    """The same with one call in flight: a history is of one load, and every run has this one."""
    return _of(run_ids, table, *columns).where(table.concurrency == 1)


def _answers(session: Session, run_ids: Sequence[str]) -> tuple[AnswerFigure, ...]:
    """Accuracy with the data that it was found on: a prediction's digest, which tells a subset from the whole."""
    digests = {
        (row.run_id, row.arm): row.data_digest
        for row in session.execute(_of(run_ids, PredictionRow, "data_digest", "arm"))
    }
    wanted = _of(run_ids, QualityRow, "arm", "accuracy", "samples", "worst_class", "worst_recall")
    return tuple(
        AnswerFigure(
            run_id=row.run_id,
            arm=row.arm,
            accuracy=row.accuracy,
            samples=row.samples,
            worst_class=row.worst_class,
            worst_recall=row.worst_recall,
            data_digest=digests.get((row.run_id, row.arm)),
        )
        for row in session.execute(wanted)
    )
