"""The ten points before deployment: what evidence makes of each, and what a person's word may change."""

from dataclasses import replace
from typing import Any

import pytest
from helpers.builders import (
    DIGEST,
    FP32,
    INT8,
    make_arm,
    make_calibration_finding,
    make_class_comparison,
    make_comparison,
    make_memory,
    make_plan,
    make_proof,
    make_proof_verdict,
    make_quality,
    make_quality_comparison,
    make_ratio,
    make_verdict,
)
from helpers.plans import keep, record_priced_run, request_of
from helpers.stored_runs import make_arm_record, make_stored_run
from helpers.stores import passing_store

from harness.errors import UsageError
from harness.quantize.calibration_audit import DATA
from harness.vocabulary import Gate, ProofState, Severity, Speed
from planner.services.checklist.attesting import attest, find_point, withdraw
from planner.services.checklist.document import Checklist, Found, Point, State
from planner.services.checklist.machine_points import latency, memory, target_hardware
from planner.services.checklist.making import checklist_of
from planner.services.checklist.quality_points import (
    RANDOM_DATA,
    accuracy_loss,
    calibration,
    fp32_accuracy,
    per_class,
)
from planner.services.checklist.section import checklist_section
from planner.services.checklist.subject import Subject, subject_of
from planner.services.plans.document import PlanDocument
from planner.store import ArmRecord, ProofRecord
from planner.store.records import ArtifactRecord, QualityComparisonRecord
from pricing.projection.model import ColumnName

NOT_AS_NAMED = ProofRecord(
    proof=make_proof(), verdict=make_proof_verdict(state=ProofState.NOT_AS_NAMED, reason="it ran in bf16")
)
SOUND = make_quality_comparison(
    samples=10_000,
    baseline_accuracy=0.9,
    candidate_accuracy=0.899,
    lost=20,
    gained=10,
    lower=-0.003,
    upper=0.001,
    classes=tuple(
        make_class_comparison(name=name, support=5000, candidate=0.899, lost=5, lower=-0.01, upper=0.0)
        for name in ("shirt", "coat")
    ),
)


def subject(**fields: Any) -> Subject:  # noqa: ANN401 - an override has its field's type
    """The best candidate of a run as the store gives it back."""
    return subject_of(make_stored_run(**fields), plan=None, candidate=None)


def arms(fp32: dict[str, Any] | None = None, int8: dict[str, Any] | None = None) -> tuple[ArmRecord, ...]:
    return make_arm_record(FP32, **(fp32 or {})), make_arm_record(INT8, **(int8 or {}))


def calibrated(samples: int, *findings: Any) -> Found:  # noqa: ANN401 - findings
    made = ArtifactRecord(digest=DIGEST, size_bytes=1, provenance={"calibration_digests": ["a"] * samples})
    return calibration(subject(arms=arms(int8={"artifact": made}), calibration_findings=findings))


def compared(comparison: Any, gate: Gate) -> Subject:  # noqa: ANN401 - a comparison
    record = QualityComparisonRecord(candidate=INT8, baseline=FP32, comparison=comparison)
    return subject(quality_comparisons=(record,), verdicts=(make_verdict(gate=gate, gate_reasons=("because",)),))


def gain(lower: float, upper: float, **verdict: Any) -> Found:  # noqa: ANN401 - fields
    ratio = make_ratio(point=(lower + upper) / 2, lower=lower, upper=upper)
    return latency(subject(comparisons=(make_comparison(ratio=ratio),), verdicts=(make_verdict(**verdict),)))


def test_fp32_accuracy_is_evidenced_by_counted_answers_and_refuted_where_it_was_not_fp32() -> None:
    quality = make_quality()
    assert fp32_accuracy(subject()).state is State.OPEN
    found = fp32_accuracy(subject(arms=arms(fp32={"quality": quality})))
    assert (found.state, found.rests_on) == (State.EVIDENCED, ("run abcd1234", f"arm {FP32}"))
    assert f"of {quality.samples} test samples" in found.sentence
    assert fp32_accuracy(subject(arms=arms(fp32={"quality": quality, "proof": NOT_AS_NAMED}))).state is State.REFUTED


def test_calibration_says_how_many_samples_were_used_and_what_the_audit_found() -> None:
    fine = make_calibration_finding(check="distribution", severity=Severity.INFO, sentence="looks alike")
    serious = replace(fine, check="overlap", severity=Severity.SERIOUS, sentence="overlaps with the test data")
    doubtful = replace(fine, severity=Severity.WARNING, sentence="looks otherwise")
    random = replace(fine, check=RANDOM_DATA)

    assert RANDOM_DATA == DATA
    assert calibrated(512, fine).state is State.EVIDENCED
    assert calibrated(512, fine, doubtful).state is State.OPEN
    assert calibrated(512).state is State.OPEN
    few, overlapping = calibrated(256, fine), calibrated(512, serious)
    assert (few.state, overlapping.state, calibrated(512, random).state) == (State.REFUTED,) * 3
    assert "not confirmed: 256 samples were used, 500 are asked for (looks alike)" in few.sentence
    assert "overlaps with the test data" in overlapping.sentence
    assert calibration(subject()).state is State.OPEN  # made elsewhere
    dynamic = make_plan(arms=(make_arm("fp32"), make_arm("int8-dynamic:per-channel")))
    assert calibration(subject(plan=dynamic, verdicts=(), measurements=())).state is State.EVIDENCED


