"""The only place that knows plotext: lines over rounds, each with its letter on it, with ticks of our own."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.color import Color
from textual_plotext import PlotextPlot

from planner.tui.widgets.series import colours_of, letter_of
from planner.wording.text import plain

_TICKS = 4
_LETTERS_ON_A_LINE = 4
_ROOM = 0.12  # above and below, of what lies between
_HIGH = 1.5  # times the middle of a line: what lies above is one round's accident, and is drawn at the edge
_X_TICKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Values over rounds 1, 2, …, None where a line has none; `marked` rounds get a `!` below them."""

    values: Sequence[Sequence[float | None]]
    marked: Sequence[bool] = ()
    title: str = ""


class LinePlot(PlotextPlot):
    """Some lines. `show` replaces what is there."""

    DEFAULT_CSS = "LinePlot { height: 1fr; min-height: 6; }"

    def on_mount(self) -> None:
        """Draw anew in another theme's colours."""
        super().on_mount()
        self._shown = Lines(values=())
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw())

    def show(self, lines: Lines) -> None:
        """Draw these."""
        self._shown = lines
        self._draw()

    def _draw(self) -> None:
        lines, plot = self._shown, self.plt
        plot.clear_data()
        plot.clear_figure()
        plot.title(plain(lines.title))
        drawn = [(number, points) for number, line in enumerate(lines.values) if (points := _points(line))]
        if drawn:
            low, high = _limits([[value for _, value in points] for _, points in drawn])
            plot.ylim(low, high)
            ticks = list(_ticks(low, high))
            plot.yticks(ticks, [f"{tick:.4g}" for tick in ticks])
            self._draw_rounds(max(map(len, lines.values)))
            for number, points in drawn:
                clipped = [min(high, value) for _, value in points]
                plot.plot([at for at, _ in points], clipped, marker="braille", color=self._colour(number))
            for place, (number, points) in enumerate(drawn):  # over all lines, each in columns of its own
                ats = [points[0][0] + share * (points[-1][0] - points[0][0]) for share in _shares(place, len(drawn))]
                values = [min(high, _value_at(points, at)) for at in ats]
                plot.scatter(ats, values, marker=letter_of(number), color=self._colour(number))
            self._draw_marks(lines.marked, low)
        self.refresh()

    def _draw_rounds(self, count: int) -> None:
        self.plt.xlim(1, max(2, count))
        step = max(1, -(-count // _X_TICKS))
        ticks: list[float] = list(range(1, count + 1, step))
        self.plt.xticks(ticks, [f"round {tick}" if tick == 1 else str(tick) for tick in ticks])

    def _draw_marks(self, marked: Sequence[bool], low: float) -> None:
        rounds = [at for at, is_marked in enumerate(marked, start=1) if is_marked]
        if rounds:
            colour = Color.parse(self.app.get_css_variables()["warning"]).rgb
            self.plt.scatter(rounds, [low] * len(rounds), marker="!", color=colour)

    def _colour(self, number: int) -> tuple[int, int, int]:
        colours = colours_of(self.app)
        return Color.parse(colours[number % len(colours)]).rgb


def _points(line: Sequence[float | None]) -> list[tuple[int, float]]:
    return [(at, value) for at, value in enumerate(line, start=1) if value is not None]


def _limits(lines: Sequence[Sequence[float]]) -> tuple[float, float]:
    in_order = [sorted(line) for line in lines]
    low = min(line[0] for line in in_order)
    high = max(min(line[-1], line[len(line) // 2] * _HIGH) for line in in_order)
    room = (high - low) * _ROOM or abs(high) * _ROOM or 1.0
    return max(0.0, low - room), high + room


def _ticks(low: float, high: float) -> Iterator[float]:
    """Round numbers: 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1.0, 2.0, 5.0, 10.0) if one * power >= rough)
    at = math.ceil(low / step)
    while at * step <= high:
        yield at * step
        at += 1


def _shares(place: int, of: int) -> list[float]:
    """Where along a line its letters stand, so that no two lines have one in the same column."""
    return [(turn + (place + 0.5) / of) / _LETTERS_ON_A_LINE for turn in range(_LETTERS_ON_A_LINE)]


def _value_at(points: Sequence[tuple[int, float]], at: float) -> float:
    for (left, before), (right, after) in itertools.pairwise(points):
        if left <= at <= right:
            return before + (after - before) * (at - left) / (right - left)
    return points[-1][1]
