"""What a device costs in the market: the cheapest on demand by provider and region, and the band around those (R13)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pricing.book.offers import ON_DEMAND, per_device_hour
from pricing.book.price_book import PriceBook
from pricing.errors import BookError
from pricing.money import HourlyRate
from pricing.vocabulary import Offer

BAND = Decimal("1.25")
"""Below the cheapest market divided by this, or above the dearest times this, a price needs a reason."""
DEEPEST_DISCOUNT = Decimal(10)
"""Providers advertise spot and reserved prices down to a tenth of on demand."""

_ENOUGH, _FAR = 3, 5
"""Markets from which a middle can be told, and how far from it a price is none of the market."""

Markets = dict[tuple[str, str], Offer]
"""Of each (provider, region) the offer with the cheapest device-hour."""


def cheapest_per_device(
    book: PriceBook, target_id: str, as_of: date, *, purchase: str = ON_DEMAND, currency: str = "USD"
) -> Markets:
    """Of every provider and region the offer with the cheapest device-hour, by (provider, region).

    An accelerator that must be attached to an instance with a price of its own is not comparable and left out.
    """
    found = markets_of(book.current(as_of, purchase=purchase, target_id=target_id))
    return found.get((target_id, purchase, currency), {})


def price_band(book: PriceBook, target_id: str, as_of: date, *, currency: str = "USD") -> tuple[HourlyRate, HourlyRate]:
    """The band (low, high) of R13, per device and hour: [min ÷ 1.25, max × 1.25] of the cheapest markets.

    Raises:
        BookError: if nobody rents the target on demand as of that day.
    """
    markets = cheapest_per_device(book, target_id, as_of, currency=currency)
    if not markets:
        raise BookError(f"there is no on-demand price of a whole {target_id} in {currency} as of {as_of}")
    return band_around(markets)


def markets_of(offers: Iterable[Offer]) -> dict[tuple[str, str, str], Markets]:
    """All markets of the offers in one pass, by (target, purchase option, currency)."""
    found: dict[tuple[str, str, str], Markets] = defaultdict(dict)
    for offer in offers:
        if offer.target_id is None or offer.devices <= 0 or not offer.is_rentable_alone:
            continue
        markets = found[offer.target_id, offer.purchase, offer.rate.currency]
        known = markets.get((offer.provider, offer.region))
        if known is None or _price(offer) < _price(known):
            markets[offer.provider, offer.region] = offer
    return found


def band_around(markets: Markets) -> tuple[HourlyRate, HourlyRate]:
    """The band around the markets of one target and currency, at least one.

    From three markets on, one that costs less than a fifth of the middle one, or over five times as much, says nothing
    of the others: a row with a wrong price would otherwise lie within a band of its own making.
    """
    prices = sorted(_price(offer) for offer in markets.values())
    if len(prices) >= _ENOUGH:
        middle = prices[len(prices) // 2]
        prices = [price for price in prices if middle / _FAR <= price <= middle * _FAR]
    currency = next(iter(markets.values())).rate.currency
    return HourlyRate(prices[0] / BAND, currency), HourlyRate(prices[-1] * BAND, currency)


def _price(offer: Offer) -> Decimal:
    price = per_device_hour(offer)
    return offer.rate.amount if price is None else price.amount
