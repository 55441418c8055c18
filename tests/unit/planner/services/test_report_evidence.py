"""The evidence side of a report: what runs of a plan measured, and what page one must say of them."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.builders import (
    FP32,
    INT8,
    make_agreement,
    make_calibration_finding,
    make_comparison,
    make_cpu,
    make_environment,
    make_failure,
    make_noise,
    make_plan,
    make_proof,
    make_proof_verdict,
    make_verdict,
)
from helpers.evidence_reports import (
    figures_in,
    plan_of,
    record_measured_run,
    require_sound,
    section_of,
    tables_in,
    words_in,
)
from helpers.report_samples import HOSTILE
from helpers.selftests import make_line, make_selftest
from helpers.stores import passing_store

from harness.vocabulary import Gate, NoiseClass, ProofState, RunState, Severity
from harness.vocabulary.selftest import Mark as Kept
from planner.reports.chart_model import Distribution
from planner.reports.document import Commands, Drawing
from planner.reports.figures import Mark, Tone
from planner.services.plans.document import PlanDocument
from planner.services.plans.keeping import decode_plan
from planner.services.reporting.evidence import EvidencePart, evidence_of
from planner.store import Store

SHIPPED = Path(__file__).parents[4] / "results.db"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EvidencePart, PlanDocument]]:
    """The evidence of the plan that is shipped, from a copy of its database."""
    copy = tmp_path_factory.mktemp("shipped") / "results.db"
    shutil.copyfile(SHIPPED, copy)
    with Store.open(copy) as store:
        plan = decode_plan(store.plan("latest"))
        assert "plans replay 2025-04-28" in str(evidence_of(store, replace(plan, as_of="2025-04-28")).sections[-1])
        yield evidence_of(store, plan), plan


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty one."""
    with passing_store() as found:
        yield found


def told_by(part: EvidencePart, tone: Tone) -> str:
    """All notices of a tone."""
    return "\n".join(one.text for one in part.notices if one.tone is tone)


def test_the_shipped_plan_is_told_whole(shipped: tuple[EvidencePart, PlanDocument]) -> None:
    part, plan = shipped
    require_sound(part)
    assert [one.key for one in part.sections if one.level == 1] == ["quality", "latency", "appendix", "reproduce"]
    run = plan.runs[0]
    rows = {row.key for table in tables_in(part).values() for row in table.rows}
    assert f"run.{run}" in rows
    assert {one.mark for one in figures_in(part)} == {Mark.MEASURED}
    assert {one.rests_on for one in figures_in(part)} == {f"run.{run}"}


def test_what_nobody_measured_is_said_on_page_one_with_the_command_that_would(
    shipped: tuple[EvidencePart, PlanDocument],
) -> None:
    part, _ = shipped
    assert "Nobody measured the quality of resnet50 in int8" in told_by(part, Tone.CAUTION)
    commands = [
        line for block in section_of(part, "quality").blocks if isinstance(block, Commands) for line in block.lines
    ]
    assert any(line.startswith("planner bench --model resnet50.onnx --data DATA") for line in commands)


def test_a_distribution_has_the_baseline_and_the_candidate_with_their_quantiles(
    shipped: tuple[EvidencePart, PlanDocument],
) -> None:
    part, plan = shipped
    blocks = section_of(part, f"latency.run.{plan.runs[0]}").blocks
    (chart,) = [one.chart for one in blocks if isinstance(one, Drawing) and isinstance(one.chart, Distribution)]
    assert [one.name for one in chart.spreads] == ["onnxruntime/fp32", "onnxruntime/int8-static:per-channel"]
    for spread in chart.spreads:
        assert 0.95 < sum(one.share for one in spread.bins) <= 1.0 + 1e-9
        labels = {rule.label: rule.at for rule in spread.quantiles}
        assert labels["p50"] < labels["p90"] < labels["p99"] <= spread.bins[-1].high + 1e-9


def test_without_a_database_every_run_is_missed_aloud() -> None:
    part = evidence_of(None, plan_of("d3f00a25"))
    require_sound(part)
    assert "run d3f00a25 cannot be read: there is no database" in told_by(part, Tone.BROKEN)


def test_a_deleted_run_is_told_and_the_others_stay(store: Store) -> None:
    gone, kept = record_measured_run(store), record_measured_run(store)
    store.delete(gone)
    part = evidence_of(store, plan_of(gone, kept))
    require_sound(part)
    assert f"run {gone} was deleted: its figures cannot be walked back" in told_by(part, Tone.BROKEN)
    assert {row.key for row in tables_in(part)["runs"].rows} == {f"run.{gone}", f"run.{kept}"}


