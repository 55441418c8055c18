"""Reads a price file as it comes: bytes in, rows out, never more than one line in memory."""

import csv
from codecs import getincrementaldecoder
from collections.abc import Iterator

from planner.refresh.errors import FormatError, LimitError
from planner.refresh.fetching import Chunks
from planner.refresh.meter import Meter

_TOLD_EVERY = 1000


def rows_of(chunks: Chunks, *, meter: Meter, longest_line: int) -> Iterator[list[str]]:
    """The rows of CSV.

    Args:
        chunks: UTF-8, cut anywhere.
        meter: Is told of the rows.
        longest_line: Bytes; more are refused.

    Raises:
        FormatError: if it is no UTF-8 or no CSV.
        LimitError: if a line is too long, or there are too many.
    """
    reader = csv.reader(_lines(chunks, longest_line), strict=True)
    count = 0
    try:
        for row in reader:
            count += 1
            if count == _TOLD_EVERY:
                meter.rows_came(count)
                count = 0
            yield row
    except csv.Error as error:
        raise FormatError(f"line {reader.line_num:,} of the price file cannot be read as CSV: {error}") from error
    meter.rows_came(count)


def _lines(chunks: Chunks, longest: int) -> Iterator[str]:
    decoder = getincrementaldecoder("utf-8")()
    rest = ""
    try:
        for chunk in chunks:
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            for line in lines:
                yield _bounded(line, longest) + "\n"
            _bounded(rest, longest)
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FormatError("the price file is no UTF-8 text") from error
    if rest:
        yield rest


def _bounded(line: str, longest: int) -> str:
    if len(line) > longest:
        raise LimitError(f"a line of the price file has more than {longest:,} characters, which no price list has")
    return line
