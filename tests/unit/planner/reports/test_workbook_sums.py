"""The formulas of a workbook, reckoned anew by `formulas`, against `pricing`."""

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from formulas import Parser
from helpers.report_sums import (
    PLAIN,
    Asked,
    calculation_of,
    reckoned,
    report_of,
    rounded,
    with_fleet,
)
from helpers.workbooks import Reckoner, read_book
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.reports.document import Report
from planner.reports.workbook import render
from planner.reports.workbook.rounding import rounded as rounding_formula

MOVE = PLAIN.fleets[2]
OWNED = replace(
    with_fleet(PLAIN, 2, replace(MOVE, running=Decimal("98765.4321"))),
    bought=(Decimal("-400000.005"), Decimal(0), Decimal("-12.345"), Decimal(80_000)),
    exchange=Decimal("0.92"),
)
FOLLOWING = with_fleet(PLAIN, 0, replace(PLAIN.fleets[0], hours=5_432, count=9))
LOSING = with_fleet(PLAIN, 2, replace(MOVE, price=Decimal("1.25")))


def money_of(asked: Asked) -> Report:
    return report_of(calculation_of(asked))


def test_every_formula_gives_what_its_cell_held_when_the_report_was_made() -> None:
    book = read_book(render(money_of(OWNED)))
    anew = Reckoner(book=book)
    sums = {(sheet, where): cell for (sheet, where), cell in book.formulas().items() if sheet != "What if q"}
    some = {place: cell for place, cell in book.formulas().items() if place not in sums and place[1].endswith("8")}
    for (sheet, where), cell in (sums | some).items():
        value = anew.value(sheet, where)
        same = pytest.approx(cell.value, rel=1e-9, abs=1e-9) if isinstance(cell.value, float) else cell.value
        assert value == same, (where, cell.formula)


@pytest.mark.parametrize("asked", [PLAIN, OWNED, FOLLOWING, LOSING], ids=["plain", "owned", "following", "losing"])
def test_every_result_of_the_report_is_a_formula_that_gives_it_to_the_cent(asked: Asked) -> None:
    sums = calculation_of(asked)
    anew = Reckoner(book=read_book(render(report_of(sums))))
    fleets, changes = sums.fleets, sums.changes
    costs = (figure for fleet in fleets for figure in (fleet.per_year, fleet.per_million))
    gains = (figure for one in changes for figure in (one.saving_per_year, one.npv, *one.flows))
    for figure in (*costs, *gains):
        assert Decimal(str(anew.named(figure.key.replace(".", "_")))) == figure.value


CHANGES: dict[str, tuple[dict[str, float], Asked]] = {
    "a price": ({"q_move_price": 0.75}, with_fleet(PLAIN, 2, replace(MOVE, price=Decimal("0.75")))),
    "the price of today": (
        {"q_stay_price": 14.5},
        with_fleet(PLAIN, 0, replace(PLAIN.fleets[0], price=Decimal("14.5"))),
    ),
    "the headroom": ({"q_move_headroom": 0.37}, with_fleet(PLAIN, 2, replace(MOVE, headroom=0.37))),
    "the count": ({"q_move_count": 77}, with_fleet(PLAIN, 2, replace(MOVE, count=77))),
    "the count today": ({"q_stay_count": 100}, with_fleet(PLAIN, 0, replace(PLAIN.fleets[0], count=100))),
    "the load": ({"q_peak": 123_456.7}, replace(PLAIN, peak=123_456.7)),
    "months and discount": ({"q_move_months": 6.5, "q_discount": 0.125}, replace(PLAIN, months=6.5, discount=0.125)),
}


PLAIN_BOOK = read_book(render(money_of(PLAIN)))


@pytest.mark.parametrize("name", CHANGES)
def test_whoever_changes_an_input_sees_the_worth_that_pricing_gives(name: str) -> None:
    changed, asked = CHANGES[name]
    anew, found = Reckoner(book=PLAIN_BOOK, changed=changed), reckoned(asked)
    for index, key in ((0, "quantise"), (1, "move")):
        assert Decimal(str(anew.named(f"q_{key}_npv"))) == rounded(found.npv[index], None)
        assert anew.named(f"q_{key}_payback") == pytest.approx(found.payback[index], rel=1e-9)
    assert anew.value("Summary", "B11") == anew.named("q_move_npv")
    assert anew.value("Summary", "B4") == "inputs were changed: these are not the figures of the report"


