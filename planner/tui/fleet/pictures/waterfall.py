"""The saving as a waterfall: from what is paid today to what would be, by cause. Amounts are the document's."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_columns import TITLES
from planner.drawing.plan_figures import amount, signed_amount
from planner.services.plans.document import ProjectionDocument
from planner.tui.fleet.pictures.colours import COLOURS, GAIN, LOSS, heading
from planner.wording.text import plain
from pricing.projection.model import Answer, ColumnName

_NAMES = 24
_AMOUNTS = 15
_GAPS = 4
_LEAST = 10
_RED = "✗ none of this saving is to be had: quality does not allow INT8"
_EIGHTHS = " ▏▎▍▌▋▊▉"


def waterfall(one: ProjectionDocument, *, width: int) -> Iterator[RenderableType]:
    """Each bar begins where the one before it ended; why there is none where the saving cannot be taken apart."""
    if one.answer is Answer.NOT_AVAILABLE:
        yield Text(_RED, style=LOSS)
    costs = {column.name: column.cost_per_year.planned for column in one.columns}
    move, stay = costs.get(ColumnName.MOVE), costs.get(ColumnName.STAY)
    if not one.shares or move is None or stay is None:
        yield from _plainly(one, width=width)
        return
    yield heading("where the saving of the move comes from", f"{one.currency} a year")
    steps = [-share.amount for share in one.shares]
    top = max(stay, move, *accumulate(steps, initial=stay))
    room = max(_LEAST, width - _NAMES - _AMOUNTS - _GAPS)
    table = _table()
    table.add_row("  staying", bar(Decimal(0), stay, top, room, COLOURS[ColumnName.STAY]), _right(stay, one.currency))
    at = stay
    for share, step in zip(one.shares, steps, strict=True):
        style, sign = (GAIN, "−") if step <= 0 else (LOSS, "+")
        drawn = bar(min(at, at + step), max(at, at + step), top, room, style) if step else Text("·", style="dim")
        told = Text(signed_amount(step, "").strip() if step else "0", style=style if step else "dim", justify="right")
        table.add_row(Text(plain(f"{sign if step else '·'} {share.cause}"), overflow="ellipsis"), drawn, told)
        at += step
    last = Text("= the move", style="bold")
    table.add_row(last, bar(Decimal(0), move, top, room, COLOURS[ColumnName.MOVE]), _right(move, one.currency))
    yield table


def _plainly(one: ProjectionDocument, *, width: int) -> Iterator[RenderableType]:
    """A bar a fleet, the difference to staying behind it, and why it is not taken apart."""
    yield heading("what the fleets cost", f"{one.currency} a year")
    costs = [(column.name, column.cost_per_year.planned) for column in one.columns]
    top = max((cost for _, cost in costs), default=Decimal(0))
    room = max(_LEAST, width - _NAMES - _AMOUNTS - _GAPS)
    table = _table()
    for name, cost in costs:
        table.add_row(f"  {TITLES[name]}", bar(Decimal(0), cost, top, room, COLOURS[name]), _right(cost, one.currency))
        step = cost - costs[0][1]
        if step:
            style, sign = (GAIN, "−") if step < 0 else (LOSS, "+")
            gap = bar(min(cost, costs[0][1]), max(cost, costs[0][1]), top, room, style)
            told = Text(signed_amount(step, "").strip(), style=style, justify="right")
            table.add_row(Text(f"{sign} against staying", style=style), gap, told)
    yield table
    yield Text(plain(one.shares_reason or "it cannot be taken apart"), style="dim")


def _table() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=_NAMES, no_wrap=True, overflow="ellipsis")
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True, min_width=_AMOUNTS - 2)
    return table


def _right(value: Decimal, currency: str) -> Text:
    return Text(amount(value, currency), style="bold", justify="right")


def bar(low: Decimal, high: Decimal, top: Decimal, width: int, style: str) -> Text:
    """From `low` to `high` where `top` is `width` characters; its end in eighths of one, never quite nothing."""
    if top <= 0:
        return Text("")
    begin = min(width - 1, int(width * float(low / top)))
    eighths = max(1, round(8 * (width * float(high / top) - begin)))
    whole, rest = divmod(eighths, 8)
    return Text(" " * begin + "█" * whole + (_EIGHTHS[rest] if rest else ""), style=style)
