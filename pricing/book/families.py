"""Which offers are sizes of one thing, and what their prices must then obey."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from pricing.vocabulary import Offer

_AZURE = re.compile(r"(?:Standard_)?([A-Z]+)\d+([a-z]*(?:_\w+)*)", re.ASCII)
_SIZE_AT_END = re.compile(r"-\d+[a-z]?$", re.ASCII)
_MOVING = {"spot", "spot_estimate"}  # set by demand, pool by pool: a larger one is often cheaper, and rightly
_MOST_SIZES = 200  # of one family: pairs are looked at, and a hostile table could have any number
_SAME = Decimal("1.02")

_Family = tuple[str, str, str, str | None, str, str, str]


def pairs_out_of_order(offers: Iterable[Offer]) -> Iterator[tuple[Offer, Offer]]:
    """(larger, smaller): of each offer that is smaller in no respect and yet cheaper, with the dearest such."""
    for sizes in _families(offers):
        for larger in sizes:
            smaller = [one for one in sizes if one.rate.amount > larger.rate.amount and _is_no_smaller(larger, one)]
            if smaller:
                yield larger, max(smaller, key=lambda one: one.rate.amount)


def prices_of_one_device(offers: Iterable[Offer]) -> Iterator[tuple[Offer, Offer]]:
    """(one device, several): of each instance with several devices that costs what one device costs."""
    for sizes in _families(offers):
        singles = [one for one in sizes if one.devices == 1]
        if not singles:
            continue
        single = min(singles, key=lambda one: one.rate.amount)
        for several in sizes:
            ratio = several.rate.amount / single.rate.amount
            if several.devices > 1 and 1 / _SAME <= ratio <= _SAME:
                yield single, several


def family_of(instance: str) -> str:
    """An instance's name without its size: `g4dn`, `g2-standard`, `NC as_T4_v3`."""
    if "." in instance:
        return instance.partition(".")[0]
    if "_" in instance and (azure := _AZURE.fullmatch(instance)):
        return f"{azure[1]} {azure[2]}"
    return _SIZE_AT_END.sub("", instance)


def _families(offers: Iterable[Offer]) -> Iterator[list[Offer]]:
    groups: dict[_Family, list[Offer]] = defaultdict(list)
    for one in offers:
        if one.purchase not in _MOVING:
            family = family_of(one.instance)
            key = (one.provider, one.region, one.purchase, one.target_id, one.device, family, one.rate.currency)
            groups[key].append(one)
    for sizes in groups.values():
        yield list(itertools.islice(sizes, _MOST_SIZES))


def _is_no_smaller(one: Offer, other: Offer) -> bool:
    """Whether it is known to be at least as large in devices, threads and memory."""
    if one.vcpus is None or other.vcpus is None or one.memory_gib is None or other.memory_gib is None:
        return False
    return one.devices >= other.devices and one.vcpus >= other.vcpus and one.memory_gib >= other.memory_gib
