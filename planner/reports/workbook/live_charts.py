"""Charts of a calculation's own sheet, fed by its formulas: cash over the years."""

from collections.abc import Iterator, Mapping, Sequence

from planner.reports.chart_model import Axis
from planner.reports.workbook.grid import place
from planner.reports.workbook.model import FIRST_COLUMN
from planner.reports.workbook.model_sheet import ModelSheet
from planner.reports.workbook.names import quoted
from planner.reports.workbook.native import PALETTE, Native, Strand
from planner.reports.workbook.reckoning import cash_in_all


def charts_of(sheet: ModelSheet) -> Iterator[Native]:
    """Cash in all, a line for every change."""
    model = sheet.model
    calculation = model.reckoned.calculation
    if not model.reckoned.changes:
        return
    strands = []
    last = calculation.horizon_years
    for index, key in enumerate(model.reckoned.changes):
        column = model.column(key)
        rows = (model.rows.of["sum.0"], model.rows.of[f"sum.{last}"])
        strands.append(
            Strand(
                name=key,
                categories=_area(model.grid.name, rows, FIRST_COLUMN),
                values=_area(model.grid.name, rows, column),
                colour=PALETTE[index % len(PALETTE)],
                has_dots=True,
            )
        )
    yield Native(
        kind="scatter",
        title="Cash in all, against staying",
        told="The running sum of the cash flows; where a line crosses nothing, the change has paid back.",
        x=Axis(title="year"),
        y=Axis(title="cash in all", unit=calculation.currency),
        strands=tuple(strands),
        ends=(0, last),
    )


def sums_of(sheet: ModelSheet) -> Mapping[tuple[float, ...], Sequence[str]]:
    """The cells of running sums, by their values: a line of the report that has them is fed by them."""
    found = {}
    model = sheet.model
    for key, one in model.reckoned.changes.items():
        amounts = cash_in_all(model.reckoned, one)
        rows = [model.rows.of[f"sum.{year}"] for year in range(len(amounts))]
        if amounts:
            found[tuple(map(float, amounts))] = [model.grid.at(row, model.column(key)) for row in rows]
    return found


def _area(sheet: str, rows: tuple[int, int], column: int) -> str:
    return f"={quoted(sheet)}!" + ":".join(place(row, column, is_fixed=True) for row in rows)
