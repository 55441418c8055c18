"""One price told whole: what it is, how old, by whose word, what is odd, and how it changed."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from planner.drawing.price_cells import age, amount, cell, change, market, new_table, shape
from planner.drawing.step_plot import StepPlot
from planner.services.price_questions import OwnedRow, PriceHistory, PriceRow
from planner.wording.marks import signed
from planner.wording.text import plain
from pricing.book import BookFinding
from pricing.vocabulary import Offer

if TYPE_CHECKING:
    from rich.table import Table

_HOURS_OF_MONTH = 730
_MOST_LISTED = 100


def price_detail(
    row: PriceRow, history: PriceHistory | None, *, book: str, findings: Sequence[BookFinding], until: date
) -> Iterator[RenderableType]:
    """A rented instance.

    Args:
        row: The price.
        history: Every price of that instance; None where it is not known yet.
        book: The label of the book that states it.
        findings: What looks wrong with it.
        until: The day asked of.
    """
    yield from _what(row)
    yield Text()
    yield Text.assemble(age(row.age_days), plain(f" · the price of {row.as_of}"))
    yield Text(plain(f"by {row.source}"))
    yield Text(plain(f"in the {book} book" if book == "shipped" else f"in the book {book}"), style="dim")
    for one in findings:
        yield signed("!", f"{one.rule}: {one.sentence}")
    if history is not None and history.prices:
        yield Text()
        yield from _over_time(row, history, until)


def owned_detail(row: OwnedRow, *, age_days: int) -> Iterator[RenderableType]:
    """A device that was bought."""
    yield Text(plain(f"{row.name}  1 × {row.target_id}"), style="bold")
    yield Text("bought; power, space and staff are counted by the plan")
    kept = f"{row.currency} {row.residual:,.2f}"
    yield Text(plain(f"{row.currency} {row.capex:,.2f} a device, over {row.life_years:g} years, worth {kept} then"))
    a_year = (row.capex - row.residual) / row.life_years
    yield Text(plain(f"that is {row.currency} {a_year:,.2f} a year, {a_year / 8760:,.4f} an hour, used or not"))
    yield Text()
    yield Text.assemble(age(age_days), plain(f" · the price of {row.as_of}"))
    yield Text(plain(f"by {row.source}"))


def finding_detail(one: BookFinding) -> Iterator[RenderableType]:
    """What looks wrong, and the prices that it is about."""
    yield signed("!", f"{one.rule}: {one.sentence}")
    yield Text()
    yield Text(f"the {len(one.offers):,} prices that it is about", style="bold")
    yield from _offers(one.offers[:_MOST_LISTED])
    if len(one.offers) > _MOST_LISTED:
        yield Text(f"and {len(one.offers) - _MOST_LISTED:,} more", style="dim")


def _what(row: PriceRow) -> Iterator[RenderableType]:
    yield Text(plain(f"{row.instance}  {shape(row)}"), style="bold")
    yield Text(plain(f"{market(row)}, {row.purchase}"))
    sign = "$" if row.currency == "USD" else f"{row.currency} "
    month, year = f"{sign}{row.per_hour * _HOURS_OF_MONTH:,.2f}", f"{sign}{row.per_year:,.2f}"
    yield Text(plain(f"{amount(row.per_hour, row.currency)} an hour · {month} a month · {year} a year"))
    if row.per_device_hour is not None and row.devices != 1:
        yield Text(plain(f"{amount(row.per_device_hour, row.currency)} a device and hour"))
    if not row.is_rentable_alone:
        yield signed("~", "an accelerator alone: the instance that it is attached to costs extra")


def _over_time(row: PriceRow, history: PriceHistory, until: date) -> Iterator[RenderableType]:
    mine = sorted((one for one in history.prices if _is_same(one, row)), key=lambda one: one.as_of)
    if len(mine) > 1:
        yield Text("this price over time, an hour of the instance", style="bold")
        yield StepPlot(points=[(one.as_of, one.per_hour) for one in mine], until=until)
        yield Text()
    yield Text(plain(f"every price of {history.instance}"), style="bold")
    yield from _prices(history.prices[:_MOST_LISTED], row)


def _is_same(one: PriceRow, other: PriceRow) -> bool:
    return (one.provider, one.region, one.purchase, one.currency) == (
        *(other.provider, other.region, other.purchase),
        other.currency,
    )


def _prices(rows: Sequence[PriceRow], row: PriceRow) -> Iterator[RenderableType]:
    """By market and option, those of the row first; of each the newest first, as the history is ordered."""
    groups: dict[tuple[str, str, str], list[PriceRow]] = {}
    for one in rows:
        groups.setdefault((market(one), one.purchase, one.currency), []).append(one)
    ordered = sorted(groups.items(), key=lambda item: not _is_same(item[1][0], row))
    for (place, purchase, _), prices in ordered:
        is_its_own = _is_same(prices[0], row)
        yield Text(plain(f"{'▸' if is_its_own else ' '} {place}, {purchase}"), style="" if is_its_own else "dim")
        table = new_table("", "of", "per hour", "change")
        table.show_header = False
        for one, older in zip_longest(prices, prices[1:]):
            share = None if older is None else one.per_hour / older.per_hour - 1
            what = cell(amount(one.per_hour, one.currency))
            table.add_row(" ", Text(str(one.as_of), no_wrap=True), what, Text() if share is None else change(share))
        yield table


def _offers(offers: Sequence[Offer]) -> Iterator[RenderableType]:
    """By market and option, which most of them share: narrow enough to stand beside the list."""
    groups: dict[str, Table] = {}
    for one in offers:
        place = f"{one.provider} {one.region}, {one.purchase}"
        table = groups.setdefault(place, new_table("instance", "per hour", "of"))
        price, day = amount(float(one.rate.amount), one.rate.currency), str(one.as_of)
        table.add_row(cell(one.instance), *(Text(plain(text), no_wrap=True) for text in (price, day)))
    for place, table in groups.items():
        table.show_header = False
        yield Text(plain(place), style="dim")
        yield table
