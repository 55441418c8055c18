"""Draws a roofline in text: operations a second over operations a byte, both in powers, with marks.

A slanted roof of memory meets a flat roof of each precision's peak. Plain characters, no colour: it reads in a log
as on a screen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from planner.wording import quantities

LEAST_WIDTH = 60
_HEIGHT = 15
_LABEL = 13
_ROOM = 1.6  # of the axes beyond the outermost point, as a factor
_FLAT, _SLANT = "─", "/"
_FARTHEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Roof:
    """A precision's peak, in operations a second."""

    name: str
    peak: float
    is_float: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A letter at an intensity, in operations a byte, and a rate, in operations a second."""

    letter: str
    intensity: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axes:
    """Where a point lies: columns and rows of the field, `height` - 1 being the topmost row."""

    left: float
    right: float
    bottom: float
    top: float
    width: int
    height: int

    def column(self, intensity: float) -> int:
        """Of an intensity."""
        return round((self.width - 1) * _part(intensity, self.left, self.right))

    def row(self, rate: float) -> int:
        """Of a rate."""
        return round((self.height - 1) * _part(rate, self.bottom, self.top))

    def intensity(self, column: int) -> float:
        """At a column."""
        return self.left * math.pow(self.right / self.left, column / (self.width - 1))

    def rate(self, row: int) -> float:
        """At a row."""
        return self.bottom * math.pow(self.top / self.bottom, row / (self.height - 1))


def chart(roofs: Sequence[Roof], bandwidth: float, marks: Sequence[Mark], *, width: int) -> list[str]:
    """The lines of a chart no wider than `width`; none where there is nothing to draw or no room.

    Marks that fall together stand side by side.
    """
    if not roofs or width < LEAST_WIDTH or bandwidth <= 0.0:
        return []
    axes = _axes(roofs, bandwidth, marks, width=width - _LABEL - 2)
    field = [[" "] * axes.width for _ in range(axes.height)]
    _draw_roofs(field, axes, roofs, bandwidth)
    for mark in marks:
        row, column = axes.row(mark.rate), _free(field[axes.row(mark.rate)], axes.column(mark.intensity))
        field[row][column] = mark.letter
    names = {axes.row(roof.peak): roof.name for roof in roofs}
    lines = [
        f"{_label(axes, row, roofs):>{_LABEL}} ┤{_with_name(field[row], names.get(row))}".rstrip()
        for row in reversed(range(axes.height))
    ]
    return [*lines, f"{'':>{_LABEL}} └{'─' * axes.width}", _scale(axes)]


def _axes(roofs: Sequence[Roof], bandwidth: float, marks: Sequence[Mark], *, width: int) -> _Axes:
    ridges = [roof.peak / bandwidth for roof in roofs]
    across = [*ridges, *(mark.intensity for mark in marks)]
    rates = [*(roof.peak for roof in roofs), *(mark.rate for mark in marks)]
    left, right = min(across) / _ROOM / 4, max(across) * _ROOM * 4
    return _Axes(
        left=left,
        right=right,
        bottom=min(min(rates) / _ROOM, min(ridges) * bandwidth / 4),
        top=max(rates) * _ROOM,
        width=width,
        height=_HEIGHT,
    )


def _draw_roofs(field: list[list[str]], axes: _Axes, roofs: Sequence[Roof], bandwidth: float) -> None:
    highest = max(roof.peak for roof in roofs)
    for column in range(axes.width):
        intensity = axes.intensity(column)
        slanted = axes.row(min(highest, intensity * bandwidth))
        if intensity * bandwidth < highest and 0 <= slanted < axes.height:
            field[slanted][column] = _SLANT
        for roof in roofs:
            if intensity * bandwidth >= roof.peak:
                field[axes.row(roof.peak)][column] = _FLAT


def _free(cells: Sequence[str], column: int) -> int:
    """The nearest column that holds no letter yet; the very one where all around are taken."""
    for step in range(_FARTHEST):
        for nearby in (column + step, column - step):
            if 0 <= nearby < len(cells) and not cells[nearby].isalpha():
                return nearby
    return column


def _with_name(cells: list[str], name: str | None) -> str:
    """A roof bears its name at the right end, where no mark stands in its way."""
    if name is None:
        return "".join(cells)
    text = f" {name} "
    free = len(cells) - len(text) - 1
    if free > 0 and not any(cell.isalpha() for cell in cells[free : free + len(text)]):
        cells = [*cells[:free], *text, *cells[free + len(text) :]]
    return "".join(cells)


def _label(axes: _Axes, row: int, roofs: Sequence[Roof]) -> str:
    """The peak at its roof, a round rate at the ends."""
    for roof in roofs:
        if axes.row(roof.peak) == row:
            return quantities.operation_rate(roof.peak, is_float=roof.is_float)
    return quantities.operation_rate(axes.rate(row), is_float=False) if row in {0, axes.height - 1} else ""


def _scale(axes: _Axes) -> str:
    """The powers of ten along the bottom, and what they are of."""
    line = [" "] * axes.width
    for power in range(math.ceil(math.log10(axes.left)), math.floor(math.log10(axes.right)) + 1):
        text, column = f"{10.0**power:g}", axes.column(10.0**power)
        if column + len(text) <= axes.width and not "".join(line[max(0, column - 1) : column + len(text)]).strip():
            line[column : column + len(text)] = text
    title = "operations per byte"
    if not "".join(line[-len(title) - 1 :]).strip():
        line[-len(title) :] = title
        return f"{'':>{_LABEL}}  {''.join(line)}".rstrip()
    return f"{'':>{_LABEL}}  {''.join(line).rstrip()}\n{'':>{_LABEL}}  {title.rjust(axes.width)}"


def _part(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low)
