"""The full audit of a workload's calibration data: every check that `bench` makes, and those too slow for it.

Nothing is stored: the audit is of data, and can be made again whenever they change.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.accuracy.calibration import SPREAD, not_checked
from harness.errors import HarnessError, UsageError
from harness.events import Advanced, AuditCalibration, Audited
from harness.quantize.artifacts import ArtifactCache
from harness.quantize.calibration_audit import NOTHING_FOLLOWS, is_random
from harness.runtimes import registry
from harness.supervisor.calibration import audit
from harness.supervisor.draws import Draws, DrawsDone, DrawStep, check_spread, draw_size
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.preparation import usual_samples
from harness.supervisor.process import WorkerProcess
from harness.variants import parse_variant
from harness.verdict.calibration import rests_on_calibration
from harness.vocabulary import (
    Arm,
    CalibrationAudit,
    CalibrationDraw,
    CalibrationFinding,
    ClassCounts,
    Severity,
    TensorSaturation,
)
from harness.workloads.workload import Workload
from planner.services.exit_codes import ExitCode
from planner.services.gate_rules import QualityAsked, gate_rules
from planner.services.places import openers

SCHEMA = "planner.audit/1"
DEFAULT_DRAWS = 3
DEFAULT_RECIPE = "int8-static:per-channel"
_LEAST_DRAWS = 2
_ORDER = (Severity.INFO, Severity.WARNING, Severity.SERIOUS)

Watcher = Callable[[str, int, int], None]
"""Told what is being done, and how far it is: so many of so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """What a user asks for. `draws` is how often it is quantised anew.

    `samples` is what a recipe takes at most: `None` for what `bench` gives it. Where no runtime is named it is ONNX
    Runtime, or PyTorch where there is only a module.
    """

    samples: int | None = None
    seed: int = 1
    draws: int = DEFAULT_DRAWS
    recipe: str = DEFAULT_RECIPE
    runtime: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        parse_variant(self.recipe)
        if self.samples is not None and self.samples < 1:
            raise UsageError(f"--samples {self.samples}: at least one sample is needed")
        if self.seed < 0:
            raise UsageError(f"--seed {self.seed}: a whole number from 0 is needed")
        if self.draws < 0 or self.draws == 1:
            raise UsageError(f"--draws {self.draws}: two draws or more can differ; 0 leaves them out")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """Everything found. Its JSON form is an API: `schema` changes when a field changes its meaning or goes away.

    `digest` names the audited set of samples; `baseline_accuracy` is that of FP32 where the draws were compared.
    """

    schema: str
    workload: str
    workload_digest: str
    samples: int
    pool: int
    seed: int
    digest: str
    severity: Severity
    findings: tuple[CalibrationFinding, ...]
    classes: tuple[ClassCounts, ...]
    saturation: tuple[TensorSaturation, ...]
    recipe: str
    runtime: str
    draws: tuple[CalibrationDraw, ...]
    baseline_accuracy: float | None

    @property
    def exit_code(self) -> ExitCode:
        """1 where a finding is serious: a candidate calibrated with these data would not be accepted."""
        return ExitCode.REJECTED_OR_SLOWER if self.severity is Severity.SERIOUS else ExitCode.ACCEPTED_AND_FASTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditor:
    """Carries out audits. `watch` is told of the progress, `logs` is where workers write."""

    cache: ArtifactCache
    logs: Path
    watch: Watcher
    patience: Patience

    def audit(self, request: AuditRequest, workload: Workload) -> AuditReport:
        """Make every check.

        Raises:
            UsageError: the recipe is not calibrated, or the model is scripted.
            WorkloadError: data cannot be read.
            WorkerError: the auditing process died or hung.
        """
        arm = audited_arm(request, workload)
        samples = usual_samples(workload) if request.samples is None else request.samples
        found = self._audited(request, workload, samples)
        spread, done = self._spread(request, workload, arm, samples)
        findings = (*found.findings, spread)
        return AuditReport(
            schema=SCHEMA,
            workload=workload.name,
            workload_digest=workload.digest,
            samples=found.samples,
            pool=found.pool,
            seed=request.seed,
            digest=found.digest,
            severity=max((one.severity for one in findings), key=_ORDER.index),
            findings=findings,
            classes=found.classes,
            saturation=found.saturation,
            recipe=arm.label,
            runtime=arm.runtime,
            draws=done.draws,
            baseline_accuracy=done.baseline,
        )

    def _audited(self, request: AuditRequest, workload: Workload, samples: int) -> CalibrationAudit:
        self.watch("reading and comparing samples", 0, 1)
        command = AuditCalibration(workload=workload.reference, samples=samples, seed=request.seed, model_s=None)
        for event in audit(command, start=self._starter(), silence_s=self.patience.with_quantizing()):
            match event:
                case Advanced(done=done, total=total):
                    self.watch("samples through the FP32 model", done, total)
                case Audited(audit=found):
                    return found
        raise UsageError("the audit ended without an answer")

    def _spread(
        self, request: AuditRequest, workload: Workload, arm: Arm, samples: int
    ) -> tuple[CalibrationFinding, DrawsDone]:
        """What several draws come to; one that cannot be made does not take the other checks along."""
        nothing = DrawsDone(draws=(), baseline=None)
        if (reason := _no_draws(request, workload, arm, samples)) is not None:
            return not_checked(SPREAD, reason), nothing
        has_search = workload.described.data.search is not None
        draws = Draws(
            workload=workload,
            arm=arm,
            seeds=range(request.seed, request.seed + request.draws),
            samples=draw_size(workload.split("calibration").samples, wanted=samples),
            split="search" if has_search else "test",
            cache=self.cache,
            start=self._starter(),
            patience=self.patience,
        )
        try:
            done = self._followed(draws.events())
        except HarnessError as error:
            return not_checked(SPREAD, str(error)), nothing
        source = f"the {draws.split} data, {draws.samples} samples a draw"
        return check_spread(done, gate_rules(workload, QualityAsked()), source=source), done

    def _followed(self, events: Iterator[DrawStep | DrawsDone]) -> DrawsDone:
        done = DrawsDone(draws=(), baseline=None)
        for event in events:
            match event:
                case DrawStep(what=what, step=step, steps=steps):
                    self.watch(what, step, steps)
                case DrawsDone():
                    done = event
        return done

    def _starter(self) -> Callable[[str], WorkerProcess]:
        numbers = itertools.count(1)
        return lambda name: WorkerProcess(name, log=self.logs / f"{next(numbers):03d}.log")


