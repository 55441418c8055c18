"""How each kind of assumption is written, and what is refused."""

import re
from collections.abc import Callable
from datetime import date, datetime

from pricing.assumptions.entry import Entry, Kind
from pricing.errors import AssumptionError, UnitError
from pricing.units import Dimension, quantity
from pricing.vocabulary import Range

HOURS = 24
_SPREAD = 3
_SHOWN = 60  # characters of what was written that an error repeats
_WORD = re.compile(r"[\w.:,;=/+ ()-]{1,120}")
_QUANTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,6})?)")


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


def cut(written: object) -> str:
    """What was written, as an error may repeat it."""
    text = repr(written)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _word(_entry: Entry, written: object, where: str) -> str:
    if not isinstance(written, str) or not _WORD.fullmatch(written):
        raise AssumptionError(f"{where} is {cut(written)}: write a name of at most 120 letters, figures and signs")
    return written.strip()


def _day(_entry: Entry, written: object, where: str) -> date:
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise AssumptionError(f"{where} is {cut(written)}: write a date, such as 2026-07-20") from None


def _quantile(_entry: Entry, written: object, where: str) -> float:
    match = _QUANTILE.fullmatch(written) if isinstance(written, str) else None
    if match is None or not 50 <= float(match[1]) < 100:  # noqa: PLR2004 - a promise to fewer than half is none
        raise AssumptionError(f"{where} is {cut(written)}: write p50 to below p100, such as p99")
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
            raise AssumptionError(f"{where} needs one value, or three: low, likely, high")
        low, point, high = (_quantity(entry, one, where) for one in written)
        if not low <= point <= high:
            raise AssumptionError(f"{where} is not in order: write low, likely, high")
        return Range(low=low, point=point, high=high)
    return Range.exactly(_quantity(entry, written, where))


def _quantity(entry: Entry, written: object, where: str) -> float:
    if entry.dimension is None:
        raise UnitError(f"{where} measures nothing that is known")
    return _within(entry, quantity(written, entry.dimension, name=where), where)


def _within(entry: Entry, value: float, where: str) -> float:
    low, high = entry.low, entry.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise AssumptionError(f"{where} is {value:g}: it must lie between {low:g} and {high:g}")
    return value


def _switch(_entry: Entry, written: object, where: str) -> bool:
    if not isinstance(written, bool):
        raise AssumptionError(f"{where} is {cut(written)}: write true or false")
    return written


def _whole(entry: Entry, written: object, where: str) -> int:
    if isinstance(written, bool) or not isinstance(written, int):
        raise AssumptionError(f"{where} is {cut(written)}: write a whole number")
    return int(_within(entry, written, where))


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
