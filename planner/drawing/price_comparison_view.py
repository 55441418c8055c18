"""Draws two devices side by side: a line for each market, the ratio over time as steps, and every change of a price."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from rich.console import RenderableType
from rich.text import Text

from planner.drawing.price_cells import cell, new_table
from planner.drawing.step_plot import StepPlot
from planner.services.price_comparison import TargetComparison
from planner.services.price_questions import PriceRow
from planner.wording.quantities import ABSENT
from planner.wording.text import plain


def comparison_screen(found: TargetComparison) -> Iterator[RenderableType]:
    """The whole comparison."""
    yield Text(f"{found.one} and {found.other}, {found.purchase}, as of {found.as_of}", style="bold")
    yield Text(_answer(found))
    yield Text()
    yield from _markets(found)
    yield from _over_time(found)
    yield from _changes(found)
    for row in found.attached:
        yield cell(
            f"+ {row.provider} {row.region} {row.instance}: ${row.per_hour:.4f}/h without the instance that it is "
            "attached to, so not compared"
        )


def _answer(found: TargetComparison) -> str:
    both = [pair.ratio for pair in found.markets if pair.ratio is not None]
    if not both:
        return f"no market rents both {found.one} and {found.other} by these prices"
    span = f"{min(both):.2f}" if len(both) == 1 else f"{min(both):.2f} to {max(both):.2f}"
    one, other = found.one, found.other
    return f"for the same work {one} is the cheaper one where it does more than {span} times the work of {other}"


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
    """A table of all, and a picture of each market in which the ratio has changed."""
    if not found.over_time:
        return
    yield Text("\nratio over time", style="bold")
    table = new_table("market", "from", "ratio")
    for one in found.over_time:
        table.add_row(cell(f"{one.provider} {one.region}"), Text(str(one.day)), Text(f"{one.ratio:.2f}"))
    yield table
    by_market = defaultdict[str, list[tuple[date, float]]](list)
    for one in found.over_time:
        by_market[f"{one.provider} {one.region}"].append((one.day, one.ratio))
    for place, points in by_market.items():
        if len(points) > 1:
            yield Text(plain(f"\n{found.one} / {found.other} in {place}"))
            yield StepPlot(points=points, until=found.as_of, height=5, form="{:.2f}×")


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
