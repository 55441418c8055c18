"""How a table's columns are laid out now: measured by some of the rows, and by every one that comes into sight."""

from collections.abc import Sequence
from typing import Generic

from rich.text import Text

from planner.tui.widgets.grid_columns import Fitted, GridColumn, Row, Wanted, fit
from planner.tui.widgets.rows import Head

_SAMPLED = 120  # rows, evenly over all: others widen their column when they are seen


class Layout(Generic[Row]):
    """Of some rows, fitted for `available` characters.

    `is_outgrown`: a cell came by that is wider than its column, so it is to be fitted again.
    """

    def __init__(self, columns: Sequence[GridColumn[Row]], rows: Sequence[Row]) -> None:
        self._columns = tuple(columns)
        step = max(1, len(rows) // _SAMPLED)
        self._sample: tuple[Row, ...] = tuple(rows[::step])
        self._wanted: list[Wanted] | None = None
        self._fitted: tuple[Fitted, ...] = ()
        self.available = 0
        self.is_outgrown = False

    def fit(self, available: int) -> None:
        """Choose columns for so many characters."""
        if self._wanted is None:
            self._wanted = [self._widest(column) for column in self._columns]
        self.available = available
        self._fitted = fit(self._columns, self._wanted, available=available or 10_000)

    def _widest(self, column: GridColumn[Row]) -> Wanted:
        full = max((column.draw(row).cell_len for row in self._sample), default=0)
        brief = column.brief
        return Wanted(full=full, brief=max((brief(row).cell_len for row in self._sample), default=0) if brief else full)

    @property
    def places(self) -> tuple[int, ...]:
        """The columns that are shown, by their place among all."""
        return tuple(one.place for one in self._fitted)

    def heads(self, by: int, *, is_descending: bool) -> tuple[Head, ...]:
        """Titles and widths, with a sign at the column that is sorted by."""
        return tuple(self._head(one, by, is_descending=is_descending) for one in self._fitted)

    def _head(self, one: Fitted, by: int, *, is_descending: bool) -> Head:
        column = self._columns[one.place]
        sign = (" ▼" if is_descending else " ▲") if one.place == by else ""
        return Head(title=f"{column.title}{sign}", width=one.width, is_right=column.is_right)

    def cells(self, row: Row) -> tuple[Text, ...]:
        """What stands in a row's shown columns."""
        return tuple(self._cell(one, row) for one in self._fitted)

    def _cell(self, one: Fitted, row: Row) -> Text:
        column = self._columns[one.place]
        draw = column.brief if one.is_brief and column.brief is not None else column.draw
        text = draw(row)
        if text.cell_len > one.width and column.width is None:
            self._grow(one, text.cell_len)
        return text

    def _grow(self, one: Fitted, width: int) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        before = wanted[one.place]
        is_wider = width > (before.brief if one.is_brief else before.full)
        if is_wider:
            brief = one.is_brief or self._columns[one.place].brief is None
            wanted[one.place] = Wanted(
                full=before.full if one.is_brief else width, brief=width if brief else before.brief
            )
            self.is_outgrown = True
