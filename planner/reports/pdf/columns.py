"""How a table is fitted to a page: size of its type, lying or standing, widths of its columns. In points."""

import unicodedata
from dataclasses import dataclass

from planner.reports.document import Align, Row, Table
from planner.reports.figures import Cell, Figure, Mark, shown

STANDING, LYING = 481.0, 727.0
HALF = 232.0
"""Of a page that stands, beside another table."""
LONGEST_FIGURE = 34
_INSET, _MARK, _MARK_BELOW = 9.0, 45.0, 32.0
# What a column of text takes at least, and what it is given at most before others, in ems.
_NARROW, _NARROW_FIRST, _NARROW_WIDE, _MOST = 6.0, 11.0, 8.0, 24.0
_KEPT_WORDS = 20
# Below this share of the page a table keeps its columns close together.
_LITTLE = 0.5
_STEP = 4.0
_STANDING = ((9.0, True), (8.5, True), (8.0, True), (8.5, False), (8.0, False), (7.5, False))
# A page is not turned for a few rows.
_SIZE_BESIDE = 8.0
# More lines than these in one cell are a tower; type for much text is not smaller than this.
_TOWER, _LEAST_OF_TEXT = 6.0, 7.5
_Try = tuple[float, float, bool]
"""Width of the page, size of type, whether marks stand beside figures."""
_FEW, _STANDING_FEW, _A_LITTLE_MORE = 12, ((7.0, False), (6.5, False)), 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a table is set.

    Attributes:
        size: Of its type.
        lies: Whether it needs a page on its side.
        tracks: Shares of the page's width; none where every column is as wide as what stands in it.
        marks: Where the marks of a column's figures stand: `beside` or `below` each, `head` where all have the same, or
            nothing where there are none.
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
    marks: frozenset[str | None]

    @property
    def has_one_mark(self) -> bool:
        return len(self.marks) == 1 and None not in self.marks

    @property
    def has_marks(self) -> bool:
        """Whether marks stand at its figures, for want of one that all share."""
        return bool(self.marks - {None}) and not self.has_one_mark

    def narrowest(self, size: float, *, beside: bool) -> float:
        if beside and self.has_marks:
            return _INSET + self.least * size + _MARK
        return _INSET + max(self.least * size, _MARK_BELOW if self.marks - {None} else 0.0)

    def on_one_line(self, size: float, *, beside: bool) -> float:
        return self.narrowest(size, beside=beside) + max(self.natural - self.least, 0.0) * size

    def wanted(self, size: float, *, beside: bool) -> float:
        natural = self.natural if self.natural <= _MOST else min(_MOST + (self.natural - _MOST) * 0.15, 2 * _MOST)
        return self.narrowest(size, beside=beside) + max(natural - self.least, 0.0) * size


def mark_shown(figure: Figure) -> str | None:
    """The word beside a figure; of what is derived from others none, which the page of contents says."""
    return None if figure.mark in {None, Mark.DERIVED} else str(figure.mark)


def fits_beside(table: Table) -> bool:
    """Whether the table is so small that half a page's width holds it, every cell on one line."""
    if len(table.rows) > _FEW or not table.headings:
        return False
    return sum(column.on_one_line(_SIZE_BESIDE, beside=False) for column in _columns(table)) <= HALF


def beside(table: Table) -> Fit:
    """As wide as half a page."""
    columns = _columns(table)
    return Fit(
        size=_SIZE_BESIDE,
        lies=False,
        tracks=_tracks(columns, size=_SIZE_BESIDE, width=HALF, beside=False),
        marks=_marks(columns, beside=False),
    )


def fitted(table: Table, *, may_lie: bool) -> Fit:
    """The type in which no figure is broken: standing, down to 7.5 points or 6.5; else lying; else as it comes."""
    columns = _columns(table)
    is_short = len(table.rows) <= _FEW
    is_squeezed = is_short and _needed(columns, _STANDING_FEW[-1]) <= _A_LITTLE_MORE * STANDING
    last = LYING if may_lie and not is_squeezed else STANDING
    standing = _STANDING + _STANDING_FEW * is_short
    tries = [*((STANDING, *one) for one in standing), *((last, *one) for one in _STANDING[1:]), (last, 7.0, False)]
    fitting = [one for one in tries if _needed(columns, one[1:]) <= one[0]] or [(last, 6.5, False)]
    width, size, are_beside = _chosen(columns, fitting)
    return Fit(
        size=size,
        lies=width == LYING,
        tracks=_tracks(columns, size=size, width=width, beside=are_beside),
        marks=_marks(columns, beside=are_beside),
    )


