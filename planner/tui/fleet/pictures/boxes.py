"""How sure: a box from p10 over p50 to p90 for every amount, each kind on a scale of its own, nothing marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_columns import TITLES
from planner.drawing.plan_uncertainty import chance_lines, figures_of, is_open
from planner.services.plans.document import ProjectionDocument
from planner.services.plans.uncertain_document import QuantilesDocument, UncertaintyDocument
from planner.tui.fleet.pictures.colours import COLOURS, heading
from planner.wording.marks import signed
from planner.wording.text import plain
from pricing.projection.model import ColumnName

_NAMES, _GAPS = 19, 6
_LEAST, _MOST = 16, 44


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amount:
    name: ColumnName
    quantiles: QuantilesDocument
    side: str


def boxes(one: ProjectionDocument, found: UncertaintyDocument, *, width: int) -> Iterator[RenderableType]:
    """The boxes, a group for costs, savings and worth."""
    yield heading("how sure", f"p10 ├──█──┤ p90, █ p50; │ is nothing; {one.currency}")
    groups = list(_groups(one, found))
    words = max((len(_words(each)) for _, amounts in groups for each in amounts), default=0)
    room = min(_MOST, width - _NAMES - _GAPS - words)
    table = Table.grid(padding=(0, 2, 0, 0))
    for title, amounts in groups:
        low, high = _span([each.quantiles for each in amounts])
        table.add_row(Text(title, style="dim"), "", "")
        for each in amounts:
            name = Text(f"  {TITLES[each.name]}", no_wrap=True)
            drawn = _box(each, low, high, room) if room >= _LEAST else ""
            table.add_row(name, drawn, Text(plain(_words(each)), no_wrap=True))
    yield table


def chances(found: UncertaintyDocument) -> Iterator[RenderableType]:
    """How often each change saves and pays, what to learn next, and what was drawn."""
    for change in found.changes:
        yield from chance_lines(change, found.draws)
    yield signed("~" if is_open(found) else "✓", f"next: {found.advice}")
    yield Text(plain(f"{found.draws:,} draws, seed {found.seed}: {found.meaning}; {found.demand}"), style="dim")


def _groups(one: ProjectionDocument, found: UncertaintyDocument) -> Iterator[tuple[str, list[_Amount]]]:
    costs = [(column.name, column.cost_per_year, column.side) for column in found.columns]
    savings = [(change.name, change.saving_per_year, change.saving_side) for change in found.changes]
    worths = [(change.name, change.npv, change.npv_side) for change in found.changes]
    titles = ("costs a year", "saves a year", f"is worth over {one.horizon_years} years")
    for title, rows in zip(titles, (costs, savings, worths), strict=True):
        amounts = [_Amount(name=name, quantiles=each, side=side) for name, each, side in rows if each is not None]
        if amounts:
            yield title, amounts


def _words(each: _Amount) -> str:
    return figures_of(each.quantiles, each.side, "").replace("  ", " ").strip()


def _span(found: Sequence[QuantilesDocument]) -> tuple[float, float]:
    """From the lowest p10 to the highest p90, nothing included."""
    ends = [0.0, *(float(one.p10) for one in found), *(float(one.p90) for one in found)]
    return min(ends), max(ends)


def _box(each: _Amount, low: float, high: float, room: int) -> Text:
    def place(value: float) -> int:
        return round((room - 1) * (value - low) / (high - low)) if high > low else 0

    found = each.quantiles
    p10, p50, p90 = (place(float(value)) for value in (found.p10, found.p50, found.p90))
    cells = [" "] * room
    cells[place(0.0)] = "│"
    for at in range(p10, p90 + 1):
        cells[at] = "─"
    if p10 < p90:
        cells[p10], cells[p90] = "├", "┤"
    cells[p50] = "█"
    text = Text("".join(cells), style=f"{COLOURS[each.name]}", no_wrap=True)
    if not p10 <= place(0.0) <= p90:
        text.stylize("dim", place(0.0), place(0.0) + 1)
    return text
