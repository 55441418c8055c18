"""Reads one run back: everything, or its raw rounds.

Works inside the caller's session and transaction, so that a run is seen at one moment.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from harness.environment import Environment, Observer
from harness.vocabulary import (
    Agreement,
    CalibrationFinding,
    Comparison,
    EnergyReading,
    Failure,
    KernelProof,
    Measurement,
    MemoryReading,
    PipelineTiming,
    Plan,
    Prediction,
    ProofVerdict,
    QualityComparison,
    QualityFigures,
    Round,
    RunState,
    Scenario,
    Stage,
    Verdict,
    WarmUpSamples,
)
from planner.errors import StoreError
from planner.store.answers import CLASS_BYTES, OUTPUT_BYTES
from planner.store.codec import from_json, unpack_planes, unpack_round, unsqueeze
from planner.store.limits import read_limits
from planner.store.records import ArmRecord, ArtifactRecord, ProofRecord, QualityComparisonRecord, StoredRun
from planner.store.results import LATENCY_BYTES
from planner.store.runs import require
from planner.store.serving import read_level_figures, read_server_rates
from planner.store.table_base import Base
from planner.store.tables import (
    AgreementRow,
    ArmRow,
    ArtifactRow,
    ComparisonRow,
    EnergyRow,
    FailureRow,
    MemoryRow,
    PipelineRow,
    PredictionRow,
    ProofRow,
    QualityComparisonRow,
    QualityRow,
    RoundRow,
    TrialRow,
    VerdictRow,
    WarmUpRow,
)

_Row = TypeVar("_Row", bound=Base)


class _Places(dict[str, int]):
    """The places of the run's arms. Whatever tells of another arm was changed by hand, or is damaged."""

    def __missing__(self, arm: str) -> int:
        raise StoreError(f"{arm!r:.80} is no arm of its run: the database is damaged")


def load(session: Session, run_id: str) -> StoredRun:
    """Everything of a run but its raw samples; findings are in the plan's order of arms.

    Raises:
        RunNotFoundError: if there is no such run.
        StoreError: if a row is damaged.
    """
    row = require(session, run_id)
    plan = from_json(row.plan, Plan)
    place = _Places((arm.name, index) for index, arm in enumerate(plan.arms))
    return StoredRun(
        run_id=run_id,
        plan=plan,
        environment=from_json(row.environment, Environment),
        observer=Observer(row.observer),
        planner_version=row.planner_version,
        state=RunState(row.state),
        exit_code=row.exit_code,
        started_at=row.started_at,
        finished_at=row.finished_at,
        arms=_arms(session, run_id, place),
        warm_ups=_warm_ups(session, run_id, place),
        measurements=_measurements(session, run_id, place),
        quality_comparisons=_quality_comparisons(session, run_id, place),
        agreements=_agreements(session, run_id, place),
        comparisons=_comparisons(session, run_id, place),
        pipelines=_pipelines(session, run_id, place),
        verdicts=_verdicts(session, run_id, place),
        failures=tuple(_failure(one) for one in _rows(session, FailureRow, run_id)),
        calibration_findings=from_json(row.calibration_findings, tuple[CalibrationFinding, ...]),
        server_levels=read_level_figures(session, run_id, place),
        server_rates=read_server_rates(session, run_id, place),
        limits=read_limits(session, run_id, place),
    )


def read_rounds(session: Session, run_id: str) -> tuple[Round, ...]:
    """Every round with its raw samples, by batch, launch and index.

    Raises:
        RunNotFoundError: if there is no such run.
        StoreError: if a round is damaged.
    """
    require(session, run_id)
    wanted = select(RoundRow.payload).where(RoundRow.run_id == run_id)
    ordered = wanted.order_by(RoundRow.batch, RoundRow.concurrency, RoundRow.launch, RoundRow.round_index)
    return tuple(unpack_round(payload) for payload in session.scalars(ordered))


def _rows(session: Session, kind: type[_Row], run_id: str) -> Sequence[_Row]:
    key = kind.__table__.primary_key
    return session.scalars(select(kind).filter_by(run_id=run_id).order_by(*key)).all()


