"""A calculation's sheet while it is laid out, and what the rest of the workbook needs of it."""

from dataclasses import dataclass, field

from planner.reports.calculation import Given
from planner.reports.figures import Figure, Mark
from planner.reports.workbook.grid import Grid, Kind, Look, place
from planner.reports.workbook.model_rows import Rows, own_currency
from planner.reports.workbook.names import cell_name
from planner.reports.workbook.number_formats import as_number, is_number, number_format
from planner.reports.workbook.reckoning import Amount, Reckoned, is_foreign

VALUE, PLANNED, SOURCE, WIDTH = 0, 1, 2, 3
"""The columns of a fleet: what is reckoned with, what was when the report was made, and where it is from."""
FIRST_COLUMN = 2
MONEY = '#,##0.00;"−"#,##0.00'
FINE = '#,##0.00####;"−"#,##0.00####'
COUNT = "#,##0"
NONE = "–"
SHARE = "0.0##%"


@dataclass(slots=True, kw_only=True)
class Model:
    """A sheet being laid out.

    Attributes:
        reckoned: What its formulas give.
        rows: The plan of its rows.
        grid: Its cells.
        taken: Names of cells in the workbook, in small letters; shared by all sheets.
        names: Of cells, by the name of the input or the key of the figure.
        named: Cells, by name, for the workbook to define.
        live: Cells of figures that follow the inputs, by the key of the figure.
        changed: Formulas, each 1 where an input is not as planned.
    """

    reckoned: Reckoned
    rows: Rows
    grid: Grid
    taken: set[str]
    names: dict[str, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)

    def column(self, fleet: str) -> int:
        """The first column of a fleet, and of the change to it."""
        keys = [one.key for one in self.reckoned.calculation.fleets]
        return FIRST_COLUMN + WIDTH * keys.index(fleet)

    def cell(self, line: str, fleet: str, *, offset: int = VALUE) -> str:
        """`C8`: of a fleet's line."""
        return place(self.rows.of[line], self.column(fleet) + offset)

    def name(self, key: str, row: int, column: int) -> str:
        """Name a cell; the workbook's names are unique."""
        self.names[key] = cell_name(key, taken=self.taken)
        self.named[self.names[key]] = self.grid.at(row, column)
        return self.names[key]

    def own(self, given: Given) -> str:
        """An input as a term in the plan's currency."""
        name = self.names[given.name]
        exchange = self.reckoned.calculation.exchange
        is_other = exchange is not None and is_foreign(self.reckoned.calculation, given.figure)
        return f"{name}/{self.names[exchange.name]}" if is_other and exchange is not None else name

    def put_given(self, given: Given, row: int, column: int, *, number: str) -> None:
        """An input with its name, what it was, and its mark; one that has a cell already is referred to."""
        figure = given.figure
        if given.name in self.names:
            look = Look(kind=Kind.LINK, number=number)
            self.grid.reckon(row, column, self.names[given.name], value=self.value(figure), look=look)
            return
        self.name(given.name, row, column)
        self.put_input(figure, row, column, number=number)

    def put_input(self, figure: Figure, row: int, column: int, *, number: str, source: str = "") -> None:
        """An input without a name; where nothing is known of it, why."""
        value = self.value(figure)
        self.grid.put(row, column + VALUE, value, Look(kind=Kind.INPUT, number=number, is_right=True))
        self.put_planned(row, column, value, number=number)
        self.put_mark(row, column, figure.mark, source)
        self.changed.append(f"IF({place(row, column)}={place(row, column + PLANNED)},0,1)")

    def put_planned(self, row: int, column: int, value: str | float, *, number: str) -> None:
        """What it was when the report was made."""
        self.grid.put(row, column + PLANNED, value, Look(kind=Kind.PLANNED, number=number, is_right=True))

    def put_mark(self, row: int, column: int, mark: Mark | None, source: str = "") -> None:
        """Where it is from, as a word."""
        word = source or (str(mark) if mark else "")
        self.grid.put(row, column + SOURCE, word, Look(kind=Kind.MARK, mark=mark))

    def put_result(self, figure: Figure, row: int, column: int, *, formula: str, number: str = "") -> None:
        """A figure of the report that follows the inputs, with what it was."""
        look = Look(kind=Kind.RESULT, number=number or number_format(figure, has_unit=False), is_right=True)
        value = self.value(figure)
        self.grid.reckon(row, column, formula, value=value, look=look)
        self.put_planned(row, column, value, number=look.number)
        self.put_mark(row, column, figure.mark)
        self.live.setdefault(figure.key, self.grid.at(row, column))
        self.name(figure.key, row, column)

    def put_working(self, line: str, fleet: str, formula: str, amount: Amount, *, number: str = "") -> None:
        """A step between inputs and results; one that cannot be reckoned is none."""
        look = Look(kind=Kind.FORMULA, number=number or FINE, is_right=True)
        if amount is None:
            self.grid.put(self.rows.of[line], self.column(fleet), NONE, look)
        else:
            self.grid.reckon(self.rows.of[line], self.column(fleet), formula, value=as_number(amount), look=look)

    def value(self, figure: Figure) -> str | float | int:
        """Of a cell."""
        return as_number(figure.value) if figure.value is not None and is_number(figure) else figure.text

    @property
    def currency(self) -> str:
        """Of the sums."""
        return own_currency(self.reckoned)
