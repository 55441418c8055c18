"""The results of a calculation's sheet: the report's figures, each a formula that gives it to its last digit."""

from decimal import Decimal

from planner.reports.workbook.grid import Kind, Look
from planner.reports.workbook.model import FIRST_COLUMN, MONEY, PLANNED, Model
from planner.reports.workbook.model_workings import replicas_formula
from planner.reports.workbook.number_formats import as_number
from planner.reports.workbook.reckoning import ReckonedChange, ReckonedFleet, Settled, cash_in_all
from planner.reports.workbook.rounding import decimals_of, places_of, rounded
from planner.reports.workbook.texts import in_formula

_SUM = Look(kind=Kind.FORMULA, number=MONEY, is_right=True)


def put_results(model: Model) -> None:
    """All of them."""
    for fleet in model.reckoned.fleets.values():
        _put_fleet(model, fleet)
    for change in model.reckoned.changes.values():
        _put_change(model, change)


def _put_fleet(model: Model, one: ReckonedFleet) -> None:
    key, of, column = one.fleet.key, model.rows.of, model.column(one.fleet.key)
    override, asked = model.cell("override", key), model.cell("w_instances", key)
    model.put_result(one.fleet.replicas, of["replicas"], column, formula=replicas_formula(model, one))
    count = f"IF(ISNUMBER({override}),{override},{asked})"
    model.put_result(one.fleet.instances, of["instances"], column, formula=count)
    _put_money(model, "per_year", key, one.per_year)
    _put_money(model, "per_million", key, one.per_million)


def _put_change(model: Model, one: ReckonedChange) -> None:
    key = one.change.key
    _put_money(model, "saving", key, one.saving)
    _put_money(model, "npv", key, one.npv)
    _put_payback(model, one)
    for year, flow in enumerate(one.flows):
        _put_money(model, f"flow.{year}", key, flow)
    for year, amount in enumerate(cash_in_all(model.reckoned, one)):
        _put_sum(model, key, year, amount)


def _put_sum(model: Model, key: str, year: int, amount: Decimal) -> None:
    """Of the flows to the cent, as the report adds them; `year` stands where today's fleet has no flow."""
    row, column = model.rows.of[f"sum.{year}"], model.column(key)
    first, last = (model.cell(f"w_flow.{at}", key, offset=PLANNED) for at in (0, year))
    formula = _converted(model, f"ROUND(SUM({first}:{last}),2)", 2)
    model.grid.reckon(row, column, formula, value=as_number(amount), look=_SUM)
    model.put_planned(row, column, as_number(amount), number=MONEY)
    model.grid.put(row, FIRST_COLUMN, year, Look(kind=Kind.PLANNED, number='"year "0', is_right=True))


def _put_payback(model: Model, one: ReckonedChange) -> None:
    figure, key, settled = one.change.payback_years, one.change.key, one.payback
    row, column = model.rows.of["payback"], model.column(key)
    if settled.is_stated:
        model.put_input(figure, row, column, number="0.00##", source="stated")
        return
    back = model.cell(f"w_back.{len(one.flows) - 1}", key)
    places = places_of(figure.value) if figure.value is not None else None
    added = f"+{as_number(settled.added)!r}" if settled.added else ""
    reckoned = back + added if places is None else rounded(back + added, places)
    never = in_formula(figure.text if figure.value is None else _never(model))
    formula = f"IF(ISNUMBER({back}),{reckoned},{never})"
    model.put_result(figure, row, column, formula=formula, number="0.00##")


def _never(model: Model) -> str:
    years = model.reckoned.calculation.horizon_years
    return f"not within {years} year{'s' * (years > 1)}"


def _put_money(model: Model, line: str, key: str, settled: Settled) -> None:
    figure = settled.figure
    row, column = model.rows.of[line], model.column(key)
    if settled.amount is None:
        model.put_input(figure, row, column, number=MONEY, source="stated")
        return
    cent = model.cell(f"w_{line}", key, offset=PLANNED)
    model.put_result(figure, row, column, formula=_converted(model, cent, decimals_of(figure.value)))


def _converted(model: Model, cent: str, places: int) -> str:
    """At the stated rate, and rounded again."""
    exchange = model.reckoned.calculation.exchange
    return cent if exchange is None else rounded(f"({cent}*{model.names[exchange.name]})", places)
