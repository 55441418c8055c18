"""Reads published throughputs and latencies: typed rows, each with its source and round; what is odd is refused."""

import csv
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from pricing.errors import EvidenceError
from pricing.files import one_of, read_text, shown
from pricing.vocabulary import Precision

TABLE = Path(__file__).parents[1] / "tables" / "published-throughput.csv"
COLUMNS = (
    "source", "as_of", "scenario", "benchmark", "precision", "device_id", "accelerators", "batch", "sequence", "value",
    "metric", "note",
)  # fmt: skip
_MOST_ROWS = 20_000
_LONGEST_TEXT = 300
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_COUNT = re.compile(r"[1-9]\d{0,6}")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_ROUNDS = {"v0.7": date(2020, 10, 21), "v1.1": date(2021, 9, 22)}
"""The days on which MLCommons published the rounds."""
_PERIOD = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2]))?(?:-(0[1-9]|[12]\d|3[01]))?")


class PublishedScenario(StrEnum):
    """How the publication sent its requests; `latency` is one batch after the other."""

    OFFLINE = "offline"
    SERVER = "server"
    SINGLE_STREAM = "single_stream"
    LATENCY = "latency"


_METRICS = {
    PublishedScenario.OFFLINE: ("samples_per_s_per_accelerator",),
    PublishedScenario.SERVER: ("samples_per_s_per_accelerator",),
    PublishedScenario.SINGLE_STREAM: ("latency_p90_ms",),
    PublishedScenario.LATENCY: ("latency_mean_ms", "latency_ms"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    """One published figure.

    Attributes:
        source: Who published it, with which software.
        release: The round or month, as the source names it.
        as_of: The first day of that.
        scenario: How requests were sent.
        benchmark: As the source names the model.
        precision: What its arithmetic ran in.
        target_id: The card.
        accelerators: How many were in the system; rates are per accelerator.
        batch: Of a latency; None elsewhere.
        sequence: Tokens of a sample; None where the benchmark fixes it.
        value: Samples per second and accelerator, or seconds.
        note: What a reader must know.
    """

    source: str
    release: str
    as_of: date
    scenario: PublishedScenario
    benchmark: str
    precision: Precision
    target_id: str
    accelerators: int
    batch: int | None
    sequence: int | None
    value: float
    note: str

    @property
    def words(self) -> str:
        """For people: `resnet50 int8 offline on t4 × 8: 6,112/s (v0.7)`; of a latency its batch and milliseconds."""
        model = self.benchmark if self.sequence is None else f"{self.benchmark}-{self.sequence}"
        origin = self.release if self.release.startswith("v") else f"{self.source}, {self.release}"
        if self.scenario in {PublishedScenario.OFFLINE, PublishedScenario.SERVER}:
            cards = f"{self.target_id} × {self.accelerators}"
            return f"{model} {self.precision} {self.scenario} on {cards}: {self.value:,.6g}/s ({origin})"
        how = "single stream p90" if self.batch is None else f"batch {self.batch}"
        return f"{model} {self.precision} on {self.target_id}, {how}: {self.value * 1e3:.6g} ms ({origin})"

    @property
    def key(self) -> tuple[object, ...]:
        """What one figure is stated for."""
        return (
            self.release, self.scenario, self.benchmark, self.precision, self.target_id, self.accelerators, self.batch,
            self.sequence,
        )  # fmt: skip


@cache
def published_rows() -> tuple[PublishedRow, ...]:
    """The table that comes with the package, read once."""
    return read_published(TABLE)


def read_published(path: Path) -> tuple[PublishedRow, ...]:
    """The rows of a table.

    Raises:
        EvidenceError: if it cannot be read, or a row is no figure of its kind, or states one twice.
    """
    text = read_text(path, error=EvidenceError)
    try:
        rows = tuple(_rows(text, path))
    except csv.Error as fault:
        raise EvidenceError(f"{path} cannot be read as CSV: {fault}") from fault
    if not rows:
        raise EvidenceError(f"{path} holds no published figure: a header and at least one row are needed")
    seen: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(rows, 2):
        if (first := seen.setdefault(row.key, number)) != number:
            raise EvidenceError(f"{path} row {number} states the figure of row {first} again: leave one of them out")
    return rows


def _rows(text: str, path: Path) -> Iterator[PublishedRow]:
    reader = csv.reader(text.splitlines(), strict=True)
    header = next(reader, [])
    if tuple(header) != COLUMNS:
        raise EvidenceError(f"{path} has not the columns {', '.join(COLUMNS)}")
    for number, cells in enumerate(reader, 2):
        place = f"{path} row {number}"
        if number > _MOST_ROWS:
            raise EvidenceError(f"{path} has more than {_MOST_ROWS:,} rows: no such table is published")
        if len(cells) != len(COLUMNS):
            raise EvidenceError(f"{place} has {len(cells)} cells where {len(COLUMNS)} are needed")
        yield _row(dict(zip(COLUMNS, cells, strict=True)), place)


def _row(cells: Mapping[str, str], place: str) -> PublishedRow:
    scenario = PublishedScenario(_choice(cells, "scenario", [str(one) for one in PublishedScenario], place))
    metric = _choice(cells, "metric", _METRICS[scenario], place)
    is_latency = scenario is PublishedScenario.LATENCY
    if is_latency != bool(cells["batch"]):
        raise EvidenceError(f"{place}: a latency has a batch, and nothing else has one")
    value = _number(cells, place)
    return PublishedRow(
        source=_text(cells, "source", place),
        release=_text(cells, "as_of", place),
        as_of=_day(cells["as_of"], place),
        scenario=scenario,
        benchmark=_id(cells, "benchmark", place),
        precision=Precision(_choice(cells, "precision", [str(one) for one in Precision], place)),
        target_id=_id(cells, "device_id", place),
        accelerators=_count(cells, "accelerators", place),
        batch=_count(cells, "batch", place) if cells["batch"] else None,
        sequence=_count(cells, "sequence", place) if cells["sequence"] else None,
        value=value / 1e3 if metric.endswith("_ms") else value,
        note=_text(cells, "note", place) if cells["note"] else "",
    )


def _choice(cells: Mapping[str, str], column: str, known: list[str] | tuple[str, ...], place: str) -> str:
    if cells[column] not in known:
        raise EvidenceError(f"{place}: {column} is {shown(cells[column])}: write {one_of(known)}")
    return cells[column]


def _text(cells: Mapping[str, str], column: str, place: str) -> str:
    value = cells[column].strip()
    if not (0 < len(value) <= _LONGEST_TEXT and value.isprintable()):
        raise EvidenceError(f"{place}: {column} is {shown(value)}: a text on one line is needed")
    return value


def _id(cells: Mapping[str, str], column: str, place: str) -> str:
    if not _ID.fullmatch(cells[column]):
        raise EvidenceError(
            f"{place}: {column} is {shown(cells[column])}: lower-case letters, digits, hyphens and dots"
        )
    return cells[column]


def _count(cells: Mapping[str, str], column: str, place: str) -> int:
    if not _COUNT.fullmatch(cells[column]):
        raise EvidenceError(f"{place}: {column} is {shown(cells[column])}: a whole number from 1 is needed")
    return int(cells[column])


def _number(cells: Mapping[str, str], place: str) -> float:
    value = float(cells["value"]) if _NUMBER.fullmatch(cells["value"]) else 0.0
    if not (math.isfinite(value) and value > 0.0):
        raise EvidenceError(f"{place}: value is {shown(cells['value'])}: a positive number is needed")
    return value


def _day(text: str, place: str) -> date:
    if text in _ROUNDS:
        return _ROUNDS[text]
    match = _PERIOD.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else date.fromisoformat(text)
    except ValueError:
        raise EvidenceError(
            f"{place}: as_of is {shown(text)}: write {one_of(tuple(_ROUNDS))}, or a year, month or day as 2021-07"
        ) from None
