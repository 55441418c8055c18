"""Reports of stored plans: every part that readers expect, whatever the plan says and whatever a stranger named."""
# ruff: noqa: ANN401 - an assumption, or a wish, may be written in any way

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from typing import Any

import msgspec
import pytest
from helpers.plans import TODAY, record_priced_run, request_of
from helpers.projections import A100, T4, Rates, published, question, rate, rates
from helpers.report_plans import MADE_AT, document, stored_plan
from helpers.report_samples import HOSTILE
from helpers.stores import passing_store

from harness.errors import UsageError
from planner.errors import StoreError
from planner.reports.chart_model import Bars, Chart, Lines, Waterfall
from planner.reports.document import Decision, Drawing, KeyFigures, Notice, Paragraph, Report, Section, Table
from planner.reports.figures import Figure, Tone, Words, shown
from planner.services.plans.keeping import decode_plan
from planner.services.plans.llm_request import LanguageModelRequest
from planner.services.plans.planning import Planning, make_plan
from planner.services.plans.questions import Asked, Ground, measured_question, published_question
from planner.services.plans.request import PlanRequest
from planner.services.reporting.building import build_report
from planner.services.reporting.exchange import Exchange, exchange_of
from planner.services.reporting.keys import question_keys
from planner.services.reporting.wishes import ReportWishes
from planner.store import Store
from planner.store.plan_records import StoredPlan
from pricing.book import shipped_book
from pricing.projection.model import Answer, ColumnName
from pricing.vocabulary import Gate

_TABLES = ("fleets", "costs", "ledger", "dates", "flips", "evidence", "sizing", "drawn", "learn")
_SAFE = re.compile(r"[A-Za-z0-9_.-]+")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with passing_store() as opened:
        yield opened


@pytest.fixture(scope="module")
def shipped(store: Store) -> StoredPlan:
    """A published model and a run of our own, as the default plan has them."""
    run = record_priced_run(store)
    request = replace(request_of(run), is_default=True)
    ground = Ground(request=request, book=shipped_book(), targets=request.targets(), today=TODAY)
    asked = [published_question(ground, "resnet50"), measured_question(ground, [store.load(run)])]
    left = {"bert-99": "it was left out <b>here</b>"}
    return stored_plan([document(one) for one in asked], request=request, book=ground.book, runs=(run,), skipped=left)


@pytest.fixture(scope="module")
def report(store: Store, shipped: StoredPlan) -> Report:
    return _report(store, shipped)


def _report(store: Store | None, stored: StoredPlan, **wishes: Any) -> Report:
    return build_report(store, stored, wishes=ReportWishes(**wishes), made_at=MADE_AT)


def _made(known: Rates | None = None, **stated: Any) -> StoredPlan:
    asked = Asked(title="made", question=question(known, **stated))
    book = asked.question.book
    return stored_plan([document(asked)], request=request_of(**{"from__region": "us-east-1", **stated}), book=book)


def _charts(report: Report) -> list[Chart]:
    return [block.chart for block in report.blocks() if isinstance(block, Drawing)]


def _notices(report: Report) -> list[Notice]:
    return [block for block in report.sections[0].blocks if isinstance(block, Notice)]


def _decision(report: Report) -> Decision:
    return next(block for block in report.sections[0].blocks if isinstance(block, Decision))


def _said(section: Section) -> str:
    return "\n".join(shown(block.words) for block in section.blocks if isinstance(block, Paragraph))


def test_a_report_has_every_part_that_readers_expect(report: Report) -> None:
    tables = {table.key for table in report.tables()}
    charts = {chart.key for chart in _charts(report)}
    for key, _ in _questions(report):
        assert [name for name in _TABLES if not any(one.startswith(f"{name}.{key}") for one in tables)] == []
        assert {f"chart.{one}.{key}" for one in ("waterfall", "cash", "tornado", "prices")} <= charts
    assert {"chart.capacity.resnet50", "chart.savings.resnet50"} <= charts
    lacking = next(one for one in report.sections if one.key == "question.toy.capacity")
    assert "is not drawn: only a rate is known, and no curve" in _said(lacking)
    assert {"answers", "cases", "register", "risk-list", "footprint.resnet50"} <= tables
    assert report.sections[0].key == "summary"
    assert [one.key for one in report.calculations] == [key for key, _ in _questions(report)]


def _questions(report: Report) -> list[tuple[str, Section]]:
    found = [section for section in report.sections if section.key.startswith("question.") and section.level == 1]
    return [(section.key.removeprefix("question."), section) for section in found]


