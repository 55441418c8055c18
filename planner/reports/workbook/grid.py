"""Cells of a sheet before they are written: where, what, and how they look. Nothing here knows a file format."""

from dataclasses import dataclass, field
from enum import StrEnum

from planner.reports.figures import Mark, Tone
from planner.reports.workbook.names import quoted

Value = str | float | int


class Kind(StrEnum):
    """What a cell is to its reader."""

    TITLE = "title"
    SECTION = "section"
    HEAD = "head"
    LABEL = "label"
    NOTE = "note"
    TOLD = "told"
    INPUT = "input"
    FORMULA = "formula"
    RESULT = "result"
    LINK = "link"
    FIXED = "fixed"
    PLANNED = "planned"
    MARK = "mark"
    TEXT = "text"
    CODE = "code"
    LARGE = "large"
    FRAME = "frame"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a cell looks. `number`: Excel's format."""

    kind: Kind
    number: str = ""
    mark: Mark | None = None
    tone: Tone = Tone.NEUTRAL
    is_strong: bool = False
    is_right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell. With a formula, `value` is what it was when the report was made. `to_column`: merged up to there."""

    row: int
    column: int
    value: Value
    look: Look
    formula: str | None = None
    to_column: int | None = None


@dataclass(slots=True, kw_only=True)
class Grid:
    """A sheet being filled.

    Attributes:
        name: Of the sheet.
        cells: In the order in which they were put.
        heights: Of rows that need another than a line's, in points.
    """

    name: str
    cells: list[Cell] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)

    def put(self, row: int, column: int, value: Value, look: Look, *, to_column: int | None = None) -> None:
        """A value."""
        self.cells.append(Cell(row=row, column=column, value=value, look=look, to_column=to_column))

    def reckon(self, row: int, column: int, formula: str, *, value: Value, look: Look) -> None:
        """A formula with what it gives."""
        self.cells.append(Cell(row=row, column=column, value=value, look=look, formula=formula))

    def at(self, row: int, column: int) -> str:
        """A cell as formulas of other sheets name it."""
        return f"{quoted(self.name)}!{place(row, column, is_fixed=True)}"


def column_name(column: int) -> str:
    """`A`, `Z`, `AA`."""
    name, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def place(row: int, column: int, *, is_fixed: bool = False) -> str:
    """`C8`, or `$C$8`."""
    fixed = "$" if is_fixed else ""
    return f"{fixed}{column_name(column)}{fixed}{row + 1}"