def make_auditor(*, cache: ArtifactCache, logs: Path, watch: Watcher) -> Auditor:
    """An auditor with the patience that the environment asks for."""
    return Auditor(cache=cache, logs=logs, watch=watch, patience=read_patience())


def audited_arm(request: AuditRequest, workload: Workload) -> Arm:
    """The arm whose calibration is looked at.

    Raises:
        UsageError: the recipe does not exist or is not calibrated, or the model is scripted.
    """
    if workload.is_simulated:
        raise UsageError(f"{workload.name} is a script for tests: nothing is calibrated there")
    recipe = parse_variant(request.recipe)
    if not rests_on_calibration(recipe):
        raise UsageError(f"--recipe {request.recipe} takes no calibration data: write for example {DEFAULT_RECIPE}")
    runtime = openers(workload)[0] if request.runtime is None else request.runtime
    return Arm(label=recipe.label, recipe=workload.resolve(recipe), runtime=runtime, threads=1)


def _no_draws(request: AuditRequest, workload: Workload, arm: Arm, samples: int) -> str | None:
    """Why no draws are compared."""
    if is_random(workload):
        return NOTHING_FOLLOWS
    if request.draws < _LEAST_DRAWS:
        return "left out by --draws 0"
    here = registry.probe(arm.runtime)
    if not here.is_available:
        return f"{here.reason}; {here.hint}"
    refusal = registry.find_runtime(arm.runtime).refusal(parse_variant(request.recipe))
    if refusal is not None:
        return refusal
    available = workload.split("calibration").samples
    return None if draw_size(available, wanted=samples) else f"{available} calibration samples cannot be drawn twice"
