"""Price tables as CSV, in both directions. What is written is safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

from pricing.book.canonical import offer_fields
from pricing.book.fields import FORMULA_STARTS, OFFER_KEYS, REQUIRED, Fields
from pricing.book.price_book import PriceBook
from pricing.errors import BookError
from pricing.files import nearest, read_text, require_known, shown
from pricing.targets import Targets
from pricing.vocabulary import Offer

_MOST_ROWS = 100_000
_UNITS = {
    "memory_gb": "memory is stated in GiB (2³⁰ bytes), in the column memory_gib",
    "price": "a price is per hour of one instance, in the column price_per_hour",
    "price_per_gpu": "a price is per hour of one instance, in the column price_per_hour",
    "price_per_gpu_hour": "a price is per hour of one instance, in the column price_per_hour",
    "price_per_month": "a price is per hour of one instance, in the column price_per_hour",
}


class _Lines(Protocol):
    """A CSV reader: its rows, and in which line of the file the last one ended."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def read_csv(path: Path, *, today: date, targets: Targets) -> tuple[Offer, ...]:
    """The offers of a price table.

    Raises:
        BookError: with file and row, if it cannot be read or a row is no offer.
    """
    text = read_text(path, error=BookError)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    return tuple(_offers(lines, path, today=today, targets=targets))


def write_csv(book: PriceBook) -> str:
    """The rented offers as a price table; a text that a spreadsheet would take for a formula gets an apostrophe."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, OFFER_KEYS, lineterminator="\n")
    writer.writeheader()
    for offer in book.offers:
        writer.writerow({column: _harmless(text) for column, text in offer_fields(offer).items()})
    return stream.getvalue()


def _offers(lines: "_Lines", path: Path, *, today: date, targets: Targets) -> Iterator[Offer]:
    columns = _columns(next(_told(lines, path), []), path)
    for count, cells in enumerate(_told(lines, path), 1):
        place = f"{path} line {lines.line_num}"
        if count > _MOST_ROWS:
            raise BookError(f"{place}: {_MOST_ROWS:,} rows are the most that are read; split the file")
        if not cells:
            continue
        if len(cells) != len(columns):
            raise BookError(f"{place} has {len(cells)} cells where the first line names {len(columns)} columns")
        yield Fields(dict(zip(columns, cells, strict=True)), place=place, today=today, targets=targets).offer()


def _told(lines: "_Lines", path: Path) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as error:
        raise BookError(f"{path} line {lines.line_num} cannot be read as CSV: {error}") from error


def _columns(header: list[str], path: Path) -> list[str]:
    columns = [column.strip() for column in header]
    for column in columns:
        if column in _UNITS:
            raise BookError(f"{path}: {column} is no column of a price table: {_UNITS[column]}")
    require_known(columns, OFFER_KEYS, place=f"{path} line 1", error=BookError)
    for column in REQUIRED:
        if columns.count(column) != 1:
            told = "is missing" if column not in columns else "is there twice"
            raise BookError(f"{path} line 1: the column {column} {told}{nearest(column, set(columns) - {column})}")
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        raise BookError(f"{path} line 1: the column {shown(twice)} is there twice")
    return columns


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text
