"""A chart's two pictures: one for wide screens and paper, one for telephones, whose text would else be too small."""

from dataclasses import replace

from markupsafe import Markup

from planner.reports.chart_model import Chart
from planner.reports.svg import SCREEN, svg_of

_WIDE, _NARROW = 760.0, 340.0
_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'


def pictures_of(chart: Chart) -> tuple[Markup, Markup]:
    """Wide and narrow; inside HTML, `<svg>` needs no namespace."""
    narrow = replace(chart, key=f"{chart.key}-narrow")
    drawn = (svg_of(chart, palette=SCREEN, width=_WIDE), svg_of(narrow, palette=SCREEN, width=_NARROW))
    wide, small = (Markup(one.replace(_NAMESPACE, "", 1)) for one in drawn)  # noqa: S704 -- escaped when drawn
    return wide, small
