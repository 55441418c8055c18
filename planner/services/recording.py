"""Puts every event of a run into the store, as it arrives."""

from functools import singledispatchmethod

import msgspec

from harness.run_events import (
    ArmFailed,
    ArmLoaded,
    ArmPinned,
    ArmPredicted,
    ArmProved,
    ArmWarmedUp,
    ArtifactReady,
    CalibrationAudited,
    EnergyCompared,
    EnergyMeasured,
    GpuUnwatched,
    GpuWatched,
    MemoryMeasured,
    PipelineMeasured,
    PipelineNoted,
    RoundFinished,
    RunEvent,
    ServerLevelMeasured,
    ServerRateFound,
)
from harness.verdict.precision import judge_proof
from harness.vocabulary import Plan
from planner.services.gpu_figures import kept_absence, kept_ratio, kept_summary
from planner.store.repository import Store

PIPELINE = "pipeline"
"""The setting that says why whole requests were not timed, or what is not in their figures."""


class Recorder:
    """Records the events of one run. Those that only tell of progress leave nothing behind."""

    def __init__(self, store: Store, run_id: str, plan: Plan) -> None:
        self._store = store
        self._run_id = run_id
        self._recipes = {arm.name: arm.recipe for arm in plan.arms}

    @singledispatchmethod
    def record(self, event: RunEvent) -> None:
        """Store what the event says; durable when the call returns."""

    @record.register
    def _(self, event: CalibrationAudited) -> None:
        self._store.record_calibration_findings(self._run_id, event.findings)

    @record.register
    def _(self, event: ArtifactReady) -> None:
        made = msgspec.to_builtins(event.made.provenance) if event.made else {"source": "the workload's own model"}
        artifact = event.artifact
        self._store.record_artifact(self._run_id, event.arm, artifact.digest, artifact.size_bytes, provenance=made)

    @record.register
    def _(self, event: ArmLoaded) -> None:
        self._store.record_settings(self._run_id, event.arm, {**event.settings, "load_s": f"{event.load_s:.3f}"})
        for reading in event.memory:
            self._store.record_memory(self._run_id, event.arm, reading)

    @record.register
    def _(self, event: ArmProved) -> None:
        verdict = judge_proof(event.proof, self._recipes[event.arm])
        self._store.record_proof(self._run_id, event.arm, event.proof, verdict)

    @record.register
    def _(self, event: ArmPredicted) -> None:
        self._store.record_prediction(self._run_id, event.arm, event.prediction)

    @record.register
    def _(self, event: ArmPinned) -> None:
        bound = ",".join(str(cpu) for cpu in event.cpus) or f"not bound: {event.reason}"
        name = "cpus" if event.concurrency == 1 else f"cpus, {event.concurrency} at once"
        self._store.record_settings(self._run_id, event.arm, {name: bound})

    @record.register
    def _(self, event: ArmWarmedUp) -> None:
        self._store.record_warm_up(self._run_id, event.samples)

    @record.register
    def _(self, event: RoundFinished) -> None:
        self._store.record_round(self._run_id, event.round)

    @record.register
    def _(self, event: MemoryMeasured) -> None:
        for reading in event.readings:
            self._store.record_memory(self._run_id, event.arm, reading)

    @record.register
    def _(self, event: EnergyMeasured) -> None:
        self._store.record_energy(self._run_id, event.arm, event.reading)

    @record.register
    def _(self, event: EnergyCompared) -> None:
        self._store.record_settings(self._run_id, event.ratio.candidate, kept_ratio(event.ratio))

    @record.register
    def _(self, event: GpuWatched) -> None:
        self._store.record_settings(self._run_id, event.summary.arm, kept_summary(event.summary))

    @record.register
    def _(self, event: GpuUnwatched) -> None:
        self._store.record_settings(self._run_id, event.arm, kept_absence(event.reason))

    @record.register
    def _(self, event: PipelineMeasured) -> None:
        self._store.record_pipeline(self._run_id, event.timing)

    @record.register
    def _(self, event: PipelineNoted) -> None:
        for arm in self._recipes:
            self._store.record_settings(self._run_id, arm, {PIPELINE: event.note})

    @record.register
    def _(self, event: ServerLevelMeasured) -> None:
        self._store.record_server_level(self._run_id, event.level)

    @record.register
    def _(self, event: ServerRateFound) -> None:
        self._store.record_server_rate(self._run_id, event.rate)

    @record.register
    def _(self, event: ArmFailed) -> None:
        self._store.record_failure(self._run_id, event.failure)
