"""Draws prices: a day's list, an instance's history, a device in every market, and what looks wrong."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from planner.drawing.price_cells import amount, cell, day_of, devices, market, new_table, shape
from planner.services.price_findings import PriceFindings
from planner.services.price_questions import OwnedRow, PriceHistory, PriceList, PriceRow, TargetPrices
from planner.store.price_books import PriceBookRecord
from planner.wording.marks import signed
from planner.wording.text import plain

_DIGEST = 12


def list_screen(found: PriceList, imported: Sequence[PriceBookRecord]) -> Iterator[RenderableType]:
    """A line for each price, and which books they come from."""
    if found.prices:
        table = new_table("market", "instance", "device", "option", "per hour", "device-h", "of")
        for row in found.prices:
            table.add_row(
                *map(cell, (market(row), row.instance, devices(row), row.purchase)),
                cell(amount(row.per_hour, row.currency)),
                cell(amount(row.per_device_hour, row.currency)),
                day_of(row),
            )
        yield table
    yield from _owned(found.owned)
    yield Text("")
    yield Text(
        f"{len(found.prices) + len(found.owned):,} prices as of {found.as_of}; "
        f"book in force {found.book[:_DIGEST]}: the shipped one{_with(imported)}"
    )
    for one in imported:
        yield Text(plain(f"  {one.digest[:_DIGEST]}  {one.prices:,} prices  {one.imported_at:%Y-%m-%d}  {one.label}"))
    if any(not row.is_rentable_alone for row in found.prices):
        yield Text(_ATTACHED, style="dim")


_ATTACHED = "+ an accelerator alone: the instance that it is attached to costs extra"


def history_screen(found: PriceHistory) -> Iterator[RenderableType]:
    """Every price of an instance, with its source."""
    first = found.prices[0]
    yield Text(plain(f"{found.instance}  {shape(first)}"), style="bold")
    table = new_table("market", "option", "per hour", "device-h", "per year", "of")
    for row in found.prices:
        table.add_row(
            *map(cell, (market(row), row.purchase, amount(row.per_hour, row.currency))),
            cell(amount(row.per_device_hour, row.currency)),
            cell(f"{row.per_year:,.2f}"),
            day_of(row),
        )
    yield table
    yield Text("")
    for source, rows in _by_source(found.prices).items():
        days = ", ".join(sorted({str(row.as_of) for row in rows}, reverse=True))
        yield Text(plain(f"of {days}: {source}"), style="dim")


def target_screen(found: TargetPrices) -> Iterator[RenderableType]:
    """The cheapest offer of every market, and the band around those on demand."""
    yield Text(f"{found.target_id}, the cheapest of each market as of {found.as_of}", style="bold")
    if found.cheapest:
        table = new_table("option", "market", "instance", "device-h", "per hour", "per year", "of")
        for row in found.cheapest:
            table.add_row(
                *map(cell, (row.purchase, market(row), row.instance)),
                cell(amount(row.per_device_hour, row.currency)),
                cell(amount(row.per_hour, row.currency)),
                cell(f"{row.per_year:,.2f}"),
                day_of(row),
            )
        yield table
    for row in found.attached:
        price = amount(row.per_hour, row.currency)
        yield Text(plain(f"+ {row.provider} {row.region} {row.instance}: {price}/h, and its instance costs extra"))
    yield from _owned(found.owned)
    if found.band is not None:
        band = f"{found.band.low:.2f}–{found.band.high:.2f} {found.band.currency}"
        yield Text(f"\nplausible on demand: {band} per device and hour (rule R13)")


def findings_screen(found: PriceFindings) -> Iterator[RenderableType]:
    """A line for each finding."""
    for one in found.findings:
        yield signed("!", f"{one.rule}  {one.sentence}")
    count = len(found.findings)
    told = f"{count} finding{'s' * (count != 1)}" if count else "nothing looks wrong"
    yield Text(f"{found.prices:,} prices as of {found.as_of}: {told}")


def _by_source(rows: Sequence[PriceRow]) -> dict[str, list[PriceRow]]:
    found: dict[str, list[PriceRow]] = {}
    for row in rows:
        found.setdefault(row.source, []).append(row)
    return found


def _owned(rows: Sequence[OwnedRow]) -> Iterator[RenderableType]:
    for row in rows:
        capex, residual = f"{row.capex:,.2f} {row.currency}", f"{row.residual:,.2f} {row.currency}"
        yield Text(
            plain(
                f"owned: {row.name}, {row.target_id}: {capex} a device over {row.life_years:g} years, "
                f"worth {residual} then (of {row.as_of}, {row.source})"
            )
        )


def _with(imported: Sequence[PriceBookRecord]) -> str:
    return f" and {len(imported)} imported" if imported else ""
