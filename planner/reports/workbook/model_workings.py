"""The steps between inputs and results: unrounded, in the plan's currency, and beside them to the cent."""

from planner.reports.workbook.grid import Kind, Look, place
from planner.reports.workbook.model import FINE, MONEY, NONE, PLANNED, SOURCE, Model
from planner.reports.workbook.model_rows import has_purchases
from planner.reports.workbook.number_formats import as_number
from planner.reports.workbook.reckoning import MILLION, MONTHS, ReckonedChange, ReckonedFleet, Settled
from planner.reports.workbook.rounding import decimals_of, half_even, rounded

_TOLERANT = "*(1-0.000000000001)"
"""100 requests/s over replicas of 25 are four, whatever a division's last digit says (`pricing.capacity.sizing`)."""


def put_workings(model: Model) -> None:
    """All of them."""
    for fleet in model.reckoned.fleets.values():
        _put_fleet(model, fleet)
    for change in model.reckoned.changes.values():
        _put_change(model, change)


def replicas_formula(model: Model, one: ReckonedFleet) -> str:
    """⌈peak / (rate · (1 − headroom))⌉, or the stated count."""
    fleet, names = one.fleet, model.names
    if one.replicas.is_stated:
        return model.cell("replicas_stated", fleet.key)
    peak, rate = names[model.reckoned.calculation.peak_per_s.name], names[fleet.rate_per_s.name]
    return f"MAX(1,ROUNDUP({peak}/({rate}*(1-{names[fleet.headroom.name]})){_TOLERANT},0))"


def _put_fleet(model: Model, one: ReckonedFleet) -> None:
    fleet, key, names = one.fleet, one.fleet.key, model.names
    each, spares = names[fleet.replicas_per_instance.name], names[fleet.spares.name]
    asked = f"ROUNDUP({model.cell('replicas', key)}/{each}{_TOLERANT},0)+{spares}"
    if one.instances.is_stated:
        asked = model.cell("instances_stated", key)
    model.put_working("w_instances", key, asked, one.instances.amount, number="#,##0")
    cost = f"{model.own(fleet.price_per_hour)}*{_hours(model, one)}*{model.cell('instances', key)}"
    _put_money(model, "w_per_year", key, cost, one.per_year)
    requests = names[model.reckoned.calculation.requests_per_year.name]
    million = f"{model.cell('w_per_year', key)}*{MILLION}/{requests}"
    _put_money(model, "w_per_million", key, million, one.per_million)
    running = model.cell("w_per_year", key)
    if fleet.running_per_year is not None:
        planned = model.cell("instances", key, offset=PLANNED)
        running = f"{model.own(fleet.running_per_year)}*{model.cell('instances', key)}/{planned}"
    model.put_working("w_running", key, running, one.running)


def _hours(model: Model, one: ReckonedFleet) -> str:
    if one.are_hours_own:
        return model.cell("hours", one.fleet.key)
    return model.names[(one.fleet.hours_per_year or model.reckoned.calculation.hours_per_year).name]


def _put_change(model: Model, one: ReckonedChange) -> None:
    key, stay = one.change.key, model.reckoned.stay.fleet.key
    before, after = (model.cell("w_running", fleet) for fleet in (stay, key))
    saving = f"{model.cell('w_per_year', stay)}-{model.cell('w_per_year', key)}"
    _put_money(model, "w_saving", key, saving, one.saving)
    beside = one.change.beside if one.change.beside in model.reckoned.fleets else None
    least = f"MIN({before},{model.cell('w_running', beside)})" if beside else before
    twice = f"{least}*{model.names[one.change.parallel_months.name]}/{MONTHS}"
    model.put_working("w_twice", key, twice, one.twice)
    for year, flow in enumerate(one.flows):
        start = f"-({model.own(one.change.labour)}+{model.cell('w_twice', key)})"
        bought = _bought(model, key, year) if has_purchases(model.reckoned) else ""
        _put_money(model, f"w_flow.{year}", key, (start if year == 0 else f"{before}-{after}") + bought, flow)
    last = len(one.flows) - 1
    first, rest = model.cell("w_flow.0", key), f"{model.cell('w_flow.1', key)}:{model.cell(f'w_flow.{last}', key)}"
    rate = model.names[model.reckoned.calculation.discount_rate.name]
    _put_money(model, "w_npv", key, f"{first}+NPV({rate},{rest})", one.npv)
    _put_sums(model, one)


def _bought(model: Model, key: str, year: int) -> str:
    calculation = model.reckoned.calculation
    figure = next(one for one in calculation.changes if one.key == key).bought[year]
    is_other = calculation.exchange is not None and figure.unit == calculation.currency
    cell = model.cell(f"bought.{year}", key)
    return f"+{cell}/{model.names[calculation.exchange.name]}" if is_other and calculation.exchange else f"+{cell}"


def _put_sums(model: Model, one: ReckonedChange) -> None:
    """Cash in all, and when it was back for good: a year that ends below nothing undoes what was said before it."""
    key = one.change.key
    for year, amount in enumerate(one.running_sums):
        now, flow = model.cell(f"w_sum.{year}", key), model.cell(f"w_flow.{year}", key)
        back = f'IF({now}>=0,0,"{NONE}")'
        if year == 0:
            model.put_working("w_sum.0", key, flow, amount)
        else:
            before, earlier = model.cell(f"w_sum.{year - 1}", key), model.cell(f"w_back.{year - 1}", key)
            model.put_working(f"w_sum.{year}", key, f"{before}+{flow}", amount)
            back = f'IF({now}<0,"{NONE}",IF({before}<0,{year - 1}-{before}/{flow},{earlier}))'
        after = one.back_after[year]
        value = NONE if after is None else as_number(after)
        look = Look(kind=Kind.FORMULA, number="0.00####", is_right=True)
        model.grid.reckon(model.rows.of[f"w_back.{year}"], model.column(key), back, value=value, look=look)


def _put_money(model: Model, line: str, key: str, formula: str, settled: Settled) -> None:
    """An amount, what is added so that it is the report's, and rounded as the report rounds."""
    row, column = model.rows.of[line], model.column(key)
    if settled.is_stated:
        value = model.value(settled.figure) if settled.amount is None else as_number(settled.amount)
        model.grid.put(row, column, value, Look(kind=Kind.INPUT, number=FINE, is_right=True))
        model.put_mark(row, column, None, "stated")
        formula = ""
    if settled.added:
        look = Look(kind=Kind.PLANNED, number='"+ "0.0000######;"− "0.0000######', is_right=True)
        model.grid.put(row, column + SOURCE, as_number(settled.added), look)
        formula = f"{formula}+{place(row, column + SOURCE)}"
    if formula:
        model.put_working(line, key, formula, settled.amount)
    if settled.amount is None:
        return
    places = decimals_of(settled.figure.value)
    look = Look(kind=Kind.FORMULA, number=_to_the(places), is_right=True)
    cent = as_number(half_even(settled.amount, places))
    model.grid.reckon(row, column + PLANNED, rounded(place(row, column), places), value=cent, look=look)


def _to_the(places: int) -> str:
    return MONEY if places == 2 else "#,##0" + (f".{'0' * places}" if places else "")  # noqa: PLR2004 - cents
