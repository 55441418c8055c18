"""How each kind of assumption is written, and what is refused."""

import re
from collections.abc import Callable
from datetime import date, datetime

from pricing.assumptions.entry import Entry, Kind
from pricing.errors import AssumptionError, UnitError
from pricing.files import shown
from pricing.units import Dimension, quantity
from pricing.vocabulary import Range

HOURS = 24
_SPREAD = 3
_WORD = re.compile(r"[\w.:,;=/+ ()-]{1,120}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_QUANTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,6})?)", re.ASCII)
_YEAR_S = 8760 * 3600.0
_TIMES = ((_YEAR_S, "years"), (86400.0, "days"), (3600.0, "hours"), (60.0, "minutes"), (1.0, "s"), (1e-3, "ms"))
_UNITS = {
    Dimension.RATE: "requests/s",
    Dimension.MONEY: "USD",
    Dimension.ENERGY_PRICE: "USD/kWh",
    Dimension.CARBON: "g/kWh",
    Dimension.MASS: "kg",
}


def parse(entry: Entry, written: object, where: str) -> object:
    """The value of an assumption.

    Args:
        entry: Which one.
        written: As TOML or the command line gives it.
        where: What errors call it.

    Raises:
        AssumptionError: if it is not what is written there, or out of range.
        UnitError: if its unit is missing or wrong.
    """
    return _PARSERS[entry.kind](entry, written, where)


def _word(_entry: Entry, written: object, where: str) -> str:
    if not isinstance(written, str) or not written.strip() or not _WORD.fullmatch(written):
        raise AssumptionError(f"{where} is {shown(written)}: write a name of at most 120 letters, figures and signs")
    return written.strip()


def _day(_entry: Entry, written: object, where: str) -> date:
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    try:
        if isinstance(written, str) and _DAY.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise AssumptionError(f"{where} is {shown(written)}: write a date, such as 2026-07-20")


def _quantile(_entry: Entry, written: object, where: str) -> float:
    match = _QUANTILE.fullmatch(written) if isinstance(written, str) else None
    if match is None or not 50 <= float(match[1]) < 100:  # noqa: PLR2004 - a promise to fewer than half is none
        raise AssumptionError(f"{where} is {shown(written)}: write p50 to below p100, such as p99")
    return round(float(match[1]) / 100, 12)


def _profile(_entry: Entry, written: object, where: str) -> tuple[float, ...]:
    if not isinstance(written, list | tuple) or len(written) != HOURS:
        raise AssumptionError(f"{where} needs {HOURS} shares of the peak, one an hour from midnight")
    shares = tuple(quantity(share, Dimension.SHARE, name=where) for share in written)
    if any(not 0 <= share <= 1 for share in shares):
        raise AssumptionError(f"{where} has a share outside 0 to 1")
    if max(shares) < 1:
        raise AssumptionError(f"{where} never reaches the peak: one hour must be 1, or lower demand.peak")
    return shares


def _spread(entry: Entry, written: object, where: str) -> Range:
    if isinstance(written, list | tuple):
        if len(written) != _SPREAD:
            raise AssumptionError(f"{where} has {len(written)} values: write one, or three: low, likely, high")
        low, point, high = (_quantity(entry, one, where) for one in written)
        if not low <= point <= high:
            raise AssumptionError(f"{where} is not in order: write low, likely, high")
        return Range(low=low, point=point, high=high)
    return Range.exactly(_quantity(entry, written, where))


def _quantity(entry: Entry, written: object, where: str) -> float:
    if entry.dimension is None:
        raise UnitError(f"{where} measures nothing that is known")
    value = quantity(written, entry.dimension, name=where)
    _require_within(entry, value, written, where)
    return value


def _require_within(entry: Entry, value: float, written: object, where: str) -> None:
    low, high = entry.low, entry.high
    if low is not None and high is not None and not low <= value <= high:
        least, most = _with_unit(low, entry.dimension), _with_unit(high, entry.dimension)
        raise AssumptionError(f"{where} is {shown(written)}: it must lie between {least} and {most}")


def _with_unit(value: float, dimension: Dimension | None) -> str:
    """As people write it: `20 years`, `95 %`, `1e-06 requests/s`."""
    if dimension is Dimension.SHARE:
        return f"{100 * value:g} %"
    if dimension is Dimension.TIME and value > 0:
        size, unit = next((one for one in _TIMES if value >= one[0]), (1e-6, "µs"))
        count = value / size
        return f"{count:g} {unit[:-1] if count == 1 and len(unit) > len('ms') else unit}"
    unit = "s" if dimension is Dimension.TIME else "" if dimension is None else _UNITS.get(dimension, "")
    return f"{value:,.10g} {unit}".strip()


def _switch(_entry: Entry, written: object, where: str) -> bool:
    if not isinstance(written, bool):
        raise AssumptionError(f"{where} is {shown(written)}: write true or false")
    return written


def _whole(entry: Entry, written: object, where: str) -> int:
    if isinstance(written, bool) or not isinstance(written, int):
        raise AssumptionError(f"{where} is {shown(written)}: write a whole number")
    _require_within(entry, written, written, where)
    return written


_PARSERS: dict[Kind, Callable[[Entry, object, str], object]] = {
    Kind.WORD: _word,
    Kind.DAY: _day,
    Kind.QUANTITY: _quantity,
    Kind.SPREAD: _spread,
    Kind.WHOLE: _whole,
    Kind.SWITCH: _switch,
    Kind.QUANTILE: _quantile,
    Kind.PROFILE: _profile,
}
