"""The names of series, each with a piece of its line and its marker."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.reports.svg.canvas import MARGIN, Canvas
from planner.reports.svg.frame import LABEL_ROW
from planner.reports.svg.text import SMALL, shortened, width_of

DASH = "7 4"
_SWATCH, _GAP = 26.0, 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A series' name and how it is drawn."""

    index: int
    name: str
    is_dashed: bool


def draw_legend(canvas: Canvas, entries: Sequence[Entry]) -> float:
    """Names side by side in as many rows as they need; the height."""
    x, y = MARGIN, MARGIN + LABEL_ROW / 2
    most = canvas.width * 0.6
    for entry in entries:
        wide = _SWATCH + 6 + width_of(shortened(entry.name, most, size=SMALL), size=SMALL)
        if x > MARGIN and x + wide > canvas.width - MARGIN:
            x, y = MARGIN, y + LABEL_ROW + 2
        colour = canvas.palette.of_series(entry.index)
        canvas.line((x, y), (x + _SWATCH, y), stroke=colour, weight=2.2, dash=DASH if entry.is_dashed else "")
        canvas.marker(entry.index, (x + _SWATCH / 2, y), colour=colour)
        canvas.text((x + _SWATCH + 6, y), entry.name, room=most, size=SMALL)
        x += wide + _GAP
    return y + LABEL_ROW / 2 + 6 if entries else MARGIN
