"""What charts of horizontal bars share: names left of the plot, and rows that are as high as their names."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.reports.svg.canvas import MARGIN, Anchor, Canvas
from planner.reports.svg.text import SIZE, width_of, wrapped

_ROW, _LINE = 26.0, 14.0
_MOST_OF_WIDTH = 0.3
_PADDING = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Names in rows. `tops` begin at 0; `start` is where the plot does."""

    names: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    tops: tuple[float, ...]
    heights: tuple[float, ...]
    start: float

    @property
    def height(self) -> float:
        """Of all rows."""
        return sum(self.heights)

    def middle(self, index: int, *, top: float) -> float:
        """Of a row, where the plot begins at `top`."""
        return top + self.tops[index] + self.heights[index] / 2

    def draw(self, canvas: Canvas, *, top: float, strong: Sequence[bool]) -> None:
        """The names, right-aligned at the plot."""
        room = self.start - _PADDING - MARGIN
        for index, lines in enumerate(self.lines):
            middle = self.middle(index, top=top) - (len(lines) - 1) * _LINE / 2
            for number, line in enumerate(lines):
                canvas.text(
                    (self.start - _PADDING + 2, middle + number * _LINE),
                    line,
                    room=room + 2,
                    anchor=Anchor.END,
                    is_strong=strong[index],
                    full=self.names[index] if lines[-1].endswith("…") else line,
                )


def rows_of(names: Sequence[str], *, width: float) -> Rows:
    """Rows for names that take at most 30 % of the width, in at most two lines."""
    widest = max((width_of(name, is_strong=True) for name in names), default=0.0) + 2
    room = min(widest, width * _MOST_OF_WIDTH)
    lines = tuple(wrapped(name, room, size=SIZE * 1.1) for name in names)  # as wide as the bold ones
    heights = tuple(_ROW + (len(one) - 1) * (_LINE - 4) for one in lines)
    tops = tuple(sum(heights[:index]) for index in range(len(heights)))
    return Rows(names=tuple(names), lines=lines, tops=tops, heights=heights, start=MARGIN + room + _PADDING)
