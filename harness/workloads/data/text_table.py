"""Texts with labels in CSV, TSV or JSON Lines, read strictly: a row unlike the others is refused by its line."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec
import psutil

from harness.errors import WorkloadError
from harness.workloads.data.telling import nearest_name, sentence_of, shown_names
from harness.workloads.description import Data

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson")
_OBJECTS = (".jsonl", ".ndjson")
_LONGEST_LINE = 2**24  # bytes; a book has a tenth of it
_MEMORY_SHARE = 0.2  # of the free memory a file may take: its texts take up to four times as much
_HOW_TO_NAME = (
    "rename the columns, or name them in a workload file ([data] text_column and label_column; `planner workloads new "
    "mine.toml --model MODEL --data FILE` writes one)"
)
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """Texts [N] with the words [N] that label them, or without, and the line [N] where each ends."""

    path: Path
    texts: tuple[str, ...]
    words: tuple[str, ...] | None
    lines: tuple[int, ...]

    def place(self, position: int) -> str:
        """Where a sample lies, for messages."""
        return f"{self.path}, line {self.lines[position]}"


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    text: str
    word: str | None


def read_table(path: Path, data: Data) -> TextTable:
    """The texts of a file, by the columns that the description names.

    Raises:
        WorkloadError: it cannot be read, or a row is not as it should be, with its line.
    """
    try:
        _check_size(path)
        with path.open("rb") as stream:
            read = _objects if path.suffix.lower() in _OBJECTS else _records
            rows = list(read(path, stream, data))
    except OSError as error:
        raise WorkloadError(f"{path} cannot be read: {error.strerror or error}") from error
    if not rows:
        raise WorkloadError(f"{path} holds no texts: a row each, with `{data.text_column}` and `{data.label_column}`")
    has_labels = any(row.word for row in rows)
    for row in rows:
        if not row.text.strip():
            raise WorkloadError(f"{path}, line {row.line}: the text is empty: leave the row out")
        if has_labels and not row.word:
            raise WorkloadError(f"{path}, line {row.line}: the row has no label, as others have: add it")
    words = tuple(row.word for row in rows if row.word)
    return TextTable(
        path=path,
        texts=tuple(row.text for row in rows),
        words=words or None,
        lines=tuple(row.line for row in rows),
    )


def _check_size(path: Path) -> None:
    size, free = path.stat().st_size, psutil.virtual_memory().available
    if size > _MEMORY_SHARE * free:
        raise WorkloadError(
            f"{path} holds {size / 2**30:.1f} GiB, more than {_MEMORY_SHARE:.0%} of the free memory "
            f"({free / 2**30:.1f} GiB): take fewer texts"
        )


def _lines(path: Path, stream: IO[bytes]) -> Iterator[str]:
    """Decoded lines with their ends, a line at a time, so that one that is no text is known by its number."""
    number = 0
    while content := stream.readline(_LONGEST_LINE + 1):
        number += 1
        if len(content) > _LONGEST_LINE:
            raise WorkloadError(f"{path}, line {number} is longer than {_LONGEST_LINE >> 20} MiB: this is no text")
        try:
            line = content.decode()
        except UnicodeDecodeError as error:
            raise WorkloadError(
                f"{path}, line {number} is no UTF-8 ({error.reason}): save the file as UTF-8"
            ) from error
        yield line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line


def _records(path: Path, stream: IO[bytes], data: Data) -> Iterator[_Row]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.reader(_lines(path, stream), delimiter=delimiter, strict=True)
    before = csv.field_size_limit(_LONGEST_LINE)  # of the process; by default a text of 128 KiB is too long
    try:
        header = next(reader, [])
        text, label = _columns(path, header, data)
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise WorkloadError(
                    f"{path}, line {reader.line_num} has {len(cells)} columns where the first line has {len(header)}: "
                    "put quotes round texts that contain separators"
                )
            yield _Row(reader.line_num, cells[text], None if label is None else cells[label].strip())
    except csv.Error as error:
        if "field limit" in str(error):
            raise WorkloadError(
                f"{path}, line {reader.line_num}: a text is longer than {_LONGEST_LINE >> 20} MiB: this is no text; "
                "look for a quote that does not end"
            ) from error
        raise WorkloadError(f"{path}, line {reader.line_num} is not well-formed: {sentence_of(error)}") from error
    finally:
        csv.field_size_limit(before)


def _columns(path: Path, header: Sequence[str], data: Data) -> tuple[int, int | None]:
    """Places of the text and of the label; the label may be missing."""
    for name in (data.text_column, data.label_column):
        if header.count(name) > 1:
            raise WorkloadError(f"{path} has more than one column {name!r} in its first line: rename one")
    if data.text_column not in header:
        raise WorkloadError(
            f"{path} has no column {data.text_column!r}{nearest_name(data.text_column, header)}; its first line names: "
            f"{shown_names(header)}: {_HOW_TO_NAME}"
        )
    return header.index(data.text_column), header.index(data.label_column) if data.label_column in header else None


def _objects(path: Path, stream: IO[bytes], data: Data) -> Iterator[_Row]:
    decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
    for number, line in enumerate(_lines(path, stream), start=1):
        if not line.strip():
            continue
        try:
            fields = decoder.decode(line)
            if data.text_column not in fields:
                meant = nearest_name(data.text_column, list(fields))
                raise WorkloadError(
                    f"{path}, line {number} has no {data.text_column!r}{meant}, only {shown_names(list(fields))}: "
                    f"{_HOW_TO_NAME}"
                )
            text = msgspec.json.decode(fields[data.text_column], type=str)
            label = fields.get(data.label_column)
            word = None if label is None else str(msgspec.json.decode(label, type=str | int)).strip()
        except (msgspec.MsgspecError, RecursionError) as error:
            raise WorkloadError(f"{path}, line {number} is not an object with texts: {sentence_of(error)}") from error
        yield _Row(number, text, word)
