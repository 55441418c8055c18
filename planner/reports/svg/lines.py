"""Lines over an axis, with bands, rules and a legend."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.reports.chart_model import Lines, Rule, Series
from planner.reports.svg.canvas import MARGIN, Anchor, Canvas, Spot
from planner.reports.svg.frame import (
    LABEL_ROW,
    TITLE_ROW,
    UprightRules,
    draw_axis_of_x,
    draw_grid_of_x,
    draw_level_rules,
    draw_nothing,
    title_of,
)
from planner.reports.svg.legend import DASH, Entry, draw_legend
from planner.reports.svg.ruler import Ruler, ruler_of
from planner.reports.svg.text import SMALL, width_of
from planner.reports.svg.ticks import Tick

_HEIGHT = (170.0, 0.27, 220.0)  # of the plot: at least, of the width, at most
_Y_TICKS = 6
_MOST_MARKERS = 5
_MOST_BESIDE = 0.26
_END = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """A point that is drawn: pixels, and those of its band where it has one."""

    at: Spot
    band: tuple[float, float] | None


def draw_lines(canvas: Canvas, chart: Lines) -> float:
    """Draw them; the height."""
    upright = [rule for rule in chart.rules if rule.is_of_x]
    level = [rule for rule in chart.rules if not rule.is_of_x]
    height = max(min(max(canvas.width * _HEIGHT[1], _HEIGHT[0]), _HEIGHT[2]), LABEL_ROW * (len(level) + 1))
    y = ruler_of(chart.y, [*_heights(chart.series), *(rule.at for rule in level)], start=height, end=0)
    breadth = [point.x for one in chart.series for point in one.points]
    x = ruler_of(chart.x, [*breadth, *(rule.at for rule in upright)], start=0, end=1)
    if x is None or y is None or not any(_runs(one, x, y) for one in chart.series):
        return draw_nothing(canvas)
    y = y.rounded(_Y_TICKS)
    x = x.moved(_left(y.ticks(_Y_TICKS)), canvas.width - _beside(canvas.width, level))
    entries = [Entry(index=i, name=one.name, is_dashed=one.is_dashed) for i, one in enumerate(chart.series)]
    used = draw_legend(canvas, [entry for entry in entries if entry.name])
    rules = UprightRules(canvas, upright, x)
    top = used + TITLE_ROW + rules.height + 4
    y = y.moved(top + height, top)
    canvas.text(
        (MARGIN, used + TITLE_ROW / 2), title_of(chart.y), room=canvas.width, fill=canvas.palette.muted, size=SMALL
    )
    return _draw_plot(canvas, chart, rulers=(x, y), rules=rules, level=level)


def _draw_plot(
    canvas: Canvas, chart: Lines, *, rulers: tuple[Ruler, Ruler], rules: UprightRules, level: Sequence[Rule]
) -> float:
    x, y = rulers
    ticks = x.ticks_with_room(canvas.width - MARGIN)
    draw_grid_of_x(canvas, x, [one for one in ticks if one.at != 0], top=y.end, bottom=y.start)
    _draw_axis_of_y(canvas, y, start=x.start, end=x.end)
    drawn = [_runs(one, x, y) for one in chart.series]
    for index, runs in enumerate(drawn):
        _draw_bands(canvas, runs, colour=canvas.palette.of_series(index), is_stepped=chart.series[index].is_stepped)
    rules.draw(top=y.end, bottom=y.start)
    draw_level_rules(canvas, level, y, start=x.start, end=x.end)
    for index, (one, runs) in enumerate(zip(chart.series, drawn, strict=True)):
        _draw_series(canvas, one, runs, index=index, is_alone=len(chart.series) == 1)
    return y.start + draw_axis_of_x(canvas, chart.x, x, ticks, y=y.start)


def _heights(series: Iterable[Series]) -> Iterator[float | None]:
    for one in series:
        for point in one.points:
            yield from (point.y, point.low, point.high)


def _left(ticks: Sequence[Tick]) -> float:
    return MARGIN + max((width_of(tick.label, size=SMALL) for tick in ticks), default=0.0) + 8


def _beside(width: float, level: Sequence[Rule]) -> float:
    """Room right of the plot for the labels of level rules."""
    widest = max((width_of(rule.label, size=SMALL) for rule in level), default=0.0)
    return min(widest, width * _MOST_BESIDE) + 11 + MARGIN if level else _END


def _draw_axis_of_y(canvas: Canvas, y: Ruler, *, start: float, end: float) -> None:
    palette = canvas.palette
    for tick in y.ticks(_Y_TICKS):
        height = y.at(tick.at)
        is_zero = tick.at == 0
        canvas.line((start, height), (end, height), stroke=palette.muted if is_zero else palette.grid)
        spot = (start - 7, height)
        canvas.text(spot, tick.label, room=start, anchor=Anchor.END, fill=palette.muted, size=SMALL)


def _runs(series: Series, x: Ruler, y: Ruler) -> list[list[_Spot]]:
    """The points that can be drawn, apart where one between them cannot."""
    runs: list[list[_Spot]] = [[]]
    for point in series.points:
        across, up = x.holds(point.x), y.holds(point.y)
        if across is None or up is None:
            runs.append([])
            continue
        low, high = y.holds(point.low), y.holds(point.high)
        band = None if low is None or high is None else (y.at(min(low, high)), y.at(max(low, high)))
        runs[-1].append(_Spot(at=(x.at(across), y.at(up)), band=band))
    return [run for run in runs if run]


def _draw_bands(canvas: Canvas, runs: Sequence[Sequence[_Spot]], *, colour: str, is_stepped: bool) -> None:
    for run in runs:
        low = [(spot.at[0], spot.band[0]) for spot in run if spot.band is not None]
        high = [(spot.at[0], spot.band[1]) for spot in run if spot.band is not None]
        if is_stepped:
            low, high = _stepped(low), _stepped(high)
        if len(low) == 1:
            canvas.line(low[0], high[0], stroke=colour, weight=1.5)
        elif low:
            canvas.area([*low, *reversed(high)], fill=colour, opacity=0.16)


def _draw_series(
    canvas: Canvas, series: Series, runs: Sequence[Sequence[_Spot]], *, index: int, is_alone: bool
) -> None:
    colour = canvas.palette.of_series(index)
    for run in runs:
        spots = [spot.at for spot in run]
        if len(spots) > 1:
            path = _stepped(spots) if series.is_stepped else spots
            canvas.trace(path, stroke=colour, weight=2.2, dash=DASH if series.is_dashed else "")
    spots = [spot.at for run in runs for spot in run]
    lonely = [run[0].at for run in runs if len(run) == 1]
    stride = 1 if series.has_dots else max(-(-len(spots) // _MOST_MARKERS), 1)
    marked = lonely if is_alone and not series.has_dots else dict.fromkeys([*spots[::stride], *lonely])
    for spot in marked:
        canvas.marker(index, spot, colour=colour)


def _stepped(spots: Sequence[Spot]) -> list[Spot]:
    """A value holds until the next point."""
    path = list(spots[:1])
    for before, now in pairwise(spots):
        path += [(now[0], before[1]), now]
    return path
