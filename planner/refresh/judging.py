"""Sets new prices beside those in force, and says what cannot be right. Pure.

Two kinds of oddities. What is *unusable* is no price at all: a wrong currency or unit, no number, a contradiction. What
is *implausible* is a price that the market would have to explain: three times the old one, out of the band of rule R13,
most of the known prices missing. A person may accept the latter, never the former.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from planner.refresh.known import Known
from planner.refresh.quotes import Answer, Quote
from pricing.book import ON_DEMAND, PriceBook, cheapest_per_device, lint_book, per_device_hour, price_band
from pricing.errors import BookError
from pricing.files import printable
from pricing.money import HourlyRate
from pricing.targets import Targets
from pricing.vocabulary import Offer

FACTOR = Decimal(3)
"""A list price that changes by more is taken for an error: the largest cut on record here, of H100 instances in 2025,
is to 0.56 of what it was."""
SPOT_FACTOR = Decimal(10)
"""Spot prices follow demand: the shipped ones of Azure fell to 0.59 within four months."""
LEAST_SHARE = 0.5
"""Of the known prices of a region: instances are retired one by one, not by halves."""

_MOST_TOLD = 20
_Key = tuple[str, str, str]


class Kind(StrEnum):
    """What kind of oddity."""

    UNUSABLE = "unusable"
    IMPLAUSIBLE = "implausible"


class Status(StrEnum):
    """What became of a price."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """Something in an answer that cannot be right."""

    kind: Kind
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One price before and after, US dollars an hour of one instance; `change` is a share of what it was."""

    status: Status
    region: str
    instance: str
    purchase: str
    before: float | None
    before_of: date | None
    after: float | None
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """New prices, judged.

    Attributes:
        offers: What the book would take in.
        changes: Of every price, old and new.
        oddities: What cannot be right; none where the answer may be believed.
        passed_over: Quotes of nothing: free, or of instances that nobody describes.
    """

    offers: tuple[Offer, ...]
    changes: tuple[Change, ...]
    oddities: tuple[Oddity, ...]
    passed_over: int

    @property
    def unusable(self) -> tuple[Oddity, ...]:
        """The oddities that nobody can accept."""
        return tuple(one for one in self.oddities if one.kind is Kind.UNUSABLE)


def judge(
    answer: Answer,
    known: Known,
    book: PriceBook,
    *,
    regions: Sequence[str],
    stated: Sequence[str],
    today: date,
    targets: Targets,
) -> Judgement:
    """What an answer would change, and what is odd about it.

    Args:
        answer: What the service said.
        known: The provider's instances.
        book: The prices in force.
        regions: Which were asked for.
        stated: The purchase options that the service states: others cannot have vanished.
        today: The day of the new prices.
        targets: Those that prices may name.
    """
    now = book.current(today, provider=known.provider)
    before = {_key(one): one for one in now if one.region in regions and one.purchase in stated}
    offers: dict[_Key, Offer] = {}
    oddities: list[Oddity] = []
    for quote in answer.quotes:
        offer = known.offer(quote, as_of=today, source=answer.source)
        oddities.extend(_unusable(quote, before, offers, offer))
        if offer is not None:
            offers.setdefault(_key(offer), offer)
    oddities.extend(_implausible(offers, before, book, today=today, targets=targets, regions=regions))
    return Judgement(
        offers=tuple(offers.values()),
        changes=tuple(_changes(before, offers)),
        oddities=_told(oddities),
        passed_over=sum(known.offer(quote, as_of=today, source="") is None for quote in answer.quotes),
    )


def _unusable(
    quote: Quote, before: Mapping[_Key, Offer], offers: Mapping[_Key, Offer], offer: Offer | None
) -> Iterator[Oddity]:
    name = printable(f"{quote.region} {quote.instance} {quote.purchase}")
    if quote.fault:
        yield Oddity(kind=Kind.UNUSABLE, sentence=f"{name}: {quote.fault}")
        return
    if offer is None:
        is_known = any(_same_thing(quote, key) for key in before) if quote.price == 0 else False
        if is_known:
            yield Oddity(kind=Kind.UNUSABLE, sentence=f"{name}: costs nothing")
        return
    other = offers.get(_key(offer), offer)
    if other.rate != offer.rate:
        yield Oddity(
            kind=Kind.UNUSABLE, sentence=f"{name}: has two prices, {_figure(other.rate)} and {_figure(offer.rate)}"
        )


def _same_thing(quote: Quote, key: _Key) -> bool:
    return (quote.region, quote.instance.casefold(), quote.purchase) == (key[0], key[1].casefold(), key[2])


def _implausible(
    offers: Mapping[_Key, Offer],
    before: Mapping[_Key, Offer],
    book: PriceBook,
    *,
    today: date,
    targets: Targets,
    regions: Sequence[str],
) -> Iterator[Oddity]:
    for sentence in (
        *_missing(offers, before, regions),
        *_too_different(offers, before),
        *_dearer_than_on_demand(offers),
        *_out_of_band(offers, book, today),
        *_linted(offers, book, today, targets),
    ):
        yield Oddity(kind=Kind.IMPLAUSIBLE, sentence=printable(sentence))


