"""A calculation's sheet: inputs, results, cash over the years, charts, workings; what it names and what follows it."""

from dataclasses import dataclass

from planner.reports.calculation import Calculation
from planner.reports.workbook.grid import Grid, Kind, Look, place
from planner.reports.workbook.model import FIRST_COLUMN, WIDTH, Model
from planner.reports.workbook.model_inputs import put_inputs
from planner.reports.workbook.model_results import put_results
from planner.reports.workbook.model_rows import Band, deal
from planner.reports.workbook.model_workings import put_workings
from planner.reports.workbook.names import sheet_name
from planner.reports.workbook.reckoning import reckon
from planner.reports.workbook.texts import clean

CHECK = (2, FIRST_COLUMN)
"""The cell that counts inputs which are not as planned."""
_UNITS = {"1": "", "requests/s": "requests/s"}
_THIRD = ("as planned", "source")
_LEGEND = "blue on yellow: inputs, change them · black: formulas · grey: as the report was made"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSheet:
    """A sheet that is laid out. `check`: its count of changed inputs, as other sheets name it."""

    model: Model
    check: str
    last_column: int


def lay_out(calculation: Calculation, *, sheets: set[str], names: set[str]) -> ModelSheet:
    """The sheet of a calculation. `sheets` and `names` are taken ones, and grow."""
    reckoned = reckon(calculation)
    grid = Grid(name=sheet_name(f"Model {calculation.key}", taken=sheets))
    model = Model(reckoned=reckoned, rows=deal(reckoned), grid=grid, taken=names)
    last = FIRST_COLUMN + WIDTH * max(1, len(calculation.fleets)) - 1
    _put_head(model, last)
    for band in model.rows.bands:
        _put_band(model, band, last)
    put_inputs(model)
    put_workings(model)
    put_results(model)
    row, column = CHECK
    grid.reckon(row, column, "+".join(model.changed) or "0", value=0, look=Look(kind=Kind.RESULT, number="#,##0"))
    return ModelSheet(model=model, check=grid.at(row, column), last_column=last)


def _put_head(model: Model, last: int) -> None:
    calculation = model.reckoned.calculation
    title = Look(kind=Kind.TITLE)
    model.grid.put(0, 0, clean(calculation.title)[:200], title, to_column=last)
    money = f"amounts in {calculation.currency}"
    if calculation.exchange is not None:
        money += f", converted from {model.currency} to the cent"
    model.grid.put(1, 0, f"{money} · {_LEGEND}", Look(kind=Kind.NOTE), to_column=last)
    model.grid.put(CHECK[0], 0, "inputs that are not as planned", Look(kind=Kind.LABEL, is_strong=True))
    told = f'IF({place(*CHECK)}=0,"all as the report was made","changed: not the figures of the report")'
    look = Look(kind=Kind.NOTE)
    model.grid.reckon(CHECK[0], FIRST_COLUMN + 1, told, value="all as the report was made", look=look)


def _put_band(model: Model, band: Band, last: int) -> None:
    row = model.rows.of[band.key]
    model.grid.put(row, 0, band.title, Look(kind=Kind.SECTION))
    first = "unrounded" if band.key == "workings" else "value"
    third = ("to the cent", "added") if band.key == "workings" else _THIRD
    for column in range(1, last + 1):
        model.grid.put(row, column, "", Look(kind=Kind.SECTION))
    _put_heads(model, band, row + 1, (first, *third))
    for line in band.lines:
        model.grid.put(model.rows.of[line.key], 0, line.label, Look(kind=Kind.LABEL))
        model.grid.put(model.rows.of[line.key], 1, clean(_UNITS.get(line.unit, line.unit)), Look(kind=Kind.NOTE))


def _put_heads(model: Model, band: Band, row: int, words: tuple[str, ...]) -> None:
    head = Look(kind=Kind.HEAD)
    model.grid.put(row, 0, "", head)
    model.grid.put(row, 1, "unit", head)
    fleets = model.reckoned.calculation.fleets if band.has_fleets else model.reckoned.calculation.fleets[:1]
    for fleet in fleets:
        column = model.column(fleet.key)
        if band.has_fleets:
            model.grid.put(row - 1, column, clean(fleet.title)[:60], Look(kind=Kind.SECTION))
        for offset, word in enumerate(words):
            model.grid.put(row, column + offset, word, Look(kind=Kind.HEAD, is_right=offset < WIDTH - 1))
