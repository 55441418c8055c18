"""Charts as SVG 1.1, drawn by ourselves: lines, boxes, paths and selectable text, no filter, no foreign object.

Drawn by hand because matplotlib takes 0.45 s to import and 40 ms a chart, and a whole HTML report must take less than
a second; a chart takes about a millisecond here. The same chart, palette and width give the same bytes.
A chart's title and its sentence stand in `<title>` and `<desc>`: whoever shows the picture captions it.
"""

from planner.reports.chart_model import Bars, Chart, Distribution, Lines, Waterfall
from planner.reports.svg.bars import draw_bars
from planner.reports.svg.canvas import Canvas
from planner.reports.svg.lines import draw_lines
from planner.reports.svg.palette import PRINT, SCREEN, Palette
from planner.reports.svg.spreads import draw_distribution
from planner.reports.svg.waterfall import draw_waterfall

NARROWEST = 240.0

__all__ = ["NARROWEST", "PRINT", "SCREEN", "Palette", "svg_of"]


def svg_of(chart: Chart, *, palette: Palette, width: float = 640.0) -> str:
    """A chart as one `<svg>` element with a view box of `width` by the height it needs, in pixels.

    Values that are not finite, not positive on a logarithmic axis, or beyond the calendar are left out; a chart
    without any says so in a frame. `width` is at least 240 pixels.
    """
    canvas = Canvas(palette, max(width, NARROWEST))
    match chart:
        case Waterfall():
            height = draw_waterfall(canvas, chart)
        case Lines():
            height = draw_lines(canvas, chart)
        case Bars():
            height = draw_bars(canvas, chart)
        case Distribution():
            height = draw_distribution(canvas, chart)
    return canvas.finished(chart.key, title=chart.title, told=chart.told, height=height)
