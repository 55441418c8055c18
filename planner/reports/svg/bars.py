"""Horizontal bars over one axis: thick from end to end, or thin with a dot where they are intervals about a point."""

from planner.reports.chart_model import Bar, Bars
from planner.reports.figures import SIGNS
from planner.reports.svg.canvas import MARGIN, Anchor, Canvas
from planner.reports.svg.frame import UprightRules, draw_axis_of_x, draw_grid_of_x, draw_nothing
from planner.reports.svg.rows import rows_of
from planner.reports.svg.ruler import Ruler, padded, ruler_of
from planner.reports.svg.text import SMALL, width_of

_GAP, _THICK, _CAP = 6.0, 14.0, 5.0
_END = 10.0


def draw_bars(canvas: Canvas, chart: Bars) -> float:
    """Draw them; the height."""
    rows = rows_of([f"{SIGNS[bar.tone]} {bar.label}".strip() for bar in chart.bars], width=canvas.width)
    values = [end for bar in chart.bars for end in (bar.low, bar.high, bar.point)]
    ruler = ruler_of(
        chart.axis, [*values, *(rule.at for rule in chart.rules)], start=rows.start, end=canvas.width - _END
    )
    if ruler is None or not any(_ends(bar, ruler) for bar in chart.bars):
        return draw_nothing(canvas)
    ruler = _with_room(chart, ruler)
    rules = UprightRules(canvas, chart.rules, ruler)
    top = MARGIN + rules.height + 4
    bottom = top + rows.height + 4
    ticks = ruler.ticks_with_room(canvas.width - MARGIN)
    draw_grid_of_x(canvas, ruler, ticks, top=top, bottom=bottom)
    rules.draw(top=top, bottom=bottom)
    rows.draw(canvas, top=top, strong=[False] * len(chart.bars))
    for index, bar in enumerate(chart.bars):
        _draw_bar(canvas, bar, ruler, y=rows.middle(index, top=top))
    return bottom + draw_axis_of_x(canvas, chart.axis, ruler, ticks, y=bottom)


def _ends(bar: Bar, ruler: Ruler) -> tuple[tuple[float, str], tuple[float, str]] | None:
    """Both ends with their texts, the lower first; None where one cannot be drawn."""
    low, high = ruler.holds(bar.low), ruler.holds(bar.high)
    if low is None or high is None:
        return None
    ends = ((low, bar.low_text), (high, bar.high_text))
    return ends if low <= high else (ends[1], ends[0])


def _with_room(chart: Bars, ruler: Ruler) -> Ruler:
    ends = [found for bar in chart.bars if (found := _ends(bar, ruler)) is not None]
    left = [(low[0], width_of(low[1], size=SMALL) + 2 * _GAP) for low, _ in ends if low[1]]
    right = [(high[0], width_of(high[1], size=SMALL) + 2 * _GAP) for _, high in ends if high[1]]
    return padded(ruler, left, right)


def _draw_bar(canvas: Canvas, bar: Bar, ruler: Ruler, *, y: float) -> None:
    palette = canvas.palette
    ends = _ends(bar, ruler)
    if ends is None:
        told = "no value" if not (bar.low_text or bar.high_text) else f"{bar.low_text} … {bar.high_text}".strip(" …")
        spot = (ruler.start + _GAP, y)
        canvas.text(spot, told, room=ruler.end - ruler.start, fill=palette.muted, size=SMALL, is_backed=True)
        return
    (low, low_text), (high, high_text) = ends
    start, end = ruler.at(low), ruler.at(high)
    colour = palette.of_tone(bar.tone, neutral=palette.series[0])
    point = ruler.holds(bar.point)
    if point is None:
        canvas.box((start, y - _THICK / 2), (max(end - start, 2.0), _THICK), fill=colour, opacity=0.85)
    else:
        _draw_interval(canvas, (start, end), ruler.at(point), y=y, colour=colour)
    room = start - ruler.start - _GAP
    canvas.text((start - _GAP, y), low_text, room=room, anchor=Anchor.END, size=SMALL, is_backed=True)
    canvas.text((end + _GAP, y), high_text, room=ruler.end - end - _GAP, size=SMALL, is_backed=True)


def _draw_interval(canvas: Canvas, ends: tuple[float, float], point: float, *, y: float, colour: str) -> None:
    canvas.line((ends[0], y), (ends[1], y), stroke=colour, weight=2.4)
    for end in ends:
        canvas.line((end, y - _CAP), (end, y + _CAP), stroke=colour, weight=1.6)
    canvas.marker(0, (point, y), colour=colour)
