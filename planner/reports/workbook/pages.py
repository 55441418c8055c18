"""A section as a sheet: its blocks one below the other, figures that follow the inputs as references to them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.reports.chart_model import Chart
from planner.reports.document import (
    Align,
    Block,
    Bullets,
    Commands,
    Decision,
    Drawing,
    Heading,
    KeyFigures,
    Notice,
    Paragraph,
    Row,
    Section,
    Table,
)
from planner.reports.figures import SIGNS, Cell, Figure, Mark, Words
from planner.reports.workbook.grid import Grid, Kind, Look
from planner.reports.workbook.number_formats import as_number, is_number, number_format
from planner.reports.workbook.texts import clean

SPAN = 8
"""Columns that running text takes."""
CHART_ROWS = 20
_LINE_POINTS = 14.0
_LEAST_WIDTH, _MOST_OF_TEXT, _MOST_OF_FIGURE = 12.0, 24.0, 40.0
_ROOMY, _NARROW = (26.0, 56.0), (18.0, 36.0)
"""The most of a column of text, and of a wide one, on a sheet of tables with few columns or with many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """A long table on a sheet of its own: from its heading's row to its last."""

    head: int
    last: int
    columns: int


@dataclass(slots=True, kw_only=True)
class Page:
    """A sheet of sections.

    Attributes:
        grid: Its cells.
        live: Cells of figures that follow the inputs, by key.
        asides: Sheets of tables that are too long to stand between text, by the table's key.
        widths: Of columns, in characters.
        is_narrow: Whether a table has so many columns that all must be narrow.
        charts: Which chart stands from which row on.
        starts: Rows at which something begins, and a page may.
        row: The next free one.
    """

    grid: Grid
    live: Mapping[str, str]
    asides: Mapping[str, str]
    widths: dict[int, float] = field(default_factory=dict)
    is_narrow: bool = False
    charts: list[tuple[int, Chart]] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    row: int = 0

    def put_section(self, section: Section) -> None:
        """Its title and all blocks."""
        kind = Kind.SECTION if section.level > 1 else Kind.TITLE
        self.starts.append(self.row)
        self.line(section.title, Look(kind=kind))
        self.row += 1
        for index, block in enumerate(section.blocks):
            if index:
                self.starts.append(self.row)
            self.put(block)

    def put(self, block: Block) -> None:
        """A block, and a free row below it."""
        match block:
            case Paragraph(words=words):
                self.words(words)
            case Bullets(items=items):
                self._bullets(items)
            case Notice():
                self.line(_signed(Words(text=block.text, tone=block.tone)), Look(kind=Kind.FRAME, tone=block.tone))
            case Commands(lines=lines):
                self.words(Words(text="\n".join(lines), is_code=True))
            case KeyFigures():
                self._key_figures(block)
            case Decision():
                self._decision(block)
            case Drawing(chart=chart):
                self.line(chart.told, Look(kind=Kind.TOLD))
                self.charts.append((self.row, chart))
                self.row += CHART_ROWS
            case Table():
                self._table(block)
        self.row += 1

    def line(self, text: str, look: Look) -> None:
        """Text over the width of the sheet, as many lines high as it takes."""
        told = clean(text)
        self.grid.put(self.row, 0, told, look, to_column=SPAN - 1)
        width = sum(self.widths.get(column, _LEAST_WIDTH + 4) for column in range(SPAN))
        size = 1.7 if look.kind is Kind.TITLE else 1.0
        lines = sum(max(1, math.ceil(len(part) * 1.05 * size / width)) for part in told.split("\n"))
        self.grid.heights[self.row] = max(20.0, lines * _LINE_POINTS * size + 3)
        self.row += 1

    def words(self, words: Words, *, lead: str = "") -> None:
        """A line of text."""
        kind = Kind.CODE if words.is_code else Kind.TEXT
        self.line(lead + _signed(words), Look(kind=kind, tone=words.tone))

    def _bullets(self, items: tuple[Words, ...]) -> None:
        for words in items:
            self.words(words, lead="• ")

    def put_table(self, table: Table) -> Filtered:
        """All rows of a table, from here on."""
        head = self.row
        for column, heading in enumerate(table.headings):
            look = Look(kind=Kind.HEAD, is_right=heading.align is Align.RIGHT)
            self.grid.put(head, column, clean(heading.title), look)
            self._widen(column, heading.title, most=_MOST_OF_TEXT)
        self.row += 1
        for row in table.rows:
            self._table_row(table, row)
        return Filtered(head=head, last=self.row - 1, columns=len(table.headings))

    def _table_row(self, table: Table, row: Row) -> None:
        lines = 1
        for column, cell in enumerate(row.cells):
            heading = table.headings[column] if column < len(table.headings) else None
            is_right = heading is not None and heading.align is Align.RIGHT
            self.cell(column, cell, is_right=is_right, is_strong=row.is_strong)
            text = cell.text
            self._widen(column, text + _tail(cell), most=self._most(cell, heading))
            if isinstance(cell, Words) or cell.value is None:
                width = self.widths[column]
                lines = max(lines, sum(max(1, math.ceil(len(part) / width)) for part in text.split("\n")))
        if lines > 1:
            self.grid.heights[self.row] = min(400.0, lines * _LINE_POINTS)
        self.row += 1

    def _most(self, cell: Cell, heading: Heading | None) -> float:
        """How wide a cell may make its column: text is wrapped, a number that does not fit is not shown at all."""
        if isinstance(cell, Figure) and cell.value is not None:
            return _MOST_OF_FIGURE
        text, wide = _NARROW if self.is_narrow else _ROOMY
        return wide if heading is not None and heading.is_wide else text

    def cell(self, column: int, cell: Cell, *, is_right: bool = False, is_strong: bool = False) -> None:
        """A cell of a table in the current row."""
        if isinstance(cell, Words):
            kind = Kind.CODE if cell.is_code else Kind.TEXT
            look = Look(kind=kind, tone=cell.tone, is_right=is_right, is_strong=is_strong)
            self.grid.put(self.row, column, clean(_signed(cell)), look)
            return
        look = Look(
            kind=Kind.TEXT if not is_number(cell) else Kind.LINK if cell.key in self.live else Kind.FIXED,
            number=self._number(cell, has_mark=True),
            mark=cell.mark,
            is_right=is_right,
            is_strong=is_strong,
        )
        self.figure(column, cell, look)

    def figure(self, column: int, figure: Figure, look: Look) -> None:
        """A figure: what it follows, or as it stands."""
        value = as_number(figure.value) if figure.value is not None and is_number(figure) else clean(figure.text)
        where = self.live.get(figure.key)
        if where is None:
            self.grid.put(self.row, column, value, look)
        else:
            self.grid.reckon(self.row, column, where, value=value, look=look)

    def _number(self, figure: Figure, *, has_mark: bool = False) -> str:
        if not is_number(figure):
            return ""
        return number_format(figure, has_unit=True, has_mark=has_mark, is_live=figure.key in self.live)

    def _table(self, table: Table) -> None:
        self.line(table.title, Look(kind=Kind.LABEL, is_strong=True))
        aside = self.asides.get(table.key)
        if aside is None:
            self.put_table(table)
        else:
            self.line(f"{len(table.rows):,} rows: on the sheet “{aside}”", Look(kind=Kind.TEXT))
        if table.note:
            self.line(table.note, Look(kind=Kind.TOLD))

    def _key_figures(self, block: KeyFigures) -> None:
        for column, word in enumerate(("", "now", "as the report has it", "what it depends on")):
            self.grid.put(self.row, column, word, Look(kind=Kind.HEAD, is_right=column == 1))
        for column in range(4, SPAN):
            self.grid.put(self.row, column, "", Look(kind=Kind.HEAD))
        self.row += 1
        for one in block.items:
            self.grid.put(self.row, 0, clean(one.label), Look(kind=Kind.TEXT, is_strong=True))
            self.figure(1, one.figure, Look(kind=Kind.LARGE, number=self._number(one.figure), is_right=True))
            self.grid.put(self.row, 2, clean(one.figure.text + _tail(one.figure)), Look(kind=Kind.PLANNED))
            self.grid.put(self.row, 3, clean(one.note), Look(kind=Kind.TOLD), to_column=SPAN - 1)
            self.grid.heights[self.row] = 24.0
            self._widen(0, one.label)
            self._widen(1, f"{one.figure.text:.20}        ")
            self._widen(2, one.figure.text)
            self.row += 1

    def _decision(self, block: Decision) -> None:
        self.line("The decision", Look(kind=Kind.SECTION))
        self.line(block.asked, Look(kind=Kind.FRAME, is_strong=True))
        self.line(_signed(Words(text=block.advice, tone=block.tone)), Look(kind=Kind.FRAME, tone=block.tone))
        for words in block.thresholds:
            self.line(_signed(words), Look(kind=Kind.FRAME, tone=words.tone))
        for role in block.signatures:
            for column, word in ((0, role), (3, "date"), (5, "signature")):
                self.grid.put(self.row, column, clean(word), Look(kind=Kind.NOTE))
            for column, last in ((1, 2), (4, 4), (6, SPAN - 1)):
                self.grid.put(self.row, column, "", Look(kind=Kind.FRAME), to_column=last if last > column else None)
            self.grid.heights[self.row] = 24.0
            self.row += 1

    def _widen(self, column: int, text: str, *, most: float = 34.0) -> None:
        longest = max((len(part) for part in text.split("\n")), default=0)
        wanted = min(most, max(_LEAST_WIDTH, longest * 1.05 + 2))
        self.widths[column] = max(self.widths.get(column, _LEAST_WIDTH), wanted)


def _tail(cell: Cell) -> str:
    """The word of a figure's mark."""
    is_told = isinstance(cell, Figure) and cell.mark not in {None, Mark.DERIVED}
    return f" · {cell.mark}" if is_told and isinstance(cell, Figure) else ""


def _signed(words: Words) -> str:
    """With the sign of its tone; its own text as it is."""
    sign = SIGNS[words.tone]
    return f"{sign} {words.text}" if sign else words.text
