"""What charts have about their data: axes with ticks, grids, rules with labels, or word that nothing is known."""

from collections.abc import Sequence

from planner.reports.chart_model import Axis, Rule
from planner.reports.svg.canvas import MARGIN, Anchor, Canvas
from planner.reports.svg.ruler import Ruler
from planner.reports.svg.text import SMALL, width_of
from planner.reports.svg.ticks import Tick

LABEL_ROW = 15.0
TICK_ROW = 18.0
TITLE_ROW = 18.0
EMPTY_HEIGHT = 90.0
RULE_DASH = "2 3"
_LABEL_GAP = 6.0
_ONE = "1"


def title_of(axis: Axis) -> str:
    """`latency (ms; lower is better)`."""
    better = {True: "lower is better", False: "higher is better", None: ""}[axis.lower_is_better]
    inside = "; ".join(part for part in (axis.unit if axis.unit != _ONE else "", better) if part)
    return f"{axis.title} ({inside})" if inside else axis.title


def draw_nothing(canvas: Canvas) -> float:
    """A frame that says so; the height."""
    ink = canvas.palette
    size = (canvas.width - 2 * MARGIN, EMPTY_HEIGHT - 2 * MARGIN)
    canvas.box((MARGIN, MARGIN), size, fill="none", stroke=ink.grid)
    spot = (canvas.width / 2, EMPTY_HEIGHT / 2)
    told = "No data: there is no value that could be drawn."
    canvas.text(spot, told, room=canvas.width - 40, anchor=Anchor.MIDDLE, fill=ink.muted)
    return EMPTY_HEIGHT


def draw_grid_of_x(canvas: Canvas, ruler: Ruler, ticks: Sequence[Tick], *, top: float, bottom: float) -> None:
    """Upright grid lines, and zero stronger."""
    for tick in ticks:
        x = ruler.at(tick.at)
        canvas.line((x, top), (x, bottom), stroke=canvas.palette.muted if tick.at == 0 else canvas.palette.grid)


def draw_axis_of_x(canvas: Canvas, axis: Axis, ruler: Ruler, ticks: Sequence[Tick], *, y: float) -> float:
    """The axis with its tick labels and its title below the plot; the height that they take."""
    ink = canvas.palette
    canvas.line((ruler.start, y), (ruler.end, y), stroke=ink.muted)
    for tick in ticks:
        x = ruler.at(tick.at)
        canvas.line((x, y), (x, y + 4), stroke=ink.muted)
        spot = (x, y + 4 + SMALL * 0.75)
        canvas.text(spot, tick.label, room=canvas.width, anchor=Anchor.MIDDLE, fill=ink.muted, size=SMALL)
    middle = ((ruler.start + ruler.end) / 2, y + TICK_ROW + TITLE_ROW / 2)
    canvas.text(middle, title_of(axis), room=canvas.width, anchor=Anchor.MIDDLE, fill=ink.muted, size=SMALL)
    return TICK_ROW + TITLE_ROW + MARGIN


class UprightRules:
    """Rules at values of x, with their labels in rows above the plot, none upon another."""

    def __init__(self, canvas: Canvas, rules: Sequence[Rule], ruler: Ruler) -> None:
        self._canvas = canvas
        spots = [(ruler.at(held), rule) for rule in rules if (held := ruler.holds(rule.at)) is not None]
        self._placed = list(_rows(canvas.width, sorted(spots, key=lambda spot: (-spot[0], spot[1].label))))
        self.height = (max((row for *_, row in self._placed), default=-1) + 1) * LABEL_ROW

    def draw(self, *, top: float, bottom: float) -> None:
        """Lines from the plot's bottom up to their labels, which stand above `top`, the plot's upper edge."""
        canvas = self._canvas
        for x, rule, _, row in self._placed:
            colour = canvas.palette.of_tone(rule.tone, neutral=canvas.palette.muted)
            canvas.line((x, top - row * LABEL_ROW - 2), (x, bottom), stroke=colour, weight=1.3, dash=RULE_DASH)
        for _, rule, start, row in self._placed:
            colour = canvas.palette.of_tone(rule.tone, neutral=canvas.palette.ink)
            spot = (start, top - row * LABEL_ROW - LABEL_ROW / 2 - 1)
            canvas.text(spot, rule.label, room=_most_of(canvas.width), fill=colour, size=SMALL, is_backed=True)


def _most_of(width: float) -> float:
    return width * 0.55


def _rows(width: float, spots: Sequence[tuple[float, Rule]]) -> list[tuple[float, Rule, float, int]]:
    """Position, rule, where its label starts, and its row: from right to left, each above those it would touch."""
    placed: list[tuple[float, Rule, float, int]] = []
    taken: list[tuple[float, float, int]] = []
    for x, rule in spots:
        wide = min(width_of(rule.label, size=SMALL), _most_of(width)) + _LABEL_GAP
        start = max(min(x - 2, width - MARGIN - wide), MARGIN)
        touched = [row for left, right, row in taken if left < start + wide and start < right]
        row = next(one for one in range(len(taken) + 1) if one not in touched)
        placed.append((x, rule, start, row))
        taken.append((min(start, x), start + wide, row))
        taken.extend((x - 2, x + 2, below) for below in range(row))
    return placed


def draw_level_rules(canvas: Canvas, rules: Sequence[Rule], ruler: Ruler, *, start: float, end: float) -> None:
    """Rules at values of y, with their labels right of the plot, pushed apart where they would touch."""
    spots = sorted(
        ((ruler.at(held), rule) for rule in rules if (held := ruler.holds(rule.at)) is not None),
        key=lambda spot: (spot[0], spot[1].label),
    )
    heights = spread_out([y for y, _ in spots], gap=LABEL_ROW, low=ruler.end + 6, high=ruler.start - 6)
    for (y, rule), beside in zip(spots, heights, strict=True):
        palette = canvas.palette
        line = palette.of_tone(rule.tone, neutral=palette.muted)
        canvas.line((start, y), (end, y), stroke=line, weight=1.3, dash=RULE_DASH)
        canvas.line((end, y), (end + 8, beside), stroke=line)
        colour = palette.of_tone(rule.tone, neutral=palette.ink)
        canvas.text((end + 11, beside), rule.label, room=canvas.width - MARGIN - end - 11, fill=colour, size=SMALL)


def spread_out(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Ascending positions at least `gap` apart, near those wanted, from `low` to `high` where there is room."""
    found: list[float] = []
    for one in wanted:
        found.append(max(one, low, found[-1] + gap if found else low))
    limit = high
    for index in range(len(found) - 1, -1, -1):
        found[index] = min(found[index], limit)
        limit = found[index] - gap
    return found
