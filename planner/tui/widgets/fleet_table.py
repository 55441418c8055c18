"""The three fleets: a cell cursor; enter walks a figure back to what it rests on. It is never wider than its place."""

from collections.abc import Sequence

from rich.text import Text
from textual.binding import Binding
from textual.events import Resize
from textual.message import Message
from textual.widgets import DataTable

from planner.tui.fleet.figures import Cell, Line
from planner.tui.fleet.origins import Origin
from planner.wording.text import plain

_STYLES = {"✓": "green", "✗": "red", "~": "yellow"}
_NAMES = 16
_PADDING = 2  # of a column, left and right
_LEAST = 12  # characters of a cell


class FleetTable(DataTable[Text]):
    """Rows of figures, a column a fleet."""

    DEFAULT_CSS = """
    FleetTable { height: auto; max-height: 100%; background: $background; overflow-x: hidden; }
    FleetTable:focus { background-tint: $foreground 0%; }
    FleetTable > .datatable--fixed { background: $background; color: $text-muted; }
    FleetTable > .datatable--header { background: $panel; color: $text; }
    FleetTable:focus > .datatable--header { background-tint: $foreground 0%; }
    FleetTable > .datatable--odd-row, FleetTable > .datatable--even-row { background: $background; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("h", "cursor_left", show=False),
        Binding("l", "cursor_right", show=False),
        Binding("g", "scroll_top", show=False),
        Binding("G", "scroll_bottom", show=False),
        Binding("enter", "select_cursor", "Why", key_display="⏎", tooltip="what this figure rests on"),
    ]

    class Asked(Message):
        """Where a figure comes from is asked for."""

        def __init__(self, origin: Origin) -> None:
            self.origin = origin
            super().__init__()

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id, cursor_type="cell", cell_padding=1, fixed_columns=1)
        self._figures: tuple[Line, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._drawn: tuple[tuple[str, ...], tuple[str, ...], int] | None = None
        self._texts: dict[tuple[int, int], tuple[str, str]] = {}
        self._is_dim = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._figures

    def show(self, titles: Sequence[str], lines: Sequence[Line]) -> None:
        """These figures instead; the cursor stays where it is, and cells that say the same are not drawn anew."""
        self._titles, self._figures = tuple(titles), tuple(lines)
        if self._is_dim:
            self._is_dim = False
            self._texts.clear()
        self._draw()

    def dim(self, *, is_stale: bool) -> None:
        """They are of the answer before."""
        if is_stale != self._is_dim:
            self._is_dim = is_stale
            self._texts.clear()
            self._draw()

    def on_resize(self, event: Resize) -> None:
        """Another width: other lengths of the same figures."""
        del event
        self._draw()

    def _draw(self) -> None:
        if not self._figures:
            return
        shape = (self._titles, tuple(line.name for line in self._figures), self._cell_width)
        if shape != self._drawn:
            self._rebuild(*shape)
            return
        for row, line in enumerate(self._figures):
            for column, cell in enumerate(line.cells):
                now = (cell.fitted(self._cell_width), self._style(line, cell))
                if self._texts.get((row, column)) != now:
                    self._texts[row, column] = now
                    self.update_cell(str(row), str(column), _text(*now))

    @property
    def _cell_width(self) -> int:
        room = (self.size.width or 90) - _NAMES - _PADDING
        return max(_LEAST, room // max(1, len(self._titles)) - _PADDING)

    def _rebuild(self, titles: tuple[str, ...], names: tuple[str, ...], width: int) -> None:
        at = self.cursor_coordinate
        self.clear(columns=True)
        self._texts.clear()
        self.add_column("", key="name", width=_NAMES)
        for number, title in enumerate(titles):
            self.add_column(plain(title), key=str(number), width=width)
        for row, line in enumerate(self._figures):
            now = [(cell.fitted(width), self._style(line, cell)) for cell in line.cells]
            self._texts |= {(row, column): told for column, told in enumerate(now)}
            name = Text(line.name, style="bold" if line.is_strong else "")
            self.add_row(name, *(_text(*told) for told in now), key=str(row))
        self.move_cursor(row=min(at.row, len(names) - 1), column=max(1, min(at.column, len(titles))))
        self._drawn = (titles, names, width)

    def _style(self, line: Line, cell: Cell) -> str:
        parts = ("bold" if line.is_strong else "", _STYLES.get(cell.sign, ""), "dim" if self._is_dim else "")
        return " ".join(part for part in parts if part)

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        """Ask."""
        event.stop()
        row, column = event.coordinate
        cells = self._figures[row].cells if row < len(self._figures) else ()
        if 1 <= column <= len(cells):
            origin = cells[column - 1].origin
            if origin is not None:
                self.post_message(self.Asked(origin))


def _text(text: str, style: str) -> Text:
    return Text(plain(text), style=style, no_wrap=True, overflow="ellipsis")
