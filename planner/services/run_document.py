"""A stored run as people and scripts read it: one document, rendered as text or as JSON.

The JSON form is an API: `schema` names its version, which changes when a field changes its
meaning or goes away. Latencies are seconds, sizes bytes, ratios above 1 faster.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from harness.environment import Environment
from harness.runtimes.base import PARAMETER_BYTES
from harness.verdict.checks import drop_of
from harness.vocabulary import (
    CPU,
    Agreement,
    CalibrationFinding,
    ClassComparison,
    Comparison,
    EnergyReading,
    Failure,
    Gate,
    GateRules,
    Limit,
    LoadPoint,
    Measurement,
    NoiseClass,
    ProofVerdict,
    QualityComparison,
    QualityFigures,
    RunState,
    Scenario,
    Speed,
    TimingRules,
    Verdict,
    place_of,
)
from harness.vocabulary.selftest import SelfTest
from planner.services.arrivals import OfflineFigures, ServerFigures, offline_figures, server_figures
from planner.services.gpu_figures import GpuFigures, gpu_figures, other_settings
from planner.services.limits import shown_limits
from planner.services.memory_figures import MemoryFigure, memory_figures
from planner.services.sheet_limits import beside_the_sheets
from planner.services.whole_requests import RequestFigures, request_figures, request_note
from planner.store.records import ArmRecord, StoredRun

SCHEMA = "planner.run/1"
NOISIEST_LAST = (NoiseClass.QUIET, NoiseClass.USABLE, NoiseClass.NOISY, NoiseClass.UNFIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmDocument:
    """One arm: what it is, what it ran in, what it needs, how well it answers."""

    name: str
    label: str
    runtime: str
    threads: int
    is_baseline: bool
    left_out: tuple[str, ...]
    artifact_digest: str | None
    artifact_bytes: int | None
    provenance: dict[str, Any]
    settings: dict[str, str]
    proof: ProofVerdict | None
    proof_source: str | None
    memory: tuple[MemoryFigure, ...]
    quality: QualityFigures | None
    quality_against_baseline: QualityComparison | None
    agreement: Agreement | None
    energy: EnergyReading | None
    device: str = CPU
    gpu: GpuFigures | None = None

    @property
    def place(self) -> str:
        """The runtime, and the device where it is no CPU: `torch@gpu:0`."""
        return place_of(self.runtime, self.device)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDocument:
    """One run, completely, without raw samples.

    `workload`: what it is opened by; `workload_name`: what it calls itself. `pipeline_note`: what is to be said of
    `pipelines`; `limits` has one of each call alone that was measured, without figures and with a reason where the
    machine's peaks were not known; `test_samples`: how many it was asked to judge by at most, all where it is `None`.
    `selftest`: the harness's own error rates on the run's host, where known. `assumed`: what the files that were named
    left open. `sheet_limits` are those of `limits` on GPUs whose peaks were measured, by the data sheets of the cards.
    """

    schema: str
    run: str
    state: RunState
    exit_code: int | None
    is_simulated: bool
    workload: str
    workload_name: str
    workload_digest: str
    baseline: str
    batches: tuple[int, ...]
    concurrencies: tuple[int, ...]
    scenarios: tuple[Scenario, ...]
    started_at: str
    finished_at: str | None
    planner_version: str
    timing: TimingRules
    gate: GateRules
    seed: int
    test_samples: int | None
    environment: Environment
    unavailable: tuple[tuple[str, str], ...]
    arms: tuple[ArmDocument, ...]
    measurements: tuple[Measurement, ...]
    comparisons: tuple[Comparison, ...]
    verdicts: tuple[Verdict, ...]
    failures: tuple[Failure, ...]
    calibration_findings: tuple[CalibrationFinding, ...]
    pipelines: tuple[RequestFigures, ...]
    pipeline_note: str | None
    limits: tuple[Limit, ...]
    offline: tuple[OfflineFigures, ...]
    server: ServerFigures | None
    selftest: SelfTest | None = None
    assumed: tuple[str, ...] = ()
    sheet_limits: tuple[Limit, ...] = ()

    def arm(self, name: str) -> ArmDocument:
        """The arm of that name, which a finding of this run must have."""
        return next(arm for arm in self.arms if arm.name == name)

    def measurement(self, arm: str, load: LoadPoint) -> Measurement | None:
        """What the arm yielded under a load."""
        return next((one for one in self.measurements if (one.arm, one.load) == (arm, load)), None)

    def comparison(self, arm: str, load: LoadPoint | None) -> Comparison | None:
        """The arm against its baseline under a load."""
        return next((one for one in self.comparisons if (one.candidate, one.load) == (arm, load)), None)

    def verdict(self, arm: str, load: LoadPoint | None) -> Verdict | None:
        """The judgement on the arm under a load, or with `None` in the server scenario."""
        return next((one for one in self.verdicts if (one.candidate, one.load) == (arm, load)), None)

    @property
    def loads(self) -> tuple[LoadPoint, ...]:
        """Everything that was timed as a closed loop, in the plan's order."""
        return tuple(
            LoadPoint(batch=batch, concurrency=count) for batch in self.batches for count in self.concurrencies
        )

    @property
    def noise(self) -> NoiseClass | None:
        """The worst noise class of the run's comparisons; `None` where nothing was timed against itself."""
        classes = [one.noise.noise_class for one in self.timed_comparisons]
        return max(classes, key=NOISIEST_LAST.index) if classes else None

    @property
    def timed_comparisons(self) -> tuple[Comparison, ...]:
        """Those whose baseline was timed: of the others nothing is known, of the machine's noise neither."""
        return tuple(
            one for one in self.comparisons if one.noise.pairs or self.measurement(one.baseline, one.load) is not None
        )


