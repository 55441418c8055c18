"""The quality page: rules as asked and found, classes worst first, charts that stay readable."""

import itertools
from collections.abc import Iterator

import pytest
from helpers.builders import INT8, make_class_comparison, make_plan, make_verdict
from helpers.evidence_reports import make_classes, plan_of, record_measured_run, require_sound, tables_in
from helpers.report_samples import HOSTILE
from helpers.stores import passing_store

from harness.vocabulary import Gate, GateRules
from planner.reports.chart_model import Bars
from planner.reports.document import Drawing
from planner.reports.figures import Figure, Tone, shown
from planner.services.reporting.evidence import EvidencePart, evidence_of
from planner.services.reporting.evidence_figures import slugs_of
from planner.services.reporting.quality_classes import MOST_DRAWN
from planner.store import Store

ARM = "fake-int8-static-per-channel"


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty one."""
    with passing_store() as found:
        yield found


def bars_of(part: EvidencePart) -> Bars:
    """The chart of the classes."""
    blocks = itertools.chain.from_iterable(section.blocks for section in part.sections)
    return next(one.chart for one in blocks if isinstance(one, Drawing) and isinstance(one.chart, Bars))


def test_two_hundred_classes_are_in_the_table_and_the_worst_in_the_chart(store: Store) -> None:
    run = record_measured_run(store, classes=make_classes(200, drop=0.2))
    part = evidence_of(store, plan_of(run))
    require_sound(part)
    table = tables_in(part)[f"run.{run}.{ARM}.classes"]
    assert len(table.rows) == 200
    top, left_out, bottom = table.top_and_bottom()
    assert len(top) + len(bottom) < 60 < left_out
    changes = [row.cells[3] for row in table.rows]
    values = [one.value for one in changes if isinstance(one, Figure) and one.value is not None]
    assert len(values) == 200
    assert values == sorted(values)
    chart = bars_of(part)
    assert [one.label for one in chart.bars] == [shown(row.cells[0]) for row in table.rows[:MOST_DRAWN]]
    assert [rule.at for rule in chart.rules] == [-3.0]
    assert all(bar.low <= (bar.point or 0.0) <= bar.high for bar in chart.bars)


def test_each_rule_of_the_gate_says_what_it_asked_and_found(store: Store) -> None:
    gate = GateRules(worst_class=0.85)
    worst = make_class_comparison("Coat", support=100, baseline=0.9, candidate=0.8, lost=10, lower=-0.2, upper=-0.04)
    verdict = make_verdict(gate=Gate.REJECTED)
    run = record_measured_run(store, plan=make_plan(gate=gate), classes=(worst,), verdict=verdict)
    part = evidence_of(store, plan_of(run))
    require_sound(part)
    rows = {row.key: [shown(cell) for cell in row.cells] for row in tables_in(part)[f"run.{run}.{ARM}.rules"].rows}
    told = {key.rpartition(".")[2]: cells[1:] for key, cells in rows.items() if key is not None}
    assert told["overall"] == ["less than 1 %", "0.11 %", "✓ kept"]
    assert told["overall-limit"] == ["at most 2 %", "0.43 %", "✓ kept"]
    assert told["class"] == ["at most 3 points", "10.0 points (Coat)", "✗ not kept"]
    assert told["class-limit"] == ["at most 6 points", "20.0 points (Coat)", "~ not proven"]
    assert told["floor"] == ["at least 85 %", "80.0 % (Coat)", "✗ not kept"]
    assert told["floor-limit"] == ["at least 85 %", "70.8 % (Coat)", "~ not proven"]
    assert {one.tone for one in part.thresholds if "Coat" in one.text} >= {Tone.BAD}


def test_points_alone_ask_for_no_limit_and_a_gate_that_could_not_judge_marks_nothing(store: Store) -> None:
    run = record_measured_run(
        store,
        plan=make_plan(gate=GateRules(judge_points=True)),
        verdict=make_verdict(gate=Gate.NOT_MEASURED, gate_reasons=("not above chance",)),
    )
    table = tables_in(evidence_of(store, plan_of(run)))[f"run.{run}.{ARM}.rules"]
    assert [shown(row.cells[3]) for row in table.rows] == ["not judged"] * len(table.rows)
    assert not any("limit" in (row.key or "") for row in table.rows)
    assert "point" in table.note


def test_class_names_of_strangers_stay_and_classes_without_samples_are_unknown(store: Store) -> None:
    hostile = [make_class_comparison(name) for name in HOSTILE]
    empty = make_class_comparison("none", support=0, baseline=None, candidate=None, lost=0, lower=-1.0, upper=1.0)
    run = record_measured_run(store, classes=(*hostile, empty))
    part = evidence_of(store, plan_of(run))
    require_sound(part)
    table = tables_in(part)[f"run.{run}.{ARM}.classes"]
    assert {row.cells[0].text for row in table.rows} == {*HOSTILE, "none"}
    assert shown(table.rows[-1].cells[3]) == "no samples"
    assert "none" not in {bar.label for bar in bars_of(part).bars}
    assert shown(table.rows[0].cells[0]) in HOSTILE
    assert INT8 in table.title


def test_names_that_look_alike_have_keys_of_their_own() -> None:
    names = ["a/b", "a:b", "A b", "שלום", "мир", "", "a-b-2", "long" * 100, "long" * 101]
    slugs = slugs_of(names)
    assert len({one.lower() for one in slugs.values()}) == len(names)
    assert all(one.isascii() and one.replace("-", "").replace("_", "").isalnum() for one in slugs.values())
