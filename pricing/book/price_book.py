"""The price book: immutable, named by the hash of its offers, asked by date.

A question about a day is answered by the latest row not later than that day. A later price is never borrowed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from pricing.book import canonical
from pricing.book.offers import OwnedOffer
from pricing.errors import BookError
from pricing.files import nearest, shown
from pricing.vocabulary import Offer

_Key = tuple[str, str, str, str]
_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Dated prices, and hardware of one's own.

    Attributes:
        offers: In canonical order, each once.
        owned: Likewise.
        digest: SHA-256 over the canonical form: the same for the same offers in any order.

    Raises:
        BookError: if a price is not positive, or two offers name one thing on one day at different prices.
    """

    offers: tuple[Offer, ...]
    owned: tuple[OwnedOffer, ...] = ()
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        """Order, check and name them."""
        object.__setattr__(self, "offers", _distinct(self.offers))
        object.__setattr__(self, "owned", _distinct_owned(self.owned))
        object.__setattr__(self, "digest", hashlib.sha256(book_bytes(self)).hexdigest())

    def current(
        self,
        as_of: date,
        *,
        provider: str | None = None,
        region: str | None = None,
        purchase: str | None = None,
        target_id: str | None = None,
        instance: str | None = None,
    ) -> tuple[Offer, ...]:
        """Of every provider, region, instance and purchase option the latest offer not later than the day.

        Args:
            as_of: The day.
            provider: Only this one; None for all, as below.
            region: Only this one.
            purchase: Only this one.
            target_id: Only offers of this target.
            instance: Only this one.
        """
        latest: dict[_Key, Offer] = {}
        wanted = _filters(provider=provider, region=region, purchase=purchase, target_id=target_id, instance=instance)
        for offer in self._matching(wanted):
            known = latest.get(_key(offer))
            if offer.as_of <= as_of and (known is None or known.as_of < offer.as_of):
                latest[_key(offer)] = offer
        return tuple(latest.values())

    def require(
        self,
        as_of: date,
        *,
        provider: str | None = None,
        region: str | None = None,
        purchase: str | None = None,
        target_id: str | None = None,
        instance: str | None = None,
    ) -> tuple[Offer, ...]:
        """As `current`, at least one.

        Raises:
            BookError: where none answers, with what there is instead.
        """
        wanted = _filters(provider=provider, region=region, purchase=purchase, target_id=target_id, instance=instance)
        found = self.current(
            as_of, provider=provider, region=region, purchase=purchase, target_id=target_id, instance=instance
        )
        if not found:
            raise BookError(self._absence(as_of, wanted))
        return found

    def merged(self, other: "PriceBook") -> "PriceBook":
        """Both books in one. Where both state a price of one thing on one day, the other's stands."""
        theirs = {(_key(offer), offer.as_of) for offer in other.offers}
        kept = (offer for offer in self.offers if (_key(offer), offer.as_of) not in theirs)
        names = {_owned_key(one) for one in other.owned}
        owned = (one for one in self.owned if _owned_key(one) not in names)
        return PriceBook((*kept, *other.offers), owned=(*owned, *other.owned))

    def contradicted_by(self, other: "PriceBook") -> tuple[Offer, ...]:
        """The offers here to which the other book gives another price on the same day."""
        theirs = {(_key(offer), offer.as_of): offer.rate for offer in other.offers}
        return tuple(one for one in self.offers if theirs.get((_key(one), one.as_of), one.rate) != one.rate)

    def dates(self) -> tuple[date, ...]:
        """Every day of which there is a price, the earliest first."""
        return tuple(sorted({offer.as_of for offer in self.offers}))

    def _matching(self, wanted: dict[str, str]) -> tuple[Offer, ...]:
        if not wanted:
            return self.offers
        of, values = attrgetter(*wanted), tuple(wanted.values())
        told = values if len(values) > 1 else values[0]
        return tuple(offer for offer in self.offers if of(offer) == told)

    def _absence(self, as_of: date, wanted: dict[str, str]) -> str:
        if early := self._matching(wanted):
            first = min(offer.as_of for offer in early)
            return (
                f"there is no {_phrase(wanted)} as of {as_of}, and a later one is not borrowed: the first is of {first}"
            )
        for name, value_asked in wanted.items():
            others = {key: value for key, value in wanted.items() if key != name}
            values = sorted({getattr(offer, name) or "" for offer in self._matching(others)} - {""})
            if values:
                return f"there is no {_phrase(wanted)}{nearest(value_asked, values)}: {_listing(name, values)}"
        return f"there is no {_phrase(wanted)} in the price book"


def book_bytes(book: PriceBook) -> bytes:
    """The canonical bytes of a book: what a plan keeps, and what the digest is of."""
    return canonical.encode(book.offers, book.owned)


def book_from_bytes(content: bytes) -> PriceBook:
    """The book of canonical bytes.

    Raises:
        BookError: if they are damaged.
    """
    offers, owned = canonical.decode(content)
    return PriceBook(offers, owned=owned)


_PLURALS = {
    "provider": "providers", "region": "regions", "instance": "instances", "purchase": "purchase options",
    "target_id": "targets",
}  # fmt: skip


def _filters(
    *, provider: str | None, region: str | None, purchase: str | None, target_id: str | None, instance: str | None
) -> dict[str, str]:
    given = {
        "provider": provider,
        "region": region,
        "instance": instance,
        "purchase": purchase,
        "target_id": target_id,
    }
    return {name: value for name, value in given.items() if value is not None}


def _phrase(wanted: dict[str, str]) -> str:
    """`t4 price on aws in us-east-1`."""
    thing = [wanted[name] for name in ("purchase", "target_id", "instance") if name in wanted]
    where = [f"{word} {wanted[name]}" for word, name in (("on", "provider"), ("in", "region")) if name in wanted]
    return shown(" ".join([*thing, "price", *where]))[1:-1]


def _listing(name: str, values: list[str]) -> str:
    cut = values[:_MOST_LISTED]
    more = ", …" if len(values) > len(cut) else ""
    return f"the {_PLURALS[name]} with one are {', '.join(cut)}{more}"


def _key(offer: Offer) -> _Key:
    return offer.provider, offer.region, offer.instance, offer.purchase


def _owned_key(owned: OwnedOffer) -> tuple[str, str, date]:
    return owned.name, owned.target_id, owned.as_of


def _distinct(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    known: dict[tuple[_Key, date], Offer] = {}
    for offer in offers:
        if not (offer.rate.amount.is_finite() and offer.rate.amount > 0):
            raise BookError(f"{_named(offer)} costs {offer.rate.amount} an hour: a price is a positive number")
        other = known.setdefault((_key(offer), offer.as_of), offer)
        if other.rate != offer.rate:
            raise BookError(
                f"{_named(offer)} has two prices of {offer.as_of}, {other.rate.amount} {other.rate.currency} and "
                f"{offer.rate.amount} {offer.rate.currency}: keep the one that holds"
            )
        if other != offer:
            raise BookError(f"{_named(offer)} is described in two ways on {offer.as_of}: keep the one that holds")
    return tuple(known[key] for key in sorted(known))


def _distinct_owned(owned: Iterable[OwnedOffer]) -> tuple[OwnedOffer, ...]:
    known: dict[tuple[str, str, date], OwnedOffer] = {}
    for one in owned:
        if known.setdefault(_owned_key(one), one) != one:
            raise BookError(f"{shown(one.name)} has two capital prices of {one.as_of}: keep the one that holds")
    return tuple(known[key] for key in sorted(known))


def _named(offer: Offer) -> str:
    return shown(f"{offer.provider} {offer.region} {offer.instance} {offer.purchase}")
