"""The saving as a waterfall, and cash year by year, drawn with blocks. Amounts are the document's."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_columns import TITLES
from planner.drawing.plan_figures import amount, signed_amount
from planner.services.plans.document import ProjectionDocument
from planner.wording.text import plain
from pricing.projection.model import ColumnName

_WIDTH = 40


def waterfall(one: ProjectionDocument) -> Iterator[RenderableType]:
    """From what is paid today to what would be, by cause; each bar begins where the one before it ended."""
    costs = {column.name: column.cost_per_year.planned for column in one.columns}
    move, stay = costs.get(ColumnName.MOVE), costs.get(ColumnName.STAY)
    if not one.shares or move is None or stay is None:
        yield Text(plain(one.shares_reason or "the saving of the move cannot be taken apart"), style="dim")
        return
    yield Text(f"a year, in {one.currency}: where the saving of the move comes from", style="dim")
    top = max(stay, move, *accumulate((-share.amount for share in one.shares), initial=stay))
    table = Table.grid(padding=(0, 2, 0, 0))
    at = stay
    table.add_row("staying", _bar(Decimal(0), stay, top), Text(amount(stay, one.currency), justify="right"))
    for share in one.shares:
        after = at - share.amount
        style = "green" if share.amount >= 0 else "red"
        sign = "−" if share.amount >= 0 else "+"
        told = signed_amount(-share.amount, one.currency)
        table.add_row(
            Text(plain(f"{sign} {share.cause}")),
            _bar(min(at, after), max(at, after), top, style),
            Text(told, justify="right", style=style),
        )
        at = after
    table.add_row("the move", _bar(Decimal(0), move, top), Text(amount(move, one.currency), justify="right"))
    yield table


def _bar(low: Decimal, high: Decimal, top: Decimal, style: str = "") -> Text:
    if top <= 0:
        return Text("")
    begin, end = round(_WIDTH * float(low / top)), round(_WIDTH * float(high / top))
    return Text(" " * begin + "█" * max(1, end - begin), style=style)


def cumulative_cash(one: ProjectionDocument) -> Iterator[RenderableType]:
    """What has been gained or lost by the end of each year, for every change."""
    if not one.changes:
        return
    yield Text(f"cash so far, in {one.currency}, not discounted", style="dim")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    years = max(len(change.flows) for change in one.changes)
    for year in range(years):
        table.add_column("now" if not year else f"year {year}", justify="right", header_style="dim")
    for change in one.changes:
        sums = accumulate(change.flows)
        cells = (Text(signed_amount(value, "").strip(), style="green" if value >= 0 else "red") for value in sums)
        table.add_row(TITLES[change.name], *cells)
    yield table
