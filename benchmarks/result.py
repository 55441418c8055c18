"""What a comparison found: rows of both sides, what was aimed at, and on which machine. Written as JSON, one file each.

Nothing here measures. A figure that could not be had is `None`, and its row says why.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from harness.errors import HarnessError

SCHEMA = "planner.benchmark/1"


class BenchmarkError(HarnessError):
    """A comparison that cannot be made or read: what, where, and what to do."""


class Outcome(StrEnum):
    """Whether a target was reached. What the samples or the machine cannot tell is `NOT_IDENTIFIED`."""

    MET = "met"
    MISSED = "missed"
    NOT_IDENTIFIED = "not identified"
    PEER_ABSENT = "peer absent"


class Unit(StrEnum):
    """How a quantity is meant, and so how it is shown."""

    SECONDS = "s"
    SHARE = "share"
    RATIO = "×"
    BYTES = "B"
    COUNT = ""
    RATE = "/s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A figure with what it spread over; `spread` says what `low` and `high` are: an interval, or a range of repeats.

    `trials` is how many a rate is of.
    """

    value: float
    unit: Unit
    low: float | None = None
    high: float | None = None
    spread: str | None = None
    trials: int | None = None

    def __post_init__(self) -> None:
        """Refuse half a spread, and one that nobody named."""
        if (self.low is None) != (self.high is None) or (self.low is None) != (self.spread is None):
            raise BenchmarkError(
                f"the spread of {self.value} {self.unit} is half told: give low, high and what they are"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One quantity on both sides. `ratio` is ours over the peer's. `in_readme` rows make the README's table."""

    what: str
    ours: Quantity | None
    peer: Quantity | None = None
    peer_name: str = ""
    ratio: Quantity | None = None
    target: str | None = None
    outcome: Outcome | None = None
    note: str | None = None
    in_readme: bool = False

    def __post_init__(self) -> None:
        """Refuse a verdict on no target, and a target without a verdict."""
        if (self.target is None) != (self.outcome is None):
            raise BenchmarkError(f"{self.what!r} has a target without an outcome, or an outcome without a target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where it was measured; names no host. `load_average` is that of the minute before it began."""

    cpu: str
    cores: int
    features: tuple[str, ...]
    kernel: str
    python: str
    memory_bytes: int | None
    load_average: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One comparison, completely. `absent` gives each peer that could not be asked, and why."""

    schema: str
    number: int
    name: str
    title: str
    command: str
    started_at: str
    duration_s: float
    is_quick: bool
    machine: Machine
    versions: dict[str, str]
    absent: dict[str, str]
    rows: tuple[Row, ...]

    @property
    def outcome(self) -> Outcome | None:
        """The worst of its targets: missed, then not identified, then peer absent, then met; `None` without any."""
        order = (Outcome.MISSED, Outcome.NOT_IDENTIFIED, Outcome.PEER_ABSENT, Outcome.MET)
        found = {row.outcome for row in self.rows}
        return next((one for one in order if one in found), None)


def file_of(folder: Path, number: int) -> Path:
    """Where the result of a comparison lies."""
    return folder / f"{number:02d}.json"


def write(result: Result, folder: Path) -> Path:
    """Write a result, replacing an earlier one whole.

    Raises:
        BenchmarkError: the folder cannot be written.
    """
    target = file_of(folder, result.number)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
        fresh.replace(target)
    except OSError as error:
        raise BenchmarkError(f"{target} cannot be written: {error.strerror}; name another folder with --out") from error
    return target


def read(file: Path) -> Result:
    """Read a result.

    Raises:
        BenchmarkError: there is none, or it is of another form.
    """
    try:
        result = msgspec.json.decode(file.read_bytes(), type=Result)
    except OSError as error:
        raise BenchmarkError(f"{file} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BenchmarkError(f"{file} is no result of a comparison: {error}; make it anew") from error
    if result.schema != SCHEMA:
        raise BenchmarkError(f"{file} is of the form {result.schema!r}, not {SCHEMA!r}: make it anew")
    return result


def read_all(folder: Path) -> tuple[Result, ...]:
    """Every result of a folder, by number.

    Raises:
        BenchmarkError: one of them cannot be read.
    """
    return tuple(read(file) for file in sorted(folder.glob("[0-9][0-9].json")))
