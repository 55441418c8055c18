"""How a table is fitted to a page: size of its type, lying or standing, widths of its columns. In points."""

import unicodedata
from dataclasses import dataclass

from planner.reports.document import Align, Row, Table
from planner.reports.figures import Cell, Figure, Mark, shown

STANDING, LYING = 481.0, 727.0
LONGEST_FIGURE = 34
_INSET, _MARK, _MARK_BELOW = 9.0, 45.0, 32.0
# What a column of text takes at least, and what it is given at most before others, in ems.
_NARROW, _NARROW_FIRST, _NARROW_WIDE, _MOST = 6.0, 9.0, 12.0, 24.0
_KEPT_WORDS = 20
# Below this share of the page a table keeps its columns close together.
_LITTLE = 0.5
_STANDING = ((9.0, True), (8.5, True), (8.0, True), (8.5, False), (8.0, False), (7.5, False))
# A page is not turned for a few rows.
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
    marks: frozenset[Mark | None]

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

    def wanted(self, size: float, *, beside: bool) -> float:
        natural = self.natural if self.natural <= _MOST else min(_MOST + (self.natural - _MOST) * 0.15, 2 * _MOST)
        return self.narrowest(size, beside=beside) + max(natural - self.least, 0.0) * size


def fitted(table: Table, *, may_lie: bool) -> Fit:
    """The type in which no figure is broken: standing, down to 7.5 points or 6.5; else lying; else as it comes."""
    top, _, bottom = table.top_and_bottom()
    columns = [_column(table, index, (*top, *bottom)) for index in range(len(table.headings))]
    is_short = len(table.rows) <= _FEW
    is_squeezed = is_short and _needed(columns, _STANDING_FEW[-1]) <= _A_LITTLE_MORE * STANDING
    last = LYING if may_lie and not is_squeezed else STANDING
    standing = _STANDING + _STANDING_FEW * is_short
    tries = [*((STANDING, *one) for one in standing), *((last, *one) for one in _STANDING[1:]), (last, 7.0, False)]
    fitting = (one for one in tries if _needed(columns, one[1:]) <= one[0])
    width, size, beside = next(fitting, (last, 6.5, False))
    place = "beside" if beside else "below"
    return Fit(
        size=size,
        lies=width == LYING,
        tracks=_tracks(columns, size=size, width=width, beside=beside),
        marks=tuple("head" if one.has_one_mark else place if one.has_marks else "" for one in columns),
    )


def _needed(columns: list[_Column], type_and_place: tuple[float, bool]) -> float:
    size, beside = type_and_place
    return sum(column.narrowest(size, beside=beside) for column in columns)


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
        marks=frozenset(cell.mark for cell, _ in cells if isinstance(cell, Figure)),
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
