"""Two price books beside each other: what only one of them has, and what costs something else. Pure.

A price is taken for the same one where provider, region, instance and purchase option are: of each book the latest
that is not later than the day asked of is compared. What one adds to a book speaks of a few markets; that the others
are not in it removes nothing, so they are counted apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pricing.book import PriceBook, per_device_hour
from pricing.vocabulary import Offer

_Key = tuple[str, str, str, str]
_OwnedKey = tuple[str, str]


class Standing(StrEnum):
    """How a price of one book stands to the other book."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDifference:
    """One price that is not the same in both books, in amounts an hour of the instance.

    Attributes:
        standing: Added: only the other book has it; removed: only the first one, of a market that the other speaks of.
        target_id: What it is of; None where nobody said.
        per_device: Of the device-hour after it, else before it; None of a CPU instance.
        change: As a share of what it was; None where one side lacks or the currencies differ.
    """

    standing: Standing
    provider: str
    region: str
    instance: str
    purchase: str
    target_id: str | None
    currency: str
    before: float | None
    before_of: date | None
    after: float | None
    after_of: date | None
    per_device: float | None
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedDifference:
    """Bought hardware that is not the same in both books: what one device costs to buy."""

    standing: Standing
    name: str
    target_id: str
    currency: str
    before: float | None
    after: float | None
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookComparison:
    """Both books as of one day, by their digests.

    Attributes:
        differences: What changed by the size of the change, then what was added, then what was removed.
        owned: Likewise, of bought hardware.
        unspoken: Prices of the first in markets and purchase options of which the other says nothing at all.
        same: Prices that are the same in both.
        confirmed: Of those, the ones that the other book states of a later day.
    """

    schema: str
    as_of: date
    one: str
    other: str
    differences: tuple[PriceDifference, ...]
    owned: tuple[OwnedDifference, ...]
    unspoken: int
    same: int
    confirmed: int

    def count(self, standing: Standing) -> int:
        """How many prices stand so; bought hardware counts."""
        stand = [*(one.standing for one in self.differences), *(one.standing for one in self.owned)]
        return stand.count(standing)


def compare_books(one: PriceBook, other: PriceBook, as_of: date) -> BookComparison:
    """The first book against the other one.

    Args:
        one: What was known.
        other: What is held beside it.
        as_of: Prices of later days are left out.
    """
    before, after = _current(one, as_of), _current(other, as_of)
    both = before.keys() & after.keys()
    same = [key for key in both if before[key].rate == after[key].rate]
    spoken = {_market(key) for key in after}
    unspoken = {key for key in before if _market(key) not in spoken}
    differing = (before.keys() | after.keys()) - set(same) - unspoken
    found = [_difference(before.get(key), after.get(key)) for key in differing]
    return BookComparison(
        schema="planner.book-comparison/1",
        as_of=as_of,
        one=one.digest,
        other=other.digest,
        differences=tuple(sorted(found, key=_in_order)),
        owned=tuple(_owned(one, other, as_of)),
        unspoken=len(unspoken),
        same=len(same),
        confirmed=sum(after[key].as_of > before[key].as_of for key in same),
    )


def _current(book: PriceBook, as_of: date) -> dict[_Key, Offer]:
    return {(one.provider, one.region, one.instance, one.purchase): one for one in book.current(as_of)}


def _market(key: _Key) -> tuple[str, str, str]:
    provider, region, _, purchase = key
    return provider, region, purchase


def _difference(before: Offer | None, after: Offer | None) -> PriceDifference:
    stated = after or before
    if stated is None:
        raise ValueError("a difference of nothing")
    per_device = per_device_hour(stated)
    return PriceDifference(
        standing=_standing(before, after),
        provider=stated.provider,
        region=stated.region,
        instance=stated.instance,
        purchase=stated.purchase,
        target_id=stated.target_id,
        currency=stated.rate.currency,
        before=None if before is None else float(before.rate.amount),
        before_of=None if before is None else before.as_of,
        after=None if after is None else float(after.rate.amount),
        after_of=None if after is None else after.as_of,
        per_device=None if per_device is None else float(per_device.amount),
        change=_share(before, after),
    )


def _standing(before: object, after: object) -> Standing:
    if before is None:
        return Standing.ADDED
    return Standing.REMOVED if after is None else Standing.CHANGED


def _share(before: Offer | None, after: Offer | None) -> float | None:
    if before is None or after is None or before.rate.currency != after.rate.currency:
        return None
    return float(after.rate.amount / before.rate.amount - 1)


def _in_order(one: PriceDifference) -> tuple[int, float, str, str, str, str]:
    size = -round(abs(one.change or 0.0), 9)  # equal changes stand by name, whatever their last digits
    return list(Standing).index(one.standing), size, one.provider, one.region, one.instance, one.purchase


def _owned(one: PriceBook, other: PriceBook, as_of: date) -> Iterator[OwnedDifference]:
    before, after = _latest_owned(one, as_of), _latest_owned(other, as_of)
    for name, target_id in sorted(before.keys() | after.keys()):
        old, new = before.get((name, target_id)), after.get((name, target_id))
        if old == new or not after:
            continue
        is_comparable = old is not None and new is not None and old[1] == new[1]
        yield OwnedDifference(
            standing=_standing(old, new),
            name=name,
            target_id=target_id,
            currency=(new or old or (0.0, ""))[1],
            before=old[0] if old else None,
            after=new[0] if new else None,
            change=new[0] / old[0] - 1 if is_comparable and old and new else None,
        )


def _latest_owned(book: PriceBook, as_of: date) -> dict[_OwnedKey, tuple[float, str]]:
    by_day = sorted((one for one in book.owned if one.as_of <= as_of), key=lambda one: one.as_of)
    return {(one.name, one.target_id): (float(one.capex.amount), one.capex.currency) for one in by_day}
