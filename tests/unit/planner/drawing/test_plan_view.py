"""The screen of a plan: fits its width, never breaks a fleet's name, and says below as below."""

from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from helpers.plans import planning_of, request_of
from helpers.stores import passing_store
from rich.console import Console

from planner.drawing.plan_figures import amount, money_range, signed_amount, times, years
from planner.drawing.plan_view import plan_screen
from planner.services.plans.document import MoneyRange, PlanDocument
from planner.services.plans.planning import make_plan
from pricing.projection.model import ColumnName

STAY, _, MOVE = ColumnName
TITLES = ("stay as is", "stay and quantise", "quantise and move")


@pytest.fixture(scope="module")
def plan() -> PlanDocument:
    with passing_store() as store:
        return make_plan(store, planning_of(store, request_of(workload__model="bert-99")))


def screen(document: PlanDocument, width: int) -> list[str]:
    console = Console(width=width, file=StringIO(), color_system=None, markup=False, highlight=False)
    console.print(*plan_screen(document, width=width, with_register=True), sep="\n")
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize(("width", "is_abreast"), [(80, False), (100, True), (150, True)])
def test_fleets_stand_side_by_side_where_there_is_room_and_never_break(
    plan: PlanDocument, width: int, *, is_abreast: bool
) -> None:
    lines = screen(plan, width)

    assert max(map(len, lines)) <= width
    assert any(all(title in line for title in TITLES) for line in lines) == is_abreast
    (one,) = plan.projections
    for column in one.columns:
        assert any(f"{column.target} · {column.variant}" in line for line in lines)
        assert any(f"{column.fleet.instances} × {column.fleet.instance}" in line for line in lines)
        assert any(f"{column.cost_per_year.planned:,.0f} USD" in line for line in lines)


def test_the_answers_of_several_questions_stand_first(plan: PlanDocument) -> None:
    one = plan.projections[0]
    other = replace(one, model="another", headline="do not change")

    found = screen(replace(plan, projections=(one, other)), 150)

    assert [found[0].split(": ", 1)[0], found[1].rstrip()] == [f"~ {one.model}", "~ another: do not change"]
    assert not any(line.startswith(f"~ {one.model}: ") for line in screen(replace(plan, projections=(one,)), 150))


def test_a_day_that_is_not_flat_is_drawn(plan: PlanDocument) -> None:
    (one,) = plan.projections
    day = replace(one, hourly_per_s=(0.0, 50.0, 100.0) * 8, mean_per_s=50.0, peak_per_s=100.0)

    (_, load, *_) = screen(replace(plan, projections=(day,)), 150)

    assert "100 requests/s in the busiest hour, 50 on average  0 h " + "▁▅█" * 8 + " 24 h" in load
    assert "0 h" not in screen(plan, 150)[1]


def test_what_a_sentence_hangs_from_stays_alone_in_its_column(plan: PlanDocument) -> None:
    lines = screen(plan, 80)

    begin = lines.index("what the figures rest on") + 1
    hanging = lines[begin : lines.index("how the replicas were counted") - 1]
    assert {line[:10].strip() for line in hanging} == {"", "stay", "quantise", "move"}


def test_a_point_below_now_reads_or_less_and_one_above_reads_from(plan: PlanDocument) -> None:
    (one,) = plan.projections
    flips = [replace(one.flips[0], kind="price", now=10.0, at=at, before=STAY, after=MOVE) for at in (20.0, 2.5, None)]

    text = " ".join(" ".join(screen(replace(plan, projections=(replace(one, flips=tuple(flips)),)), 150)).split())

    assert "the move is cheaper from 20 on (2.00×)" in text
    assert "the move is cheaper at 2.5 or less (0.25×)" in text
    assert "staying remains the cheapest, tried" in text


def test_foreign_words_are_printed_without_control_characters(plan: PlanDocument) -> None:
    (one,) = plan.projections
    hostile = "a\x1b[2J\x9bb"
    fleet = replace(one.columns[0].fleet, price_source=hostile, instance=hostile)
    column = replace(one.columns[0], fleet=fleet, notes=(hostile,), variant=hostile)
    projection = replace(one, title=hostile, headline=hostile, columns=(column, *one.columns[1:]), reasons=(hostile,))

    text = "".join(screen(replace(plan, projections=(projection,), runs=(hostile,), as_of=hostile), 100))

    assert "a?[2J?b" in text
    assert not {"\x1b", "\x9b"} & set(text)


def test_money_is_read_with_its_sign_its_currency_and_what_bounds_it() -> None:
    assert amount(Decimal("64484.60"), "USD") == "64,485 USD"
    assert amount(Decimal("-12.30"), "EUR") == "−12.30 EUR"
    assert signed_amount(Decimal("-12300.40"), "USD") == "−12,300 USD"
    low, planned, high = Decimal("-5.00"), Decimal("100.00"), Decimal("2000.00")
    assert money_range(MoneyRange(low=low, planned=planned, high=high), "USD") == "100 USD (−5.00 to 2,000)"
    assert money_range(MoneyRange(low=planned, planned=planned, high=None), "USD") == "≥ 100 USD"
    assert money_range(MoneyRange(low=None, planned=planned, high=planned), "USD") == "≤ 100 USD"
    assert [years(value, 3) for value in (None, -1.0, 0.6, 1.44)] == [
        "not within 3 years", "at once", "7.2 months", "1.4 years",
    ]  # fmt: skip
    assert [times(ratio) for ratio in (5.958, 0.104, 0.00158)] == ["5.96×", "0.10×", "0.0016×"]
