"""Looks for prices that are wrong or old: the rules R13 to R15 over a whole book.

A book is judged beside a reference: what the market costs is the reference's word, and only findings that concern an
offer of the book are told. Each says what it rests on, so that a reader can disagree.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pricing.book.bands import DEEPEST_DISCOUNT, band_around, markets_of
from pricing.book.families import pairs_out_of_order, prices_of_one_device
from pricing.book.offers import ON_DEMAND, per_device_hour
from pricing.book.price_book import PriceBook
from pricing.targets import Targets
from pricing.vocabulary import Offer

OLDEST_DAYS = 400
"""A year, and a month to look again: list prices change about once a year."""

_GIB_IN_GB = 2**30 / 10**9
_MEMORY_STEP = 0.25  # instances have whole quarters of a GiB: 0.5, 3.75, 15, 384
_NEAR = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFinding:
    """Something in a book that is probably wrong.

    Attributes:
        rule: R13 (outside the band, or old), R14 (larger but cheaper), R15 (units), or `target` (not known).
        offers: What it is about, the suspect first.
        sentence: What is wrong, with the figures.
    """

    rule: str
    offers: tuple[Offer, ...]
    sentence: str


def lint_book(
    book: PriceBook,
    *,
    today: date,
    targets: Targets,
    reference: PriceBook | None = None,
    oldest_days: int = OLDEST_DAYS,
) -> tuple[BookFinding, ...]:
    """What is suspect in a book as of today, by rule.

    Args:
        book: What is judged.
        today: Prices of later days are not looked at.
        targets: Those that offers may name.
        reference: What the market costs; the book itself if None, and then no on-demand price is outside its band.
        oldest_days: The age from which a price is told to be old.
    """
    market = book if reference is None else reference
    everything = market.merged(book)
    own = set(book.offers)
    findings = (
        *_outside_bands(everything, market, today),
        *_old(everything, own, today, oldest_days),
        *_larger_but_cheaper(everything, today),
        *_units(everything, today),
        *_unknown_targets(book, targets),
    )
    return tuple(one for one in findings if not own.isdisjoint(one.offers))


def _outside_bands(everything: PriceBook, market: PriceBook, today: date) -> Iterator[BookFinding]:
    """Of every market the cheapest whole device: a larger instance costs more per device, and rightly so."""
    known = markets_of(market.current(today, purchase=ON_DEMAND))
    for (target_id, purchase, currency), markets in sorted(markets_of(everything.current(today)).items()):
        comparable = known.get((target_id, ON_DEMAND, currency))
        if not comparable:
            continue
        low, high = (one.amount for one in band_around(comparable))
        least = low if purchase == ON_DEMAND else low / DEEPEST_DISCOUNT
        for offer in markets.values():
            price = per_device_hour(offer)
            if price is None or least <= price.amount <= high:
                continue
            yield BookFinding(
                rule="R13",
                offers=(offer,),
                sentence=(
                    f"{named(offer)}: {price.amount:.4g} {currency} per {target_id} and hour is "
                    f"{'above' if price.amount > high else 'below'} the band {least:.2f}–{high:.2f} of the cheapest "
                    "on-demand prices"
                ),
            )


def _old(everything: PriceBook, own: set[Offer], today: date, oldest_days: int) -> Iterator[BookFinding]:
    groups: dict[tuple[str, str, date], list[Offer]] = defaultdict(list)
    limit = today - timedelta(days=oldest_days)
    for offer in everything.current(today):
        if offer.as_of < limit and offer in own:
            groups[offer.provider, offer.purchase, offer.as_of].append(offer)
    for (provider, purchase, day), offers in sorted(groups.items()):
        count = f"{len(offers):,} {purchase} prices are" if len(offers) > 1 else f"a {purchase} price is"
        yield BookFinding(
            rule="R13",
            offers=tuple(offers),
            sentence=(
                f"{provider}: {count} of {day} with none that is newer: {(today - day).days:,} days old "
                f"(limit {oldest_days})"
            ),
        )


def _larger_but_cheaper(everything: PriceBook, today: date) -> Iterator[BookFinding]:
    for larger, smaller in pairs_out_of_order(everything.current(today)):
        yield BookFinding(
            rule="R14",
            offers=(larger, smaller),
            sentence=(
                f"{named(larger)} costs {larger.rate.amount} {larger.rate.currency}/h and is smaller in no respect "
                f"than {smaller.instance}, which costs {smaller.rate.amount}"
            ),
        )


def _units(everything: PriceBook, today: date) -> Iterator[BookFinding]:
    offers = everything.current(today)
    yield from _mixed_currencies(offers)
    for single, several in prices_of_one_device(offers):
        yield BookFinding(
            rule="R15",
            offers=(several, single),
            sentence=(
                f"{named(several)} has {several.devices:g} devices and costs what one costs in {single.instance}, "
                f"{several.rate.amount} {several.rate.currency}/h: is that the price per device?"
            ),
        )
    for offer in offers:
        if (meant := _other_unit(offer.memory_gib)) is not None:
            yield BookFinding(
                rule="R15",
                offers=(offer,),
                sentence=f"{named(offer)} has {offer.memory_gib:.6g} GiB of memory, {meant}: check the unit",
            )


def _mixed_currencies(offers: Iterable[Offer]) -> Iterator[BookFinding]:
    by_target: dict[str, dict[str, Offer]] = defaultdict(dict)
    for offer in offers:
        if offer.target_id is not None:
            by_target[offer.target_id].setdefault(offer.rate.currency, offer)
    for target_id, found in sorted(by_target.items()):
        if len(found) > 1:
            yield BookFinding(
                rule="R15",
                offers=tuple(found.values()),
                sentence=f"{target_id} is priced in {' and '.join(sorted(found))}, which cannot be compared",
            )


def _other_unit(gib: float | None) -> str | None:
    """What is told of a size that is a round number in the other unit and not in its own."""
    if gib is None or (gib / _MEMORY_STEP).is_integer():
        return None
    if abs(gib * _GIB_IN_GB - round(gib * _GIB_IN_GB)) < _NEAR:
        return f"which is {round(gib * _GIB_IN_GB)} GB"
    if abs(gib / _GIB_IN_GB - round(gib / _GIB_IN_GB)) < _NEAR:
        return f"a number that is {round(gib / _GIB_IN_GB)} GiB if it counts GB"
    return None


def _unknown_targets(book: PriceBook, targets: Targets) -> Iterator[BookFinding]:
    for offer in book.offers:
        if offer.target_id is not None and targets.get(offer.target_id) is None:
            yield BookFinding(
                rule="target",
                offers=(offer,),
                sentence=f"{named(offer)} names the target {offer.target_id}, which is not known",
            )


def named(offer: Offer) -> str:
    """How a finding names an offer."""
    return f"{offer.provider} {offer.region} {offer.instance} {offer.purchase} of {offer.as_of}"
