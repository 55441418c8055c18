"""What the rows of a table say, as plain text: to be searched, and to be sorted by where a column has no other order.

Drawing ten thousand rows takes a second, so it is done in a thread when the rows come, and what is not done yet when
it is asked for is done then.
"""

from collections.abc import Callable, Sequence
from typing import Generic

from planner.tui.widgets.grid_columns import GridColumn, Row

FEW = 150
"""Rows that are drawn within a key's time."""


class RowTexts(Generic[Row]):
    """The texts of some rows, by number."""

    def __init__(self, columns: Sequence[GridColumn[Row]], rows: Sequence[Row]) -> None:
        self._columns, self._rows = columns, rows
        self._cells: list[tuple[str, ...] | None] = [None] * len(rows)
        self._whole: list[str | None] = [None] * len(rows)
        self._done = 0

    @property
    def is_ready(self) -> bool:
        """Whether asking for all of them takes no time."""
        return len(self._rows) - self._done <= FEW

    def cell(self, row: int, column: int) -> str:
        """What stands in a cell, in small letters."""
        return self._of(row)[column]

    def holds(self, row: int, words: Sequence[str]) -> bool:
        """Whether all words, in small letters, stand somewhere in the row."""
        whole = self._whole[row]
        if whole is None:
            whole = self._whole[row] = " ".join(self._of(row))
        return all(word in whole for word in words)

    def prepare(self, *, is_unwanted: Callable[[], bool]) -> None:
        """Draw all of them, in whatever thread this is."""
        for row in range(len(self._rows)):
            if is_unwanted():
                return
            self.holds(row, ())
            self._done = row + 1

    def ordered(self, by: int, words: Sequence[str], *, is_descending: bool) -> list[int]:
        """The numbers of the rows that hold all words, sorted by a column.

        While reading them as text would take too long, they are neither left out for what they say nor sorted by it.
        """
        found = list(range(len(self._rows)))
        if words and self.is_ready:
            found = [row for row in found if self.holds(row, words)]
        order = self._columns[by].order
        if order is not None:
            found.sort(key=lambda row: order(self._rows[row]), reverse=is_descending)
        elif self.is_ready:
            found.sort(key=lambda row: self.cell(row, by), reverse=is_descending)
        return found

    def _of(self, row: int) -> tuple[str, ...]:
        found = self._cells[row]
        if found is None:
            one = self._rows[row]
            found = tuple(column.draw(one).plain.casefold() for column in self._columns)
            self._cells[row] = found
        return found