def test_the_first_page_says_what_is_asked_what_it_costs_and_what_must_not_be_overlooked(report: Report) -> None:
    decision = _decision(report)
    assert decision.asked == "Shall resnet50 be quantised to int8 and moved from a100-sxm4-40, tf32 to t4?"
    assert decision.tone is Tone.CAUTION
    assert "on one condition that is not yet met: int8 keeps its quality" in decision.advice
    told = " ".join(notice.text for notice in _notices(report))
    for mark in ("Nobody measured the quality of resnet50", "Only bounds are known of tf32", "left out of the plan"):
        assert mark in told
    figures = next(block for block in report.sections[0].blocks if isinstance(block, KeyFigures))
    assert [one.figure.text for one in figures.items][:3] == [
        "≥ 384,697.89 USD",
        "64,508.64 USD",
        "≥ 320,189.25 USD",
    ]


def test_every_amount_of_the_plan_stands_in_the_report_to_the_cent(report: Report, shipped: StoredPlan) -> None:
    figures, keys = report.figures(), [one.key for one in report.calculations]
    for key, one in zip(keys, decode_plan(shipped).projections, strict=True):
        for column in one.columns:
            assert figures[f"{key}.{column.name}.per_year"].value == column.cost_per_year.planned
            assert figures[f"{key}.{column.name}.per_million"].value == Decimal(column.per_million)
        for change in one.changes:
            of = f"{key}.{change.name}"
            assert figures[f"{of}.saving"].value == change.saving_per_year.planned
            assert figures[f"{of}.npv_low"].value == change.npv.low
            assert [figures[f"{of}.flow.{year}"].value for year in range(4)] == list(change.flows)


def test_a_figure_s_key_means_one_figure_and_names_are_used_once(report: Report) -> None:
    found: dict[str, Figure] = {}
    cells = (cell for table in report.tables() for row in table.rows for cell in row.cells)
    for cell in chain(cells, report.figures().values()):
        if isinstance(cell, Figure):
            assert found.setdefault(cell.key, cell) == cell
    anchors = Counter([*_anchors(report), *(chart.key for chart in _charts(report))])
    assert [name for name, count in anchors.items() if count > 1] == []
    assert all(_SAFE.fullmatch(name) for name in anchors)


def test_what_a_figure_rests_on_is_there(report: Report) -> None:
    anchors = set(_anchors(report))
    cells = [cell for table in report.tables() for row in table.rows for cell in row.cells]
    rests = {cell.rests_on for cell in (*cells, *report.figures().values(), *_decision(report).thresholds)}
    rests |= {notice.rests_on for notice in _notices(report)}
    assert {one for one in rests if one is not None} <= anchors


def _anchors(report: Report) -> Iterator[str]:
    yield from (section.key for section in report.sections)
    for table in report.tables():
        yield table.key
        yield from (row.key for row in table.rows if row.key is not None)


def test_the_waterfall_goes_from_staying_to_the_change_and_charts_say_what_they_show(report: Report) -> None:
    fall = next(chart for chart in _charts(report) if isinstance(chart, Waterfall))
    amounts = [step.amount.value for step in fall.steps]
    assert sum((one for one in amounts[:-1] if isinstance(one, Decimal)), Decimal(0)) == amounts[-1]
    assert all(chart.told.endswith(".") for chart in _charts(report))
    capacity = next(chart for chart in _charts(report) if chart.key == "chart.capacity.resnet50")
    assert isinstance(capacity, Lines)
    moved = capacity.series[-1].points
    served = [point.y for point in moved if point.y is not None]
    assert served == sorted(served, reverse=True)
    assert moved[-len(served) :] == tuple(point for point in moved if point.y is not None)
    assert isinstance(next(chart for chart in _charts(report) if chart.key == "chart.tornado.resnet50"), Bars)


def test_a_plan_that_advises_against_it_says_so_as_clearly() -> None:
    losing = rates(rate(A100, "tf32", 9e4), rate(A100, "int8", 9.1e4), rate(T4, "int8", 50.0))
    stored = _made(losing)
    assert decode_plan(stored).projections[0].answer is Answer.STAY
    decision = _decision(_report(None, stored))
    assert decision.tone is Tone.BAD
    assert decision.advice.startswith("Do not do it")
    assert Tone.BAD in {line.tone for line in decision.thresholds}


def test_a_red_gate_is_on_the_first_page() -> None:
    report = _report(None, _made(published(Gate.REJECTED)))
    assert _decision(report).tone is Tone.BAD
    assert any(one.tone is Tone.BAD and "quality gate is red" in one.text for one in _notices(report))
    assert any("not allowed" in shown(cell) for row in _table(report, "risk-list").rows for cell in row.cells)


def _table(report: Report, key: str) -> Table:
    return next(table for table in report.tables() if table.key == key)


def test_a_plan_whose_run_was_deleted_is_still_reported_and_says_so(shipped: StoredPlan) -> None:
    with passing_store() as empty:
        report = _report(empty, shipped)
    run = shipped.runs[0]
    assert any(run in notice.text for notice in _notices(report))
    lost = next(
        section for section in report.sections if section.key.endswith(".capacity") and "resnet" not in section.key
    )
    assert "is not drawn" in _said(lost)
    assert len(report.calculations) == 2
    assert any(chart.key == "chart.capacity.resnet50" for chart in _charts(report))
    assert any("no database" in notice.text for notice in _notices(_report(None, shipped)))


