"""Draws a refresh: what became of each provider, what is odd, and what changed most."""

from collections import Counter
from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from planner.drawing.price_cells import amount, cell, new_table
from planner.drawing.price_cells import change as change_of
from planner.refresh.judging import Change, Status
from planner.services.price_refresh import Outcome, PriceRefresh, ProviderRefresh
from planner.wording.marks import signed
from planner.wording.quantities import size
from planner.wording.text import plain

_LARGEST = 12
_MOST_LISTED = 200
_SIGNS = {
    Outcome.STORED: "✓",
    Outcome.UNCHANGED: "✓",
    Outcome.NOT_STORED: "✓",
    Outcome.REFUSED: "✗",
    Outcome.FAILED: "✗",
    Outcome.UNAVAILABLE: "~",
}


def refresh_screen(found: PriceRefresh) -> Iterator[RenderableType]:
    """Provider by provider; a dry run lists every change, else the largest are shown."""
    for one in found.providers:
        yield signed(_SIGNS[one.outcome], _headline(one, found))
        for oddity in one.oddities:
            yield signed("!", f"  {oddity.kind}: {oddity.sentence}")
        if one.counts is not None:
            yield from _changes(one, most=_MOST_LISTED if found.is_dry_run else _LARGEST)
            yield Text(plain(_taken(one)), style="dim")


def _headline(one: ProviderRefresh, found: PriceRefresh) -> str:
    where = f"{one.provider} {', '.join(one.regions)}".strip()
    match one.outcome:
        case Outcome.STORED:
            kept = f"stored as of {found.as_of}; planner prices forget {one.digest or '':.12} undoes it"
        case Outcome.NOT_STORED:
            kept = "would be stored: a dry run stores nothing"
        case Outcome.UNAVAILABLE | Outcome.FAILED:
            return f"{where}: {one.outcome}: {one.reason}; the prices known before stand"
        case _:
            kept = one.reason
    return f"{where}: {one.prices:,} prices ({_counted(one)}): {kept}"


def _counted(one: ProviderRefresh) -> str:
    counts = Counter(change.status for change in one.changes)
    words = (Status.NEW, Status.CHANGED, Status.VANISHED)
    return ", ".join([*(f"{counts[word]:,} {word}" for word in words), f"{one.same:,} the same"])


def _changes(one: ProviderRefresh, *, most: int) -> Iterator[RenderableType]:
    ordered = sorted(one.changes, key=_by_size)
    if not ordered:
        return
    table = new_table("", "region", "instance", "option", "was", "of", "is", "change")
    for change in ordered[:most]:
        table.add_row(
            *map(cell, (change.status, change.region, change.instance, change.purchase, amount(change.before))),
            Text(str(change.before_of or ""), no_wrap=True),
            cell(amount(change.after)),
            Text() if change.change is None else change_of(change.change),
        )
    yield table
    if len(ordered) > most:
        yield Text(f"and {len(ordered) - most:,} more: --json has all of them", style="dim")
    if any(change.status is Status.VANISHED for change in ordered):
        yield Text("what vanished keeps its old price and day: the book is dated, and says how old it is", style="dim")


def _by_size(change: Change) -> tuple[int, float, str, str, str]:
    """Changes first, the largest in front, then what vanished, then what is new."""
    order = (Status.CHANGED, Status.VANISHED, Status.NEW)
    size_of_it = round(abs(change.change or 0.0), 6)  # equal changes stand by name, whatever their last digits
    return order.index(change.status), -size_of_it, change.region, change.instance, change.purchase


def _taken(one: ProviderRefresh) -> str:
    counts = one.counts
    if counts is None:
        return ""
    passed = f", {one.passed_over:,} passed over" if one.passed_over else ""
    return (
        f"from {one.source}: {size(counts.received)}, {counts.pages:,} pages, {counts.rows:,} rows{passed}, "
        f"{counts.elapsed_s:.1f} s"
    )
