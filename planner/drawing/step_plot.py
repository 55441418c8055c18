"""A price or a ratio over time as steps: it holds from its day until the next one is known. Drawn with lines of text.

Steps, not slopes: between two days nothing is known but that the older price stood. The line goes on to today, dotted
where it is only assumed to stand still.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_LEAST_WIDTH = 24
_MOST_WIDTH = 72
_LEAST_RANGE = 1e-9
_ROOM = 0.12
_Grid = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlot:
    """Points in order of their days, drawn as wide as there is room.

    Attributes:
        points: Day and value.
        until: The day up to which the last one stands.
        height: Lines of the picture, without the days below.
        form: How a value is written beside the axis.
        style: Of the line.
    """

    points: Sequence[tuple[date, float]]
    until: date
    height: int = 6
    form: str = "{:,.4g}"
    style: str = "cyan"

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines."""
        if not self.points:
            return
        values = [value for _, value in self.points]
        scale = _Scale.around(values, height=self.height)
        labels = self._labels(values, scale)
        margin = max(map(len, labels.values()))
        width = max(_LEAST_WIDTH, min(_MOST_WIDTH, options.max_width)) - margin - 2
        drawn = self._drawn(scale, width)
        for number, line in enumerate(drawn):
            label = labels.get(number, "")
            axis = "┤" if label else "│"
            yield Text.assemble((f"{label:>{margin}} {axis}", "dim"), ("".join(line), self.style), no_wrap=True)
        yield Text(f"{'':>{margin}} └{self._days(width)}", style="dim", no_wrap=True)

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        """As wide as there is room, within bounds."""
        return Measurement(_LEAST_WIDTH, min(_MOST_WIDTH, max(_LEAST_WIDTH, options.max_width)))

    def _labels(self, values: Sequence[float], scale: "_Scale") -> dict[int, str]:
        """Beside the axis: the values themselves, where two do not fall on one line."""
        found: dict[int, str] = {}
        for value in (values[-1], max(values), min(values)):
            found.setdefault(scale.row(value), self.form.format(value))
        return found

    def _drawn(self, scale: "_Scale", width: int) -> _Grid:
        grid = [[" "] * width for _ in range(self.height)]
        columns = [_column(day, self.points[0][0], self.until, width) for day, _ in self.points]
        rows = [scale.row(value) for _, value in self.points]
        for number, (start, row) in enumerate(zip(columns, rows, strict=True)):
            is_last = number + 1 == len(rows)
            end = width if is_last else columns[number + 1]
            for column in range(start, end):
                grid[row][column] = "╌" if is_last else "─"
            if number:
                _rise(grid, start, rows[number - 1], row)
        for column, row in zip(columns, rows, strict=True):
            grid[row][column] = "●"
        return grid

    def _days(self, width: int) -> str:
        first, last = str(self.points[0][0]), str(self.until)
        last = "" if first == last else last
        room = width - len(first) - len(last)
        return f"{first}{'─' * room}{last}" if room > 0 else "─" * width


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Which line a value falls on; the first line is on top."""

    low: float
    high: float
    height: int

    @classmethod
    def around(cls, values: Sequence[float], *, height: int) -> "_Scale":
        """With some room, so that a steady price is a line in the middle."""
        low, high = min(values), max(values)
        room = (high - low) * _ROOM
        if high - low < _LEAST_RANGE:
            room = abs(high) * _ROOM or 1.0
        return cls(low=low - room, high=high + room, height=height)

    def row(self, value: float) -> int:
        """From 0 on top."""
        share = (self.high - value) / (self.high - self.low)
        return min(self.height - 1, max(0, int(share * self.height)))


def _column(day: date, first: date, last: date, width: int) -> int:
    span = (last - first).days
    return 0 if span <= 0 else min(width - 1, round((day - first).days / span * (width - 1)))


def _rise(grid: _Grid, column: int, before: int, after: int) -> None:
    """The upright between two lines."""
    if before == after:
        return
    for row in range(min(before, after) + 1, max(before, after)):
        grid[row][column] = "│"
    grid[before][column] = "╮" if after > before else "╯"