@pytest.mark.parametrize(
    ("label", "asked"),
    [
        ("move: price", with_fleet(PLAIN, 2, replace(MOVE, price=Decimal("0.526") * Decimal("1.1")))),
        ("peak", replace(PLAIN, peak=55_000.0)),
        ("move_months", replace(PLAIN, months=3.3)),
    ],
)
def test_one_input_alone_moved_is_worth_what_pricing_gives(label: str, asked: Asked) -> None:
    sheet = PLAIN_BOOK.sheets["What if q"]
    rows = [int(where[1:]) for where, cell in sheet.items() if where[0] == "A" and cell.value == label]
    worths = [Reckoner(book=PLAIN_BOOK).value("What if q", f"C{row}") for row in rows]
    assert float(reckoned(asked).npv[1].amount) in [pytest.approx(worth, rel=1e-9) for worth in worths]


def test_another_rate_of_exchange_converts_what_was_rounded() -> None:
    anew = Reckoner(book=read_book(render(money_of(OWNED))), changed={"q_exchange": 1.07})
    assert Decimal(str(anew.named("q_move_npv"))) == rounded(reckoned(OWNED).npv[1], Decimal("1.07"))


def test_a_saving_of_nothing_is_still_reckoned_to_the_cent_once_it_is_one() -> None:
    nothing = with_fleet(PLAIN, 1, PLAIN.fleets[0])
    saves = with_fleet(PLAIN, 1, replace(PLAIN.fleets[0], price=Decimal("21.111111")))
    anew = Reckoner(book=read_book(render(money_of(nothing))), changed={"q_quantise_price": 21.111111})
    costs = reckoned(saves).per_year
    assert Decimal(str(anew.named("q_quantise_saving"))) == rounded(costs[0] - costs[1], None)
    assert Decimal(str(anew.named("q_quantise_flow_1"))) == rounded(costs[0] - costs[1], None)


def test_a_change_that_never_pays_back_says_so_and_tells_the_years_where_it_does() -> None:
    book = read_book(render(money_of(LOSING)))
    assert Reckoner(book=book).named("q_move_payback") == "not within 3 years"
    assert Reckoner(book=book, changed={"q_move_price": 0.526}).named("q_move_payback") == pytest.approx(
        reckoned(PLAIN).payback[1], rel=1e-9
    )


def test_counts_that_are_stated_are_inputs_and_amounts_that_the_sums_do_not_give_keep_the_difference() -> None:
    sums = calculation_of(PLAIN)
    stay = sums.fleets[0]
    queued = replace(
        stay,
        are_replicas_counted=False,
        replicas=replace(stay.replicas, value=60),
        instances=replace(stay.instances, value=9),
        per_year=replace(stay.per_year, value=Decimal("2000000.00")),
    )
    book = read_book(render(report_of(replace(sums, fleets=(queued, *sums.fleets[1:])))))
    anew = Reckoner(book=book)
    assert (anew.named("q_stay_replicas"), anew.named("q_stay_instances")) == (60, 9)
    assert anew.named("q_stay_per_year") == 2_000_000.0
    assert Decimal(str(anew.named("q_move_npv"))) == sums.changes[1].npv.value
    assert "one queue, or stated" in book.texts("Model q")


HALVES = st.integers(-(10**9), 10**9).map(lambda n: Decimal(n) + Decimal("0.5"))
CENTS = st.decimals(min_value=-(10**8), max_value=10**8, places=6)


@settings(max_examples=60, deadline=None)
@given(amount=st.one_of(HALVES.map(lambda half: half / 100), CENTS))
def test_a_formula_rounds_half_to_even_as_the_report_does(amount: Decimal) -> None:
    assert _ROUND(float(amount)) == float(amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN))


@pytest.mark.parametrize(
    ("amount", "cents"), [(0.125, 0.12), (0.135, 0.14), (-0.125, -0.12), (2.675, 2.68), (1.005, 1.0)]
)
def test_exact_halves_of_a_cent_go_to_the_even_one(amount: float, cents: float) -> None:
    assert _ROUND(amount) == cents


_FUNCTION = Parser().ast(f"={rounding_formula('C1', 2)}")[1].compile()


def _ROUND(amount: float) -> float:  # noqa: N802 - as the formula language writes it
    return float(_FUNCTION(amount))
