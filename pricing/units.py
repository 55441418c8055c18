"""Quantities as people write them, `50 ms` or `5000 requests/s`: a number, a unit, and one dimension that it must have.

Inside there are seconds, bytes, watts, requests per second and dollars; GB is 10⁹ bytes and GiB 2³⁰.
"""

import math
import re
from enum import StrEnum

from pricing.errors import UnitError

_QUANTITY = re.compile(r"\s*([+-]?(?:\d[\d_,]*)?(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)\s*(.*?)\s*", re.DOTALL)
_SHOWN = 60  # characters of a hostile text that an error repeats


class Dimension(StrEnum):
    """What a quantity measures, named as errors name it."""

    TIME = "time"
    RATE = "rate of requests"
    SIZE = "size in bytes"
    BANDWIDTH = "bandwidth"
    POWER = "power"
    OPERATIONS = "number of operations"
    MONEY = "amount of money"
    HOURLY = "price per hour"
    ENERGY_PRICE = "price of energy"
    CARBON = "carbon intensity"
    SHARE = "share"
    COUNT = "number"


_TIME = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0,
    "min": 60.0, "minute": 60.0, "minutes": 60.0, "h": 3600.0, "hour": 3600.0, "hours": 3600.0,
    "day": 86400.0, "days": 86400.0, "week": 604800.0, "weeks": 604800.0,
    "month": 730 * 3600.0, "months": 730 * 3600.0, "year": 8760 * 3600.0, "years": 8760 * 3600.0,
}  # fmt: skip
_DECIMAL_SIZE = {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_BINARY_SIZE = {"KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40}
_SIZE = _DECIMAL_SIZE | _BINARY_SIZE
_PER = {"/s": 1.0, "/min": 1 / 60, "/h": 1 / 3600, "/day": 1 / 86400}
_RATE = {
    f"{what}{per}": factor
    for what in ("requests", "request", "samples", "images", "queries", "")
    for per, factor in _PER.items()
} | {"qps": 1.0, "rps": 1.0}
_UNITS: dict[Dimension, dict[str, float]] = {
    Dimension.TIME: _TIME,
    Dimension.RATE: _RATE,
    Dimension.SIZE: _SIZE,
    Dimension.BANDWIDTH: {f"{unit}/s": factor for unit, factor in _SIZE.items()},
    Dimension.POWER: {"W": 1.0, "kW": 1e3, "MW": 1e6},
    Dimension.OPERATIONS: {"FLOP": 1.0, "MFLOP": 1e6, "GFLOP": 1e9, "TFLOP": 1e12},
    Dimension.MONEY: {"USD": 1.0, "$": 1.0},
    Dimension.HOURLY: {"USD/h": 1.0, "$/h": 1.0, "USD/year": 1 / 8760, "$/year": 1 / 8760, "USD/month": 1 / 730},
    Dimension.ENERGY_PRICE: {"USD/kWh": 1.0, "$/kWh": 1.0, "ct/kWh": 0.01},
    Dimension.CARBON: {"g/kWh": 1.0, "kg/kWh": 1e3, "kg/MWh": 1.0},
    Dimension.SHARE: {"%": 0.01, "": 1.0},
    Dimension.COUNT: {"": 1.0, "k": 1e3, "M": 1e6, "B": 1e9},
}


def quantity(text: object, dimension: Dimension, *, name: str) -> float:
    """A quantity in the unit that is used inside: seconds, requests/s, bytes, watts, dollars, a share of 1.

    Args:
        text: What was written. A bare number is taken where the dimension has no unit.
        dimension: What it must measure.
        name: What it is, for the error.

    Raises:
        UnitError: if the number or its unit is missing, unknown, or measures something else.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise UnitError(f"{name} is {_shown(text)}: write {_example(dimension)}")
    number, unit = _split(str(text), name=name, dimension=dimension)
    units = _UNITS[dimension]
    unit = f"${unit[1:]}" if unit.startswith("$") else unit
    if unit not in units:
        raise UnitError(_fault(text, unit, dimension, name=name))
    value = number * units[unit]
    if not math.isfinite(value):
        raise UnitError(f"{name} is {_shown(text)}: that is no finite {dimension}")
    return value


def _split(text: str, *, name: str, dimension: Dimension) -> tuple[float, str]:
    match = _QUANTITY.fullmatch(text)
    written = match[1].replace(",", "").replace("_", "") if match else ""
    if text.lstrip().startswith("$"):  # $0.12/kWh is written with its unit in front
        number, unit = _split(text.lstrip()[1:], name=name, dimension=dimension)
        return number, f"${unit}"
    try:
        return float(written), match[2] if match else ""
    except ValueError:
        raise UnitError(f"{name} is {_shown(text)}: write {_example(dimension)}") from None


def _fault(text: object, unit: str, dimension: Dimension, *, name: str) -> str:
    if not unit:
        return f"{name} is {_shown(text)}, without a unit: write {_example(dimension)}"
    for other, units in _UNITS.items():
        if other is not dimension and unit in units:
            return f"{name} is {_shown(text)}, a {other} where a {dimension} is needed: write {_example(dimension)}"
    return f"{name} is {_shown(text)}, whose unit is not known: write {_example(dimension)}"


def _example(dimension: Dimension) -> str:
    return {
        Dimension.TIME: 'a time, such as "50 ms" or "3 months"',
        Dimension.RATE: 'a rate, such as "5000 requests/s"',
        Dimension.SIZE: 'a size, such as "16 GB" (10⁹ bytes) or "16 GiB" (2³⁰)',
        Dimension.BANDWIDTH: 'a bandwidth, such as "320 GB/s"',
        Dimension.POWER: 'a power, such as "70 W"',
        Dimension.OPERATIONS: 'operations, such as "8.178 GFLOP"',
        Dimension.MONEY: 'an amount, such as "25000 USD"',
        Dimension.HOURLY: 'a price per hour, such as "0.526 USD/h"',
        Dimension.ENERGY_PRICE: 'a price, such as "0.12 USD/kWh"',
        Dimension.CARBON: 'an intensity, such as "369.5 g/kWh"',
        Dimension.SHARE: 'a share, such as "30 %" or 0.3',
        Dimension.COUNT: "a number, such as 3",
    }[dimension]


def _shown(text: object) -> str:
    written = repr(text)
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"
