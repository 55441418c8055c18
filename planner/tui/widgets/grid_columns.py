"""Columns of a table, and which of them are shown how wide where there is less room than they want. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.text import Text

Row = TypeVar("Row")
GAP = 2
"""Characters between two columns."""
_LONG = 36  # characters: cells are not cut below that for a column that can be left out
_SORT_SIGN = 2  # ` ▼` behind the title of the column that is sorted by


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
        rank: Where there is no room for all, those of the lowest are shown; 0 always is.
        brief: A row's cell where there is little room; None: the same.
        least: Its cells may be cut to so many characters before any column goes, with `…`; None: they are not cut.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The width of a column's cells as drawn in full, and in brief."""

    full: int
    brief: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A column that is shown: its place among all, its width, and whether in brief."""

    place: int
    width: int
    is_brief: bool


def fit(columns: Sequence[GridColumn[Any]], wanted: Sequence[Wanted], *, available: int) -> tuple[Fitted, ...]:
    """The columns that there is room for, the important ones at the least width before others at all.

    Args:
        columns: All of them, in their order.
        wanted: How wide their cells are.
        available: Characters of a line. Where even columns of rank 0 do not fit, they are as wide as they want to be,
            and the table scrolls sideways.
    """
    shown = _shown(columns, wanted, available)
    least = [_least(columns[place], wanted[place]) for place in shown]
    spare = max(0, available - _total(least))
    widths, briefs = dict(zip(shown, least, strict=True)), {place: columns[place].brief is not None for place in shown}
    for place in sorted(shown, key=lambda place: (columns[place].rank, place)):
        for is_brief in (True, False):
            more = _natural(columns[place], wanted[place], is_brief=is_brief) - widths[place]
            if more > spare and not (columns[place].least and is_brief):
                continue
            given = max(0, min(more, spare))
            widths[place], spare = widths[place] + given, spare - given
            briefs[place] = is_brief and columns[place].brief is not None
    return tuple(Fitted(place=place, width=widths[place], is_brief=briefs[place]) for place in shown)


def _shown(columns: Sequence[GridColumn[Any]], wanted: Sequence[Wanted], available: int) -> list[int]:
    """Those of rank 0, and of the others, the lower ranks first, every one that there is room for."""
    pairs = [(column, width) for column, width in zip(columns, wanted, strict=True) if not column.rank]
    room = available - _total([min(_natural(*pair, is_brief=True), max(_LONG, _least(*pair))) for pair in pairs])
    shown = [place for place, column in enumerate(columns) if not column.rank]
    for place in sorted(range(len(columns)), key=lambda place: (columns[place].rank, place)):
        needed = _least(columns[place], wanted[place]) + GAP
        if columns[place].rank and needed <= room:
            shown.append(place)
            room -= needed
    return sorted(shown)


def _total(widths: Sequence[int]) -> int:
    return sum(width + GAP for width in widths)


def _least(column: GridColumn[Any], wanted: Wanted) -> int:
    natural = _natural(column, wanted, is_brief=True)
    return natural if column.least is None else min(natural, max(column.least, len(column.title)))


def _natural(column: GridColumn[Any], wanted: Wanted, *, is_brief: bool) -> int:
    if column.width is not None:
        return column.width
    cells = wanted.brief if is_brief and column.brief is not None else wanted.full
    return max(cells, len(column.title) + _SORT_SIGN)
