"""From the evidence in the store to figures and verdicts, and back into the store.

Everything here can be done again from what is stored: nothing is measured.
"""

import itertools
from collections.abc import Iterator, Mapping

from harness.accuracy.comparison import compare_quality
from harness.accuracy.metrics import quality_figures
from harness.analysis import compare, measure
from harness.statistics.stopping import LookSchedule
from harness.verdict.judge import judge
from harness.vocabulary import Arm, Comparison, QualityComparison, Verdict
from harness.workloads.folder import Workload
from planner.store.records import StoredRun
from planner.store.repository import Store


def conclude(store: Store, run_id: str, workload: Workload) -> tuple[Verdict, ...]:
    """Compute and store measurements, quality, comparisons and verdicts of a run."""
    run = store.load(run_id)
    quality = _judge_quality(store, run, workload)
    rounds = store.rounds(run_id)
    confidence = LookSchedule().per_look_confidence
    comparisons: dict[tuple[str, int], Comparison] = {}
    for batch in run.plan.batches:
        for measurement in measure(run.plan, rounds, batch=batch):
            store.record_measurement(run_id, measurement)
        for comparison in compare(run.plan, rounds, batch=batch, confidence=confidence):
            store.record_comparison(run_id, comparison)
            comparisons[comparison.candidate, batch] = comparison
    verdicts = tuple(_verdicts(run, comparisons, quality))
    for verdict in verdicts:
        store.record_verdict(run_id, verdict)
    return verdicts


def _judge_quality(store: Store, run: StoredRun, workload: Workload) -> dict[str, QualityComparison]:
    labels = workload.split("test").labels
    predictions = {arm.name: arm.prediction for arm in run.arms if arm.prediction is not None}
    compared = {}
    for name, prediction in predictions.items():
        store.record_quality(run.run_id, name, quality_figures(prediction, labels, workload.class_names))
    for arm in run.plan.arms:
        baseline = run.plan.baseline_of(arm)
        if baseline is None or not {arm.name, baseline.name} <= predictions.keys():
            continue
        if predictions[arm.name].non_finite or predictions[baseline.name].non_finite:
            continue  # `_quality_reason` says so
        comparison = compare_quality(
            predictions[arm.name], predictions[baseline.name], labels, workload.class_names, run.plan.gate
        )
        store.record_quality_comparison(run.run_id, arm.name, baseline.name, comparison)
        compared[arm.name] = comparison
    return compared


def _quality_reason(run: StoredRun, *arms: Arm) -> str | None:
    """Why answers that are here cannot be judged."""
    for arm in arms:
        record = run.arm(arm.name)
        prediction = record.prediction if record else None
        if prediction is not None and prediction.non_finite:
            return (
                f"{arm.name} gave scores that are no finite numbers for {prediction.non_finite} of {prediction.samples}"
            )
    return None


def _verdicts(
    run: StoredRun, comparisons: Mapping[tuple[str, int], Comparison], quality: Mapping[str, QualityComparison]
) -> Iterator[Verdict]:
    proofs = {arm.name: arm.proof.verdict for arm in run.arms if arm.proof is not None}
    failures = {failure.arm: failure for failure in run.failures}
    for arm, batch in itertools.product(run.plan.arms, run.plan.batches):
        baseline = run.plan.baseline_of(arm)
        if baseline is not None:
            yield judge(
                arm,
                baseline,
                batch,
                comparison=comparisons.get((arm.name, batch)),
                quality=quality.get(arm.name),
                proofs=proofs,
                failures=failures,
                timing=run.plan.timing,
                gate=run.plan.gate,
                quality_reason=_quality_reason(run, arm, baseline),
            )
