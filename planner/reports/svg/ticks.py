"""Where an axis is divided: at 1, 2 and 5 times powers of ten, at decades, at the starts of months and years."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planner.reports.chart_model import Scale
from planner.reports.svg.numbers import labels_of

_EPOCH = date(1970, 1, 1).toordinal()
FIRST_DAY, LAST_DAY = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH
_DAY_STEPS, _MONTH_STEPS = (1, 2, 7, 14), (1, 3, 6)
_YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_DAYS_A_MONTH, _DAYS_A_YEAR, _MONTHS_A_YEAR = 30.44, 365.25, 12
_SPARE = 1e-9  # a tick at the very end of an axis is not lost to rounding
_FEW_DECADES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A value of the axis, and its label."""

    at: float
    label: str


def ticks_of(scale: Scale, low: float, high: float, *, most: int) -> tuple[Tick, ...]:
    """About `most` ticks or fewer from `low` to `high`, which is larger; logarithmic ends are positive."""
    match scale:
        case Scale.LOG:
            found = _log(low, high, most)
        case Scale.DATE:
            found = _dates(low, high, most)
        case _:
            found = _linear(low, high, most)
    seen: dict[str, Tick] = {}
    for tick in found:
        seen.setdefault(tick.label, tick)  # where floats are too coarse for the step, labels repeat
    return tuple(seen.values())


def nice_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that divides `span` into at most `most` parts."""
    raw = span / max(most, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(times * power for times in (1, 2, 5, 10, 20) if times * power >= raw * (1 - _SPARE))


def _linear(low: float, high: float, most: int) -> list[Tick]:
    step = nice_step(high - low, most)
    first, last = math.ceil(low / step - _SPARE), math.floor(high / step + _SPARE)
    values = [(first + index) * step for index in range(min(last - first + 1, 2 * most + 2))]
    return [Tick(at=at, label=label) for at, label in zip(values, labels_of(values, step), strict=True)]


def _log(low: float, high: float, most: int) -> list[Tick]:
    first, last = math.floor(math.log10(low) - _SPARE), math.ceil(math.log10(high) + _SPARE)
    stride = max(1, math.ceil((last - first) / max(most, 1)))
    times = (1, 2, 5) if last - first <= _FEW_DECADES and most > last - first else (1,)
    values = [factor * 10.0**power for power in range(first, last + 1, stride) for factor in times]
    held = [value for value in values if low * (1 - _SPARE) <= value <= high * (1 + _SPARE)]
    if len(held) <= 1 and last - first <= _FEW_DECADES:
        return [tick for tick in _linear(low, high, most) if tick.at >= low]
    return [Tick(at=value, label=labels_of([value], value)[0]) for value in held]


def _dates(low: float, high: float, most: int) -> list[Tick]:
    first = date.fromordinal(max(math.floor(low) + _EPOCH, 1))
    last = date.fromordinal(min(math.ceil(high) + _EPOCH, LAST_DAY + _EPOCH))
    days, pattern = (high - low) / max(most, 1), "%Y-%m"
    if days <= _DAY_STEPS[-1]:
        step = next(one for one in _DAY_STEPS if one >= days)
        found, pattern = _days(first, last, step), "%Y-%m-%d"
    elif days <= _MONTH_STEPS[-1] * _DAYS_A_MONTH:
        step = next(one for one in _MONTH_STEPS if one * _DAYS_A_MONTH >= days * (1 - _SPARE))
        found = _months(first, last, step)
    else:
        step = next((one for one in _YEAR_STEPS if one * _DAYS_A_YEAR >= days), _YEAR_STEPS[-1])
        found, pattern = _months(first, last, step * _MONTHS_A_YEAR), "%Y"
    at = ((day.toordinal() - _EPOCH, day) for day in found)
    return [Tick(at=float(day), label=_written(one, pattern)) for day, one in at if low <= day <= high]


def _written(day: date, pattern: str) -> str:
    return day.isoformat()[: {"%Y": 4, "%Y-%m": 7}.get(pattern, 10)]


def _days(first: date, last: date, step: int) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal() - first.toordinal() % step, last.toordinal() + 1, step))


def _months(first: date, last: date, step: int) -> Iterator[date]:
    start = (first.year * _MONTHS_A_YEAR + first.month - 1) // step * step
    for month in range(start, last.year * _MONTHS_A_YEAR + last.month, step):
        if month >= _MONTHS_A_YEAR:
            yield date(month // _MONTHS_A_YEAR, month % _MONTHS_A_YEAR + 1, 1)
