"""Draws the fleets of a projection side by side, or one below the other where there is no room for that."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_figures import amount, money_range, rate_of, years
from planner.drawing.plan_footprint import carbon_cell, embodied_cell, energy_cell, request_carbon_cell, request_cell
from planner.services.plans.document import ChangeDocument, ColumnDocument, ProjectionDocument
from planner.wording.quantities import ABSENT, bar
from planner.wording.text import plain
from pricing.projection.model import ColumnName

TITLES = {
    ColumnName.STAY: "stay as is",
    ColumnName.QUANTISE: "stay and quantise",
    ColumnName.MOVE: "quantise and move",
}
_BAR = 14
_HUGE = 10.0  # of a rate of return a year
_LABELS = 22  # characters that the names of the rows take
_GAP = 3
_LEAST = 23  # below this most cells would break


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line of the table: what is read there of a fleet, and of the change to it."""

    name: str
    cell: Callable[[ColumnDocument, ChangeDocument | None], str]


def fleets(one: ProjectionDocument, *, width: int) -> Iterator[RenderableType]:
    """The table, or a block a fleet."""
    if not one.columns:
        return
    room = (width - _LABELS) // len(one.columns) - _GAP
    rows, changes = _rows(one), {change.name: change for change in one.changes}
    groups = [one.columns] if room >= _LEAST else [(column,) for column in one.columns]
    for number, columns in enumerate(groups):
        if number:
            yield ""
        yield _table(rows, columns, changes, room=room if len(columns) > 1 else width - _LABELS - _GAP)


def _table(
    rows: Sequence[_Row], columns: Sequence[ColumnDocument], changes: dict[ColumnName, ChangeDocument], *, room: int
) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    table.add_column("", style="dim", no_wrap=True, min_width=_LABELS - _GAP)
    for column in columns:
        table.add_column(TITLES[column.name], overflow="fold", max_width=room)
    for row in rows:
        cells = [row.cell(column, changes.get(column.name)) for column in columns]
        if any(cell != ABSENT for cell in cells):
            table.add_row(row.name, *(Text(plain(cell)) for cell in cells))
    return table


def _rows(one: ProjectionDocument) -> tuple[_Row, ...]:
    largest = max(float(column.cost_per_year.planned) for column in one.columns)
    currency = one.currency

    def of_change(draw: Callable[[ChangeDocument], str]) -> Callable[[ColumnDocument, ChangeDocument | None], str]:
        return lambda _, change: ABSENT if change is None else draw(change)

    return (
        _Row(name="serves", cell=lambda column, _: f"{column.target} · {column.variant}"),
        _Row(name="one replica", cell=lambda column, _: rate_of(column)),
        _Row(name="replicas, busy", cell=lambda column, _: _replicas(column)),
        _Row(name="instances", cell=lambda column, _: _instances(column)),
        _Row(name="of which", cell=lambda column, _: _steps(column)),
        _Row(name="price", cell=lambda column, _: f"{column.fleet.price_per_hour} {column.fleet.currency}/h"),
        _Row(name="bought", cell=lambda column, _: f"{column.fleet.purchase}, {column.fleet.price_as_of}"),
        _Row(name="a year", cell=lambda column, _: money_range(column.cost_per_year, currency)),
        _Row(name="", cell=lambda column, _: bar(float(column.cost_per_year.planned), of=largest, width=_BAR)),
        _Row(name="a million requests", cell=lambda column, _: f"{_at_least(column)}{column.per_million} {currency}"),
        _Row(name="energy of the cards", cell=lambda column, _: energy_cell(column)),
        _Row(name="energy of a million", cell=lambda column, _: request_cell(column)),
        _Row(name="location-based CO₂e", cell=lambda column, _: carbon_cell(column)),
        _Row(name="CO₂e of a million", cell=lambda column, _: request_carbon_cell(column)),
        _Row(name="embodied CO₂e", cell=lambda column, _: embodied_cell(column)),
        _Row(name="quality", cell=lambda column, _: _quality(column)),
        _Row(name="saves a year", cell=of_change(lambda change: money_range(change.saving_per_year, currency))),
        _Row(name="paid once", cell=of_change(lambda change: amount(change.one_off, currency))),
        _Row(name="both fleets at once", cell=of_change(lambda change: _parallel(change, currency))),
        _Row(
            name=f"worth over {one.horizon_years} years",
            cell=of_change(lambda change: money_range(change.npv, currency)),
        ),
        _Row(name="rate of return", cell=of_change(_return)),
        _Row(name="pays back after", cell=of_change(lambda change: years(change.payback_years, one.horizon_years))),
    )


def _return(change: ChangeDocument) -> str:
    """A year, of the likely case; above a thousand per cent nobody needs the digits."""
    if change.irr is None:
        return ABSENT
    return "above 1,000 % a year" if change.irr > _HUGE else f"{100 * change.irr:,.0f} % a year".replace("-", "−")


def _at_least(column: ColumnDocument) -> str:
    """Of what is bought: a count that was stated is exact, though the rate behind it is only bounded."""
    return "≥ " if column.cost_per_year.high is None else ""


def _least(column: ColumnDocument) -> str:
    return "≥ " if column.rate.is_bound else ""


def _replicas(column: ColumnDocument) -> str:
    return f"{_least(column)}{column.sizing.replicas:,} · {column.sizing.utilisation:.0%}"


def _instances(column: ColumnDocument) -> str:
    return f"{_at_least(column)}{column.fleet.instances:,} × {column.fleet.instance}"


def _steps(column: ColumnDocument) -> str:
    """Nothing where another number was stated than the steps come to."""
    steps = [(name, count) for name, count in column.fleet.steps if count]
    if sum(count for _, count in steps) != column.fleet.instances:
        return ABSENT
    return " + ".join(f"{count:,} {name}" for name, count in steps)


def _quality(column: ColumnDocument) -> str:
    return "the baseline" if column.name is ColumnName.STAY else column.gate


def _parallel(change: ChangeDocument, currency: str) -> str:
    return amount(change.parallel_running, currency) if change.parallel_running else ABSENT
