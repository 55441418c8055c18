"""Draws two price books beside each other: the counts, then what changed, was added, or is in the first alone."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from planner.drawing.price_cells import amount, change, new_table
from planner.services.book_comparison import BookComparison, OwnedDifference, PriceDifference, Standing
from planner.wording.quantities import ABSENT
from planner.wording.text import plain

_MOST_LISTED = 200
_SIGNS = {Standing.CHANGED: "≠", Standing.ADDED: "+", Standing.REMOVED: "−"}


def book_comparison_screen(
    found: BookComparison, *, one: str, other: str, most: int = _MOST_LISTED
) -> Iterator[RenderableType]:
    """The whole comparison.

    Args:
        found: Both books.
        one: What to call the first.
        other: What to call the other.
        most: Differences that are listed.
    """
    yield Text(plain(f"{other} against {one}, as of {found.as_of}"), style="bold")
    yield Text(counted(found))
    if found.unspoken:
        yield Text(plain(f"{found.unspoken:,} prices of {one} are of markets that it does not speak of"), style="dim")
    shown = found.differences[:most]
    if shown:
        table = new_table("", "price of", "was → is", "change")
        table.columns[2].justify = "right"
        for each in shown:
            table.add_row(*_row(each))
        yield Text()
        yield table
    if len(found.differences) > most:
        yield Text(f"and {len(found.differences) - most:,} more", style="dim")
    for bought in found.owned:
        yield _bought(bought)
    if found.count(Standing.REMOVED):
        yield Text(plain(f"− stands in {one} alone"), style="dim")


def counted(found: BookComparison) -> str:
    """`3 changed, 2 added, 1 removed, 12 the same (4 of a later day)`."""
    words = [
        f"{found.count(Standing.CHANGED):,} changed",
        f"{found.count(Standing.ADDED):,} added",
        f"{found.count(Standing.REMOVED):,} removed",
        f"{found.same:,} the same",
    ]
    told = ", ".join(words)
    return f"{told} ({found.confirmed:,} of a later day)" if found.confirmed else told


def _row(one: PriceDifference) -> tuple[Text, ...]:
    """Two lines each, so that it can be read in a narrow panel."""
    where = Text.assemble(plain(one.instance), "\n", (plain(f"{one.provider} {one.region}, {one.purchase}"), "dim"))
    was, now = (amount(each, one.currency) for each in (one.before, one.after))
    figures = {
        Standing.CHANGED: f"{was}\n→ {now}",
        Standing.ADDED: f"→ {now}",
        Standing.REMOVED: was,
    }[one.standing]
    share = change(one.change) if one.standing is Standing.CHANGED else Text()
    return Text(_SIGNS[one.standing]), where, Text(plain(figures), no_wrap=True), share


def _bought(one: OwnedDifference) -> Text:
    was, now = (ABSENT if each is None else f"{one.currency} {each:,.2f}" for each in (one.before, one.after))
    text = Text(plain(f"{_SIGNS[one.standing]} owned: {one.name}, {one.target_id}: {was} → {now} a device "))
    return text if one.change is None else text.append_text(change(one.change))
