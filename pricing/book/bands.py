"""What a device costs in the market: the cheapest on demand by provider and region, and the band around those (R13)."""

from datetime import date
from decimal import Decimal

from pricing.book.offers import ON_DEMAND, per_device_hour
from pricing.book.price_book import PriceBook
from pricing.errors import BookError
from pricing.money import HourlyRate
from pricing.vocabulary import Offer

BAND = Decimal("1.25")
"""Below the cheapest market divided by this, or above the dearest times this, a price needs a reason."""


def cheapest_per_device(
    book: PriceBook, target_id: str, as_of: date, *, purchase: str = ON_DEMAND, currency: str = "USD"
) -> dict[tuple[str, str], Offer]:
    """Of every provider and region the offer with the cheapest device-hour, by (provider, region).

    An accelerator that must be attached to an instance with a price of its own is not comparable and left out.
    """
    cheapest: dict[tuple[str, str], Offer] = {}
    for offer in book.current(as_of, purchase=purchase, target_id=target_id):
        price = per_device_hour(offer)
        if price is None or not offer.is_rentable_alone or price.currency != currency:
            continue
        known = cheapest.get((offer.provider, offer.region))
        known_price = per_device_hour(known) if known else None
        if known_price is None or price.amount < known_price.amount:
            cheapest[offer.provider, offer.region] = offer
    return cheapest


def price_band(book: PriceBook, target_id: str, as_of: date, *, currency: str = "USD") -> tuple[HourlyRate, HourlyRate]:
    """The band (low, high) of R13, per device and hour: [min ÷ 1.25, max × 1.25] of the cheapest markets.

    Raises:
        BookError: if nobody rents the target on demand as of that day.
    """
    prices = [
        price.amount
        for offer in cheapest_per_device(book, target_id, as_of, currency=currency).values()
        if (price := per_device_hour(offer)) is not None
    ]
    if not prices:
        raise BookError(f"there is no on-demand price of a whole {target_id} in {currency} as of {as_of}")
    return HourlyRate(min(prices) / BAND, currency), HourlyRate(max(prices) * BAND, currency)
