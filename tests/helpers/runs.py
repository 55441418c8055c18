"""Runs in a store, for tests: empty, or with one of everything."""

from typing import Any

from helpers.builders import (
    DIGEST,
    FP32,
    INT8,
    make_agreement,
    make_calibration_finding,
    make_comparison,
    make_energy,
    make_environment,
    make_failure,
    make_measurement,
    make_memory,
    make_pipeline,
    make_plan,
    make_prediction,
    make_proof,
    make_proof_verdict,
    make_quality,
    make_quality_comparison,
    make_round,
    make_verdict,
    make_warm_up,
    raw_outputs,
)
from helpers.limits import make_limit

from harness.environment import Observer
from harness.vocabulary import RunState
from planner.store import Store


def create_run(store: Store, **plan_fields: Any) -> str:  # noqa: ANN401 - an override has its field's type
    """A run in state RUNNING, with nothing recorded."""
    return store.create_run(
        make_plan(**plan_fields), make_environment(), observer=Observer.HEADLESS, planner_version="0.1.0"
    )


def create_full_run(store: Store, *, rounds: int = 2) -> str:
    """A completed run with one of everything that can be recorded."""
    run_id = create_run(store)
    for arm in (FP32, INT8):
        store.record_artifact(run_id, arm, DIGEST, 1_000_000, {"tool": "fake 1.0", "calibration": ["a", "b"]})
        store.record_settings(run_id, arm, {"precision_hint": "f32", "cpus": "0-1"})
        store.record_memory(run_id, arm, make_memory())
        store.record_memory(run_id, arm, make_memory(phase="load", peak_bytes=None, reason="not told here"))
        store.record_proof(run_id, arm, make_proof(), make_proof_verdict())
        store.record_prediction(
            run_id, arm, make_prediction(outputs=raw_outputs(1, 2, 3, 4), output_samples=2, change=1e-7)
        )
        store.record_quality(run_id, arm, make_quality())
        store.record_warm_up(run_id, make_warm_up(arm=arm))
        store.record_measurement(run_id, make_measurement(arm=arm))
        store.record_pipeline(run_id, make_pipeline(arm=arm))
        store.record_limits(run_id, (make_limit(arm=arm),))
        store.record_energy(run_id, arm, make_energy())
    for index in range(rounds):
        store.record_round(run_id, make_round(index=index))
    store.record_quality_comparison(run_id, INT8, FP32, make_quality_comparison())
    store.record_agreement(run_id, make_agreement())
    store.record_calibration_findings(run_id, (make_calibration_finding(),))
    store.record_comparison(run_id, make_comparison())
    store.record_verdict(run_id, make_verdict())
    store.record_failure(run_id, make_failure())
    store.finish(run_id, RunState.COMPLETED, 0)
    return run_id


def open_and_fill(path: str, runs: int) -> list[str]:
    """Full runs, made through a store of its own that may be new: several processes do so at the same time."""
    with Store.open(path) as store:
        return [create_full_run(store) for _ in range(runs)]
