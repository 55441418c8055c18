"""The pure parts of the view Fleet: edits, what holds, figures and their origins, pictures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from helpers.plans import TODAY, record_priced_run
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, Group

from harness.workloads.workload import BUILTIN_DEFAULT
from planner.services.plans.answering import Answered, ground_of, point, sure
from planner.services.plans.document import FindingDocument
from planner.store import Store
from planner.tui.fleet.comparing import Kept, compared, difference
from planner.tui.fleet.edits import Edits
from planner.tui.fleet.figures import Cell, lines_of
from planner.tui.fleet.holding import Mark, held
from planner.tui.fleet.origins import of_cost
from planner.tui.fleet.panes import PANES, parts_of
from planner.tui.fleet.pictures.line_chart import Chart, Series, line_chart, ticks
from planner.tui.fleet.reckoning import Stage
from planner.tui.fleet.verdict import badge_of, cautions_of


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """Of a run."""
    with Store.open(str(tmp_path_factory.mktemp("fleet") / "results.db")) as store:
        record_priced_run(store, workload=BUILTIN_DEFAULT)
        return point(ground_of(store, today=TODAY).ask({}, model=None))


@pytest.fixture(scope="module")
def published() -> Answered:
    """Of published rates, with quantiles."""
    return sure(point(ground_of(None, today=date(2026, 11, 28)).ask({}, model="resnet50")), draws=1000, seed=1)


def test_edits_are_a_command_line_or_a_file() -> None:
    edits = Edits().edited("to.target", "l4").edited("slo.limit", " 20 ms ").edited("slo.quantile", "p95")
    assert edits.command_line(model="resnet50", runs=()) == "planner plan --model resnet50 --slo p95=20ms --to l4"
    more = edits.edited("fleet.plus", "2")
    assert more.command_line(model=None, runs=("d3f00a25",)).endswith("--to l4 --assumptions FILE")
    told = more.command_line(model=None, runs=("d3f00a25",), file=Path("my file.toml"))
    assert told == "planner plan --run d3f00a25 --assumptions 'my file.toml'"
    assert Edits().edited("to.target", "l4").edited("to.target", " ") == Edits()
    assert Edits().edited("demand.peak", "7").texts == {"demand.peak": "7 requests/s"}  # as --qps takes it


def test_of_a_run_its_suggestions_hold_and_what_is_found_is_marked_so(measured: Answered) -> None:
    found = held(Edits().edited("to.target", "t4"), measured)

    assert (found["from.target"].mark, found["from.target"].text) == (Mark.EVIDENCE, "epyc-genoa")
    assert (found["to.target"].mark, found["to.target"].text) == (Mark.EDITED, "t4")
    assert (found["from.region"].mark, found["from.region"].text) == (Mark.FOUND, "us-east-1")
    assert found["slo.limit"].text == "20.0 ms"
    assert found["fleet.headroom"].mark is Mark.DEFAULT
    assert held(Edits(), None)["from.target"].text == "a100-sxm4-40"


def test_every_figure_is_walked_back_to_a_rate_and_a_price(measured: Answered, published: Answered) -> None:
    for answered in (measured, published):
        for line in lines_of(answered.document):
            for cell in line.cells:
                assert cell.texts == ("–",) or cell.origin is not None, line.name
    (cost,) = (line for line in lines_of(measured.document) if line.name == "USD a year")
    origin = cost.cells[0].origin
    assert origin is not None
    assert (origin.run, origin.instance) == (measured.asked.runs[0], measured.document.columns[0].fleet.instance)
    assert {"derived", "published", "measured", "assumed"} <= {step.kind for step in origin.steps}
    column = measured.document.columns[0]
    planned = f"{column.cost_per_year.planned:,.2f}"
    assert f"costs a year: {planned} USD (" in origin.title
    assert origin.steps[0].text.endswith(f"× 8,760 h = {planned}")
    stopped = replace(column, cost_per_year=replace(column.cost_per_year, planned=Decimal("1234.50")))
    assert (
        of_cost(measured.document, stopped)
        .steps[0]
        .text.endswith(f"would be {planned}; 1,234.50 as autoscaling stops instances in quiet hours")
    )


@given(width=st.integers(1, 60))
def test_a_figure_fits_its_place_if_any_length_of_it_does(width: int) -> None:
    cell = Cell(texts=("145,658 (73,728 to 145,658)", "145,658 (74k–146k)", "145,658"), kind="derived", sign="✓")
    fitted = cell.fitted(width)
    assert len(fitted) <= width or fitted == "✓ = 145,658"


def test_a_saving_whose_quality_is_open_says_so_loudly(measured: Answered, published: Answered) -> None:
    assert badge_of(measured.document).text == "DO IT"
    assert (badge_of(published.document).sign, badge_of(published.document).tone) == ("~", "open")
    assert "QUALITY NOT MEASURED" in badge_of(published.document).text


@pytest.mark.parametrize("width", [40, 56, 92])
def test_no_picture_is_wider_than_its_place(published: Answered, width: int) -> None:
    console = Console(width=200)
    latest = dict.fromkeys(Stage, published)
    for pane in PANES:
        drawn = [line for part in parts_of(pane, latest, {Stage.POINT}, width=width) for line in part.draw()]
        for line in console.render_lines(Group(*drawn), console.options.update(width=width)):
            assert sum(len(segment.text) for segment in line) <= width


def test_a_price_outside_the_market_is_told_beside_the_answer(published: Answered) -> None:
    odd = FindingDocument(rule="R13", verdict="implausible", subject="move", sentence="$0.88 a year")
    document = replace(published.document, findings=(odd,))
    assert list(cautions_of(published.document, today=TODAY)) == []
    assert "! move: $0.88 a year" in next(iter(cautions_of(document, today=TODAY)))


def test_a_held_answer_tells_what_differs(published: Answered) -> None:
    other = point(ground_of(None, today=date(2026, 11, 28)).ask({"demand.peak": "90000 requests/s"}, model="resnet50"))
    kept = Kept(edits=Edits(), document=published.document)
    console = Console(width=100)
    with console.capture() as told:
        console.print(*compared(kept, Edits().edited("demand.peak", "90000 requests/s"), other.document))

    assert "90000 requests/s" in told.get()
    assert "50000 requests/s" in told.get()
    assert "quantise and move +" in difference(kept, other.document)
    assert difference(kept, published.document) == "⚑ costs the same as the held answer"


@given(low=st.floats(-1e12, 0), high=st.floats(0, 1e12), count=st.integers(2, 12))
def test_ticks_are_few_and_hold_everything_between_them(low: float, high: float, count: int) -> None:
    found = ticks(low, high, count)
    slack = 1e-6 * (found[-1] - found[0])
    assert found[0] <= low + slack
    assert found[-1] >= high - slack
    assert 2 <= len(found) <= count + 2


@given(ys=st.lists(st.none() | st.floats(-1e9, 1e9), min_size=2, max_size=8))
def test_a_chart_keeps_its_size_whatever_is_in_it(ys: list[float | None]) -> None:
    series = Series(letter="m", style="magenta", points=tuple((float(x + 1), y) for x, y in enumerate(ys)))
    chart = Chart(series=(series,), x_ticks=((1.0, "first"), (2.0, "second")), y_word=lambda y: f"{y:.1e}", is_log=True)
    rows = list(line_chart(chart, width=40, height=6))
    assert len(rows) in {0, 8}
    assert all(len(row.plain) <= 40 for row in rows)
    assert all(y is None for y in ys) == (not rows)
