"""INT8 models judged alike: answers, proof, paired timing, and planner's own gate over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.arms import BATCH, Recording
from benchmarks.result import BenchmarkError
from harness.accuracy.comparison import compare_quality
from harness.analysis import compare, measure
from harness.events import Advanced, Evaluate, Evaluated, Prove, Proved
from harness.statistics.stopping import LookSchedule
from harness.supervisor.evaluation import EVALUATION_BATCH
from harness.supervisor.patience import read_patience
from harness.supervisor.process import WorkerProcess
from harness.verdict.judge import judge
from harness.verdict.precision import judge_proof
from harness.vocabulary import Arm, Gate, LoadPoint, Plan, Prediction, ProofVerdict, TimingRules, Verdict
from harness.workloads.workload import Workload

LOAD = LoadPoint(batch=BATCH)
_SAME_SPEED, _SAME_DROP = TimingRules().equivalence, 0.005
OURS = ("int8-static:per-channel", "int8-mixed:per-channel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One INT8 model: median latency, drop of the worst class, what ran, and the verdict of planner's own gate."""

    arm: Arm
    p50_s: float
    worst_drop: float
    accuracy: float
    speed_up: float | None
    proof: ProofVerdict
    verdict: Verdict


def predict(worker: WorkerProcess) -> Prediction:
    """The answers to all test samples that were asked for."""
    silence_s = read_patience().with_evaluating()
    worker.send(Evaluate(batch=EVALUATION_BATCH))
    while True:
        event = worker.receive(timeout_s=silence_s)
        if isinstance(event, Evaluated):
            return event.prediction
        if not isinstance(event, Advanced):
            raise BenchmarkError(f"{worker.name} answered an evaluation with {type(event).__name__}")


def prove(worker: WorkerProcess, arm: Arm) -> ProofVerdict:
    """Which precision ran, and whether that is what the arm is named."""
    proved = worker.ask(Prove(), Proved, timeout_s=read_patience().with_loading())
    return judge_proof(proved.proof, arm.recipe)


def judge_all(
    recording: Recording,
    workload: Workload,
    predictions: Mapping[str, Prediction],
    proofs: Mapping[str, ProofVerdict],
) -> list[Judged]:
    """Every INT8 model of a recording, against the FP32 of its own runtime."""
    plan = recording.plan
    confidence = LookSchedule().per_look_confidence
    comparisons = {one.candidate: one for one in compare(plan, recording.rounds, load=LOAD, confidence=confidence)}
    p50_s = {one.arm: one.quantiles[0].point_s for one in measure(plan, recording.rounds, load=LOAD)}
    judged = []
    for arm, baseline in _pairs(plan):
        quality = compare_quality(
            predictions[arm.name],
            predictions[baseline.name],
            _labels(workload, plan),
            workload.class_names,
            plan.gate,
        )
        comparison = comparisons[arm.name]
        verdict = judge(
            arm,
            baseline,
            LOAD,
            comparison=comparison,
            quality=quality,
            proofs=proofs,
            failures={},
            timing=plan.timing,
            gate=plan.gate,
            answers=None,
            findings=(),
        )
        worst = quality.classes[0]
        judged.append(
            Judged(
                arm=arm,
                p50_s=p50_s[arm.name],
                worst_drop=(worst.lost - worst.gained) / worst.support if worst.support else 0.0,
                accuracy=quality.candidate_accuracy,
                speed_up=comparison.ratio.point if comparison.ratio else None,
                proof=proofs[arm.name],
                verdict=verdict,
            )
        )
    return judged


def _pairs(plan: Plan) -> list[tuple[Arm, Arm]]:
    found = [(arm, plan.baseline_of(arm)) for arm in plan.arms]
    return [(arm, baseline) for arm, baseline in found if baseline is not None]


def _labels(workload: Workload, plan: Plan) -> NDArray[np.int16]:
    labels = workload.test_split(plan.test_samples).labels
    if labels is None:
        raise BenchmarkError(f"{workload.name} has no labels to judge by")
    return labels


def chosen(judged: Sequence[Judged]) -> Judged | None:
    """What planner would use: the quickest of its own that its gate does not reject."""
    ours = [one for one in judged if one.arm.label in OURS and one.verdict.gate is not Gate.REJECTED]
    return min(ours, key=lambda one: one.p50_s, default=None)


def dominates(one: Judged, other: Judged) -> bool:
    """Whether one beats the other on latency or worst-class drop, and loses on neither.

    Speeds within 2 % are the same, as for a run; so are drops within half a point, two samples of a class of 300.
    """
    is_faster = one.p50_s * (1.0 + _SAME_SPEED) < other.p50_s
    is_slower = one.p50_s > other.p50_s * (1.0 + _SAME_SPEED)
    is_better = one.worst_drop + _SAME_DROP < other.worst_drop
    is_worse = one.worst_drop > other.worst_drop + _SAME_DROP
    return (is_faster or is_better) and not (is_slower or is_worse)
