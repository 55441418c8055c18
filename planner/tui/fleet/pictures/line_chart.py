"""A line chart of characters: lines in braille dots, a letter at every point, rules with their words."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.text import Text

_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_LEAST_SPAN = 1e-9  # of what is drawn: less is nothing
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line; `letter` stands at its points. A point without y breaks it."""

    letter: str
    style: str
    points: tuple[tuple[float, float | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn.

    Attributes:
        series: Lines.
        x_ticks: Places and words below the chart.
        y_word: A value on the left.
        is_log: Whether x grows by factors.
        rule: A place on x that a dotted line marks.
    """

    series: tuple[Series, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_word: Callable[[float], str]
    is_log: bool = False
    rule: float | None = None


def ticks(low: float, high: float, count: int) -> tuple[float, ...]:
    """Round values from at most `low` to at least `high`, about `count` of them."""
    span = high - low if high - low > _LEAST_SPAN else 1.0
    rough = span / max(1, count - 1)
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * one for one in _STEPS if unit * one >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(number * step for number in range(first, max(last, first + 1) + 1))


def line_chart(chart: Chart, *, width: int, height: int) -> Iterator[Text]:
    """The rows, from the top; nothing of a chart without points."""
    values = [y for one in chart.series for _, y in one.points if y is not None]
    if not values:
        return
    marks = ticks(min(0.0, *values), max(0.0, *values), max(2, height // 2))
    words = [chart.y_word(mark) for mark in marks]
    gutter = max(map(len, words)) + 1
    canvas = _Canvas(max(8, width - gutter - 1), height)
    place = _places(chart, marks)
    _draw(canvas, chart, place)
    at_row = {canvas.row(place(None, mark)[1]): word for mark, word in zip(marks, words, strict=True)}
    for number, row in enumerate(canvas.rows()):
        word = at_row.get(number)
        axis = "┤" if word is not None else "│"
        yield Text(f"{word or '':>{gutter - 1}}", style="dim").append(axis).append_text(row)
    yield Text(" " * (gutter - 1) + "└" + "─" * canvas.width, style="dim")
    yield _below(chart, place, canvas, gutter)


_Place = Callable[[float | None, float], tuple[float, float]]


def _places(chart: Chart, marks: Sequence[float]) -> _Place:
    def scaled(x: float) -> float:
        return math.log(x) if chart.is_log else x

    xs = [scaled(x) for one in chart.series for x, _ in one.points]
    left, right, low, high = min(xs), max(xs), marks[0], marks[-1]

    def place(x: float | None, y: float) -> tuple[float, float]:
        across = 0.0 if x is None or right <= left else (scaled(x) - left) / (right - left)
        return across, (y - low) / (high - low)

    return place


def _draw(canvas: "_Canvas", chart: Chart, place: _Place) -> None:
    _, zero = place(None, 0.0)
    canvas.line((0.0, zero), (1.0, zero), "dim", step=3)
    if chart.rule is not None:
        across, _ = place(chart.rule, 0.0)
        canvas.line((across, 0.0), (across, 1.0), "yellow", step=2)
    for one in chart.series:
        for (x, y), (to_x, to_y) in pairwise(one.points):
            if y is not None and to_y is not None:
                canvas.line(place(x, y), place(to_x, to_y), one.style)
    for one in chart.series:
        for x, y in one.points:
            if y is not None:
                canvas.put(place(x, y), one.letter, f"bold {one.style}")


def _below(chart: Chart, place: _Place, canvas: "_Canvas", gutter: int) -> Text:
    """Words of places on x; one that would touch the one before it is left out."""
    line, free = "", 0
    for x, word in chart.x_ticks:
        across, _ = place(x, 0.0)
        at = min(canvas.width - len(word), max(0, round(across * (canvas.width - 1)) - len(word) // 2))
        if at >= free:
            line = f"{line:<{at}}{word}"
            free = len(line) + 1
    return Text(" " * gutter + line, style="dim")


class _Canvas:
    """Cells of two by four dots. Places are shares of the width and height, from the left and from below."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._dots = [[0] * width for _ in range(height)]
        self._styles = [[""] * width for _ in range(height)]
        self._letters: dict[tuple[int, int], tuple[str, str]] = {}

    def row(self, up: float) -> int:
        """Which row of cells a height is in."""
        return self._dot(0.0, up)[1] // 4

    def _dot(self, across: float, up: float) -> tuple[int, int]:
        x = round(across * (2 * self.width - 1))
        y = round((1.0 - up) * (4 * self.height - 1))
        return min(max(x, 0), 2 * self.width - 1), min(max(y, 0), 4 * self.height - 1)

    def line(self, begin: tuple[float, float], end: tuple[float, float], style: str, *, step: int = 1) -> None:
        """A straight one; of `step` 2 every other dot."""
        (x, y), (to_x, to_y) = self._dot(*begin), self._dot(*end)
        count = max(abs(to_x - x), abs(to_y - y), 1)
        for number in range(0, count + 1, step):
            at_x = round(x + (to_x - x) * number / count)
            at_y = round(y + (to_y - y) * number / count)
            self._dots[at_y // 4][at_x // 2] |= _DOTS[at_y % 4][at_x % 2]
            self._styles[at_y // 4][at_x // 2] = style

    def put(self, at: tuple[float, float], letter: str, style: str) -> None:
        """A letter; two at one place stand as one, the later."""
        x, y = self._dot(*at)
        self._letters[y // 4, x // 2] = letter, style

    def rows(self) -> Iterator[Text]:
        """From the top."""
        for number, dots in enumerate(self._dots):
            text = Text()
            for column, bits in enumerate(dots):
                letter, style = self._letters.get((number, column), ("", ""))
                text.append(letter or (chr(_BRAILLE + bits) if bits else " "), style or self._styles[number][column])
            yield text
