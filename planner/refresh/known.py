"""What the price book knows of a provider's instances: which prices are wanted, and what each instance is.

A service that states prices says little of the machines. So an instance is taken if the book has it in any region, or
if it is another size of a family that the book has and the service states its size (AWS does, Azure does not).
"""

import re
from collections.abc import Mapping
from datetime import date

from planner.refresh.quotes import Quote
from pricing.book import PriceBook
from pricing.book.families import family_of
from pricing.money import HourlyRate
from pricing.vocabulary import Offer

_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}", re.ASCII)
_Kind = tuple[str | None, str, bool]


class Known:
    """The instances of one provider.

    Args:
        book: The book in force.
        provider: Whose.
    """

    def __init__(self, book: PriceBook, provider: str) -> None:
        offers = [one for one in book.offers if one.provider == provider and one.is_rentable_alone]
        self.provider = provider
        self.regions = tuple(sorted({one.region for one in offers}))
        self._by_name = {one.instance.casefold(): one for one in sorted(offers, key=lambda one: one.as_of)}
        self._families = _families(self._by_name)

    def is_wanted(self, instance: str) -> bool:
        """Whether the book has the instance itself."""
        return instance.casefold() in self._by_name

    def is_related(self, instance: str) -> bool:
        """Whether the book has the instance or another size of its family."""
        return self.is_wanted(instance) or family_of(instance) in self._families

    def offer(self, quote: Quote, *, as_of: date, source: str) -> Offer | None:
        """The quote as a price row; None where nobody says what the instance is, or the quote has no price."""
        if not quote.price or quote.price < 0:
            return None
        like = self._by_name.get(quote.instance.casefold())
        if like is None:
            return self._other_size(quote, as_of=as_of, source=source)
        return _offer(quote, like, as_of=as_of, source=source)

    def _other_size(self, quote: Quote, *, as_of: date, source: str) -> Offer | None:
        like = self._families.get(family_of(quote.instance))
        shape = quote.shape
        if like is None or shape.vcpus is None or shape.memory_gib is None or not _NAME.fullmatch(quote.instance):
            return None
        has_devices = like.devices > 0
        if has_devices != bool(shape.devices):
            return None
        return _offer(quote, like, as_of=as_of, source=source, is_like_itself=False)


def _families(by_name: Mapping[str, Offer]) -> dict[str, Offer]:
    """One offer of each family whose sizes all have the same device."""
    found: dict[str, Offer] = {}
    mixed: set[str] = set()
    for one in by_name.values():
        family = family_of(one.instance)
        if _kind(found.setdefault(family, one)) != _kind(one):
            mixed.add(family)
    return {family: one for family, one in found.items() if family not in mixed}


def _kind(offer: Offer) -> _Kind:
    return offer.target_id, offer.device, offer.devices > 0


def _offer(quote: Quote, like: Offer, *, as_of: date, source: str, is_like_itself: bool = True) -> Offer:
    shape = quote.shape
    return Offer(
        provider=like.provider,
        region=quote.region,
        instance=like.instance if is_like_itself else quote.instance,
        target_id=like.target_id,
        device=like.device,
        devices=like.devices if is_like_itself else float(shape.devices or 0),
        vcpus=like.vcpus if is_like_itself else shape.vcpus,
        memory_gib=like.memory_gib if is_like_itself else shape.memory_gib,
        is_rentable_alone=True,
        purchase=quote.purchase,
        rate=HourlyRate.of(quote.price or 0),
        as_of=as_of,
        source=source,
    )
