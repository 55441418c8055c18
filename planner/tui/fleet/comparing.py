"""A held answer beside the present one: what each fleet costs in both, and which assumptions differ. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_columns import TITLES
from planner.drawing.plan_figures import amount, signed_amount
from planner.services.plans.document import ProjectionDocument
from planner.tui.fleet.edits import Edits
from planner.tui.fleet.pictures.colours import GAIN, LOSS, heading
from planner.wording.quantities import ABSENT
from planner.wording.text import plain
from pricing.assumptions.entries import BY_NAME
from pricing.assumptions.typed import text_of

NOTHING_HELD = "nothing is held: w holds this answer, and tells here what later edits, or another file, change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer with the edits that led to it."""

    edits: Edits
    document: ProjectionDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A figure then and now; a rise of it is bad for a cost, good for a saving."""

    name: str
    before: Decimal | None
    after: Decimal | None
    is_cost: bool


def compared(kept: Kept, edits: Edits, one: ProjectionDocument) -> Iterator[RenderableType]:
    """Figures, then assumptions."""
    yield heading("the held answer, and this one", f"{one.currency}; w lets go of it")
    yield Text(plain(f"held: {kept.document.headline}"))
    yield Text(plain(f"now:  {one.headline}"))
    yield Text()
    if kept.document.currency != one.currency:
        yield Text(plain(f"the held answer is in {kept.document.currency}: amounts are not compared"), style="yellow")
    else:
        yield _figures(kept.document, one)
    yield Text()
    yield from _assumptions(kept, edits, one)


def difference(kept: Kept, one: ProjectionDocument) -> str:
    """In one line: what each fleet costs more or less a year."""
    if kept.document.currency != one.currency:
        return ""
    pairs = [pair for pair in _pairs(kept.document, one) if pair.is_cost]
    changes = [
        (pair.name, pair.after - pair.before) for pair in pairs if pair.before is not None and pair.after is not None
    ]
    if not any(change for _, change in changes) and len(changes) == len(pairs):
        return "⚑ costs the same as the held answer"
    told = " · ".join(f"{name} {signed_amount(change, '').strip() if change else '±0'}" for name, change in changes)
    return f"⚑ against the held answer, {one.currency} a year: {told or 'no fleet is in both'}"


def _figures(before: ProjectionDocument, after: ProjectionDocument) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("", "held", "now", "difference"):
        table.add_column(title, justify="right" if title else "left", header_style="dim", no_wrap=True)
    for pair in _pairs(before, after):
        table.add_row(pair.name, _told(pair.before), _told(pair.after), _difference(pair))
    return table


def _pairs(before: ProjectionDocument, after: ProjectionDocument) -> Iterator[_Pair]:
    old = {column.name: column.cost_per_year.planned for column in before.columns}
    new = {column.name: column.cost_per_year.planned for column in after.columns}
    for name, title in TITLES.items():
        if name in old or name in new:
            yield _Pair(name=title, before=old.get(name), after=new.get(name), is_cost=True)
    worth = {change.name: change.npv.planned for change in before.changes}
    now = {change.name: change.npv.planned for change in after.changes}
    for name, title in TITLES.items():
        if name in worth or name in now:
            yield _Pair(name=f"worth of: {title}", before=worth.get(name), after=now.get(name), is_cost=False)


def _told(value: Decimal | None) -> Text:
    return Text(ABSENT if value is None else amount(value, "").strip())


def _difference(pair: _Pair) -> Text:
    if pair.before is None or pair.after is None:
        return Text(ABSENT)
    change = pair.after - pair.before
    if not change:
        return Text("the same", style="dim")
    is_good = (change < 0) == pair.is_cost
    return Text(f"{signed_amount(change, '').strip()} {'✓' if is_good else '✗'}", style=GAIN if is_good else LOSS)


def _assumptions(kept: Kept, edits: Edits, one: ProjectionDocument) -> Iterator[RenderableType]:
    found = list(kept.edits.differences(edits))
    if not found:
        yield Text("the same assumptions", style="dim")
        return
    table = Table(title="assumptions that differ", title_justify="left", title_style="dim", box=None, pad_edge=False)
    for title in ("", "held", "now"):
        table.add_column(title, header_style="dim")
    old = {each.name: each.text for each in kept.document.assumptions}
    new = {each.name: each.text for each in one.assumptions}
    for name, before, after in found:
        default = text_of(BY_NAME[name]) or ABSENT
        cells = (before or old.get(name) or default, after or new.get(name) or default)
        table.add_row(name, *(Text(plain(cell)) for cell in cells))
    yield table
