"""Reads moments: ISO 8601 with an offset or without, or seconds, milliseconds, … since 1970. One form a file."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pricing.errors import AssumptionError
from pricing.files import shown

Seconds = NDArray[np.float64]
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - stamps without a zone are set against it
_YEARS = range(1990, 2100)
_EARLIEST = datetime(_YEARS.start, 1, 1, tzinfo=UTC).timestamp()
_LATEST = datetime(_YEARS.stop, 1, 1, tzinfo=UTC).timestamp()
_NUMBER = re.compile(r"\d{9,19}(?:\.\d{1,9})?")
_DATE_ALONE = len("2026-11-28")


class TimeForm(StrEnum):
    """How moments are written, named as errors name it."""

    SECONDS = "seconds since 1970"
    MILLISECONDS = "milliseconds since 1970"
    MICROSECONDS = "microseconds since 1970"
    NANOSECONDS = "nanoseconds since 1970"
    WITH_OFFSET = "ISO 8601 with an offset"
    WITHOUT_OFFSET = "ISO 8601 without an offset"

    @property
    def is_utc(self) -> bool:
        """Whether the moment is told in a known zone."""
        return self is not TimeForm.WITHOUT_OFFSET


_FACTORS = {
    TimeForm.SECONDS: 1.0,
    TimeForm.MILLISECONDS: 1e-3,
    TimeForm.MICROSECONDS: 1e-6,
    TimeForm.NANOSECONDS: 1e-9,
}


def form_of(cell: str) -> TimeForm | None:
    """How a moment is written; None where the cell is none."""
    text = cell.strip()
    if _NUMBER.fullmatch(text):
        value = float(text)
        return next((form for form, factor in _FACTORS.items() if _EARLIEST <= value * factor < _LATEST), None)
    moment = _moment(text)
    if moment is None or moment.year not in _YEARS:
        return None
    return TimeForm.WITHOUT_OFFSET if moment.tzinfo is None else TimeForm.WITH_OFFSET


def seconds_of(cells: Sequence[str], form: TimeForm, *, first_row: int, name: str) -> Seconds:
    """Moments as seconds since 1970, of UTC or of the zone that the stamps do not name, shape (len(cells),).

    Args:
        cells: Moments as written.
        form: How all of them must be written.
        first_row: Of the file, counted by rows of data, for errors.
        name: Of the file.

    Raises:
        AssumptionError: at the first cell that is no moment of this form.
    """
    try:
        found = _numbers(cells, form) if form in _FACTORS else _moments(cells, form)
    except (ValueError, OverflowError):
        found = None
    if found is None or not bool(np.all((found >= _EARLIEST) & (found < _LATEST))):
        raise _fault(cells, form, first_row=first_row, name=name)
    return found


def _numbers(cells: Sequence[str], form: TimeForm) -> Seconds:
    return np.array(cells, dtype=np.float64) * _FACTORS[form]


def _moments(cells: Sequence[str], form: TimeForm) -> Seconds | None:
    has_offset = form is TimeForm.WITH_OFFSET
    found = np.empty(len(cells))
    for index, cell in enumerate(cells):
        moment = datetime.fromisoformat(cell.strip())
        if (moment.tzinfo is not None) != has_offset or len(cell) <= _DATE_ALONE:
            return None
        found[index] = moment.timestamp() if has_offset else (moment - _EPOCH).total_seconds()
    return found


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if len(text) > _DATE_ALONE else None
    except ValueError:
        return None


def _fault(cells: Sequence[str], form: TimeForm, *, first_row: int, name: str) -> AssumptionError:
    for row, cell in enumerate(cells, first_row):
        found = form_of(cell)
        if found is None:
            return AssumptionError(
                f"{name}, row {row:,} of the data: {shown(cell)} is no moment from 1990 to 2099: write ISO 8601 as "
                "2026-11-28T14:00:00Z, or seconds since 1970"
            )
        if found is not form:
            return AssumptionError(
                f"{name}, row {row:,} of the data: {shown(cell)} is {found} where rows before are {form}: use one form"
            )
    return AssumptionError(f"{name}: rows from {first_row:,} of the data on hold a moment that cannot be read")


def moment_at(seconds: float, *, is_utc: bool) -> datetime:
    """The moment, aware of its zone only where that is known."""
    moment = datetime.fromtimestamp(math.floor(seconds), tz=UTC)
    return moment if is_utc else moment.replace(tzinfo=None)
