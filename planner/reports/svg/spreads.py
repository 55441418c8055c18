"""Distributions one above the other over one axis, each as high as its own highest bin, with its quantiles."""

from collections.abc import Iterator
from dataclasses import dataclass

from planner.reports.chart_model import Distribution, Spread
from planner.reports.svg.canvas import MARGIN, Canvas, Spot
from planner.reports.svg.frame import TITLE_ROW, UprightRules, draw_axis_of_x, draw_grid_of_x, draw_nothing
from planner.reports.svg.numbers import drawable
from planner.reports.svg.ruler import Ruler, ruler_of
from planner.reports.svg.text import SMALL

_PLOT, _BETWEEN = 64.0, 8.0
_SIDE = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A bin that is drawn: pixels, and its share over its width."""

    left: float
    right: float
    density: float


def draw_distribution(canvas: Canvas, chart: Distribution) -> float:
    """Draw them; the height."""
    edges = [edge for spread in chart.spreads for one in spread.bins for edge in (one.low, one.high)]
    marks = [rule.at for spread in chart.spreads for rule in spread.quantiles]
    ruler = ruler_of(chart.axis, [*edges, *marks], start=_SIDE, end=canvas.width - _SIDE)
    if ruler is None:
        return draw_nothing(canvas)
    ticks = ruler.ticks_with_room(canvas.width - MARGIN)
    told = "share of values by area; each to its own height"
    canvas.text((MARGIN, MARGIN + TITLE_ROW / 2), told, room=canvas.width, fill=canvas.palette.muted, size=SMALL)
    y = MARGIN + TITLE_ROW
    for index, spread in enumerate(chart.spreads):
        canvas.text((_SIDE, y + TITLE_ROW / 2), spread.name, room=canvas.width - 2 * _SIDE, is_strong=True)
        rules = UprightRules(canvas, spread.quantiles, ruler)
        top = y + TITLE_ROW + rules.height + 2
        y = top + _PLOT
        draw_grid_of_x(canvas, ruler, [one for one in ticks if one.at != 0], top=top, bottom=y)
        _draw_spread(canvas, spread, ruler, index=index, ends=(top, y))
        rules.draw(top=top, bottom=y)
        canvas.line((ruler.start, y), (ruler.end, y), stroke=canvas.palette.muted)
        y += _BETWEEN
    bottom = y - _BETWEEN
    return bottom + draw_axis_of_x(canvas, chart.axis, ruler, ticks, y=bottom)


def _columns(spread: Spread, ruler: Ruler) -> Iterator[_Column]:
    for one in spread.bins:
        low, high, share = ruler.holds(one.low), ruler.holds(one.high), drawable(one.share)
        if low is None or high is None or share is None or share <= 0:
            continue
        left, right = sorted((ruler.at(low), ruler.at(high)))
        right = max(right, left + 1.0)  # a bin without width is still seen
        yield _Column(left=left, right=right, density=share / (right - left))


def _draw_spread(canvas: Canvas, spread: Spread, ruler: Ruler, *, index: int, ends: tuple[float, float]) -> None:
    columns = sorted(_columns(spread, ruler), key=lambda one: (one.left, one.right))
    top, bottom = ends
    if not columns:
        canvas.text((_SIDE + 6, (top + bottom) / 2), "no values", room=canvas.width, fill=canvas.palette.muted)
        return
    peak = max(one.density for one in columns)
    outline: list[Spot] = []
    for one in columns:
        height = bottom - one.density / peak * (bottom - top - 4)
        if outline and one.left - outline[-1][0] > 0.5:  # noqa: PLR2004 -- half a pixel: a gap between bins
            outline += [(outline[-1][0], bottom), (one.left, bottom)]
        outline += [(one.left, height), (one.right, height)]
    outline = [(outline[0][0], bottom), *outline, (outline[-1][0], bottom)]
    colour = canvas.palette.of_series(index)
    canvas.area(outline, fill=colour, opacity=0.28)
    canvas.trace(outline, stroke=colour, weight=1.6)
