"""The Azure Retail Prices API: JSON in pages, of every virtual machine of a region.

The form: https://learn.microsoft.com/en-us/rest/api/cost-management/retail-prices/azure-retail-prices. The preview
version is asked, as it alone states savings plans; its filters mind the case.

What is not written there but has been found by many: the price of a reservation is for its whole term, though its unit
reads `1 Hour` (https://github.com/ahmadabdalla/azure-cost-calculator/issues/239), and NextPageLink names the port 443.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated
from urllib.parse import quote

import msgspec
from httpx2 import URL

from planner.refresh.addresses import followed
from planner.refresh.errors import AddressError, FormatError
from planner.refresh.fetching import JSON, Chunks, Fetcher
from planner.refresh.known import Known
from planner.refresh.limits import Limits
from planner.refresh.quotes import Answer, Basket, Quote, fault_of, number_of, spread

SOURCE = "https://prices.azure.com/api/retail/prices"
STATED = ("on_demand", "spot", "committed_1y", "committed_3y", "savings_plan_1y", "savings_plan_3y")
"""The purchase options that it states. A reservation costs the same paid at once or by the month: `committed`."""

_VERSION = "2023-01-01-preview"
_YEARS = {"1 Year": 1, "3 Years": 3}
_HOUR = frozenset({"1 Hour"})
_OTHER_PRODUCTS = ("windows", "cloudservices", "cloud services", "dedicated host")
_OTHER_MARKETS = ("low priority", "expired")  # what came before spot, and cannot be rented any more
_MOST_TIED = 4  # two that differ are enough to refuse
_Text = Annotated[str, msgspec.Meta(max_length=300)]


class _Plan(msgspec.Struct, rename="camel"):
    term: str = ""
    retail_price: Decimal | None = None


class _Item(msgspec.Struct, rename="camel"):
    arm_sku_name: _Text | None = None
    arm_region_name: _Text | None = None
    product_name: _Text | None = None
    sku_name: _Text | None = None
    meter_name: _Text | None = None
    type: _Text | None = None
    currency_code: _Text | None = None
    unit_of_measure: _Text | None = None
    retail_price: Decimal | None = None
    tier_minimum_units: float = 0.0
    reservation_term: _Text | None = None
    effective_start_date: _Text | None = None
    effective_end_date: _Text | None = None
    is_primary_meter_region: bool = True
    savings_plan: list[_Plan] | None = None


class _Page(msgspec.Struct, rename="pascal"):
    items: list[_Item]
    next_page_link: str | None = None


def ask(source: URL, fetcher: Fetcher, known: Known, *, regions: Iterable[str], today: date, limits: Limits) -> Answer:
    """Every price of the known instances in these regions.

    Raises:
        RefreshError: if it does not answer, or not in its documented form.
    """
    basket = Basket(limits)
    for region in regions:
        latest: dict[tuple[str, str], list[_Item]] = {}
        for item in _items(source, fetcher, region, limits):
            if _is_of_interest(item, known, region=region, today=today):
                _keep_latest(latest, item)
        basket.add(quote for items in latest.values() for item in items for quote in _quotes(item, region))
    return Answer(quotes=basket.quotes, source=f"Azure Retail Prices API ({source.host}), the price on the day asked")


def _items(source: URL, fetcher: Fetcher, region: str, limits: Limits) -> Iterator[_Item]:
    wanted = f"serviceName eq 'Virtual Machines' and armRegionName eq '{region}'"
    # Spaces as %20: what reads OData filters need not take a plus for one.
    url = source.copy_with(query=f"api-version={_VERSION}&$filter={quote(wanted)}".encode())
    seen = {url}
    for number in range(1, limits.most_pages + 2):  # the meter refuses the page that is too many
        fetcher.meter.does(f"virtual machines in {region}, page {number}")
        page = fetcher.read(url, _page, kinds=JSON, most=limits.most_page_bytes)
        fetcher.meter.rows_came(len(page.items))
        yield from page.items
        if not page.next_page_link:
            return
        url = followed(url, page.next_page_link)
        if url in seen:
            raise AddressError(f"{source.host} links its pages in a circle: none of them is used")
        seen.add(url)


def _page(chunks: Chunks) -> _Page:
    try:
        return msgspec.json.decode(b"".join(chunks), type=_Page)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise FormatError(
            f"a page of the Azure Retail Prices API is not of its documented form: {str(error)[:120]}"
        ) from error


def _is_of_interest(item: _Item, known: Known, *, region: str, today: date) -> bool:
    """Linux on a known instance, at the price of today. Names that say Windows price its licence, too."""
    product = (item.product_name or "").casefold()
    market = f"{item.sku_name or ''} {item.meter_name or ''}".casefold()
    return (
        item.arm_region_name == region
        and known.is_wanted(item.arm_sku_name or "")
        and item.type in {"Consumption", "Reservation"}
        and item.is_primary_meter_region
        and item.tier_minimum_units == 0
        and not any(word in product for word in _OTHER_PRODUCTS)
        and not any(word in market for word in _OTHER_MARKETS)
        and _day(item.effective_start_date) <= today.isoformat()
        and (item.effective_end_date is None or today.isoformat() <= _day(item.effective_end_date))
    )


def _keep_latest(latest: dict[tuple[str, str], list[_Item]], item: _Item) -> None:
    """Of two prices of one thing the one that came into force later; both where they came on one day."""
    key = (item.arm_sku_name or "").casefold(), _purchase(item)
    before = latest.get(key, [])
    day = _day(item.effective_start_date)
    if before and day < _day(before[0].effective_start_date):
        return
    is_tied = bool(before) and day == _day(before[0].effective_start_date)
    latest[key] = [*before, item][:_MOST_TIED] if is_tied else [item]


def _purchase(item: _Item) -> str:
    """A word of the price book; empty for a term that it has no word for."""
    if item.type == "Reservation":
        years = _YEARS.get(item.reservation_term or "")
        return f"committed_{years}y" if years else ""
    is_spot = any((name or "").endswith(" Spot") for name in (item.sku_name, item.meter_name))
    return "spot" if is_spot else "on_demand"


def _quotes(item: _Item, region: str) -> Iterator[Quote]:
    purchase = _purchase(item)
    if not purchase:
        return
    years = _YEARS[item.reservation_term or ""] if item.type == "Reservation" else None
    yield _quote(item, region, purchase, item.retail_price, years=years)
    for plan in item.savings_plan or ():
        if purchase == "on_demand" and plan.term in _YEARS:
            yield _quote(item, region, f"savings_plan_{_YEARS[plan.term]}y", plan.retail_price, years=None)


def _quote(item: _Item, region: str, purchase: str, written: Decimal | None, *, years: int | None) -> Quote:
    price = number_of(written)
    fault = fault_of(price, written, currency=item.currency_code, unit=item.unit_of_measure, units=_HOUR)
    usable = None if fault or price is None else price
    if usable is not None and years is not None:
        usable = spread(usable, years)
    return Quote(region=region, instance=item.arm_sku_name or "", purchase=purchase, price=usable, fault=fault)


def _day(moment: str | None) -> str:
    return (moment or "")[:10]
