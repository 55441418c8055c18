"""Draws prices: a day's list, an instance's history, a device in every market, and what looks wrong."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.services.price_findings import PriceFindings
from planner.services.price_questions import OwnedRow, PriceHistory, PriceList, PriceRow, TargetPrices
from planner.store.price_books import PriceBookRecord
from planner.wording.marks import signed
from planner.wording.quantities import ABSENT
from planner.wording.text import plain

_OLD_DAYS = 400  # as `prices lint` tells by default
_DIGEST = 12


def list_screen(found: PriceList, imported: Sequence[PriceBookRecord]) -> Iterator[RenderableType]:
    """A line for each price, and which books they come from."""
    if found.prices:
        table = new_table("market", "instance", "device", "option", "per hour", "device-h", "of")
        for row in found.prices:
            table.add_row(
                *map(cell, (_market(row), row.instance, _devices(row), row.purchase)),
                cell(_amount(row.per_hour, row.currency)),
                cell(_amount(row.per_device_hour, row.currency)),
                _day(row),
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
    shape = [f"{first.devices:.4g} × {_device(first)}"] if first.devices else [first.device] * bool(first.device)
    shape += [f"{first.vcpus} vCPUs"] * (first.vcpus is not None) + [f"{first.memory_gib:g} GiB"] * bool(
        first.memory_gib
    )
    yield Text(plain(f"{found.instance}  {' · '.join(shape)}"), style="bold")
    table = new_table("market", "option", "per hour", "device-h", "per year", "of")
    for row in found.prices:
        table.add_row(
            *map(cell, (_market(row), row.purchase, _amount(row.per_hour, row.currency))),
            cell(_amount(row.per_device_hour, row.currency)),
            cell(f"{row.per_year:,.2f}"),
            _day(row),
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
                *map(cell, (row.purchase, _market(row), row.instance)),
                cell(_amount(row.per_device_hour, row.currency)),
                cell(_amount(row.per_hour, row.currency)),
                cell(f"{row.per_year:,.2f}"),
                _day(row),
            )
        yield table
    for row in found.attached:
        price = _amount(row.per_hour, row.currency)
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


_FIGURES = {"per hour", "per year", "ratio"}
_UNBROKEN = {"of", "from"}


def new_table(*headings: str) -> Table:
    """A table without lines; figures stand to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        is_figure = heading in _FIGURES or heading.endswith("-h")
        table.add_column(
            heading,
            overflow="fold",
            justify="right" if is_figure else "left",
            no_wrap=is_figure or heading in _UNBROKEN,  # a price over two lines is misread
        )
    return table


def cell(text: str) -> Text:
    """Foreign text, safe to print."""
    return Text(plain(text))


def _amount(amount: float | None, currency: str) -> str:
    if amount is None:
        return ABSENT
    return f"{'$' if currency == 'USD' else f'{currency} '}{amount:,.4f}"


def _market(row: PriceRow) -> str:
    return f"{row.provider} {row.region}"


def _by_source(rows: Sequence[PriceRow]) -> dict[str, list[PriceRow]]:
    found: dict[str, list[PriceRow]] = {}
    for row in rows:
        found.setdefault(row.source, []).append(row)
    return found


def _devices(row: PriceRow) -> str:
    """`8 × t4`, or what one instance has without a count."""
    return f"{row.devices:.4g} × {_device(row)}" if row.devices else _device(row)


def _device(row: PriceRow) -> str:
    return f"{row.target_id or row.device or ABSENT}{'' if row.is_rentable_alone else ' +'}"


def _day(row: PriceRow) -> Text:
    return Text(f"{row.as_of}{' old' if row.age_days > _OLD_DAYS else ''}", no_wrap=True)


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