def document_of(run: StoredRun, *, selftest: SelfTest | None = None) -> RunDocument:
    """Everything stored about a run but its raw samples, with the self-test that stands behind it."""
    against = {record.candidate: record.comparison for record in run.quality_comparisons}
    records = {record.name: record for record in run.arms}
    limits = shown_limits(run)
    return RunDocument(
        schema=SCHEMA,
        run=run.run_id,
        state=run.state,
        exit_code=run.exit_code,
        is_simulated=run.plan.is_simulated,
        workload=run.plan.workload,
        workload_name=run.plan.workload_name or run.plan.workload,
        workload_digest=run.plan.workload_digest,
        baseline=run.plan.baseline,
        batches=run.plan.batches,
        concurrencies=run.plan.concurrencies,
        scenarios=run.plan.scenarios,
        started_at=run.started_at.isoformat(),
        finished_at=run.finished_at.isoformat() if run.finished_at else None,
        planner_version=run.planner_version,
        timing=run.plan.timing,
        gate=run.plan.gate,
        seed=run.plan.seed,
        test_samples=run.plan.test_samples,
        environment=run.environment,
        unavailable=run.plan.unavailable,
        arms=tuple(_arm(run, name, records.get(name), against) for name in (arm.name for arm in run.plan.arms)),
        measurements=run.measurements,
        comparisons=run.comparisons,
        verdicts=run.verdicts,
        failures=run.failures,
        calibration_findings=run.calibration_findings,
        pipelines=request_figures(run),
        pipeline_note=request_note(run),
        offline=offline_figures(run),
        server=server_figures(run),
        selftest=selftest,
        limits=limits,
        assumed=run.plan.assumed,
        sheet_limits=beside_the_sheets(run, limits),
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return msgspec.json.schema(RunDocument)


def broken_classes(quality: QualityComparison, rules: GateRules) -> tuple[ClassComparison, ...]:
    """Classes that matter whose recall drops by more than the gate allows, worst first."""
    judged = [one for one in quality.classes if rules.judges(one.name)]
    broken = [one for one in judged if drop_of(one) > rules.class_drop]
    return tuple(sorted(broken, key=drop_of, reverse=True))


def accepted_and_faster(document: RunDocument) -> tuple[ArmDocument, ...]:
    """Candidates that are accepted and faster than their own runtime's baseline under every load."""
    found = []
    for arm in document.arms:
        verdicts = [one for one in document.verdicts if one.candidate == arm.name]
        if verdicts and all(one.gate is Gate.ACCEPTED and one.speed is Speed.FASTER for one in verdicts):
            found.append(arm)
    return tuple(found)


def best_accepted(document: RunDocument) -> ArmDocument | None:
    """The quickest, under the first load, of those accepted and faster that also beat the fastest baseline.

    Twice as fast as a slow runtime may still be slower than what another runtime does in FP32.
    """
    candidates = []
    for arm in accepted_and_faster(document):
        measurement = document.measurement(arm.name, document.loads[0])
        comparisons = [document.comparison(arm.name, load) for load in document.loads]
        if measurement is not None and not any(_loses_elsewhere(one) for one in comparisons):
            candidates.append((measurement.quantiles[0].point_s, arm))
    return min(candidates, key=lambda pair: pair[0])[1] if candidates else None


def _loses_elsewhere(comparison: Comparison | None) -> bool:
    against = comparison.against_fastest if comparison else None
    return against is not None and against.lower <= 1.0


def _arm(run: StoredRun, name: str, record: ArmRecord | None, against: Mapping[str, QualityComparison]) -> ArmDocument:
    planned = next(arm for arm in run.plan.arms if arm.name == name)
    artifact = record.artifact if record else None
    return ArmDocument(
        name=name,
        label=planned.label,
        runtime=planned.runtime,
        threads=planned.threads,
        is_baseline=planned.label == run.plan.baseline,
        left_out=planned.recipe.left_out,
        artifact_digest=artifact.digest if artifact else None,
        artifact_bytes=model_bytes(record) if record else None,
        provenance=artifact.provenance if artifact else {},
        settings=other_settings(record.settings) if record else {},
        proof=record.proof.verdict if record and record.proof else None,
        proof_source=record.proof.proof.source if record and record.proof else None,
        memory=memory_figures(record) if record else (),
        quality=record.quality if record else None,
        quality_against_baseline=against.get(name),
        agreement=next((one for one in run.agreements if one.candidate == name), None),
        energy=record.energy if record else None,
        device=planned.device,
        gpu=gpu_figures(record.settings) if record else None,
    )


def model_bytes(record: ArmRecord) -> int | None:
    """Of the model's files; of parameters and buffers where it is code, or nothing before they are made."""
    if record.artifact is not None and record.artifact.size_bytes:
        return record.artifact.size_bytes
    told = record.settings.get(PARAMETER_BYTES, "")
    return int(told) if told.isdecimal() else None
