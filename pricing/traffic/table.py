"""Streams a CSV file by chunks of two columns: moments, and values where there are any. Never holds the whole text."""

import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pricing.errors import AssumptionError
from pricing.files import open_without_waiting, printable, shown
from pricing.traffic.model import TrafficForm
from pricing.traffic.times import TimeForm, form_of

MOST_ROWS = 10_000_000
CHUNK = 65_536
_LONGEST_LINE = 16_384
_MOST_COLUMNS = 200
_TIMES = ("time", "timestamp", "ts", "t", "datetime", "date", "moment", "@timestamp", "epoch", "unix", "start")
_RATES = ("rate", "per_s", "requests_per_s", "requests/s", "requests_per_second", "rps", "qps", "samples_per_s")
_COUNTS = ("count", "requests", "hits", "queries", "samples", "calls", "n", "total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where what stands."""

    form: TrafficForm
    time_form: TimeForm
    time_column: int
    value_column: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some rows in a sequence; `values` is empty where every row is a request. `first_row` counts rows of data."""

    first_row: int
    times: list[str]
    values: list[str]


class TrafficTable:
    """An open CSV file, of which the header was read."""

    def __init__(self, stream: TextIO, name: str) -> None:
        """Find the columns.

        Raises:
            AssumptionError: if the file is empty, or its columns are not understood.
        """
        self._name = name
        lines = _lines(stream, name)
        first = next((line for line in lines if line.strip()), None)
        if first is None:
            raise AssumptionError(
                f"{name} is empty: a column of moments is needed, one request a row, or moments and rates"
            )
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(itertools.chain([first], lines), delimiter=delimiter, strict=True)
        self._rows: Iterator[list[str]] = filter(None, reader)
        self.layout = self._read_layout()

    def _read_layout(self) -> Layout:
        header = self._next()
        if form_of(header[0]) is not None and len(header) == 1:
            self._rows = itertools.chain([header], self._rows)
            return _layout(header, TrafficForm.STAMPS, times=0, values=None, name=self._name)
        if any(form_of(cell) is not None for cell in header):
            raise AssumptionError(
                f"{self._name} has {len(header)} columns and no header: name them in the first row, time and "
                "requests_per_s or count"
            )
        form, times, values = _columns(header, self._name)
        row = self._next()
        self._rows = itertools.chain([row], self._rows)
        if len(row) <= times:
            raise _short(self._name, 1)
        return _layout(row, form, times=times, values=values, name=self._name)

    def _next(self) -> list[str]:
        try:
            found = next(self._rows, None)
        except csv.Error as fault:
            raise _damaged(self._name, fault) from fault
        if found is None:
            raise AssumptionError(f"{self._name} holds a header and no row: there is no traffic in it")
        if len(found) > _MOST_COLUMNS:
            raise AssumptionError(
                f"{self._name} has {len(found):,} columns: {_MOST_COLUMNS} are the most that are read"
            )
        return found

    def chunks(self) -> Iterator[Chunk]:
        """All rows, empty ones left out.

        Raises:
            AssumptionError: a row is too short, there are too many, or the file is damaged.
        """
        first_row = 1
        while chunk := self._chunk(first_row):
            yield chunk
            first_row += len(chunk.times)
            if first_row > MOST_ROWS + 1:
                raise AssumptionError(
                    f"{self._name} has more than {MOST_ROWS:,} rows: sum the requests by minute, or give fewer days"
                )

    def _chunk(self, first_row: int) -> Chunk | None:
        time_column, value_column = self.layout.time_column, self.layout.value_column
        times: list[str] = []
        values: list[str] = []
        try:
            for row in itertools.islice(self._rows, CHUNK):
                times.append(row[time_column])
                if value_column is not None:
                    values.append(row[value_column])
        except IndexError:
            raise _short(self._name, first_row + len(values if value_column is not None else times)) from None
        except csv.Error as fault:
            raise _damaged(self._name, fault) from fault
        if not times:
            return None
        return Chunk(first_row=first_row, times=times, values=values)


def open_text(path: Path) -> TextIO:
    """The file as text.

    Raises:
        AssumptionError: if it cannot be opened.
    """
    try:
        return open(path, encoding="utf-8-sig", newline="", opener=open_without_waiting)
    except OSError as fault:
        raise AssumptionError(f"{path} cannot be read: {fault.strerror or fault}") from fault


def _lines(stream: TextIO, name: str) -> Iterator[str]:
    try:
        while line := stream.readline(_LONGEST_LINE + 1):
            if len(line) > _LONGEST_LINE:
                raise AssumptionError(f"{name} has a line of more than {_LONGEST_LINE:,} characters: it is no table")
            if "\0" in line:
                raise AssumptionError(f"{name} is no text: it holds a byte of zero; unpack it, or save it as CSV")
            yield line
    except UnicodeDecodeError as fault:
        raise AssumptionError(f"{name} is no UTF-8 text: unpack it, or save it as CSV in UTF-8") from fault
    except OSError as fault:
        raise AssumptionError(f"{name} cannot be read: {fault.strerror or fault}") from fault


def _columns(header: Sequence[str], name: str) -> tuple[TrafficForm, int, int | None]:
    words = ["_".join(cell.strip().casefold().replace("-", "_").split()) for cell in header]
    times = [0] if len(words) == 1 else [index for index, word in enumerate(words) if word in _TIMES]
    rates = [index for index, word in enumerate(words) if word in _RATES]
    counts = [index for index, word in enumerate(words) if word in _COUNTS]
    told = printable(", ".join(cell.strip() for cell in header))
    if len(times) != 1:
        which = "more than one column of moments" if times else "no column of moments"
        raise AssumptionError(f"{name} has {which} among {told}: name one of them time, and the others otherwise")
    if len(rates) + len(counts) > 1:
        raise AssumptionError(f"{name} has more than one column of rates or counts among {told}: keep one")
    if rates:
        return TrafficForm.RATES, times[0], rates[0]
    return (TrafficForm.COUNTS, times[0], counts[0]) if counts else (TrafficForm.STAMPS, times[0], None)


def _layout(row: Sequence[str], form: TrafficForm, *, times: int, values: int | None, name: str) -> Layout:
    time_form = form_of(row[times])
    if time_form is None:
        raise AssumptionError(
            f"{name}, row 1 of the data: {shown(row[times])} is no moment from 1990 to 2099: write ISO 8601 as "
            "2026-11-28T14:00:00Z, or seconds since 1970"
        )
    return Layout(form=form, time_form=time_form, time_column=times, value_column=values)


def _short(name: str, row: int) -> AssumptionError:
    return AssumptionError(f"{name}, row {row:,} of the data has fewer cells than the header: fill or remove it")


def _damaged(name: str, fault: csv.Error) -> AssumptionError:
    return AssumptionError(f"{name} cannot be read as CSV: {printable(str(fault))}")
