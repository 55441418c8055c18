"""Writes findings: one row each, replaced where the same one is recorded again.

Works inside the caller's session and transaction. What may be asked about gets its own column,
the whole finding goes beside it.
"""

from collections.abc import Mapping

from sqlalchemy import delete
from sqlalchemy.orm import Session

from harness.vocabulary import (
    Comparison,
    EnergyReading,
    Failure,
    KernelProof,
    Measurement,
    MemoryReading,
    PipelineTiming,
    ProofVerdict,
    Round,
    Verdict,
    WarmUpSamples,
)
from planner.errors import StoreError
from planner.store.codec import from_json, pack_planes, pack_round, require_finite, squeeze, to_json
from planner.store.tables import (
    ArmRow,
    ArtifactRow,
    ComparisonRow,
    EnergyRow,
    FailureRow,
    MemoryRow,
    PipelineRow,
    ProofRow,
    RoundRow,
    TrialRow,
    VerdictRow,
    WarmUpRow,
)

LATENCY_BYTES = 8


def write_artifact(
    session: Session, run_id: str, arm: str, *, digest: str, size_bytes: int, provenance: Mapping[str, object]
) -> None:
    """What the arm's runtime loads, by content."""
    session.merge(
        ArtifactRow(run_id=run_id, arm=arm, digest=digest, size_bytes=size_bytes, provenance=to_json(dict(provenance)))
    )


def write_settings(session: Session, run_id: str, arm: str, settings: Mapping[str, str]) -> None:
    """What the arm's runtime was told, by name; added to what is known."""
    row = session.get(ArmRow, (run_id, arm))
    if row is None:
        raise StoreError(f"run {run_id} has no arm {arm!r}: its settings are not kept")
    row.settings = to_json({**from_json(row.settings, dict[str, str]), **settings})


def write_memory(session: Session, run_id: str, arm: str, reading: MemoryReading) -> None:
    """One reading, by phase and launch."""
    session.merge(
        MemoryRow(
            run_id=run_id,
            arm=arm,
            phase=reading.phase,
            launch=reading.launch,
            peak_bytes=reading.peak_bytes,
            resident_bytes=reading.resident_bytes,
            reason=reading.reason,
        )
    )


def write_proof(session: Session, run_id: str, arm: str, *, proof: KernelProof, verdict: ProofVerdict) -> None:
    """The layers that ran and what they prove."""
    require_finite(proof)
    session.merge(
        ProofRow(
            run_id=run_id,
            arm=arm,
            state=verdict.state.value,
            ran=verdict.ran,
            share_by_count=verdict.share_by_count,
            share_by_time=verdict.share_by_time,
            verdict=to_json(verdict),
            proof=squeeze(proof),
        )
    )


def write_warm_up(session: Session, run_id: str, samples: WarmUpSamples) -> None:
    """The first calls of an arm at a batch size, by launch."""
    if len(samples.latencies_ns) % LATENCY_BYTES:
        raise StoreError(f"the warm-up of {samples.arm} holds a broken latency: each has {LATENCY_BYTES} bytes")
    session.merge(
        WarmUpRow(
            run_id=run_id,
            arm=samples.arm,
            batch=samples.batch,
            concurrency=samples.concurrency,
            launch=samples.launch,
            discard=samples.discard,
            is_stable=samples.is_stable,
            latencies=pack_planes(samples.latencies_ns, LATENCY_BYTES),
        )
    )


def write_round(session: Session, run_id: str, one: Round) -> None:
    """One round whole, by batch, launch and index."""
    require_finite((one.wall_s, one.host))
    session.merge(
        RoundRow(
            run_id=run_id,
            batch=one.batch,
            concurrency=one.concurrency,
            launch=one.launch,
            round_index=one.index,
            started_at=one.started_at,
            wall_s=one.wall_s,
            foreign_cpu_share=one.host.foreign_cpu_share,
            is_contaminated=one.is_contaminated,
            payload=pack_round(one),
        )
    )


def write_measurement(session: Session, run_id: str, measurement: Measurement) -> None:
    """What a trial yielded, into the trial's row.

    Raises:
        StoreError: if the run's plan has no such trial.
    """
    load = measurement.load
    trial = session.get(TrialRow, (run_id, measurement.arm, load.batch, load.concurrency))
    if trial is None:
        raise StoreError(f"run {run_id} has no trial of {measurement.arm!r} at {load.label} in its plan")
    at = {quantile.p: quantile.point_s for quantile in measurement.quantiles}
    trial.p50_s, trial.p90_s, trial.p99_s = at.get(0.5), at.get(0.9), at.get(0.99)
    trial.calls = measurement.calls
    trial.throughput = measurement.throughput
    trial.cpu_s_per_call = measurement.cpu_s_per_call
    trial.measurement = to_json(measurement)


def write_comparison(session: Session, run_id: str, comparison: Comparison) -> None:
    """A candidate's speed against its baseline's, by batch."""
    ratio = comparison.ratio
    session.merge(
        ComparisonRow(
            run_id=run_id,
            candidate=comparison.candidate,
            baseline=comparison.baseline,
            batch=comparison.batch,
            concurrency=comparison.concurrency,
            ratio=ratio.point if ratio else None,
            lower=ratio.lower if ratio else None,
            upper=ratio.upper if ratio else None,
            noise=comparison.noise.noise_class.value,
            minimal_effect=comparison.noise.minimal_effect,
            comparison=to_json(comparison),
        )
    )


def write_verdict(session: Session, run_id: str, verdict: Verdict) -> None:
    """The judgement on a candidate, by batch."""
    session.merge(
        VerdictRow(
            run_id=run_id,
            candidate=verdict.candidate,
            baseline=verdict.baseline,
            batch=verdict.batch,
            concurrency=verdict.concurrency,
            scenario=verdict.scenario.value,
            speed=verdict.speed.value,
            gate=verdict.gate.value,
            noise=verdict.noise.value,
            verdict=to_json(verdict),
        )
    )


def write_energy(session: Session, run_id: str, arm: str, reading: EnergyReading) -> None:
    """The arm's energy per inference, or why there is none."""
    require_finite(reading)
    session.merge(
        EnergyRow(
            run_id=run_id,
            arm=arm,
            source=reading.source,
            gross_j=reading.gross_j,
            net_j=reading.net_j,
            reason=reading.reason,
        )
    )


def write_pipeline(session: Session, run_id: str, timing: PipelineTiming) -> None:
    """Where the time of a whole request goes, by arm and batch."""
    require_finite(timing)
    session.merge(
        PipelineRow(
            run_id=run_id,
            arm=timing.arm,
            batch=timing.batch,
            repeats=timing.repeats,
            preprocess_s=timing.preprocess_s,
            copy_s=timing.copy_s,
            inference_s=timing.inference_s,
            postprocess_s=timing.postprocess_s,
        )
    )


def write_failure(session: Session, run_id: str, failure: Failure) -> None:
    """A trial that did not finish; the same message of the same arm and stage is kept once.

    A log's tail is whatever bytes a dying process wrote, so it is made storable rather than refused.
    """
    arm, message = _storable(failure.arm), _storable(failure.message)
    same = (
        FailureRow.run_id == run_id,
        FailureRow.arm == arm,
        FailureRow.stage == failure.stage.value,
        FailureRow.message == message,
    )
    session.execute(delete(FailureRow).where(*same))
    session.add(
        FailureRow(
            run_id=run_id,
            arm=arm,
            stage=failure.stage.value,
            message=message,
            hint=_storable(failure.hint),
            log_tail=_storable(failure.log_tail),
        )
    )


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "�")
