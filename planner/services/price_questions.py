"""Answers about prices as plain records, for tables and for JSON: rows of a day, one instance, one target."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planner.errors import PlannerError
from pricing.book import ON_DEMAND, OwnedOffer, PriceBook, cheapest_per_device, per_device_hour, price_band
from pricing.errors import TargetError
from pricing.files import nearest
from pricing.money import HOURS_PER_YEAR
from pricing.targets import Targets
from pricing.vocabulary import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """One price. `per_device_hour` is None for a CPU instance; `per_year` is of the instance, to the cent."""

    provider: str
    region: str
    instance: str
    target_id: str | None
    device: str
    devices: float
    vcpus: int | None
    memory_gib: float | None
    is_rentable_alone: bool
    purchase: str
    currency: str
    per_hour: float
    per_device_hour: float | None
    per_year: float
    as_of: date
    age_days: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRow:
    """Bought hardware: what one device costs, how long it is used, what it is worth then."""

    name: str
    target_id: str
    capex: float
    residual: float
    currency: str
    life_years: float
    as_of: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """The prices of a day, and the book that gave them, by its digest."""

    schema: str
    as_of: date
    book: str
    prices: tuple[PriceRow, ...]
    owned: tuple[OwnedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceHistory:
    """Every price of one instance up to a day, the newest first by region and purchase option."""

    schema: str
    as_of: date
    book: str
    instance: str
    prices: tuple[PriceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Where the price of one device and hour lies, rule R13."""

    low: float
    high: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPrices:
    """What a target costs: of every market and purchase option the offer with the cheapest device (a CPU: thread).

    `band` is None where nobody rents a whole one on demand, as CPUs. `attached` must be added to an instance.
    """

    schema: str
    as_of: date
    book: str
    target_id: str
    band: Band | None
    cheapest: tuple[PriceRow, ...]
    attached: tuple[PriceRow, ...]
    owned: tuple[OwnedRow, ...]


def list_prices(
    book: PriceBook,
    as_of: date,
    *,
    provider: str | None = None,
    region: str | None = None,
    purchase: str | None = None,
    target_id: str | None = None,
) -> PriceList:
    """The prices of a day, by target and price.

    Raises:
        BookError: if there is none, with what there is instead.
    """
    owned = tuple(
        one for one in book.owned if one.as_of <= as_of and target_id in {None, one.target_id} and provider is None
    )
    ask = book.current if owned else book.require
    found = ask(as_of, provider=provider, region=region, purchase=purchase, target_id=target_id)
    return PriceList(
        schema="planner.prices/1",
        as_of=as_of,
        book=book.digest,
        prices=_rows(sorted(found, key=_by_target_and_price), as_of),
        owned=tuple(map(_owned_row, owned)),
    )


def show_prices(book: PriceBook, name: str, as_of: date, *, targets: Targets) -> PriceHistory | TargetPrices:
    """Everything about an instance, or about a target.

    Raises:
        PlannerError: if neither is called so.
        TargetError: if more than one target is.
        BookError: if there is no price of it by that day.
    """
    instances = {offer.instance.lower(): offer.instance for offer in book.offers}
    if (instance := instances.get(name.lower())) is not None:
        return _history(book, instance, as_of)
    try:
        target = targets.find(name)
    except TargetError as error:
        if "may mean" in str(error):
            raise
        advice = nearest(name, instances.values()) or ": `planner prices list` names the instances"
        raise PlannerError(f"{error}; and there is no instance of that name{advice}") from error
    return _of_target(book, target.target_id, as_of)


def price_row(offer: Offer, as_of: date) -> PriceRow:
    """The offer as a record."""
    per_device = per_device_hour(offer)
    return PriceRow(
        provider=offer.provider,
        region=offer.region,
        instance=offer.instance,
        target_id=offer.target_id,
        device=offer.device,
        devices=offer.devices,
        vcpus=offer.vcpus,
        memory_gib=offer.memory_gib,
        is_rentable_alone=offer.is_rentable_alone,
        purchase=offer.purchase,
        currency=offer.rate.currency,
        per_hour=float(offer.rate.amount),
        per_device_hour=None if per_device is None else float(per_device.amount),
        per_year=float(offer.rate.over(HOURS_PER_YEAR).cents),
        as_of=offer.as_of,
        age_days=(as_of - offer.as_of).days,
        source=offer.source,
    )


def _history(book: PriceBook, instance: str, as_of: date) -> PriceHistory:
    book.require(as_of, instance=instance)
    found = (one for one in book.offers if one.instance == instance and one.as_of <= as_of)
    ordered = sorted(found, key=lambda one: (one.provider, one.region, one.purchase, -one.as_of.toordinal()))
    return PriceHistory(
        schema="planner.price-history/1",
        as_of=as_of,
        book=book.digest,
        instance=instance,
        prices=_rows(ordered, as_of),
    )


def _of_target(book: PriceBook, target_id: str, as_of: date) -> TargetPrices:
    owned = tuple(one for one in book.owned if one.target_id == target_id and one.as_of <= as_of)
    current = book.current(as_of, target_id=target_id) if owned else book.require(as_of, target_id=target_id)
    cheapest: dict[tuple[str, str, str, str], Offer] = {}
    for offer in sorted(current, key=_share_price):
        if offer.is_rentable_alone:
            cheapest.setdefault((offer.purchase, offer.provider, offer.region, offer.rate.currency), offer)
    return TargetPrices(
        schema="planner.target-prices/1",
        as_of=as_of,
        book=book.digest,
        target_id=target_id,
        band=_band(book, target_id, as_of),
        cheapest=_rows(sorted(cheapest.values(), key=_by_purchase), as_of),
        attached=_rows((offer for offer in current if not offer.is_rentable_alone), as_of),
        owned=tuple(map(_owned_row, owned)),
    )


def _band(book: PriceBook, target_id: str, as_of: date) -> Band | None:
    if not cheapest_per_device(book, target_id, as_of):
        return None
    low, high = price_band(book, target_id, as_of)
    return Band(low=float(low.amount), high=float(high.amount), currency=low.currency)


def _rows(offers: Iterable[Offer], as_of: date) -> tuple[PriceRow, ...]:
    return tuple(price_row(offer, as_of) for offer in offers)


def _owned_row(owned: OwnedOffer) -> OwnedRow:
    return OwnedRow(
        name=owned.name,
        target_id=owned.target_id,
        capex=float(owned.capex.amount),
        residual=float(owned.residual.amount),
        currency=owned.capex.currency,
        life_years=owned.life_years,
        as_of=owned.as_of,
        source=owned.source,
    )


def _share_price(offer: Offer) -> float:
    """Per device; of a CPU per hardware thread."""
    per_device = per_device_hour(offer)
    return float(per_device.amount if per_device is not None else offer.rate.amount / (offer.vcpus or 1))


def _by_target_and_price(offer: Offer) -> tuple[bool, str, str, float, str]:
    name = offer.target_id or offer.device
    return not name, name, offer.purchase, _share_price(offer), offer.instance


def _by_purchase(offer: Offer) -> tuple[bool, str, float, str]:
    return offer.purchase != ON_DEMAND, offer.purchase, _share_price(offer), offer.provider
