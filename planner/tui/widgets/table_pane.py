"""A pane with a few words on top, a table below, and where wished a drawing beside the table."""

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from planner.tui.widgets.drawn import Drawn
from planner.tui.widgets.grid import Grid
from planner.tui.widgets.grid_columns import GridColumn
from planner.tui.widgets.told import Told


class TablePane(Vertical):
    """Words, table, drawing. With little room the drawing takes the table's place: `turn`."""

    DEFAULT_CSS = """
    TablePane > .head { height: auto; max-height: 50%; padding: 0 1; margin: 0 0 1 0; }
    TablePane Horizontal { height: 1fr; }
    TablePane Drawn { width: 74; border-left: vkey $panel; }
    TablePane Grid { width: 1fr; }
    TablePane.-alone Drawn { display: none; }
    """

    def __init__(
        self, columns: Sequence[GridColumn[Any]], *, empty: str, sorted_by: int, name: str, has_side: bool = False
    ) -> None:
        super().__init__(id=name)
        self._columns, self._empty, self._by, self._has_side = columns, empty, sorted_by, has_side

    def compose(self) -> ComposeResult:
        """Words, table, drawing."""
        yield Told(classes="head", markup=False)
        with Horizontal():
            yield Grid[Any](self._columns, empty=self._empty, sorted_by=self._by, opens=False)
            if self._has_side:
                yield Drawn()

    @property
    def head(self) -> Told:
        """The words."""
        return self.query_one(".head", Told)

    @property
    def grid(self) -> Grid[Any]:
        """The table."""
        return self.query_one(Grid)

    @property
    def side(self) -> Drawn:
        """The drawing."""
        return self.query_one(Drawn)

    def turn(self) -> None:
        """The other side, where only one is shown."""
        self.toggle_class("-turned")
        (self.side if self.has_class("-turned") else self.grid).focus()