def _missing(offers: Mapping[_Key, Offer], before: Mapping[_Key, Offer], regions: Sequence[str]) -> Iterator[str]:
    known, found = Counter(key[0] for key in before), Counter(key[0] for key in before if key in offers)
    any_there = Counter(key[0] for key in offers)
    for region in regions:
        if not any_there[region]:
            yield f"{region}: no price of any known instance"
        elif found[region] < LEAST_SHARE * known[region]:
            yield f"{region}: only {found[region]} of {known[region]} known prices are there"


def _too_different(offers: Mapping[_Key, Offer], before: Mapping[_Key, Offer]) -> Iterator[str]:
    for key, offer in offers.items():
        if key not in before:
            continue
        old, new = before[key].rate, offer.rate
        most = SPOT_FACTOR if offer.purchase == "spot" else FACTOR
        if old.currency == new.currency and not old.amount / most <= new.amount <= old.amount * most:
            ratio = float(new.amount / old.amount)
            day = before[key].as_of
            yield f"{' '.join(key)}: {_figure(old)} of {day} became {_figure(new)}, {ratio:,.4g} times as much"


def _dearer_than_on_demand(offers: Mapping[_Key, Offer]) -> Iterator[str]:
    """A commitment or a spot price that costs more than none is a mix-up of rows or units."""
    for key, offer in offers.items():
        plain = offers.get((offer.region, offer.instance, ON_DEMAND))
        if plain is not None and offer.rate.amount > plain.rate.amount * FACTOR:
            yield f"{' '.join(key)}: {_figure(offer.rate)} is more than {FACTOR} times the price on demand"


def _out_of_band(offers: Mapping[_Key, Offer], book: PriceBook, today: date) -> Iterator[str]:
    """The cheapest of each target on demand in each region, against three times the band of rule R13."""
    new = PriceBook(tuple(offers.values()))
    for target_id in sorted({one.target_id for one in new.offers if one.target_id and one.devices > 0}):
        try:
            low, high = price_band(book, target_id, today)
        except BookError:
            continue  # nobody rents it on demand in the book: there is no band
        for offer in cheapest_per_device(new, target_id, today).values():
            price = per_device_hour(offer)
            if price is not None and not low.amount / FACTOR <= price.amount <= high.amount * FACTOR:
                yield (
                    f"{offer.region} {offer.instance}: {_figure(price)} per {target_id} and hour is far from the "
                    f"band {low.amount:.2f}–{high.amount:.2f} of rule R13"
                )


def _linted(offers: Mapping[_Key, Offer], book: PriceBook, today: date, targets: Targets) -> Iterator[str]:
    """Units and targets (R15). The band is looked at above, more widely; R14 says what is odd, not what is wrong."""
    new = PriceBook(tuple(offers.values()))
    found = [
        one for one in lint_book(new, today=today, targets=targets, reference=book) if one.rule in {"R15", "target"}
    ]
    before = lint_book(book, today=today, targets=targets) if found else ()
    told = {_without_days(one.sentence, one.offers) for one in before}
    for finding in found:
        if _without_days(finding.sentence, finding.offers) not in told:
            yield f"{finding.rule}: {finding.sentence}"


def _without_days(sentence: str, offers: Iterable[Offer]) -> str:
    for offer in offers:
        sentence = sentence.replace(f" of {offer.as_of}", "")
    return sentence


def _changes(before: Mapping[_Key, Offer], offers: Mapping[_Key, Offer]) -> Iterator[Change]:
    for key in sorted({*before, *offers}):
        old, new = before.get(key), offers.get(key)
        share = None if old is None or new is None else float(new.rate.amount / old.rate.amount - 1)
        yield Change(
            status=_status(old, new),
            region=key[0],
            instance=key[1],
            purchase=key[2],
            before=None if old is None else float(old.rate.amount),
            before_of=None if old is None else old.as_of,
            after=None if new is None else float(new.rate.amount),
            change=share,
        )


def _status(old: Offer | None, new: Offer | None) -> Status:
    if old is None:
        return Status.NEW
    if new is None:
        return Status.VANISHED
    return Status.SAME if old.rate == new.rate else Status.CHANGED


def _told(oddities: Sequence[Oddity]) -> tuple[Oddity, ...]:
    """The first of each kind, and how many more there are: an answer with every price wrong has thousands."""
    told: list[Oddity] = []
    for kind in Kind:
        found = [one for one in oddities if one.kind is kind]
        told.extend(found[:_MOST_TOLD])
        if len(found) > _MOST_TOLD:
            told.append(Oddity(kind=kind, sentence=f"and {len(found) - _MOST_TOLD:,} more of this kind"))
    return tuple(told)


def _figure(rate: HourlyRate) -> str:
    """Six digits: a service may write a price as the float that came out of a multiplication."""
    return f"{float(rate.amount):,.6g} {rate.currency}"


def _key(offer: Offer) -> _Key:
    return offer.region, offer.instance, offer.purchase
