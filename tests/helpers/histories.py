"""Histories of runs in a store, for tests: one run after another, with the figures that are followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helpers.builders import (
    FP32,
    INT8,
    make_arm,
    make_comparison,
    make_environment,
    make_measurement,
    make_memory,
    make_noise,
    make_plan,
    make_prediction,
    make_proof,
    make_proof_verdict,
    make_quality,
    make_quantile,
    make_ratio,
    make_verdict,
)

from harness.environment import Environment, Observer
from harness.vocabulary import Gate, NoiseClass, RunState, Speed
from planner.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """What a run found; `None`: it has no such figure."""

    speed_up: float | None = 2.0
    p50_s: float | None = 0.001
    accuracy: float | None = 0.9
    worst_recall: float = 0.8
    size_bytes: int = 1_000_000
    memory_bytes: int = 120_000_000
    int8_share: float = 1.0
    speed: Speed = Speed.FASTER
    gate: Gate = Gate.ACCEPTED
    noise: NoiseClass = NoiseClass.QUIET
    half_width: float = 0.01
    state: RunState = RunState.COMPLETED


STEADY = (2.0, 2.01, 1.99, 2.005, 1.995, 2.0)
"""Speed-ups of a machine that scatters by a half per cent."""


def speed_ups(*points: float) -> tuple[PastRun, ...]:
    """Runs that differ in their speed-up alone."""
    return tuple(PastRun(speed_up=point) for point in points)


def record_run(
    store: Store,
    found: PastRun,
    *,
    environment: Environment | None = None,
    digest: str = "a1" * 32,
    **plan_fields: Any,  # noqa: ANN401 - an override has its field's type
) -> str:
    """A run with these figures, of FP32 and INT8 at batch 1."""
    run_id = store.create_run(
        make_plan(**plan_fields), environment or make_environment(), observer=Observer.HEADLESS, planner_version="0.1.0"
    )
    for arm in (FP32, INT8):
        factor = 1.0 if arm == FP32 else 0.5
        if found.p50_s is not None:
            quantile = make_quantile(0.5, found.p50_s * factor)
            store.record_measurement(run_id, make_measurement(arm=arm, quantiles=(quantile,)))
        store.record_artifact(run_id, arm, digest, found.size_bytes, {"tool": "fake 1.0"})
        store.record_memory(run_id, arm, make_memory(phase="infer batch 1", peak_bytes=found.memory_bytes))
        store.record_proof(run_id, arm, make_proof(), make_proof_verdict(share_by_time=found.int8_share))
        if found.accuracy is not None:
            store.record_prediction(run_id, arm, make_prediction())
            recall = (1.0, 0.9, found.worst_recall)
            store.record_quality(run_id, arm, make_quality(accuracy=found.accuracy, recall=recall))
    ratio = None
    if found.speed_up is not None:
        width = 1.0 + found.half_width
        ratio = make_ratio(found.speed_up, lower=found.speed_up / width, upper=found.speed_up * width)
    store.record_comparison(run_id, make_comparison(ratio=ratio, noise=make_noise(noise_class=found.noise)))
    store.record_verdict(run_id, make_verdict(speed=found.speed, gate=found.gate))
    store.finish(run_id, found.state, 0)
    return run_id


def record_runs(store: Store, runs: Sequence[PastRun], *, environment: Environment | None = None) -> list[str]:
    """A run for each, the oldest first."""
    return [record_run(store, one, environment=environment) for one in runs]


def threads(count: int) -> dict[str, Any]:
    """The plan's arms with so many threads."""
    return {"arms": tuple(make_arm(label, threads=count) for label in ("fp32", "int8-static:per-channel"))}
