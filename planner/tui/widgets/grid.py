"""A table that sorts, filters and says how: every list of the app is one.

Rows are domain objects; columns say how a row is drawn and by what it is sorted. Ten thousand rows are kept in memory;
only those in sight are drawn. Where there is little room, columns are drawn in brief and the least important ones go.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from planner.tui.widgets.grid_columns import GridColumn, Row
from planner.tui.widgets.grid_layout import Layout
from planner.tui.widgets.grid_texts import RowTexts
from planner.tui.widgets.rows import Rows
from planner.wording.text import plain

__all__ = ["Grid", "GridColumn"]


class _OfRow(Message):
    """Something about a row of a table."""

    def __init__(self, grid: "Grid[Any]", row: Any) -> None:  # noqa: ANN401 - a row of that table
        self.grid, self.row = grid, row
        super().__init__()

    @property
    def control(self) -> "Grid[Any]":
        """Which table."""
        return self.grid


class Grid(Vertical, Generic[Row]):
    """The table, its filter, and a line that says how it is sorted and what is left out."""

    DEFAULT_CSS = """
    Grid { height: 1fr; }
    Grid Input { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
    Grid Input.-shown { display: block; }
    Grid #grid-told { height: 1; padding: 0 1; color: $text-muted; background: $background; }
    Grid #grid-empty {
        height: 1fr; content-align: center middle; text-align: center; color: $text-muted; display: none;
    }
    Grid.-empty Rows { display: none; }
    Grid.-empty #grid-empty { display: block; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("slash", "filter", "Filter", key_display="/", tooltip="show only rows that hold some words"),
        Binding("s", "sort_next", "Sort", tooltip="sort by the next column"),
        Binding("S", "reverse", "Reverse", show=False, tooltip="sort the other way round"),
    ]

    class Chosen(_OfRow):
        """A row was opened."""

    class Looked(_OfRow):
        """The cursor stands on another row; None: there is none."""

    def __init__(
        self,
        columns: Sequence[GridColumn[Row]],
        *,
        empty: str,
        sorted_by: int = 0,
        key: Callable[[Row], object] | None = None,
        opens: bool = True,
        id: str | None = None,  # noqa: A002 - Textual's own word
    ) -> None:
        """A table without rows yet: `empty` says what to press next, `opens` whether enter opens a row.

        `key` tells whether two rows are the same thing; None: equal rows are.
        """
        super().__init__(id=id)
        self._columns, self._empty, self._nothing = tuple(columns), empty, "not read yet"
        self._key: Callable[[Row], object] = key or (lambda row: row)
        self._rows: tuple[Row, ...] = ()
        self._texts: RowTexts[Row] = RowTexts(self._columns, ())
        self._layout: Layout[Row] = Layout(self._columns, ())
        self._shown: list[int] = []
        self._opens = opens
        self._by, self._descends = sorted_by, columns[sorted_by].starts_descending
        self._wanted = ""

    def compose(self) -> ComposeResult:
        """Filter, table, a word where there is nothing, the line."""
        yield Input(placeholder="filter: any words", compact=True)
        yield Rows(opens=self._opens)
        yield Static(id="grid-empty", markup=False)
        yield Static("", id="grid-told")

    def on_mount(self) -> None:
        """Nothing yet."""
        self._draw()

    @property
    def _table(self) -> Rows:
        return self.query_one(Rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in the order in which they came."""
        return self._rows

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows in their present order, without those filtered out."""
        return tuple(self._rows[at] for at in self._shown)

    @property
    def at_cursor(self) -> Row | None:
        """The row under the cursor."""
        at = self._at_cursor
        return None if at is None else self._rows[at]

    @property
    def _at_cursor(self) -> int | None:
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

    @property
    def filter(self) -> str:
        """The words that shown rows hold."""
        return self._wanted

    @filter.setter  # noqa: A003 - what it is
    def filter(self, words: str) -> None:
        box = self.query_one(Input)
        box.set_class(bool(words), "-shown")
        box.value = words

    def fill(
        self,
        rows: Sequence[Row],
        *,
        empty: str | None = None,
        columns: Sequence[GridColumn[Row]] | None = None,
    ) -> None:
        """Show these rows instead; the cursor stays at its row if it is there. `columns`: as many others."""
        kept = self.at_cursor
        self._columns = tuple(columns or self._columns)
        self._rows = tuple(rows)
        self._nothing = self._empty = self._empty if empty is None else empty
        self._texts = RowTexts(self._columns, self._rows)
        self._layout = Layout(self._columns, self._rows)
        if not self._texts.is_ready:
            self.run_worker(self._prepare, group="texts", exclusive=True, thread=True)
        self._draw(kept=None if kept is None else self._find(kept))

    def go_to(self, row: Row) -> bool:
        """Put the cursor on that row; whether it is shown."""
        at = self._find(row)
        if at is None or at not in self._shown:
            return False
        self._table.move_cursor(row=self._shown.index(at))
        return True

    def _find(self, row: Row) -> int | None:
        key = self._key(row)
        return next((at for at, one in enumerate(self._rows) if self._key(one) == key), None)

    def redraw(self) -> None:
        """Draw the same rows again: what they say has changed."""
        self._show(cursor=self._table.cursor_row)

    def focus_table(self) -> None:
        """Let keys go to the table."""
        self._table.focus()

    def _prepare(self) -> None:
        worker, texts = get_current_worker(), self._texts
        texts.prepare(is_unwanted=lambda: worker.is_cancelled)
        if not worker.is_cancelled and (self._wanted or self._columns[self._by].order is None):
            self.app.call_from_thread(self._draw)

    def _draw(self, *, kept: int | None = None) -> None:
        """Filter, sort and show. Where rows are still being read as text, that is done again once they are."""
        kept = self._at_cursor if kept is None else kept
        found = self._texts.ordered(self._by, self._wanted.casefold().split(), is_descending=self._descends)
        cursor = found.index(kept) if kept is not None and kept in found else self._table.cursor_row
        self._shown = found
        self._show(cursor=cursor)
        self.set_class(not found, "-empty")
        self.post_message(self.Looked(self, self.at_cursor))

    def _show(self, *, cursor: int) -> None:
        layout, table = self._layout, self._table
        layout.fit(table.room)
        heads = layout.heads(self._by, is_descending=self._descends)
        table.show(heads, len(self._shown), lambda row: self._cells(self._shown[row]), cursor=cursor)
        self._tell()

    def _cells(self, at: int) -> tuple[Text, ...]:
        cells = self._layout.cells(self._rows[at])
        if self._layout.is_outgrown:
            self._layout.is_outgrown = False
            self.call_after_refresh(self.redraw)
        return cells

    def _tell(self) -> None:
        count = f"{len(self._rows):,}"
        parts = [f"sorted by {self._columns[self._by].title} {'▼' if self._descends else '▲'}", count]
        if self._wanted:
            told = f"{len(self._shown):,} of {count} · filter: {plain(self._wanted)} · esc ends it"
            parts[1] = told if self._texts.is_ready else f"{count} · filtering …"
        if (lacking := len(self._columns) - len(self._layout.places)) and self._rows:
            parts.append(f"{lacking} column{'s' * (lacking > 1)} without room")
        self.query_one("#grid-told", Static).update(Text(" · ".join(parts), no_wrap=True, overflow="ellipsis"))
        nothing = f"nothing holds {plain(self._wanted)!r}: esc shows all"
        self.query_one("#grid-empty", Static).update(nothing if self._wanted and self._rows else self._nothing)

    def on_rows_resized(self, event: Rows.Resized) -> None:
        """Other columns may fit: also where the table was hidden, or not laid out yet, when it was filled."""
        event.stop()
        if self._table.room != self._layout.available:
            self.redraw()

    def action_filter(self) -> None:
        """Open the filter."""
        box = self.query_one(Input)
        box.add_class("-shown")
        box.focus()

    def action_sort_next(self) -> None:
        """Sort by the next column that is shown."""
        shown = self._layout.places
        later = [place for place in shown if place > self._by]
        self._sort_by(later[0] if later else shown[0])

    def action_reverse(self) -> None:
        """The other way round."""
        self._descends = not self._descends
        self._draw()

    def _sort_by(self, place: int) -> None:
        self._by, self._descends = place, self._columns[place].starts_descending
        self._draw()

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
            self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on in the table."""
        event.stop()
        self._table.focus()

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """Enter, or a click on the row of the cursor."""
        event.stop()
        row = self.at_cursor
        if row is not None:
            self.post_message(self.Chosen(self, row))

    def on_rows_looked(self, event: Rows.Looked) -> None:
        """The cursor moved."""
        event.stop()
        self.post_message(self.Looked(self, self.at_cursor))

    def on_rows_head_clicked(self, event: Rows.HeadClicked) -> None:
        """A click on a head sorts by it; another turns it round."""
        event.stop()
        place = self._layout.places[event.place]
        if place == self._by:
            self.action_reverse()
        else:
            self._sort_by(place)
