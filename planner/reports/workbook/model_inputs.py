"""The inputs of a calculation's sheet: whoever changes one of these cells changes everything that rests on it."""

from planner.reports.calculation import FleetSum, Given
from planner.reports.figures import Figure
from planner.reports.workbook.grid import Kind, Look, place
from planner.reports.workbook.model import COUNT, FIRST_COLUMN, MONEY, PLANNED, SHARE, Model
from planner.reports.workbook.model_rows import has_purchases
from planner.reports.workbook.number_formats import as_number, is_number
from planner.reports.workbook.reckoning import ReckonedChange, ReckonedFleet

_FINE = "#,##0.00######"
_STATED = "stated"


def put_inputs(model: Model) -> None:
    """All of them."""
    calculation = model.reckoned.calculation
    for given in (calculation.peak_per_s, calculation.requests_per_year, calculation.hours_per_year):
        _put_common(model, given)
    _put_common(model, calculation.discount_rate, number=SHARE)
    if calculation.exchange is not None:
        _put_common(model, calculation.exchange, number=_FINE)
    for one in model.reckoned.fleets.values():
        _put_fleet(model, one)
    for change in model.reckoned.changes.values():
        _put_change(model, change)


def _put_common(model: Model, given: Given, *, number: str = "") -> None:
    model.put_given(given, model.rows.of[given.name], FIRST_COLUMN, number=number or _number_of(given.figure))


def _put_fleet(model: Model, one: ReckonedFleet) -> None:
    fleet, of, column = one.fleet, model.rows.of, model.column(one.fleet.key)
    lines = {"rate": fleet.rate_per_s, "per_instance": fleet.replicas_per_instance, "spares": fleet.spares}
    for line, given in lines.items():
        model.put_given(given, of[line], column, number=_number_of(given.figure))
    model.put_given(fleet.headroom, of["headroom"], column, number=SHARE)
    model.put_given(fleet.price_per_hour, of["price"], column, number=_FINE)
    if one.replicas.is_stated:
        source = _STATED if fleet.are_replicas_counted else "one queue, or stated"
        model.put_input(fleet.replicas, of["replicas_stated"], column, number=COUNT, source=source)
    if one.instances.is_stated:
        model.put_input(fleet.instances, of["instances_stated"], column, number=COUNT, source=_STATED)
    _put_override(model, fleet)
    if one.are_hours_own and one.hours is not None:
        look = Look(kind=Kind.INPUT, number=_FINE, is_right=True)
        model.grid.put(of["hours"], column, as_number(one.hours), look)
        model.put_planned(of["hours"], column, as_number(one.hours), number=_FINE)
        model.put_mark(of["hours"], column, None, "as the plan has it")
        model.changed.append(f"IF({place(of['hours'], column)}={place(of['hours'], column + PLANNED)},0,1)")
    elif fleet.hours_per_year is not None:
        model.put_given(fleet.hours_per_year, of["hours"], column, number=_number_of(fleet.hours_per_year.figure))
    if fleet.running_per_year is not None:
        model.put_given(fleet.running_per_year, of["running"], column, number=MONEY)


def _put_override(model: Model, fleet: FleetSum) -> None:
    row, column = model.rows.of["override"], model.column(fleet.key)
    model.grid.put(row, column, "", Look(kind=Kind.INPUT, number=COUNT, is_right=True))
    model.name(f"{fleet.rate_per_s.name.removesuffix('_rate')}_count", row, column)
    model.changed.append(f"IF(ISNUMBER({place(row, column)}),1,0)")


def _put_change(model: Model, one: ReckonedChange) -> None:
    change, of, column = one.change, model.rows.of, model.column(one.change.key)
    model.put_given(change.labour, of["labour"], column, number=MONEY)
    model.put_given(change.parallel_months, of["months"], column, number=_number_of(change.parallel_months.figure))
    if has_purchases(model.reckoned):
        for year, bought in enumerate(change.bought):
            model.put_input(bought, of[f"bought.{year}"], column, number=MONEY)


def _number_of(figure: Figure) -> str:
    value = figure.value
    return COUNT if value is not None and is_number(figure) and value == int(value) else _FINE