def test_the_loss_and_the_classes_are_judged_by_the_gates_own_questions() -> None:
    assert accuracy_loss(subject()).state is State.OPEN
    sound = compared(SOUND, Gate.ACCEPTED)
    assert (accuracy_loss(sound).state, per_class(sound).state) == (State.EVIDENCED, State.EVIDENCED)
    assert "less than 1 % is allowed" in accuracy_loss(sound).sentence
    assert "(2 classes judged)" in per_class(sound).sentence

    coat = make_class_comparison(
        name="coat", support=5000, baseline=0.9, candidate=0.5, lost=2000, lower=-0.5, upper=-0.3
    )
    broken = compared(replace(SOUND, classes=(coat,)), Gate.REJECTED)
    assert (accuracy_loss(broken).state, per_class(broken).state) == (State.EVIDENCED, State.REFUTED)
    assert per_class(broken).sentence.startswith("coat loses 40.0 points")

    assert accuracy_loss(compared(SOUND, Gate.UNPROVEN)).state is State.OPEN  # calibration data withhold acceptance
    assert accuracy_loss(compared(SOUND, Gate.REJECTED)).state is State.REFUTED
    assert accuracy_loss(compared(make_quality_comparison(), Gate.UNPROVEN)).state is not State.EVIDENCED
    assert per_class(compared(replace(SOUND, classes=()), Gate.ACCEPTED)).state is State.OPEN


@pytest.mark.parametrize(
    ("lower", "upper", "state", "told"),
    [
        (2.1, 2.3, State.EVIDENCED, "confirmed: batch 1: 2.20× (2.10 to 2.30)"),
        (1.3, 1.5, State.REFUTED, "not confirmed: batch 1: 1.40×"),
        (1.9, 2.3, State.OPEN, "confirmed only in part"),
        (4.5, 5.5, State.OPEN, "the baseline is a weak one"),
    ],
)
def test_a_gain_is_confirmed_by_its_whole_interval(lower: float, upper: float, state: State, told: str) -> None:
    found = gain(lower, upper)
    assert found.state is state
    assert told in found.sentence


def test_a_gain_of_what_is_not_int8_or_loses_to_another_runtime_is_none() -> None:
    assert gain(2.1, 2.3, speed=Speed.NOT_INT8).state is State.REFUTED
    assert gain(2.1, 2.3, speed=Speed.INCONCLUSIVE).state is State.OPEN
    faster = make_comparison(
        ratio=make_ratio(point=2.2, lower=2.1, upper=2.3),
        against_fastest=make_ratio(point=0.9, lower=0.85, upper=0.95),
        fastest_baseline="openvino/fp32",
    )
    found = latency(subject(comparisons=(faster,)))
    assert found.state is State.REFUTED
    assert "0.90× against the fastest baseline, openvino/fp32" in found.sentence
    assert latency(subject()).state is State.OPEN


def test_a_load_under_which_nothing_was_decided_leaves_the_gain_open() -> None:
    decided = make_comparison(ratio=make_ratio(point=2.2, lower=2.1, upper=2.3))
    undecided = replace(decided, batch=32, ratio=None)
    found = latency(subject(plan=make_plan(batches=(1, 32)), comparisons=(decided, undecided)))
    assert found.state is State.OPEN
    assert found.sentence.startswith("confirmed only in part: batch 1: 2.20×")
    assert found.sentence.endswith("batch 32: not decided")


@pytest.mark.parametrize(
    ("ours", "state"), [(60, State.EVIDENCED), (100, State.REFUTED), (150, State.REFUTED), (95, State.OPEN)]
)
def test_memory_is_compared_over_launches(ours: int, state: State) -> None:
    def peaks(*megabytes: int) -> dict[str, Any]:
        return {"memory": tuple(make_memory(launch=i, peak_bytes=mb * 10**6) for i, mb in enumerate(megabytes))}

    found = memory(subject(arms=arms(fp32=peaks(90, 100, 110), int8=peaks(ours, ours, ours))))
    assert found.state is state
    assert memory(subject()).state is State.OPEN


