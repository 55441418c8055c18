"""The first page of a report: what is required is said once, and plans that are better than the cases say so."""

from dataclasses import replace
from datetime import timedelta

from helpers.plans import TODAY, record_priced_run, request_of
from helpers.projections import A100, T4, question, rate, rates
from helpers.report_plans import MADE_AT, document, stored_plan
from helpers.stores import passing_store

from planner.reports.document import Decision, Notice, Report
from planner.reports.figures import Tone
from planner.services.plans.questions import Asked, Ground, measured_question
from planner.services.reporting.building import build_report
from planner.services.reporting.wishes import ReportWishes
from planner.store import Store
from planner.store.plan_records import StoredPlan
from pricing.book import shipped_book
from pricing.vocabulary import Gate


def _report(store: Store | None, stored: StoredPlan) -> Report:
    return build_report(store, stored, wishes=ReportWishes(), made_at=MADE_AT)


def _measured(store: Store) -> Report:
    run = record_priced_run(store)
    request = request_of(run)
    ground = Ground(request=request, book=shipped_book(), targets=request.targets(), today=TODAY)
    asked = document(measured_question(ground, [store.load(run)]))
    return _report(store, stored_plan([asked], request=request, book=ground.book, runs=(run,)))


def _notices(report: Report) -> list[str]:
    return [block.text for block in report.sections[0].blocks if isinstance(block, Notice)]


def _decision(report: Report) -> Decision:
    return next(block for block in report.sections[0].blocks if isinstance(block, Decision))


def test_a_plan_that_is_better_than_what_was_drawn_says_so() -> None:
    with passing_store() as store:
        report = _measured(store)
    told = [text for text in _notices(report) if "is above the favourable case" in text]
    planned, favourable = (report.figures()[f"toy.quantise.saving{end}"].text for end in ("", ".p90"))
    assert len(told) == 1
    assert f"toy: the planned saving a year, {planned}, is above the favourable case, {favourable}" in told[0]


def test_of_a_variant_that_stays_no_gate_is_said_to_be_passed() -> None:
    same = rates(rate(A100, "int8", 9e4), rate(T4, "int8", 9e4))
    asked = document(Asked(title="made", question=question(same, from__precision="int8")))
    request = request_of(from__region="us-east-1", from__precision="int8")
    told = _decision(_report(None, stored_plan([asked], request=request, book=shipped_book()))).thresholds
    assert (told[0].text.split(",")[0], told[0].tone) == ("quality: int8 is served before and after", Tone.NEUTRAL)


def test_what_today_s_bound_alone_leaves_open_is_not_missed() -> None:
    asked = document(Asked(title="made", question=question()))
    losing = replace(asked.changes[0], gate=Gate.NOT_MEASURED)
    stored = stored_plan(
        [replace(asked, changes=(losing,))], request=request_of(from__region="us-east-1"), book=shipped_book()
    )
    told = _decision(_report(None, stored)).thresholds
    assert [line.text for line in told if "quality" in line.text] == ["quality: not measured"]
    worth = next(line for line in told if line.text.startswith("net present value"))
    assert (worth.tone, "≥ −15,000.00 USD" in worth.text) == (Tone.CAUTION, True)


def test_stale_prices_and_stated_fleets_that_are_too_small_are_told() -> None:
    known = rates(rate(A100, "tf32", 9_000.0), rate(A100, "int8", 31_000.0), rate(T4, "int8", 5_000.0))
    asked = document(Asked(title="made", question=question(known, from__instances=1, demand__peak="900000 /s")))
    request = request_of(from__region="us-east-1", from__instances=1, demand__peak="900000 /s")
    stored = stored_plan([asked], request=request, book=shipped_book())
    later = build_report(None, stored, wishes=ReportWishes(), made_at=MADE_AT + timedelta(days=365))
    told = " ".join(_notices(later))
    assert "Prices are stale: of 2026-07-20, 496 days old" in told
    assert "equal service is not shown" in told
