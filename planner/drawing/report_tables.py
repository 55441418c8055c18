"""Tables of a report in text: as columns where every word has room, else a row as a few lines."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from planner.reports.document import Align, Heading, Row, Table
from planner.reports.figures import SIGNS, Cell, Figure, Mark, Tone, Words
from planner.wording.marks import signed
from planner.wording.text import plain

MARKS = {Mark.MEASURED: "●", Mark.PUBLISHED: "◆", Mark.PROJECTED: "◇", Mark.ASSUMED: "○", Mark.DERIVED: "="}
"""Where a figure comes from; the first four as on every face."""
_GAP = 2
_UNBROKEN = 26  # characters: what is shorter, as every figure is, is not broken in a column of figures


def figure_text(figure: Figure, *, style: str = "", has_mark: bool = True) -> Text:
    """As every form has it, with the sign of where it comes from behind it."""
    text = Text(plain(figure.text), style=style)
    return text.append(f" {MARKS[figure.mark]}", style="dim") if figure.mark is not None and has_mark else text


def words_text(words: Words) -> Text:
    """With the sign of its tone."""
    if words.tone is not Tone.NEUTRAL:
        return signed(SIGNS[words.tone], words.text)
    return Text(plain(words.text), style="cyan" if words.is_code else "")


def cell_text(cell: Cell, *, is_strong: bool, has_mark: bool) -> Text:
    """A cell."""
    text = figure_text(cell, has_mark=has_mark) if isinstance(cell, Figure) else words_text(cell)
    if is_strong:
        text.stylize("bold")
    return text


def table_lines(table: Table) -> Iterator[RenderableType]:
    """Title, top and bottom, what is left out, note."""
    if table.title:
        yield Text(plain(table.title), style="bold")
    top, left_out, bottom = table.top_and_bottom()
    if table.headings:
        yield _Fitted(table.headings, top)
        if left_out:
            told = f"… {left_out:,} of {len(table.rows):,} rows left out: tables/{table.key}.csv has all"
            yield Text(plain(told), style="dim")
            yield _Fitted(table.headings, bottom)
    if table.note:
        yield Text(plain(table.note), style="dim italic")


class _Fitted:
    """Columns or lines, by the width that there is. A mark that all figures of a column share stands in its head."""

    def __init__(self, headings: Sequence[Heading], rows: Sequence[Row]) -> None:
        shared = [_shared_mark(rows, number) for number in range(len(headings))]
        self._headings = tuple(headings)
        self._titles = tuple(_title(one, mark) for one, mark in zip(headings, shared, strict=True))
        self._rows = [
            tuple(
                cell_text(cell, is_strong=row.is_strong, has_mark=mark is None)
                for cell, mark in zip(row.cells, shared, strict=False)
            )
            for row in rows
        ]
        self._least = [self._least_width(number) for number in range(len(headings))]
        self._widest = [self._widest_width(number) for number in range(len(headings))]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        room = options.max_width - _GAP * (len(self._headings) - 1)
        if sum(self._least) <= room:
            yield self._columns(room)
        else:
            yield from self._lines()

    def _texts(self, number: int) -> list[str]:
        return [row[number].plain for row in self._rows if number < len(row)]

    def _least_width(self, number: int) -> int:
        """No word is broken, and no figure."""
        is_whole = self._headings[number].align is Align.RIGHT
        parts = self._titles[number].plain.split()
        for text in self._texts(number):
            parts += [text] if is_whole and cell_len(text) <= _UNBROKEN else text.split()
        return max(map(cell_len, parts), default=1)

    def _widest_width(self, number: int) -> int:
        lines = [line for text in (*self._texts(number), self._titles[number].plain) for line in text.split("\n")]
        return max(map(cell_len, lines), default=1)

    def _columns(self, room: int) -> RichTable:
        table = RichTable(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim underline")
        for heading, title, width in zip(self._headings, self._titles, self._widths(room), strict=True):
            justify: JustifyMethod = "right" if heading.align is Align.RIGHT else "left"
            table.add_column(title, justify=justify, overflow="fold", width=width)
        for row in self._rows:
            table.add_row(*row)
        return table

    def _widths(self, room: int) -> list[int]:
        """What is left beyond the least goes to all that want more, evenly: those that want little have it all."""
        widths, spare = list(self._least), room - sum(self._least)
        wanting = sorted(range(len(widths)), key=lambda number: self._widest[number] - widths[number])
        for place, number in enumerate(wanting):
            more = min(self._widest[number] - widths[number], spare // (len(wanting) - place))
            widths[number] += more
            spare -= more
        return widths

    def _lines(self) -> Iterator[RenderableType]:
        for row in self._rows:
            if row:
                yield Text("▪ ").append_text(row[0])
            grid = RichTable.grid(padding=(0, 1, 0, 0))
            grid.add_column(style="dim", overflow="fold", max_width=24)
            grid.add_column(overflow="fold")
            for title, text in zip(self._titles[1:], row[1:], strict=False):
                if text.plain:
                    grid.add_row(title, text)
            if grid.row_count:
                yield Padding(grid, (0, 0, 0, 2))


def _shared_mark(rows: Sequence[Row], number: int) -> Mark | None:
    """Of all figures of a column, where there are several of one mark."""
    cells = [row.cells[number] for row in rows if number < len(row.cells)]
    marks = [cell.mark for cell in cells if isinstance(cell, Figure)]
    return marks[0] if len(marks) > 1 and len(set(marks)) == 1 else None


def _title(heading: Heading, mark: Mark | None) -> Text:
    text = Text(plain(heading.title))
    return text if mark is None else text.append(f" {MARKS[mark]}")
