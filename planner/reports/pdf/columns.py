"""How a table is fitted to a page: size of its type, lying or standing, widths of its columns. In points."""

import unicodedata
from dataclasses import dataclass

from planner.reports.document import Align, Row, Table
from planner.reports.figures import Cell, Figure, shown

STANDING, LYING = 481.0, 727.0
LONGEST_FIGURE = 34
_INSET, _MARK, _MARK_BELOW = 9.0, 45.0, 32.0
# What a column of text takes at least, and what it is given at most before others, in ems.
_NARROW, _NARROW_WIDE, _MOST = 6.0, 12.0, 24.0
# Below this share of the page a table keeps its columns close together.
_LITTLE = 0.5
_STANDING = ((9.0, True), (8.5, True), (8.5, False), (8.0, False), (7.5, False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a table is set.

    Attributes:
        size: Of its type.
        lies: Whether it needs a page on its side.
        tracks: Shares of the page's width; none where every column is as wide as what stands in it.
        marks: Where the marks of a column's figures stand: `beside`, `below`, or nothing where there are none.
    """

    size: float
    lies: bool
    tracks: tuple[float, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """`least` and `natural` are in ems: what must not be broken, and what stands on one line."""

    least: float
    natural: float
    has_marks: bool

    def narrowest(self, size: float, *, beside: bool) -> float:
        if not self.has_marks:
            return self.least * size + _INSET
        return _INSET + (self.least * size + _MARK if beside else max(self.least * size, _MARK_BELOW))

    def wanted(self, size: float, *, beside: bool) -> float:
        return self.narrowest(size, beside=beside) + (min(self.natural, _MOST) - min(self.least, _MOST)) * size


def fitted(table: Table, *, may_lie: bool) -> Fit:
    """The largest type in which no figure is broken: standing down to 7.5 points, then lying, then whatever it is."""
    top, _, bottom = table.top_and_bottom()
    columns = [_column(table, index, (*top, *bottom)) for index in range(len(table.headings))]
    last = LYING if may_lie else STANDING
    tries = [*((STANDING, *one) for one in _STANDING), *((last, *one) for one in _STANDING[1:]), (last, 7.0, False)]
    for width, size, beside in tries:
        if sum(column.narrowest(size, beside=beside) for column in columns) <= width:
            break
    else:
        width, size, beside = last, 6.5, False
    place = "beside" if beside else "below"
    return Fit(
        size=size,
        lies=width == LYING,
        tracks=_tracks(columns, size=size, width=width, beside=beside),
        marks=tuple(place if column.has_marks else "" for column in columns),
    )


def _tracks(columns: list[_Column], *, size: float, width: float, beside: bool) -> tuple[float, ...]:
    """Everybody gets what must not be broken, then what is wanted, then of what is left by what was got."""
    narrowest = [column.narrowest(size, beside=beside) for column in columns]
    wanted = [column.wanted(size, beside=beside) for column in columns]
    if sum(wanted) < _LITTLE * width:
        return ()
    missing = sum(wanted) - sum(narrowest)
    share = min(max(width - sum(narrowest), 0.0) / missing, 1.0) if missing else 1.0
    return tuple(round(low + (high - low) * share, 1) for low, high in zip(narrowest, wanted, strict=True))


def _column(table: Table, index: int, rows: tuple[Row, ...]) -> _Column:
    heading = table.headings[index]
    cells = [(row.cells[index], row.is_strong) for row in rows if index < len(row.cells)]
    lines = [_line(cell, is_strong=is_strong) for cell, is_strong in cells]
    kept = [width for (cell, _), width in zip(cells, lines, strict=True) if _is_kept(cell)]
    narrow = _NARROW_WIDE if heading.is_wide else _NARROW
    words = [_ems(word) * 1.08 for word in heading.title.split()]
    text = [width for (cell, _), width in zip(cells, lines, strict=True) if not _is_kept(cell)]
    return _Column(
        least=max([*kept, *(min(width, narrow) for width in (*text, *words))], default=0.0),
        natural=max([*lines, _ems(heading.title) * (1.08 if heading.align is Align.RIGHT else 0.6)], default=0.0),
        has_marks=any(isinstance(cell, Figure) and cell.mark is not None for cell, _ in cells),
    )


def _is_kept(cell: Cell) -> bool:
    """Whether the cell stands on one line."""
    return isinstance(cell, Figure) and len(cell.text) <= LONGEST_FIGURE


def _line(cell: Cell, *, is_strong: bool) -> float:
    if not isinstance(cell, Figure) and cell.is_code:
        return len(shown(cell)) * 0.58
    return _ems(shown(cell)) * (1.08 if is_strong else 1.0)


def _ems(text: str) -> float:
    """About how wide a text is in the serif type, in ems, from its kinds of letters; a little generous."""
    return sum(_em(character) for character in text)


def _em(character: str) -> float:
    if character in " .,:;'|!ijl()[]":
        return 0.28
    if character.isascii() and not character.isupper():
        return 0.78 if character in "mw%@" else 0.5
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.7
