"""Draws two devices side by side: a line for each market, the ratio over time as bars, and every change of a price."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from planner.cli.prices_view import cell, new_table
from planner.services.price_comparison import TargetComparison
from planner.services.price_questions import PriceRow
from planner.wording.quantities import ABSENT, bar

_BAR = 24


def comparison_screen(found: TargetComparison) -> Iterator[RenderableType]:
    """The whole comparison."""
    yield Text(f"{found.one} and {found.other}, {found.purchase}, as of {found.as_of}", style="bold")
    yield from _markets(found)
    yield from _over_time(found)
    yield from _changes(found)
    for row in found.attached:
        yield cell(
            f"+ {row.provider} {row.region} {row.instance}: ${row.per_hour:.4f}/h without the instance that it is "
            "attached to, so not compared"
        )
    both = [pair.ratio for pair in found.markets if pair.ratio is not None]
    if both:
        span = f"{min(both):.2f}" if len(both) == 1 else f"{min(both):.2f} to {max(both):.2f}"
        yield Text(
            f"\nfor the same work {found.one} is the cheaper one where it does more than {span} times the work of "
            f"{found.other}"
        )
    else:
        yield Text(f"\nno market rents both {found.one} and {found.other} by these prices")


def _markets(found: TargetComparison) -> Iterator[RenderableType]:
    table = new_table("market", f"{found.one}-h", "in", f"{found.other}-h", "in", "ratio")
    for pair in found.markets:
        ratio = ABSENT if pair.ratio is None else f"{pair.ratio:.2f}"
        one, other = pair.one, pair.other
        table.add_row(
            cell(f"{pair.provider} {pair.region}"), *_price_and_instance(one), *_price_and_instance(other), cell(ratio)
        )
    yield table


def _price_and_instance(row: PriceRow | None) -> tuple[Text, Text]:
    if row is None or row.per_device_hour is None:
        return Text(ABSENT), Text("")
    return Text(f"${row.per_device_hour:,.4f}"), cell(row.instance)


def _over_time(found: TargetComparison) -> Iterator[RenderableType]:
    if not found.over_time:
        return
    yield Text("\nratio over time", style="bold")
    most = max(one.ratio for one in found.over_time)
    table = new_table("market", "from", "ratio", "")
    for one in found.over_time:
        drawn = Text(bar(one.ratio, of=most, width=_BAR), no_wrap=True)
        table.add_row(cell(f"{one.provider} {one.region}"), Text(str(one.day)), Text(f"{one.ratio:.2f}"), drawn)
    yield table


def _changes(found: TargetComparison) -> Iterator[RenderableType]:
    if not found.changes:
        return
    yield Text("\nchanges of a device-hour", style="bold")
    for one in found.changes:
        share = f"{100 * one.change:+.2f} %".replace("-", "−")
        yield cell(
            f"{one.provider} {one.region} {one.target_id} ({one.instance}): ${one.before:,.4f} of {one.before_of} → "
            f"${one.after:,.4f} of {one.after_of}, {share}"
        )