def test_a_plan_without_runs_says_that_nothing_was_measured() -> None:
    part = evidence_of(None, plan_of())
    require_sound(part)
    assert not part.notices
    assert any("rests on no run" in one.text for one in words_in(part))


def test_a_red_gate_is_on_page_one_with_its_reason(store: Store) -> None:
    verdict = make_verdict(gate=Gate.REJECTED, gate_reasons=("Coat loses 9.0 points; at most 3 are allowed", "another"))
    run = record_measured_run(store, verdict=verdict)
    part = evidence_of(store, plan_of(run))
    require_sound(part)
    assert f"the quality gate says rejected for {INT8} (run {run}): Coat loses 9.0 points" in told_by(part, Tone.BAD)
    told = [one.text for one in words_in(part)]
    assert "The gate says: rejected." in told
    assert "another" in told


def test_page_one_hides_nothing_that_is_wrong_with_a_run(store: Store) -> None:
    run = record_measured_run(store, samples=30, state=RunState.INTERRUPTED)
    store.record_comparison(run, make_comparison(noise=make_noise(noise_class=NoiseClass.UNFIT)))
    store.record_failure(run, make_failure(arm=INT8, message="it was killed"))
    unlike = make_proof_verdict(state=ProofState.NOT_AS_NAMED, ran="fp32", reason="3 of 4 layers ran in fp32")
    store.record_proof(run, INT8, make_proof(), unlike)
    store.record_proof(run, FP32, make_proof(), make_proof_verdict(state=ProofState.UNVERIFIED, reason="no profile"))
    store.record_calibration_findings(run, (make_calibration_finding(severity=Severity.SERIOUS, sentence="test data"),))
    part = evidence_of(store, plan_of(run))
    require_sound(part)
    broken, bad, caution = (told_by(part, tone) for tone in (Tone.BROKEN, Tone.BAD, Tone.CAUTION))
    for sentence in ("is interrupted", "it was killed", f"{INT8} ran in fp32"):
        assert sentence in broken
    for sentence in ("a machine that is unfit", "test data"):
        assert sentence in bad
    for sentence in ("no profile", "30 test samples: fewer than 300", "no self-test", "planner selftest"):
        assert sentence in caution
    assert [one.tone for one in part.notices] == sorted(
        (one.tone for one in part.notices), key=[Tone.BROKEN, Tone.BAD, Tone.CAUTION].index
    )


def test_a_simulated_run_is_loud_and_none_of_its_figures_is_measured(store: Store) -> None:
    run = record_measured_run(store, plan=make_plan(is_simulated=True))
    part = evidence_of(store, plan_of(run))
    assert "SIMULATED" in told_by(part, Tone.BROKEN)
    assert {one.mark for one in figures_in(part)} == {Mark.ASSUMED}


def test_a_certificate_that_kept_no_promise_is_told(store: Store) -> None:
    run = record_measured_run(store)
    broken = make_line(mark=Kept.NOT_KEPT, reason="too many")
    store.record_selftest(make_selftest(lines=(broken,)))
    part = evidence_of(store, plan_of(run))
    require_sound(part)
    assert "did not keep: false alarms" in told_by(part, Tone.CAUTION)
    assert f"selftest.run.{run}" in tables_in(part)


def test_waivers_stand_beside_the_findings_with_who_gave_them(store: Store) -> None:
    store.record_waiver("claim-1", "ab" * 32, rules=("R6",), by="A. Name", note="=1+1")
    table = tables_in(evidence_of(store, plan_of()))["waivers"]
    assert [cell.text for cell in table.rows[0].cells][:3] == ["claim-1", "R6", "A. Name"]


def test_strangers_names_stay_as_they_are_and_never_become_keys(store: Store) -> None:
    names = [one for one in HOSTILE if one.isprintable()]
    arms = make_plan().arms
    hostile = [replace(arms[1], label=f"int8-static:{name}") for name in names]
    plan = make_plan(arms=(*arms, *hostile), workload_name=HOSTILE[0], workload="/home/somebody/w", assumed=HOSTILE)
    environment = make_environment(cpu=make_cpu(model=HOSTILE[7]))
    run = record_measured_run(store, plan=plan, environment=environment)
    for arm in hostile:
        store.record_verdict(run, make_verdict(candidate=arm.name, gate_reasons=HOSTILE, gate=Gate.UNPROVEN))
        store.record_agreement(run, make_agreement(candidate=arm.name))
    part = evidence_of(store, plan_of(run))
    require_sound(part)
    told = {one.text for one in words_in(part)}
    assert {*HOSTILE, *(arm.name for arm in hostile)} <= told
    assert not any(
        "somebody" in line
        for block in section_of(part, "reproduce").blocks
        if isinstance(block, Commands)
        for line in block.lines
    )
