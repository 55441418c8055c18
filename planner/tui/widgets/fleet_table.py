"""The three fleets: a cell cursor; enter walks a figure back to what it rests on."""

from collections.abc import Sequence

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import DataTable

from planner.tui.fleet.origins import Line, Origin
from planner.wording.text import plain


class FleetTable(DataTable[Text]):
    """Rows of figures, a column a fleet."""

    DEFAULT_CSS = "FleetTable { height: auto; max-height: 100%; background: $background; }"
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("h", "cursor_left", show=False),
        Binding("l", "cursor_right", show=False),
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

    def show(self, titles: Sequence[str], lines: Sequence[Line]) -> None:
        """These figures instead; the cursor stays where it is."""
        at = self.cursor_coordinate
        self.clear(columns=True)
        self._figures = tuple(lines)
        self.add_column("", key="name")
        for number, title in enumerate(titles):
            self.add_column(plain(title), key=str(number))
        for line in lines:
            style = "bold" if line.is_strong else ""
            cells = (Text(plain(cell.text), style=style) for cell in line.cells)
            self.add_row(Text(line.name, style="dim"), *cells)
        if lines:
            self.move_cursor(row=min(at.row, len(lines) - 1), column=max(1, min(at.column, len(titles))))

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        """Ask."""
        event.stop()
        row, column = event.coordinate
        cells = self._figures[row].cells if row < len(self._figures) else ()
        if 1 <= column <= len(cells):
            origin = cells[column - 1].origin
            if origin is not None:
                self.post_message(self.Asked(origin))
