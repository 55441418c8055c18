"""Runs as the store gives them back, without a store: sensible defaults, every field replaceable by keyword."""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from helpers.builders import (
    FP32,
    INT8,
    make_cpu,
    make_environment,
    make_measurement,
    make_plan,
    make_proof,
    make_proof_verdict,
    make_quantile,
    make_verdict,
)

from harness.environment import Observer
from harness.vocabulary import Measurement, RunState
from planner.store import ArmRecord, ProofRecord, StoredRun

GENOA = make_cpu(
    model="AMD EPYC", vendor="AuthenticAMD", family=25, model_number=17, logical_cores=2, allowed_cpus=(0, 1)
)


def make_arm_record(name: str = FP32, **fields: Any) -> ArmRecord:
    """An arm whose layers ran as it is named."""
    proof = ProofRecord(proof=make_proof(), verdict=make_proof_verdict())
    default = ArmRecord(
        name=name, artifact=None, proof=proof, memory=(), prediction=None, quality=None, energy=None, settings={}
    )
    return replace(default, **fields)


def make_times(arm: str = FP32, batch: int = 1, *, p50_s: float = 0.002, **fields: Any) -> Measurement:
    """Calls of one batch size, whose p99 is half as long again as their median."""
    quantiles = (make_quantile(0.5, p50_s), make_quantile(0.9, 1.2 * p50_s), make_quantile(0.99, 1.5 * p50_s))
    return make_measurement(arm=arm, batch=batch, quantiles=quantiles, throughput=batch / p50_s, **fields)


def make_stored_run(**fields: Any) -> StoredRun:
    """A completed run on an EPYC Genoa of two threads: FP32 at 2 ms, accepted INT8 at 1 ms, both on two threads."""
    default = StoredRun(
        run_id="abcd1234",
        plan=make_plan(),
        environment=make_environment(cpu=GENOA),
        observer=Observer.HEADLESS,
        planner_version="0.1.0",
        state=RunState.COMPLETED,
        exit_code=0,
        started_at=datetime(2026, 11, 28, 3, tzinfo=UTC),
        finished_at=datetime(2026, 11, 28, 4, tzinfo=UTC),
        arms=(make_arm_record(FP32), make_arm_record(INT8)),
        warm_ups=(),
        measurements=(make_times(FP32), make_times(INT8, p50_s=0.001)),
        quality_comparisons=(),
        comparisons=(),
        verdicts=(make_verdict(),),
        failures=(),
    )
    return replace(default, **fields)