@pytest.mark.parametrize("name", [*HOSTILE, "", "...", "a/b", "日本"])
def test_names_of_strangers_make_safe_keys(name: str) -> None:
    keys = question_keys([name, name, "a-b", "a_b", "A.B"])
    assert len({key.replace("-", "_") for key in keys}) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9_-]{1,48}", key) for key in keys)


def test_hostile_names_change_no_key_and_are_kept_as_text() -> None:
    one = decode_plan(_made()).projections[0]
    hostile = [replace(one, model=name, title=name, headline=name) for name in HOSTILE]
    stored = stored_plan(hostile, request=request_of(from__region="us-east-1"), book=shipped_book())
    report = _report(None, stored, title=HOSTILE[0])
    assert all(_SAFE.fullmatch(key) for key in (*_anchors(report), *report.figures()))
    assert max(Counter(_anchors(report)).values()) == 1
    assert report.title == HOSTILE[0]
    names = [given.name for sums in report.calculations for given in (sums.peak_per_s, sums.fleets[0].price_per_hour)]
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) for name in names)
    assert len(names) == len(set(names)) == 2 * len(HOSTILE)
    assert any(shown(cell) == HOSTILE[4] for row in _table(report, "answers").rows for cell in row.cells)


def test_sections_and_notices_of_callers_stand_where_they_belong(shipped: StoredPlan) -> None:
    made = [Section(key=key, title=key, blocks=()) for key in ("replay", "checklist")]
    notice = Notice(tone=Tone.BAD, text="look here")
    report = build_report(
        None,
        shipped,
        wishes=ReportWishes(),
        made_at=MADE_AT,
        notices=(notice,),
        after_first=(made[0],),
        more=(made[1],),
    )
    assert report.sections[1] is made[0]
    assert report.sections[-1] is made[1]
    assert notice in report.sections[0].blocks


def test_another_currency_is_said_and_the_one_that_is_there_refused(shipped: StoredPlan) -> None:
    report = _report(None, shipped, exchange=exchange_of(" eur", "0.92"))
    assert report.currency == "EUR"
    assert report.figures()["resnet50.stay.per_year"].text == "≥ 353,922.06 EUR"
    assert any("1 USD = 0.92 EUR" in notice.text for notice in _notices(report))
    with pytest.raises(UsageError, match="in USD already"):
        _report(None, shipped, exchange=Exchange(currency="USD", rate=Decimal(1)))


@pytest.mark.parametrize(
    ("currency", "rate_"),
    [
        *(("EUR", None), (None, "1"), ("EURO", "1"), ("EUR", "nan"), ("EUR", "0"), ("EUR", "-1"), ("EUR", "1e99")),
        *(("EUR", "x"), ("EUR", "9" * 1000), ("E\x1b[", "1"), ("EUR", f"0.{'1' * 35}")),
    ],
)
def test_exchanges_that_are_none_are_refused(currency: str | None, rate_: str | None) -> None:
    with pytest.raises(UsageError, match="--"):
        exchange_of(currency, rate_)


@pytest.mark.parametrize(
    ("good", "bad"), [('"price_as_of":"2026', '"price_as_of":"x'), ('"per_million":"', '"per_million":"?')]
)
def test_a_damaged_plan_is_refused_with_a_sentence(shipped: StoredPlan, good: str, bad: str) -> None:
    assert good in shipped.document
    with pytest.raises(StoreError, match="the stored plan a1b2c3d4 is damaged"):
        _report(None, replace(shipped, document=shipped.document.replace(good, bad)))


def test_a_language_model_has_its_own_section_and_says_that_all_is_bounds() -> None:
    request = PlanRequest(language_model=LanguageModelRequest(name="llama-2-7b", cards=("t4", "l4")))
    plan = make_plan(None, Planning(request=request, book=shipped_book(), today=TODAY))
    stored = stored_plan([], request=request, book=shipped_book())
    stored = replace(stored, document=msgspec.json.encode(replace(plan, plan="a1b2c3d4")).decode())
    report = _report(None, stored)
    section = next(one for one in report.sections if one.key.startswith("language-model."))
    assert any(isinstance(block, Notice) and "bounds only" in block.text for block in section.blocks)
    assert any("bounds only" in notice.text for notice in _notices(report))
    assert _decision(report).tone is Tone.CAUTION
    assert _table(report, "risk-list").rows
    assert "a million tokens written" in {head.title for table in report.tables() for head in table.headings}
    assert report.calculations == ()


def test_rows_have_a_cell_for_each_heading(report: Report) -> None:
    cells = [cell for table in report.tables() for row in table.rows for cell in row.cells]
    assert all(isinstance(cell, Figure | Words) for cell in cells)
    assert all(len(row.cells) == len(table.headings) for table in report.tables() for row in table.rows)
    assert ColumnName.STAY in {head.key for head in _table(report, "fleets.resnet50").headings}
