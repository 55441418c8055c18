"""Two targets side by side: the price of a device-hour in every market, their ratio, and how both changed with time.

The ratio is where the answer flips: the dearer device costs less for the same work if it does more than so many times
the work of the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planner.services.price_questions import PriceRow, price_row
from pricing.book import ON_DEMAND, PriceBook, cheapest_per_device, per_device_hour
from pricing.errors import BookError
from pricing.vocabulary import Offer, Target

_Market = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketPair:
    """The cheapest device-hour of both targets in one market; None where it is not rented there."""

    provider: str
    region: str
    one: PriceRow | None
    other: PriceRow | None
    ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioOnDay:
    """The ratio in one market from this day on, as far as the book knows."""

    provider: str
    region: str
    day: date
    one: float
    other: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """A target's cheapest device-hour in one market became dearer or cheaper. `change` is a share of what it was."""

    provider: str
    region: str
    target_id: str
    instance: str
    before: float
    before_of: date
    after: float
    after_of: date
    change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetComparison:
    """Both targets, by device-hour on demand. `attached` lists accelerators whose instance costs extra."""

    schema: str
    as_of: date
    book: str
    one: str
    other: str
    purchase: str
    markets: tuple[MarketPair, ...]
    over_time: tuple[RatioOnDay, ...]
    changes: tuple[PriceChange, ...]
    attached: tuple[PriceRow, ...]


def compare_targets(
    book: PriceBook, one: Target, other: Target, as_of: date, *, purchase: str = ON_DEMAND
) -> TargetComparison:
    """Both targets in every market.

    Raises:
        BookError: if one of them is not priced by the device on that day.
    """
    prices = {target.target_id: _prices(book, target, as_of, purchase) for target in (one, other)}
    mine, theirs = prices[one.target_id], prices[other.target_id]
    markets = sorted(mine.keys() | theirs.keys(), key=lambda place: (place not in mine or place not in theirs, place))
    attached = [
        offer
        for target in (one, other)
        for offer in book.current(as_of, target_id=target.target_id, purchase=purchase)
        if not offer.is_rentable_alone
    ]
    either = {one.target_id, other.target_id}
    days = sorted({offer.as_of for offer in book.offers if offer.target_id in either and offer.as_of <= as_of})
    history = {day: (_at(book, one, day, purchase), _at(book, other, day, purchase)) for day in days}
    return TargetComparison(
        schema="planner.price-comparison/1",
        as_of=as_of,
        book=book.digest,
        one=one.target_id,
        other=other.target_id,
        purchase=purchase,
        markets=tuple(_pair(place, mine.get(place), theirs.get(place), as_of) for place in markets),
        over_time=tuple(_ratios(history, [place for place in markets if place in mine and place in theirs])),
        changes=tuple(
            change
            for index, target in enumerate((one, other))
            for place in markets
            for change in _changes(target.target_id, place, [pair[index].get(place) for pair in history.values()])
        ),
        attached=tuple(price_row(offer, as_of) for offer in attached),
    )


def _at(book: PriceBook, target: Target, day: date, purchase: str) -> dict[_Market, Offer]:
    return cheapest_per_device(book, target.target_id, day, purchase=purchase)


def _prices(book: PriceBook, target: Target, as_of: date, purchase: str) -> dict[_Market, Offer]:
    found = _at(book, target, as_of, purchase)
    if not found:
        book.require(as_of, target_id=target.target_id, purchase=purchase)
        raise BookError(f"{target.target_id} is not priced by the device in USD: prices of CPUs are per instance")
    return found


def _pair(place: _Market, one: Offer | None, other: Offer | None, as_of: date) -> MarketPair:
    return MarketPair(
        provider=place[0],
        region=place[1],
        one=price_row(one, as_of) if one else None,
        other=price_row(other, as_of) if other else None,
        ratio=_price(one) / _price(other) if one and other else None,
    )


def _ratios(
    history: dict[date, tuple[dict[_Market, Offer], dict[_Market, Offer]]], places: list[_Market]
) -> Iterator[RatioOnDay]:
    for place in places:
        last: tuple[float, float] | None = None
        for ones, others in history.values():
            if place not in ones or place not in others:
                continue
            one, other = ones[place], others[place]
            if (_price(one), _price(other)) == last:
                continue
            last = _price(one), _price(other)
            yield RatioOnDay(
                provider=place[0],
                region=place[1],
                day=max(one.as_of, other.as_of),
                one=last[0],
                other=last[1],
                ratio=last[0] / last[1],
            )


def _changes(target_id: str, place: _Market, offers: list[Offer | None]) -> Iterator[PriceChange]:
    """Of a price on every day in order; the market's cheapest instance may be another one afterwards."""
    last: Offer | None = None
    for offer in offers:
        if offer is not None and last is not None and _price(offer) != _price(last):
            yield PriceChange(
                provider=place[0],
                region=place[1],
                target_id=target_id,
                instance=offer.instance,
                before=_price(last),
                before_of=last.as_of,
                after=_price(offer),
                after_of=offer.as_of,
                change=_price(offer) / _price(last) - 1,
            )
        last = offer or last


def _price(offer: Offer) -> float:
    price = per_device_hour(offer)
    return 0.0 if price is None else float(price.amount)
