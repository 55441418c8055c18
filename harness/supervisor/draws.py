"""How much a recipe's result depends on which calibration samples it happened to get.

Quantises with several seeded draws and lets every result, and FP32, answer the same held-out samples. What
earlier audits quantised comes from the cache.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.accuracy.agreement import compare_answers
from harness.accuracy.calibration import SPREAD, finding, not_checked
from harness.accuracy.metrics import predicted_classes
from harness.errors import MeasurementError
from harness.events import Advanced, Evaluate, Evaluated, Load, Loaded
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import ArmFailed, ArtifactReady
from harness.supervisor.calibration import Start
from harness.supervisor.patience import Patience
from harness.supervisor.preparation import prepare_artifacts
from harness.vocabulary import (
    Arm,
    CalibrationDraw,
    CalibrationFinding,
    GateRules,
    Method,
    Plan,
    Prediction,
    Recipe,
    Severity,
    TimingRules,
)
from harness.workloads.workload import Workload

LARGEST_SNR_SPREAD_DB = 3.0
"""Between draws, where there are no labels: one result then holds twice the error power of another."""
_EVALUATION_BATCH = 16
_LEAST_DRAWS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawStep:
    """A step is about to be taken, number `step` of `steps`, from 1."""

    what: str
    step: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawsDone:
    """What came of every draw; `baseline` is FP32's own accuracy, where there are labels."""

    draws: tuple[CalibrationDraw, ...]
    baseline: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Quantises `arm` with draws of `samples` calibration samples by each seed, and evaluates them on `split`."""

    workload: Workload
    arm: Arm
    seeds: Sequence[int]
    samples: int
    split: str
    cache: ArtifactCache
    start: Start
    patience: Patience

    def events(self) -> Iterator[DrawStep | DrawsDone]:
        """Tell every step, then what came of it.

        Raises:
            MeasurementError: a draw could not be quantised.
            WorkerError: a worker died or was silent.
        """
        steps = 1 + 2 * len(self.seeds)
        counted = itertools.count(1)
        baseline = Arm(
            label="fp32", recipe=Recipe(method=Method.FP32), runtime=self.arm.runtime, threads=self.arm.threads
        )
        yield DrawStep(what="fp32 answers", step=next(counted), steps=steps)
        truth = self._answers(baseline, self._artifact(baseline, seed=self.seeds[0]))
        found = []
        for seed in self.seeds:
            yield DrawStep(what=f"quantising, draw {seed}", step=next(counted), steps=steps)
            artifact = self._artifact(self.arm, seed=seed)
            yield DrawStep(what=f"draw {seed} answers", step=next(counted), steps=steps)
            found.append(self._compared(seed, self._answers(self.arm, artifact), truth))
        yield DrawsDone(draws=tuple(found), baseline=self._accuracy(truth))

    def _artifact(self, arm: Arm, *, seed: int) -> str:
        for event in prepare_artifacts(
            self._plan(arm, seed),
            self.workload,
            cache=self.cache,
            start=self.start,
            at_once=1,
            silence_s=self.patience.with_quantizing(),
            samples=self.samples,
        ):
            match event:
                case ArtifactReady(artifact=artifact):
                    return artifact.path
                case ArmFailed(failure=failure):
                    raise MeasurementError(f"{failure.message}; {failure.hint}")
        raise MeasurementError(f"{arm.name} got no artifact")

    def _plan(self, arm: Arm, seed: int) -> Plan:
        return Plan(
            workload=self.workload.reference,
            workload_digest=self.workload.digest,
            arms=(arm,),
            batches=(1,),
            baseline="fp32",
            seed=seed,
            timing=TimingRules(),
            gate=GateRules(),
        )

    def _answers(self, arm: Arm, artifact: str) -> Prediction:
        load = Load(arm=arm, workload=self.workload.reference, artifact=artifact, batches=(), launch=0)
        worker = self.start(arm.name)
        try:
            worker.ask(load, Loaded, timeout_s=self.patience.with_loading())
            worker.send(Evaluate(batch=_EVALUATION_BATCH, split=self.split))
            while isinstance(event := worker.receive(timeout_s=self.patience.with_evaluating()), Advanced):
                continue
            if not isinstance(event, Evaluated):
                raise MeasurementError(f"{arm.name} answered Evaluate with {type(event).__name__}")
            return event.prediction
        finally:
            worker.close()

    def _compared(self, seed: int, prediction: Prediction, truth: Prediction) -> CalibrationDraw:
        agreement = compare_answers(self.arm.name, "fp32", theirs=prediction, ours=truth)
        return CalibrationDraw(
            seed=seed, accuracy=self._accuracy(prediction), same_class=agreement.same_class, snr_db=agreement.snr_db
        )

    def _accuracy(self, prediction: Prediction) -> float | None:
        """The share of right answers; `None` for the test data, whose labels are for judging alone."""
        labels = self.workload.split(self.split).labels
        if self.split == "test" or labels is None or not self.workload.has_labels:
            return None
        return float((predicted_classes(prediction, labels, self.workload.class_names) == labels).mean())


def check_spread(done: DrawsDone, rules: GateRules, *, source: str) -> CalibrationFinding:
    """Do draws differ by more than the gate lets a candidate lose? `source` says on whose data they were compared."""
    accuracies = [one.accuracy for one in done.draws if one.accuracy is not None]
    if done.baseline is not None and len(accuracies) >= _LEAST_DRAWS:
        return _spread_of(accuracies, rules.overall_loss * done.baseline, f"accuracy on {source}")
    same = [one.same_class for one in done.draws if one.same_class is not None]
    if len(same) >= _LEAST_DRAWS:
        return _spread_of(same, rules.overall_loss, f"agreement with FP32 on {source}")
    ratios = [one.snr_db for one in done.draws if one.snr_db is not None and math.isfinite(one.snr_db)]
    if len(ratios) >= _LEAST_DRAWS:
        apart = max(ratios) - min(ratios)
        told = f"{len(ratios)} draws give outputs with {min(ratios):.1f} to {max(ratios):.1f} dB above their error"
        is_wide = apart > LARGEST_SNR_SPREAD_DB
        return _judged(f"{told} on {source}", f"{LARGEST_SNR_SPREAD_DB:g} dB", is_wide=is_wide)
    return not_checked(SPREAD, "fewer than two draws gave an answer that can be compared")


def _spread_of(shares: Sequence[float], tolerance: float, what: str) -> CalibrationFinding:
    apart = max(shares) - min(shares)
    told = f"{len(shares)} draws give {100 * min(shares):.2f} to {100 * max(shares):.2f} % {what}"
    return _judged(told, f"{100 * tolerance:.2f} points", is_wide=apart > tolerance)


def _judged(told: str, tolerance: str, *, is_wide: bool) -> CalibrationFinding:
    if not is_wide:
        return finding(SPREAD, Severity.INFO, f"{told}, within the tolerance of {tolerance}")
    return finding(
        SPREAD,
        Severity.WARNING,
        f"{told}, further apart than the tolerance of {tolerance}: the draw decides the result; take more samples",
    )


def draw_size(source: int, *, wanted: int) -> int:
    """Samples a draw: as many as a recipe takes, but at most half of what there is, lest draws be the same samples."""
    return min(wanted, source // 2)
