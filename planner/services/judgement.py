"""From the evidence in the store to figures and verdicts, and back into the store.

Everything here can be done again from what is stored: nothing is measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.accuracy.agreement import compare_answers
from harness.accuracy.comparison import compare_quality
from harness.accuracy.metrics import quality_figures
from harness.analysis import compare, measure
from harness.statistics.rate_search import ratio_of_rates
from harness.statistics.stopping import LookSchedule
from harness.verdict.answers import judge_answers
from harness.verdict.judge import judge
from harness.verdict.server import judge_server
from harness.vocabulary import (
    Agreement,
    Arm,
    Comparison,
    Failure,
    Gate,
    LoadPoint,
    Prediction,
    ProofVerdict,
    QualityComparison,
    ServerRules,
    Verdict,
    trial_name,
)
from harness.workloads.workload import Workload
from planner.store.records import StoredRun
from planner.store.repository import Store

_Pair = tuple[Arm, Arm]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What is known of candidates' answers, by name; `verdicts` are those of the gate that come before quality."""

    quality: Mapping[str, QualityComparison]
    verdicts: Mapping[str, tuple[Gate, str]]


def conclude(store: Store, run_id: str, workload: Workload) -> tuple[Verdict, ...]:
    """Compute and store measurements, agreement, quality, comparisons and verdicts of a run."""
    run = store.load(run_id)
    judged = _judge_answers(store, run, workload)
    rounds = store.rounds(run_id)
    confidence = LookSchedule().per_look_confidence
    comparisons: dict[tuple[str, LoadPoint], Comparison] = {}
    for load in run.plan.loads:
        for measurement in measure(run.plan, rounds, load=load):
            store.record_measurement(run_id, measurement)
        for comparison in compare(run.plan, rounds, load=load, confidence=confidence):
            store.record_comparison(run_id, comparison)
            comparisons[comparison.candidate, load] = comparison
    verdicts = tuple(_verdicts(run, comparisons, judged))
    for verdict in verdicts:
        store.record_verdict(run_id, verdict)
    return verdicts


def _judge_answers(store: Store, run: StoredRun, workload: Workload) -> _Judged:
    predictions = {arm.name: arm.prediction for arm in run.arms if arm.prediction is not None}
    agreements = _compare_answers(store, run, predictions)
    verdicts = {}
    for candidate, baseline in _pairs(run):
        found = judge_answers(
            candidate=predictions.get(candidate.name),
            baseline=predictions.get(baseline.name),
            agreement=agreements.get(candidate.name),
            has_labels=workload.has_labels,
        )
        if found is not None:
            verdicts[candidate.name] = found
    quality = _judge_quality(store, run, workload, predictions, set(verdicts)) if workload.has_labels else {}
    return _Judged(quality=quality, verdicts=verdicts)


def _compare_answers(store: Store, run: StoredRun, predictions: Mapping[str, Prediction]) -> dict[str, Agreement]:
    """Agreement of every pair that has answered, with labels or without."""
    found = {}
    for candidate, baseline in _pairs(run):
        if {candidate.name, baseline.name} <= predictions.keys():
            theirs, ours = predictions[candidate.name], predictions[baseline.name]
            found[candidate.name] = compare_answers(candidate.name, baseline.name, theirs=theirs, ours=ours)
            store.record_agreement(run.run_id, found[candidate.name])
    return found


def _judge_quality(
    store: Store,
    run: StoredRun,
    workload: Workload,
    predictions: Mapping[str, Prediction],
    unsound: set[str],
) -> dict[str, QualityComparison]:
    """Every arm's metric, and each candidate's against its baseline's unless its answers are `unsound`."""
    plan = run.plan
    labels = workload.test_split(plan.test_samples, keeps_calibration_apart=plan.keeps_calibration_apart).labels
    if labels is None:
        return {}
    for name, prediction in predictions.items():
        store.record_quality(run.run_id, name, quality_figures(prediction, labels, workload.class_names))
    compared = {}
    for candidate, baseline in _pairs(run):
        if candidate.name in unsound or not {candidate.name, baseline.name} <= predictions.keys():
            continue
        comparison = compare_quality(
            predictions[candidate.name], predictions[baseline.name], labels, workload.class_names, run.plan.gate
        )
        store.record_quality_comparison(run.run_id, candidate.name, baseline.name, comparison)
        compared[candidate.name] = comparison
    return compared


def _pairs(run: StoredRun) -> Iterator[_Pair]:
    """Every candidate with its baseline."""
    for arm in run.plan.arms:
        baseline = run.plan.baseline_of(arm)
        if baseline is not None:
            yield arm, baseline


def _verdicts(
    run: StoredRun, comparisons: Mapping[tuple[str, LoadPoint], Comparison], judged: _Judged
) -> Iterator[Verdict]:
    proofs = {arm.name: arm.proof.verdict for arm in run.arms if arm.proof is not None}
    for candidate, baseline in _pairs(run):
        found = [
            judge(
                candidate,
                baseline,
                load,
                comparison=comparisons.get((candidate.name, load)),
                quality=judged.quality.get(candidate.name),
                proofs=proofs,
                failures=_failures_at(run, load.batch),
                timing=run.plan.timing,
                gate=run.plan.gate,
                answers=judged.verdicts.get(candidate.name),
                findings=run.calibration_findings,
            )
            for load in run.plan.loads
        ]
        yield from found
        if run.plan.server is not None:
            yield _served(run, found[0], run.plan.server, proofs)


def _failures_at(run: StoredRun, batch: int) -> dict[str, Failure]:
    """By arm, those of the arm and those of this batch size alone."""
    found = {failure.arm: failure for failure in run.failures}
    for arm in run.plan.arms:
        of_batch = found.get(trial_name(arm.name, batch))
        if of_batch is not None:
            found.setdefault(arm.name, of_batch)
    return found


def _served(run: StoredRun, verdict: Verdict, rules: ServerRules, proofs: Mapping[str, ProofVerdict]) -> Verdict:
    rates = {rate.arm: rate for rate in run.server_rates}
    candidate, baseline = rates.get(verdict.candidate), rates.get(verdict.baseline)
    ratio = ratio_of_rates(candidate, baseline) if candidate and baseline else None
    return judge_server(verdict, ratio=ratio, rates=rates, rules=rules, timing=run.plan.timing, proofs=proofs)