def _arms(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[ArmRecord, ...]:
    artifacts = {row.arm: _artifact(row) for row in _rows(session, ArtifactRow, run_id)}
    proofs = {row.arm: _proof(row) for row in _rows(session, ProofRow, run_id)}
    memory = [(row.arm, _memory(row)) for row in _rows(session, MemoryRow, run_id)]
    predictions = {row.arm: _prediction(row) for row in _rows(session, PredictionRow, run_id)}
    qualities = {row.arm: from_json(row.figures, QualityFigures) for row in _rows(session, QualityRow, run_id)}
    energy = {row.arm: _energy(row) for row in _rows(session, EnergyRow, run_id)}
    settings = {row.name: from_json(row.settings, dict[str, str]) for row in _rows(session, ArmRow, run_id)}
    return tuple(
        ArmRecord(
            name=arm,
            artifact=artifacts.get(arm),
            proof=proofs.get(arm),
            memory=tuple(reading for owner, reading in memory if owner == arm),
            prediction=predictions.get(arm),
            quality=qualities.get(arm),
            energy=energy.get(arm),
            settings=settings.get(arm, {}),
        )
        for arm in place
    )


def _warm_ups(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[WarmUpSamples, ...]:
    found = (
        WarmUpSamples(
            arm=row.arm,
            batch=row.batch,
            concurrency=row.concurrency,
            launch=row.launch,
            latencies_ns=unpack_planes(row.latencies, LATENCY_BYTES),
            discard=row.discard,
            is_stable=row.is_stable,
        )
        for row in _rows(session, WarmUpRow, run_id)
    )
    return tuple(sorted(found, key=lambda one: (place[one.arm], one.batch, one.concurrency, one.launch)))


def _measurements(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[Measurement, ...]:
    texts = (row.measurement for row in _rows(session, TrialRow, run_id))
    found = (from_json(text, Measurement) for text in texts if text is not None)
    return tuple(sorted(found, key=lambda one: (place[one.arm], one.load)))


def _quality_comparisons(
    session: Session, run_id: str, place: Mapping[str, int]
) -> tuple[QualityComparisonRecord, ...]:
    found = (
        QualityComparisonRecord(
            candidate=row.candidate, baseline=row.baseline, comparison=from_json(row.comparison, QualityComparison)
        )
        for row in _rows(session, QualityComparisonRow, run_id)
    )
    return tuple(sorted(found, key=lambda one: (place[one.candidate], one.baseline)))


def _comparisons(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[Comparison, ...]:
    found = (from_json(row.comparison, Comparison) for row in _rows(session, ComparisonRow, run_id))
    return tuple(sorted(found, key=lambda one: (place[one.candidate], one.baseline, one.load)))


def _agreements(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[Agreement, ...]:
    found = (from_json(row.agreement, Agreement) for row in _rows(session, AgreementRow, run_id))
    return tuple(sorted(found, key=lambda one: (place[one.candidate], one.baseline)))


def _pipelines(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[PipelineTiming, ...]:
    found = (
        PipelineTiming(
            arm=row.arm,
            batch=row.batch,
            repeats=row.repeats,
            preprocess_s=row.preprocess_s,
            copy_s=row.copy_s,
            inference_s=row.inference_s,
            postprocess_s=row.postprocess_s,
        )
        for row in _rows(session, PipelineRow, run_id)
    )
    return tuple(sorted(found, key=lambda one: (place[one.arm], one.batch)))


def _verdicts(session: Session, run_id: str, place: Mapping[str, int]) -> tuple[Verdict, ...]:
    found = (from_json(row.verdict, Verdict) for row in _rows(session, VerdictRow, run_id))
    return tuple(sorted(found, key=lambda one: (place[one.candidate], one.baseline, *_load_of(one))))


def _load_of(verdict: Verdict) -> tuple[int, int, int]:
    """Single calls first, the server last, as `Scenario` has them."""
    return list(Scenario).index(verdict.scenario), verdict.batch, verdict.concurrency


def _artifact(row: ArtifactRow) -> ArtifactRecord:
    provenance = from_json(row.provenance, dict[str, object])
    return ArtifactRecord(digest=row.digest, size_bytes=row.size_bytes, provenance=provenance)


def _proof(row: ProofRow) -> ProofRecord:
    return ProofRecord(proof=unsqueeze(row.proof, KernelProof), verdict=from_json(row.verdict, ProofVerdict))


def _memory(row: MemoryRow) -> MemoryReading:
    return MemoryReading(
        phase=row.phase,
        launch=row.launch,
        peak_bytes=row.peak_bytes,
        resident_bytes=row.resident_bytes,
        reason=row.reason,
    )


def _prediction(row: PredictionRow) -> Prediction:
    return Prediction(
        classes=unpack_planes(row.classes, CLASS_BYTES),
        samples=row.samples,
        data_digest=row.data_digest,
        wall_s=row.wall_s,
        non_finite=row.non_finite,
        outputs=unpack_planes(row.outputs, OUTPUT_BYTES) if row.outputs else b"",
        output_samples=row.output_samples,
        change=row.change,
    )


def _energy(row: EnergyRow) -> EnergyReading:
    return EnergyReading(source=row.source, gross_j=row.gross_j, net_j=row.net_j, reason=row.reason)


def _failure(row: FailureRow) -> Failure:
    return Failure(arm=row.arm, stage=Stage(row.stage), message=row.message, hint=row.hint, log_tail=row.log_tail)
