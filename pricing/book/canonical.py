"""A book's one form as bytes: the same offers in any order give the same bytes, and the bytes give the offers back.

Prices are texts, so that no float stands between. What is read may come from anybody and is checked like a file.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from pricing.book.fields import OFFER_KEYS, OWNED_KEYS, Fields
from pricing.book.offers import OwnedOffer, as_fraction
from pricing.errors import BookError
from pricing.files import MOST_BYTES
from pricing.money import Money
from pricing.vocabulary import Offer

_FORMAT = 1
_MOST_ROWS = 100_000
_KEYS = {"planner_price_book", "offers", "owned"}
_PLACE = "the price book"
_Row = TypeVar("_Row")


def encode(offers: Iterable[Offer], owned: Iterable[OwnedOffer]) -> bytes:
    """The canonical bytes: JSON with sorted keys and sorted rows."""
    document = {
        "planner_price_book": _FORMAT,
        "offers": sorted(map(offer_fields, offers), key=_as_text),
        "owned": sorted(map(owned_fields, owned), key=_as_text),
    }
    return _as_text(document).encode("ascii")


def decode(content: bytes) -> tuple[tuple[Offer, ...], tuple[OwnedOffer, ...]]:
    """The offers of canonical bytes.

    Raises:
        BookError: if they are damaged, too large, or hold what no book holds.
    """
    if len(content) > 4 * MOST_BYTES:
        raise BookError(f"{_PLACE} is not read: it has more than {4 * MOST_BYTES:,} bytes")
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BookError(f"{_PLACE} is damaged: it is no JSON that a price book has") from error
    if not isinstance(document, dict) or document.keys() != _KEYS or document["planner_price_book"] != _FORMAT:
        raise BookError(f"{_PLACE} is damaged, or a newer planner wrote it: it is not of format {_FORMAT}")
    offers = _rows(document["offers"], OFFER_KEYS, Fields.offer)
    return offers, _rows(document["owned"], OWNED_KEYS, Fields.owned)


def offer_fields(offer: Offer) -> dict[str, str]:
    """An offer as texts, by the columns of a price table; empty where nothing is known."""
    is_cpu = offer.devices <= 0
    return {
        "provider": offer.provider,
        "region": offer.region,
        "instance_type": offer.instance,
        "target_id": offer.target_id or "",
        "gpu": "" if is_cpu else offer.device,
        "gpu_count": str(as_fraction(offer.devices)),
        "vcpus": "" if offer.vcpus is None else str(offer.vcpus),
        "memory_gib": "" if offer.memory_gib is None else repr(float(offer.memory_gib)),
        "cpu_model": offer.device if is_cpu else "",
        "rentable_alone": "yes" if offer.is_rentable_alone else "no",
        "purchase_option": offer.purchase,
        "currency": offer.rate.currency,
        "price_per_hour": f"{offer.rate.amount.normalize():f}",
        "as_of": offer.as_of.isoformat(),
        "source": offer.source,
    }


def owned_fields(owned: OwnedOffer) -> dict[str, str]:
    """Hardware of one's own as texts."""
    return {
        "name": owned.name,
        "target": owned.target_id,
        "capex": _money(owned.capex),
        "life": f"{owned.life_years!r} years",
        "residual": _money(owned.residual),
        "as_of": owned.as_of.isoformat(),
        "source": owned.source,
    }


def _money(money: Money) -> str:
    return f"{money.amount.normalize():f} {money.currency}"


def _rows(rows: object, keys: tuple[str, ...], read: Callable[[Fields], _Row]) -> tuple[_Row, ...]:
    if not isinstance(rows, list) or len(rows) > _MOST_ROWS:
        raise BookError(f"{_PLACE} is damaged: its rows are no list of at most {_MOST_ROWS:,}")
    return tuple(read(_fields(row, keys, number)) for number, row in enumerate(rows, 1))


def _fields(row: object, keys: tuple[str, ...], number: int) -> Fields:
    place = f"{_PLACE}, row {number}"
    if not isinstance(row, Mapping) or row.keys() != set(keys) or not all(isinstance(one, str) for one in row.values()):
        raise BookError(f"{place}, is damaged: it does not have the columns of a price book")
    return Fields(row, place=place)


def _as_text(value: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
