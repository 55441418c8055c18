"""A table that sorts, filters and says how: every list of the app is one.

Rows are domain objects; columns say how a row is drawn and by what it is sorted. Ten thousand rows are kept in memory;
only those in sight are drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Key
from textual.message import Message
from textual.widgets import DataTable, Input, Static

from planner.wording.text import plain

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn(Generic[Row]):
    """A column.

    Attributes:
        title: Its head.
        draw: A row's cell.
        order: What rows are sorted by; None: the cell's text.
        is_right: Whether its cells stand on the right, as figures do.
        width: In characters; None: as wide as its widest cell.
        starts_descending: Whether its first order is the largest first.
        rank: Where there is no room for all, the highest goes first; 0 stays.
        brief: A row's cell where there is little room; None: the same.
        least: Its cells may be cut to so many characters before any column goes; None: they are not cut.
    """

    title: str
    draw: Callable[[Row], Text]
    order: Callable[[Row], Any] | None = None
    is_right: bool = False
    width: int | None = None
    starts_descending: bool = False
    rank: int = 0
    brief: Callable[[Row], Text] | None = None
    least: int | None = None


class _Table(DataTable[Text]):
    """A class of its own: Textual looks widgets up by class, and cannot by a generic one."""

    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "scroll_top", show=False),
        Binding("G", "scroll_bottom", show=False),
    ]


class Grid(Vertical, Generic[Row]):
    """The table, its filter, and a line that says how it is sorted and what is left out."""

    DEFAULT_CSS = """
    Grid { height: 1fr; }
    Grid _Table { height: 1fr; background: $background; }
    Grid Input { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
    Grid Input.-shown { display: block; }
    Grid #told { height: 1; padding: 0 1; color: $text-muted; }
    Grid #empty { height: 1fr; content-align: center middle; text-align: center; color: $text-muted; display: none; }
    Grid.-empty _Table { display: none; }
    Grid.-empty #empty { display: block; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("slash", "filter", "Filter", key_display="/", tooltip="show only rows that hold some words"),
        Binding("s", "sort_next", "Sort", tooltip="sort by the next column"),
        Binding("S", "reverse", "Reverse", show=False, tooltip="sort the other way round"),
    ]

    class Chosen(Message):
        """A row was opened."""

        def __init__(self, grid: "Grid[Any]", row: Any) -> None:  # noqa: ANN401 - a row of that table
            self.grid, self.row = grid, row
            super().__init__()

        @property
        def control(self) -> "Grid[Any]":
            """Which table."""
            return self.grid

    class Looked(Message):
        """The cursor stands on another row; None: there is none."""

        def __init__(self, grid: "Grid[Any]", row: Any) -> None:  # noqa: ANN401 - a row of that table
            self.grid, self.row = grid, row
            super().__init__()

        @property
        def control(self) -> "Grid[Any]":
            """Which table."""
            return self.grid

    def __init__(
        self,
        columns: Sequence[GridColumn[Row]],
        *,
        empty: str,
        sorted_by: int = 0,
        key: Callable[[Row], object] | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own word
    ) -> None:
        """A table without rows yet. `key` tells whether two rows are the same thing; None: equal rows are."""
        super().__init__(id=id)
        self._columns, self._empty = tuple(columns), empty
        self._key: Callable[[Row], object] = key or (lambda row: row)
        self._rows: tuple[Row, ...] = ()
        self._shown: list[Row] = []
        self._by, self._descends = sorted_by, columns[sorted_by].starts_descending
        self._wanted = ""

    def compose(self) -> ComposeResult:
        """Filter, table, a word where there is nothing, the line."""
        yield Input(placeholder="filter: any words", compact=True)
        yield _Table(cursor_type="row", zebra_stripes=False, cell_padding=1)
        yield Static(self._empty, id="empty")
        yield Static("", id="told")

    def on_mount(self) -> None:
        """The columns, once."""
        for number, column in enumerate(self._columns):
            self._table.add_column(column.title, key=str(number), width=column.width)
        self._draw()

    @property
    def _table(self) -> _Table:
        return self.query_one(_Table)

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows in their present order, without those filtered out."""
        return tuple(self._shown)

    @property
    def at_cursor(self) -> Row | None:
        """The row under the cursor."""
        row = self._table.cursor_row
        return self._shown[row] if 0 <= row < len(self._shown) else None

    @property
    def order(self) -> str:
        """How it is sorted, to be remembered: column, and + or -."""
        return f"{self._by}{'-' if self._descends else '+'}"

    @order.setter
    def order(self, told: str) -> None:
        number, sign = told[:-1], told[-1:]
        if number.isdecimal() and int(number) < len(self._columns) and sign in {"+", "-"}:
            self._by, self._descends = int(number), sign == "-"
            if self.is_mounted:
                self._draw()

    def fill(self, rows: Sequence[Row], *, empty: str | None = None) -> None:
        """Show these rows instead; the cursor stays at its row where it is still there."""
        kept = self.at_cursor
        self._rows = tuple(rows)
        if empty is not None:
            self.query_one("#empty", Static).update(empty)
        self._draw(kept=kept)

    @property
    def filter(self) -> str:
        """The words that shown rows hold."""
        return self._wanted

    @filter.setter  # noqa: A003 - what it is
    def filter(self, words: str) -> None:
        box = self.query_one(Input)
        box.set_class(bool(words), "-shown")
        box.value = words

    def go_to(self, row: Row) -> bool:
        """Put the cursor on that row; whether it is shown."""
        keys = [self._key(one) for one in self._shown]
        if self._key(row) not in keys:
            return False
        self._table.move_cursor(row=keys.index(self._key(row)))
        return True

    def focus_table(self) -> None:
        """Let keys go to the table."""
        self._table.focus()

    def _draw(self, *, kept: Row | None = None) -> None:
        column = self._columns[self._by]
        words = self._wanted.casefold().split()
        found = [row for row in self._rows if not words or self._holds(row, words)]
        order = column.order or (lambda row: column.draw(row).plain.casefold())
        found.sort(key=order, reverse=self._descends)
        self._shown = found
        table = self._table
        table.clear()
        for number, one in enumerate(found):
            table.add_row(*(self._cell(each, one) for each in self._columns), key=str(number))
        keys = [self._key(one) for one in found]
        if kept is not None and self._key(kept) in keys:
            table.move_cursor(row=keys.index(self._key(kept)))
        self.set_class(not found, "-empty")
        self._tell()
        self.post_message(self.Looked(self, self.at_cursor))

    def _cell(self, column: GridColumn[Row], row: Row) -> Text:
        text = column.draw(row)
        if column.is_right:
            text.justify = "right"
        return text

    def _holds(self, row: Row, words: Sequence[str]) -> bool:
        text = " ".join(column.draw(row).plain for column in self._columns).casefold()
        return all(word in text for word in words)

    def _tell(self) -> None:
        column = self._columns[self._by]
        parts = [f"sorted by {column.title} {'▼' if self._descends else '▲'}"]
        if self._wanted:
            parts.append(f"{len(self._shown):,} of {len(self._rows):,} · filter: {plain(self._wanted)} · esc ends it")
        else:
            parts.append(f"{len(self._rows):,}")
        self.query_one("#told", Static).update(Text(" · ".join(parts)))
        if self._wanted and not self._shown:
            self.query_one("#empty", Static).update(Text(f"nothing holds {plain(self._wanted)!r}: esc shows all"))
        elif not self._rows:
            self.query_one("#empty", Static).update(self._empty)

    def action_filter(self) -> None:
        """Open the filter."""
        box = self.query_one(Input)
        box.add_class("-shown")
        box.focus()

    def action_sort_next(self) -> None:
        """Sort by the next column."""
        self._by = (self._by + 1) % len(self._columns)
        self._descends = self._columns[self._by].starts_descending
        self._draw(kept=self.at_cursor)

    def action_reverse(self) -> None:
        """The other way round."""
        self._descends = not self._descends
        self._draw(kept=self.at_cursor)

    def on_key(self, event: Key) -> None:
        """Escape ends a filter before it means anything else."""
        box = self.query_one(Input)
        if event.key == "escape" and box.has_class("-shown"):
            event.stop()
            box.value = ""
            box.remove_class("-shown")
            self._table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is typed."""
        event.stop()
        if event.value != self._wanted:
            self._wanted = event.value
            self._draw(kept=self.at_cursor)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on in the table."""
        event.stop()
        self._table.focus()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter, or a click on the row of the cursor."""
        event.stop()
        row = self.at_cursor
        if row is not None:
            self.post_message(self.Chosen(self, row))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """The cursor moved."""
        event.stop()
        self.post_message(self.Looked(self, self.at_cursor))

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        """A click on a head sorts by it; another turns it round."""
        event.stop()
        number = event.column_index
        if number == self._by:
            self.action_reverse()
            return
        self._by, self._descends = number, self._columns[number].starts_descending
        self._draw(kept=self.at_cursor)
