"""Stores what a GPU check measured: each model at each batch size as a run, with its proofs and comparisons.

A check answers nothing (its weights are random), so that the gate of every run is not-measured. A rehearsal on a CPU
is no evidence and is refused.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness.environment import Environment, Observer
from harness.gpu_check.findings import Report, Row, read_report
from harness.gpu_check.names import PREFIX
from harness.verdict.judge import judge
from harness.vocabulary import (
    Arm,
    Comparison,
    EnergyReading,
    GateRules,
    KernelProof,
    Limit,
    LoadPoint,
    Measurement,
    MemoryReading,
    Plan,
    ProofVerdict,
    RunState,
    TimingRules,
)
from planner.errors import ArchiveError
from planner.services.exit_codes import code_of_run
from planner.store.repository import Store
from planner.version import planner_version

_ENERGY_SOURCE = "NVML, one window of 5 s in the check"
_NO_NET = "the idle card was not measured in the check"
_NO_ENERGY = "no window was watched: NVML was not there, or the time was over"
_LABELS_FIRST = "fp32"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A row's detail, as the check wrote it."""

    arm: Arm
    measurement: Measurement
    proof: KernelProof
    proof_verdict: ProofVerdict
    comparison: Comparison | None = None
    limit: Limit | None = None


def store_check(store: Store, file: Path) -> tuple[str, ...]:
    """Store every model of a check that is not there yet; the new runs.

    Raises:
        ArchiveError: the file is no report, or that of a rehearsal.
    """
    try:
        report = read_report(file)
        environment = msgspec.convert(report.machine.get("environment"), Environment)
        groups = [(step, rows, [_found(row) for row in rows]) for step, rows in _measured(report)]
    except (ValueError, msgspec.ValidationError) as error:
        raise ArchiveError(f"{file} is no report of a GPU check that can be stored: {error}") from error
    if report.is_rehearsal:
        raise ArchiveError(f"{file} is a rehearsal on a CPU: run the check on a machine with a GPU (make gpu)")
    known = {(one.workload, store.load(one.run_id).plan.assumed) for one in store.runs()}
    stored = []
    for step, rows, found in groups:
        plan = _plan(step, found, report)
        if (plan.workload, plan.assumed) not in known:
            stored.append(_store(store, plan, environment, rows, found))
    return tuple(stored)


def _measured(report: Report) -> Iterator[tuple[str, list[Row]]]:
    """Rows with findings, by step; strict FP32 first, as the others are compared with it."""
    for step in dict.fromkeys(row.step for row in report.rows if row.detail):
        rows = [row for row in report.rows if row.step == step and row.detail]
        yield step, sorted(rows, key=lambda row: row.subject != _LABELS_FIRST)


def _found(row: Row) -> Found:
    return msgspec.convert(row.detail, Found)


def _plan(step: str, found: Sequence[Found], report: Report) -> Plan:
    return Plan(
        workload=f"{PREFIX}{step}",
        workload_name=f"{PREFIX}{step}",
        workload_digest="",
        arms=tuple(one.arm for one in found),
        batches=(found[0].measurement.batch,),
        baseline=_LABELS_FIRST,
        seed=1,
        timing=TimingRules(),
        gate=GateRules(),
        assumed=(f"from a GPU check of {report.started_at}: random weights, of speed alone",),
    )


def _store(store: Store, plan: Plan, environment: Environment, rows: Sequence[Row], found: Sequence[Found]) -> str:
    run_id = store.create_run(plan, environment, observer=Observer.HEADLESS, planner_version=planner_version())
    for row, one in zip(rows, found, strict=True):
        _store_arm(store, run_id, row, one)
    proofs = {one.arm.name: one.proof_verdict for one in found}
    verdicts = []
    for one in found:
        baseline = plan.baseline_of(one.arm)
        if baseline is None:
            continue
        verdict = judge(
            one.arm,
            baseline,
            LoadPoint(batch=one.measurement.batch),
            comparison=one.comparison,
            quality=None,
            proofs=proofs,
            failures={},
            timing=plan.timing,
            gate=plan.gate,
        )
        store.record_verdict(run_id, verdict)
        verdicts.append(verdict)
    store.finish(run_id, RunState.COMPLETED, code_of_run(verdicts, (), require_all=False))
    return run_id


def _store_arm(store: Store, run_id: str, row: Row, one: Found) -> None:
    arm, batch = one.arm.name, one.measurement.batch
    store.record_measurement(run_id, one.measurement)
    store.record_proof(run_id, arm, one.proof, one.proof_verdict)
    if one.comparison is not None:
        store.record_comparison(run_id, one.comparison)
    if one.limit is not None:
        store.record_limits(run_id, (one.limit,))
    told = {name: f"{value:.6g}" for name, value in row.figures.items() if value is not None}
    store.record_settings(run_id, arm, row.notes | told)
    if (peak := row.figures.get("peak_mib")) is not None:
        reading = MemoryReading(
            phase=f"GPU infer batch {batch}", launch=0, peak_bytes=round(peak * 2**20), resident_bytes=None
        )
        store.record_memory(run_id, arm, reading)
    joules = row.figures.get("gross_j_per_sample")
    source, reason = (None, _NO_ENERGY) if joules is None else (_ENERGY_SOURCE, _NO_NET)
    store.record_energy(run_id, arm, EnergyReading(source=source, gross_j=joules, net_j=None, reason=reason))
