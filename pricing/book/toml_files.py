"""Prices of one's own as TOML: contracts as tables `[[offers]]`, bought hardware as `[[owned]]`, all with units."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pricing.book.fields import OWNED_KEYS, Fields, amount_of
from pricing.book.offers import OwnedOffer
from pricing.errors import BookError, TargetError, UnitError
from pricing.files import read_toml, require_known, shown
from pricing.money import exact
from pricing.targets import Targets
from pricing.units import Dimension, quantity
from pricing.vocabulary import Offer, TargetKind

_KEYS = (
    "provider", "region", "instance", "target", "device", "devices", "vcpus", "memory", "rentable_alone", "purchase",
    "price", "price_per", "as_of", "source",
)  # fmt: skip
_COLUMNS = {
    "provider": "provider", "region": "region", "instance": "instance_type", "target": "target_id",
    "devices": "gpu_count", "vcpus": "vcpus", "purchase": "purchase_option", "as_of": "as_of", "source": "source",
}  # fmt: skip
_MOST_TABLES = 10_000
_GIB = 2**30


def read_own(path: Path, *, today: date, targets: Targets) -> tuple[tuple[Offer, ...], tuple[OwnedOffer, ...]]:
    """The contracts and the hardware of a TOML file.

    Raises:
        BookError: with file and table, if it cannot be read or a table is no price.
    """
    raw = read_toml(path, error=BookError)
    require_known(raw, ("offers", "owned"), place=str(path), error=BookError)
    offers, owned = _tables(raw, "offers", path), _tables(raw, "owned", path)
    if not offers and not owned:
        raise BookError(f"{path} holds no price: write each as a table [[offers]], or [[owned]] for bought hardware")
    return (
        tuple(offer_of(table, place, today=today, targets=targets) for table, place in offers),
        tuple(_owned(table, place, today=today, targets=targets) for table, place in owned),
    )


def _tables(raw: Mapping[str, Any], key: str, path: Path) -> list[tuple[Mapping[str, Any], str]]:
    tables = raw.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise BookError(f"{path}: {key} is no list of tables: write each as [[{key}]]")
    if len(tables) > _MOST_TABLES:
        raise BookError(f"{path}: {len(tables):,} tables [[{key}]]: {_MOST_TABLES:,} are the most that are read")
    return [(one, f"{path}, {key} {number}") for number, one in enumerate(tables, 1)]


def offer_of(table: Mapping[str, Any], place: str, *, today: date, targets: Targets) -> Offer:
    """The contract of one table, whoever wrote it.

    Raises:
        BookError: with the place, if the table is no price.
    """
    if "capex" in table:
        raise BookError(f"{place}: capex is what bought hardware has: write it as a table [[owned]]")
    require_known(table, _KEYS, place=place, error=BookError)
    texts = {column: _text(table[key], f"{place}: {key}") for key, column in _COLUMNS.items() if key in table}
    texts.setdefault("gpu_count", "0" if _is_cpu(texts.get("target_id", ""), targets) else "1")
    texts.setdefault("purchase_option", "contract")
    name = "gpu" if texts["gpu_count"] != "0" else "cpu_model"
    texts[name] = _text(table.get("device", table.get("target", "")), f"{place}: device")
    if "memory" in table:
        texts["memory_gib"] = repr(_quantity(table["memory"], Dimension.SIZE, f"{place}: memory") / _GIB)
    if "rentable_alone" in table:
        texts["rentable_alone"] = {True: "yes", False: "no"}.get(table["rentable_alone"], "?")
    texts["price_per_hour"], texts["currency"] = _price(table, texts["gpu_count"], place)
    return Fields(texts, place=place, today=today, targets=targets).offer()


def _is_cpu(name: str, targets: Targets) -> bool:
    try:
        return targets.find(name).kind is TargetKind.CPU
    except TargetError:  # told when the name is read
        return False


def _price(table: Mapping[str, Any], devices: str, place: str) -> tuple[str, str]:
    """The price of the whole instance for an hour, and its currency."""
    if not isinstance(table.get("price"), str):
        raise BookError(f'{place}: price is missing, or without a unit: write it as "0.31 USD/h"')
    try:
        amount, currency = amount_of(table["price"], Dimension.HOURLY, name="price")
        price = exact(amount)
    except UnitError as error:
        raise BookError(f"{place}: {error}") from error
    per = table.get("price_per", "instance" if devices in {"0", "1"} else None)
    if per not in ("instance", "device"):
        raise BookError(
            f'{place}: with {shown(devices)} devices say what the price is for: price_per = "instance" or "device"'
        )
    if per == "device" and devices.isdecimal():
        price *= Decimal(devices[:9])
    elif per == "device":
        raise BookError(f'{place}: the price of a part of a device is the instance\'s: write price_per = "instance"')
    return f"{price:f}", currency


def _owned(table: Mapping[str, Any], place: str, *, today: date, targets: Targets) -> OwnedOffer:
    require_known(table, OWNED_KEYS, place=place, error=BookError)
    texts = {key: _text(value, f"{place}: {key}") for key, value in table.items()}
    return Fields(texts, place=place, today=today, targets=targets).owned()


def _quantity(value: object, dimension: Dimension, name: str) -> float:
    try:
        return quantity(value, dimension, name=name)
    except UnitError as error:
        raise BookError(str(error)) from error


def _text(value: object, name: str) -> str:
    if isinstance(value, datetime) or not isinstance(value, str | int | float | date) or isinstance(value, bool):
        raise BookError(f"{name} is {shown(value)}: write a text, a number, or a day such as 2026-07-20")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return value.isoformat() if isinstance(value, date) else str(value)
    except ValueError as error:  # Python writes no integer of thousands of digits
        raise BookError(f"{name} is a huge number") from error