def _chosen(columns: list[_Column], fitting: list[_Try]) -> _Try:
    """The largest type, unless much text becomes a tower in it that is lower in smaller type."""
    alike = [one for one in fitting if one[0] == fitting[0][0] and one[1] >= min(_LEAST_OF_TEXT, fitting[0][1])]
    heights = [_lines_of(columns, *one) * one[1] for one in alike]
    return alike[0] if heights[0] <= _TOWER * alike[0][1] else alike[heights.index(min(heights))]


def _lines_of(columns: list[_Column], width: float, size: float, beside: bool) -> float:  # noqa: FBT001 - of a try
    """Of the longest cell."""
    tracks = _tracks(columns, size=size, width=width, beside=beside)
    full = (column.on_one_line(size, beside=beside) for column in columns)
    return max((_lines(whole, own) for whole, own in zip(full, tracks, strict=False)), default=1.0)


def _lines(whole: float, own: float) -> float:
    return (whole - _INSET) / max(own - _INSET, 1.0)


def _columns(table: Table) -> list[_Column]:
    top, _, bottom = table.top_and_bottom()
    return [_column(table, index, (*top, *bottom)) for index in range(len(table.headings))]


def _marks(columns: list[_Column], *, beside: bool) -> tuple[str, ...]:
    place = "beside" if beside else "below"
    return tuple("head" if one.has_one_mark else place if one.has_marks else "" for one in columns)


def _needed(columns: list[_Column], type_and_place: tuple[float, bool]) -> float:
    size, beside = type_and_place
    return sum(column.narrowest(size, beside=beside) for column in columns)


def _tracks(columns: list[_Column], *, size: float, width: float, beside: bool) -> tuple[float, ...]:
    """Everybody gets what must not be broken; then always the column with the longest cell, counted in its lines."""
    wanted = [column.wanted(size, beside=beside) for column in columns]
    if sum(wanted) < _LITTLE * width:
        return ()
    got = [column.narrowest(size, beside=beside) for column in columns]
    full = [column.on_one_line(size, beside=beside) for column in columns]
    while sum(got) + _STEP <= width:
        lines = [_lines(whole, own) for whole, own in zip(full, got, strict=True)]
        longest = max(range(len(got)), key=lines.__getitem__)
        if lines[longest] <= 1.0:
            break
        got[longest] += _STEP
    return tuple(round(one, 1) for one in got)


def _column(table: Table, index: int, rows: tuple[Row, ...]) -> _Column:
    heading = table.headings[index]
    cells = [(row.cells[index], row.is_strong) for row in rows if index < len(row.cells)]
    lines = [(cell, _line(cell, is_strong=is_strong)) for cell, is_strong in cells]
    is_right = heading.align is Align.RIGHT
    kept = [width for cell, width in lines if _is_kept(cell, is_right=is_right)]
    text = [width for cell, width in lines if not _is_kept(cell, is_right=is_right)]
    # The names of rows are read first, and by everyone.
    narrow = _NARROW_WIDE if heading.is_wide else _NARROW if index else _NARROW_FIRST
    words = [_ems(word) * 1.08 for word in heading.title.split()]
    return _Column(
        least=max([*kept, *(min(width, narrow) for width in (*text, *words))], default=0.0),
        natural=max([*kept, *text, _ems(heading.title) * (1.08 if is_right else 0.6)], default=0.0),
        marks=frozenset(mark_shown(cell) for cell, _ in cells if isinstance(cell, Figure)),
    )


def _is_kept(cell: Cell, *, is_right: bool) -> bool:
    """Whether the cell stands on one line."""
    if isinstance(cell, Figure):
        return len(cell.text) <= LONGEST_FIGURE
    return is_right and len(cell.text) <= _KEPT_WORDS


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
