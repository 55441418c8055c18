"""The sums of a report, reckoned anew from their inputs: to the cent what the plan says, whatever was planned."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from helpers.projections import A100, PLAIN, T4, bound, own_book, owned, published, rate, rates
from helpers.report_plans import laid_out

from planner.reports.figures import Bound, Figure
from planner.services.reporting.checking import differences
from planner.services.reporting.exchange import Exchange
from planner.services.reporting.money_tables import ledger_table
from planner.services.reporting.question_figures import cash_bound
from pricing.book import PriceBook, shipped_book
from pricing.projection.model import ColumnName
from pricing.vocabulary import BatchCurve, Gate

_OWN = PriceBook(
    shipped_book().offers,
    owned=(
        owned(A100, 15_000.0, life_years=4.0, residual=replace(owned(A100, 1).capex, amount=Decimal("1234.5"))),
        owned(T4, 2_000.0, life_years=2.5),
    ),
)
_SHAPED = [0.2, 0.1, 0.1, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.0, 0.9, 0.9, 0.8, 0.8, 0.9, 1.0, 0.9, 0.7, 0.5]
_DAY = [*_SHAPED, 0.4, 0.3, 0.2]
_ONE_BY_ONE = BatchCurve(fixed_s=0.001, per_sample_s=0.0, max_batch=1, worst_residual=None)
_QUEUED = rates(
    rate(A100, "tf32", 700.0, curve=replace(_ONE_BY_ONE, fixed_s=0.0011)),
    rate(A100, "int8", 900.0, curve=_ONE_BY_ONE),
    rate(T4, "int8", 500.0, curve=replace(_ONE_BY_ONE, fixed_s=0.0017)),
)
_KNOWN = rates(rate(A100, "tf32", 12_345.6), rate(A100, "int8", 31_000.7), rate(T4, "int8", 5_563.1))
CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "bounds and published rates": (None, {}),
    "both rates known, so that the quantised fleet may run beside the new one": (_KNOWN, {"demand__peak": "900000 /s"}),
    "quality rejects it": (published(Gate.REJECTED), {}),
    "a move that loses": (rates(rate(A100, "tf32", 9e4), rate(A100, "int8", 1e5), rate(T4, "int8", 50.0)), {}),
    "more instances than needed were stated": (_KNOWN, {"from__instances": 17, "demand__peak": "300000 /s"}),
    "fewer instances than needed were stated": (_KNOWN, {"from__instances": 1, "demand__peak": "900000 /s"}),
    "owned beside rented": (_KNOWN, {"book": _OWN, "to__purchase": "owned", "demand__peak": "300000 /s"}),
    "rented after owned": (_KNOWN, {"book": _OWN, "from__purchase": "owned", "to__purchase": "on_demand"}),
    "owned on both sides": (
        _KNOWN,
        {"book": _OWN, "from__purchase": "owned", "to__purchase": "owned", "money__horizon": "7 years"},
    ),
    "more owned machines of the same kind": (
        rates(rate(A100, "tf32", 9_000.0), rate(A100, "int8", 31_000.0)),
        {"book": _OWN, "from__purchase": "owned", "to__purchase": "owned", "to__target": A100},
    ),
    "zones and spares": (_KNOWN, {"fleet__zones": 3, "fleet__spares": 2, "fleet__plus": 2}),
    "instances that follow the day": (
        _KNOWN,
        {"fleet__autoscaling": True, "demand__profile": _DAY, "demand__peak": "777777 /s"},
    ),
    "one queue before all replicas": (_QUEUED, {"demand__peak": "20000 /s", "slo__limit": "9 ms"}),
    "prices of many digits": (_KNOWN, {"book": own_book(Decimal("2.7446912345678"), Decimal("0.3333333333"))}),
    "no one-off costs": (_KNOWN, {name.replace(".", "__"): value for name, value in PLAIN.items()}),
    "odd labour, months and discount": (
        _KNOWN,
        {
            "migration__quantise": "12345.67 USD",
            "migration__parallel_running": "100 days",
            "money__discount_rate": "7.3 %",
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sums_reckoned_anew_come_to_the_amounts_of_the_plan(name: str) -> None:
    known, stated = CASES[name]
    figures, sums = laid_out(known, **stated)
    assert differences(sums) == ()
    assert len(sums.fleets) == len(figures.one.columns)
    assert len(sums.changes) == len(figures.one.changes)


@pytest.mark.parametrize("name", list(CASES)[:2])
def test_so_they_do_in_another_currency(name: str) -> None:
    known, stated = CASES[name]
    assert differences(laid_out(known, exchange=Exchange(currency="EUR", rate=Decimal("0.9237")), **stated)[1]) == ()


def test_the_cases_are_what_they_are_called() -> None:
    owning = laid_out(*CASES["owned on both sides"][:1], **CASES["owned on both sides"][1])[1]
    assert owning.fleets[0].running_per_year is not None
    assert any(figure.value for figure in owning.changes[-1].bought[1:])
    follows = laid_out(*CASES["instances that follow the day"][:1], **CASES["instances that follow the day"][1])[1]
    assert follows.fleets[0].hours_per_year is not None
    queued = laid_out(*CASES["one queue before all replicas"][:1], **CASES["one queue before all replicas"][1])[1]
    assert not queued.fleets[0].are_replicas_counted
    stated = laid_out(_KNOWN, from__instances=17)[1]
    assert [fleet.are_instances_counted for fleet in stated.fleets] == [False, True, True]
    beside = laid_out(_KNOWN, demand__peak="900000 /s")[1]
    assert beside.changes[-1].beside == "quantise"
    assert laid_out(published(Gate.REJECTED))[1].changes[-1].beside is None


def test_every_amount_is_the_document_s_and_says_when_it_is_only_a_bound() -> None:
    figures, sums = laid_out()
    stay, move = figures.stay, figures.changes[-1]
    assert stay.per_year.value == figures.one.columns[0].cost_per_year.planned
    assert stay.per_year.text.startswith("≥ ")
    assert sums.fleets[0].per_year is stay.per_year
    assert move.npv.value == move.change.npv.planned
    assert figures.changes[0].npv.text == "≥ −15,000.00 USD"
    assert figures.changes[0].npv_high.value is None
    assert (move.npv.text[0], move.payback.text[0], move.irr.text[0]) == ("≥", "≤", "≥")
    assert [figure.bound for figure in move.flows] == [Bound.EXACT, *[Bound.AT_LEAST] * 3]
    assert cash_bound(move, stay, year=3) is Bound.AT_LEAST


def test_converted_amounts_are_rounded_after_the_plan_s_own_were() -> None:
    rate_ = Exchange(currency="EUR", rate=Decimal("0.9237"))
    own, _ = laid_out(_KNOWN)
    other, sums = laid_out(_KNOWN, exchange=rate_)
    value = own.stay.per_year.value
    assert isinstance(value, Decimal)
    assert other.stay.per_year.value == (value * rate_.rate).quantize(Decimal("0.01"))
    assert other.stay.per_year.unit == "EUR"
    assert sums.fleets[0].price_per_hour.figure.unit == "USD/h"


def test_sums_that_do_not_come_to_the_plan_are_told() -> None:
    _, sums = laid_out(_KNOWN)
    wrong = replace(sums.changes[0], npv=replace(sums.changes[0].npv, value=Decimal(1)))
    assert any("npv: 1 in the plan" in told for told in differences(replace(sums, changes=(wrong,))))


def test_a_bound_stays_a_bound_where_it_is_the_other_side_s() -> None:
    known = rates(rate(A100, "tf32", 9_000.0), bound(A100, "int8", 31_000.0), rate(T4, "int8", 5_000.0))
    figures, sums = laid_out(known)
    assert differences(sums) == ()
    saving = figures.changes[0].saving
    assert saving.text.startswith("≤ ")


@pytest.mark.parametrize(("now_", "then"), [("on_demand", "owned"), ("owned", "on_demand")])
def test_both_sides_of_the_ledger_differ_by_all_cash_also_of_owned_machines(now_: str, then: str) -> None:
    figures, _ = laid_out(_KNOWN, book=_OWN, demand__peak="300000 /s", from__purchase=now_, to__purchase=then)
    move = figures.change(ColumnName.MOVE)
    assert move is not None
    now, after = (cell for cell in ledger_table(figures, move).rows[-1].cells if isinstance(cell, Figure))
    assert isinstance(now.value, Decimal)
    assert isinstance(after.value, Decimal)
    assert now.value - after.value == sum(move.change.flows, Decimal(0))
