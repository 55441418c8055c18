"""From one total to another by steps, a row each: names of any length fit beside rows, amounts at the bars' ends."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.reports.chart_model import Scale, Step, Waterfall
from planner.reports.figures import Bound
from planner.reports.svg.canvas import MARGIN, Canvas
from planner.reports.svg.frame import draw_axis_of_x, draw_grid_of_x, draw_nothing
from planner.reports.svg.numbers import drawable
from planner.reports.svg.rows import Rows, rows_of
from planner.reports.svg.ruler import Ruler, padded, ruler_of
from planner.reports.svg.text import SMALL, width_of

_GAP, _THICK, _END = 6.0, 16.0, 10.0
_CONNECTOR = "2 2"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A step with where its bar starts and ends; the same where its amount is not known."""

    step: Step
    start: float
    end: float
    is_known: bool

    @property
    def text(self) -> str:
        """The amount as the report has it, a rise with its sign."""
        figure = self.step.amount
        is_rise = self.is_known and not self.step.is_total and self.end > self.start
        has_none = figure.bound is Bound.EXACT and figure.text[:1].isdigit()
        return f"+{figure.text}" if is_rise and has_none else figure.text

    @property
    def right(self) -> float:
        """Where its text stands."""
        return max(self.start, self.end)


def draw_waterfall(canvas: Canvas, chart: Waterfall) -> float:
    """Draw it; the height."""
    pieces = list(_pieces(chart.steps))
    axis = replace(chart.axis, scale=Scale.LINEAR, starts_at_zero=True)
    rows = rows_of([piece.step.label for piece in pieces], width=canvas.width)
    values = [value for piece in pieces if piece.is_known for value in (piece.start, piece.end)]
    ruler = ruler_of(axis, values, start=rows.start, end=canvas.width - _END)
    if ruler is None:
        return draw_nothing(canvas)
    texts = [(piece.right, width_of(piece.text, size=SMALL, is_strong=True) + 2 * _GAP) for piece in pieces]
    ruler = padded(ruler, [], texts)
    top = MARGIN + 2
    bottom = top + rows.height + 4
    ticks = ruler.ticks_with_room(canvas.width - MARGIN)
    draw_grid_of_x(canvas, ruler, ticks, top=top, bottom=bottom)
    rows.draw(canvas, top=top, strong=[piece.step.is_total for piece in pieces])
    for index, piece in enumerate(pieces):
        _draw_piece(canvas, chart, piece, ruler=ruler, y=rows.middle(index, top=top))
    _draw_connectors(canvas, pieces, ruler=ruler, rows=rows, top=top)
    return bottom + draw_axis_of_x(canvas, chart.axis, ruler, ticks, y=bottom)


def _pieces(steps: tuple[Step, ...]) -> Iterator[_Piece]:
    level = 0.0
    for step in steps:
        amount = drawable(step.amount.value)
        before = 0.0 if step.is_total and amount is not None else level
        after = level if amount is None else drawable(before + amount)
        is_known = amount is not None and after is not None
        level = after if after is not None else level
        yield _Piece(step=step, start=before if is_known else level, end=level, is_known=is_known)


def _draw_piece(canvas: Canvas, chart: Waterfall, piece: _Piece, *, ruler: Ruler, y: float) -> None:
    palette = canvas.palette
    start, end = sorted((ruler.at(piece.start), ruler.at(piece.end)))
    if piece.is_known:
        fill = _colour(canvas, chart, piece)
        canvas.box((start, y - _THICK / 2), (max(end - start, 1.5), _THICK), fill=fill, opacity=0.9)
    canvas.text(
        (end + _GAP, y),
        piece.text,
        room=ruler.end - end - _GAP,
        fill=palette.ink if piece.is_known else palette.muted,
        size=SMALL,
        is_strong=piece.step.is_total,
        is_backed=True,
    )


def _colour(canvas: Canvas, chart: Waterfall, piece: _Piece) -> str:
    palette = canvas.palette
    if piece.step.is_total:
        return palette.muted
    is_fall = piece.end < piece.start
    if chart.axis.lower_is_better is None:
        return palette.series[0 if is_fall else 1]
    return palette.good if is_fall is chart.axis.lower_is_better else palette.caution


def _draw_connectors(canvas: Canvas, pieces: list[_Piece], *, ruler: Ruler, rows: Rows, top: float) -> None:
    for index, piece in enumerate(pieces[:-1]):
        x = ruler.at(piece.end)
        above, below = rows.middle(index, top=top) + _THICK / 2, rows.middle(index + 1, top=top) - _THICK / 2
        canvas.line((x, above), (x, below), stroke=canvas.palette.muted, dash=_CONNECTOR)
