"""Quantities as people write them, `50 ms` or `5000 requests/s`: a number, a unit, and one dimension that it must have.

Inside there are seconds, bytes, watts, requests per second and dollars; GB is 10⁹ bytes and GiB 2³⁰.
"""

import math
import re
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from pricing.errors import UnitError

# A comma parts thousands and nothing else: "1,5 s" could be one and a half, and is refused.
_QUANTITY = re.compile(
    r"\s*(?P<sign>[+-]?)(?P<dollar>\$?)\s*"
    r"(?P<number>(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:_[0-9]+)*)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)"
    r"(?![0-9.,_])\s*(?P<unit>.*?)\s*",
    re.DOTALL,
)
_LONGEST = 100  # characters of a quantity; longer ones are hostile
_SHOWN = 60  # characters of a hostile text that an error repeats
_HUGE = 10**_LONGEST
_MICRO_SIGN, _GREEK_MU = "\u00b5", "\u03bc"  # keyboards and fonts have either


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
    MASS = "mass"
    SHARE = "share"
    COUNT = "number"


_KILO, _MEGA, _GIGA, _TERA = 10**3, 10**6, 10**9, 10**12
_HOUR, _YEAR, _MONTH = 3600, 8760 * 3600, 730 * 3600
_HUNDREDTH = Fraction(1, 100)
Factor = int | Fraction
_TIME: dict[str, Factor] = {
    "ns": Fraction(1, _GIGA), "us": Fraction(1, _MEGA), "µs": Fraction(1, _MEGA), "ms": Fraction(1, _KILO),
    "s": 1, "sec": 1, "second": 1, "seconds": 1, "min": 60, "minute": 60, "minutes": 60,
    "h": _HOUR, "hour": _HOUR, "hours": _HOUR, "day": 24 * _HOUR, "days": 24 * _HOUR,
    "week": 168 * _HOUR, "weeks": 168 * _HOUR, "month": _MONTH, "months": _MONTH, "year": _YEAR, "years": _YEAR,
}  # fmt: skip
_SIZE: dict[str, Factor] = {
    "B": 1, "kB": _KILO, "MB": _MEGA, "GB": _GIGA, "TB": _TERA,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
_PER: dict[str, Factor] = {"/s": 1, "/min": Fraction(1, 60), "/h": Fraction(1, _HOUR), "/day": Fraction(1, 24 * _HOUR)}
_RATE: dict[str, Factor] = {
    f"{what}{per}": factor
    for what in ("requests", "request", "samples", "images", "queries", "")
    for per, factor in _PER.items()
} | {"qps": 1, "rps": 1}
_PRICE_PER: dict[str, Factor] = {"/h": 1, "/month": Fraction(1, 730), "/year": Fraction(1, 8760)}
_UNITS: dict[Dimension, dict[str, Factor]] = {
    Dimension.TIME: _TIME,
    Dimension.RATE: _RATE,
    Dimension.SIZE: _SIZE,
    Dimension.BANDWIDTH: {f"{unit}/s": factor for unit, factor in _SIZE.items()},
    Dimension.POWER: {"W": 1, "kW": _KILO, "MW": _MEGA},
    Dimension.OPERATIONS: {"FLOP": 1, "MFLOP": _MEGA, "GFLOP": _GIGA, "TFLOP": _TERA},
    Dimension.MONEY: {"USD": 1, "$": 1},
    Dimension.HOURLY: {f"{unit}{per}": factor for unit in ("USD", "$") for per, factor in _PRICE_PER.items()},
    Dimension.ENERGY_PRICE: {"USD/kWh": 1, "$/kWh": 1, "ct/kWh": _HUNDREDTH},
    Dimension.CARBON: {"g/kWh": 1, "kg/kWh": _KILO, "kg/MWh": 1},
    Dimension.MASS: {"kg": 1, "g": Fraction(1, _KILO), "t": _KILO},
    Dimension.SHARE: {"%": _HUNDREDTH, "": 1},
    Dimension.COUNT: {"": 1, "k": _KILO, "M": _MEGA, "B": _GIGA},
}


def quantity(text: object, dimension: Dimension, *, name: str) -> float:
    """A quantity in the unit that is used inside: seconds, requests/s, bytes, watts, dollars, a share of 1.

    The result is the float nearest to what was written. A sign is read as it stands: whether less than nothing makes
    sense is for the caller to say.

    Args:
        text: What was written. A bare number is taken where the dimension has no unit.
        dimension: What it must measure.
        name: What it is, for the error.

    Raises:
        UnitError: if the number or its unit is missing, unknown, or measures something else.
    """
    split = None if isinstance(text, bool) or not isinstance(text, str | int | float) else _split(text)
    if split is None:
        raise UnitError(f"{name} is {_shown(text)}: write {_example(dimension)}")
    number, unit = split
    units = _UNITS[dimension]
    if unit not in units:
        raise UnitError(_fault(text, unit, dimension, name=name))
    exact = Fraction(number) * units[unit]
    try:
        value = float(exact)
    except OverflowError:
        value = math.inf
    if math.isinf(value) or (exact and not value):
        raise UnitError(f"{name} is {_shown(text)}: no {dimension} is so large or so small")
    return value


def _split(text: str | float) -> tuple[Decimal, str] | None:
    """The number and its unit; a dollar in front, as in $0.12/kWh, counts as the unit's first letter."""
    if isinstance(text, int) and abs(text) >= _HUGE:
        return None
    written = str(text)
    match = _QUANTITY.fullmatch(written) if len(written) <= _LONGEST else None
    if match is None:
        return None
    unit = match["unit"].replace(_GREEK_MU, _MICRO_SIGN)
    return Decimal(match["sign"] + match["number"].replace(",", "").replace("_", "")), match["dollar"] + unit


def _fault(text: object, unit: str, dimension: Dimension, *, name: str) -> str:
    if not unit:
        return f"{name} is {_shown(text)}, without a unit: write {_example(dimension)}"
    for other, units in _UNITS.items():
        if other is not dimension and unit in units:
            measured = f"that measures {other}, and {dimension} is needed"
            return f"{name} is {_shown(text)}: {measured}: write {_example(dimension)}"
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
        Dimension.MASS: 'a mass, such as "150 kg"',
        Dimension.SHARE: 'a share, such as "30 %" or 0.3',
        Dimension.COUNT: "a number, such as 3",
    }[dimension]


def _shown(text: object) -> str:
    if isinstance(text, int) and abs(text) >= _HUGE:
        return "a huge number"
    if not isinstance(text, str | int | float | None):
        return f"of the kind {type(text).__name__:.20}"
    written = repr(text[: _SHOWN + 1] if isinstance(text, str) else text)
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"