def test_it_ran_on_the_target_only_where_it_was_measured_there() -> None:
    assert target_hardware(subject()).state is State.EVIDENCED
    assert "on epyc-genoa" in target_hardware(subject()).sentence
    assert target_hardware(subject(arms=arms(int8={"proof": NOT_AS_NAMED}))).state is State.REFUTED
    assert target_hardware(subject(arms=arms(int8={"proof": None}))).state is State.OPEN


def test_a_plan_that_serves_elsewhere_leaves_the_target_open() -> None:
    with passing_store() as store:
        run_id, other = record_priced_run(store), record_priced_run(store)
        here = keep(store, replace(request_of(run_id), draws=100))
        points = [checklist_of(store, run_id, plan=plan).points[2] for plan in (here, moved(here))]
        foreign = checklist_of(store, other, plan=here).points[2]

    assert [one.state for one in points] == [State.EVIDENCED, State.OPEN]
    assert f"plan {here.plan} serves on epyc-genoa" in points[0].sentence
    assert "the plan serves on t4, whose rate is projected (level 2) and not measured" in points[1].sentence
    assert str(points[1].todo).startswith("on t4: planner bench")
    assert (foreign.state, f"planner plan --run {other}" in str(foreign.todo)) == (State.OPEN, True)


def moved(plan: PlanDocument) -> PlanDocument:
    """The same with its changed fleet on a card on which nothing was measured."""
    (one,) = plan.projections
    columns = []
    for column in one.columns:
        evidence = replace(column.rate.evidence, kind="projected", level=2)
        is_stay = column.name is ColumnName.STAY
        columns.append(
            column if is_stay else replace(column, target="t4", rate=replace(column.rate, evidence=evidence))
        )
    return replace(plan, projections=(replace(one, columns=tuple(columns)),))


def test_a_simulated_run_shows_nothing() -> None:
    with passing_store() as store:
        checklist = checklist_of(store, record_priced_run(store, is_simulated=True))
        assert {one.state for one in checklist.points} == {State.OPEN}
        assert checklist.exit_code == 3
        assert "simulation" in checklist.notes[0]


def test_a_word_closes_what_is_open_and_changes_nothing_that_is_refuted() -> None:
    with passing_store() as store:
        run_id = record_priced_run(store, gate=Gate.REJECTED)
        before = checklist_of(store, run_id)
        for point in (Point.ROLLBACK, Point.ACCURACY_LOSS):
            attest(store, before, point, by=" A.\x1b[31m Name ", note="drill\nof November", names_arm=False)

        states, said = _points(checklist_of(store, run_id))
        assert (states[Point.ROLLBACK], states[Point.ACCURACY_LOSS]) == (State.ATTESTED, State.REFUTED)
        assert (said[Point.ROLLBACK].by, said[Point.ROLLBACK].note) == ("A. [31m Name", "drill of November")
        assert (said[Point.ROLLBACK].candidate, said[Point.ACCURACY_LOSS].candidate) == (None, INT8)
        assert checklist_of(store, run_id).exit_code == 1

        assert withdraw(store, before, Point.ROLLBACK, names_arm=False) == 1
        assert _points(checklist_of(store, run_id))[0][Point.ROLLBACK] is State.OPEN
        with pytest.raises(UsageError, match="nobody vouches for rollback"):
            withdraw(store, before, Point.ROLLBACK, names_arm=False)


def test_a_misspelt_point_and_a_word_of_nobody_are_refused() -> None:
    with pytest.raises(UsageError, match=r"'rolback' is no point \(did you mean rollback\?\): there are fp32-accuracy"):
        find_point("rolback", option="--attest")
    with passing_store() as store:
        checklist = checklist_of(store, record_priced_run(store))
        for by, note in (("", "x"), ("\u202e\x00", "x"), ("A", " "), ("A" * 101, "x"), ("A", "x" * 501)):
            with pytest.raises(UsageError, match=r"--by|--note"):
                attest(store, checklist, Point.CI, by=by, note=note, names_arm=False)
        assert store.attestations(checklist.run) == ()


def test_a_report_shows_every_point_with_its_sign_and_what_is_left() -> None:
    with passing_store() as store:
        run_id = record_priced_run(store)
        checklist = checklist_of(store, run_id)
        attest(store, checklist, Point.CI, by="=cmd", note="<b>", names_arm=False)
        section = checklist_section([checklist_of(store, run_id)], missing=["deadbeef"])

    tables = [block for block in section.blocks if type(block).__name__ == "Table"]
    assert len(tables[0].rows) == 10  # type: ignore[union-attr] # picked by name
    assert "deadbeef was deleted" in str(section.blocks[1])
    assert "=cmd" in str(tables[0])
    assert "planner bench" in str(checklist_section([]))
    assert "No run of this plan measured a, b" in str(checklist_section([checklist], without=["a", "b"]))


def _points(checklist: Checklist) -> tuple[dict[Point, State], dict[Point, Any]]:
    states = {one.point: one.state for one in checklist.points}
    return states, {one.point: one.attested for one in checklist.points}
