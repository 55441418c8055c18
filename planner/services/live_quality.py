"""Quality as it arrives: judged from answers while a run is under way, by the rules that conclude it.

What is said here stands in no store: the conclusion judges again, from everything. Nothing here may cost a run its
measurements, so answers that cannot be judged yet are passed over, and the conclusion says why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from numpy import int16
from numpy.typing import NDArray

from harness.accuracy.agreement import compare_answers
from harness.accuracy.comparison import compare_quality
from harness.accuracy.metrics import quality_figures
from harness.errors import HarnessError
from harness.run_events import ArmPredicted, RunEvent
from harness.verdict.answers import judge_answers
from harness.verdict.gate import judge_quality
from harness.vocabulary import Arm, Gate, Plan, Prediction
from harness.workloads.workload import Workload
from planner.services.live import Judged


@dataclass(slots=True, kw_only=True)
class LiveJudge:
    """Remembers what arms have answered. `labels`: the true classes, None where there are none."""

    plan: Plan
    labels: NDArray[int16] | None
    class_names: tuple[str, ...]
    _predictions: dict[str, Prediction] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, workload: Workload) -> "LiveJudge":
        """The judge of a run.

        Raises:
            WorkloadError: the test data are not as described.
        """
        if not workload.has_labels:
            return cls(plan=plan, labels=None, class_names=())
        split = workload.test_split(plan.test_samples, keeps_calibration_apart=plan.keeps_calibration_apart)
        return cls(plan=plan, labels=split.labels, class_names=workload.class_names)

    def recall(self, predictions: Mapping[str, Prediction]) -> Iterator[Judged]:
        """What an interrupted run knows already, by arm."""
        for arm, prediction in predictions.items():
            yield from self._take(arm, prediction)

    def judge(self, event: RunEvent) -> Iterator[Judged]:
        """What an event adds."""
        if isinstance(event, ArmPredicted):
            yield from self._take(event.arm, event.prediction)

    def _take(self, arm: str, prediction: Prediction) -> Iterator[Judged]:
        self._predictions[arm] = prediction
        yield Judged(arm=arm, accuracy=self._accuracy(prediction))
        for candidate in self.plan.arms:
            baseline = self.plan.baseline_of(candidate)
            if baseline is None or arm not in {candidate.name, baseline.name}:
                continue
            if {candidate.name, baseline.name} <= self._predictions.keys():
                yield self._gate(candidate, baseline)

    def _accuracy(self, prediction: Prediction) -> float | None:
        if self.labels is None:
            return None
        try:
            return quality_figures(prediction, self.labels, self.class_names).accuracy
        except HarnessError:
            return None

    def _gate(self, candidate: Arm, baseline: Arm) -> Judged:
        theirs, ours = self._predictions[candidate.name], self._predictions[baseline.name]
        try:
            gate, reason = self._judged(candidate, baseline, theirs, ours)
        except HarnessError as error:
            gate, reason = Gate.NOT_MEASURED, str(error)
        return Judged(arm=candidate.name, accuracy=self._accuracy(theirs), gate=gate, reason=reason)

    def _judged(self, candidate: Arm, baseline: Arm, theirs: Prediction, ours: Prediction) -> tuple[Gate, str]:
        agreement = compare_answers(candidate.name, baseline.name, theirs=theirs, ours=ours)
        has_labels = self.labels is not None
        told = judge_answers(candidate=theirs, baseline=ours, agreement=agreement, has_labels=has_labels)
        if told is not None or self.labels is None:
            return told or (Gate.NOT_MEASURED, "")
        comparison = compare_quality(theirs, ours, self.labels, self.class_names, self.plan.gate)
        gate, reasons = judge_quality(comparison, self.plan.gate)
        return gate, reasons[0] if reasons else ""
