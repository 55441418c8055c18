"""What a check found, row by row: figures, or why there are none. To JSON and to a table."""

import json
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from harness.vocabulary import GpuReading, WatchCost

SCHEMA = "planner.gpu-check/1"
REHEARSAL = "REHEARSAL ON THE CPU: no figure below is of a GPU"
_REASON_WIDTH = 88


class RowState(StrEnum):
    """Whether there are figures."""

    MEASURED = "measured"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that was to be measured. Units are in the names of `figures`; `notes` hold what is no number.

    `detail` is the harness's own findings (measurement, comparison, proof) as JSON, for a results database.
    """

    step: str
    subject: str
    state: RowState
    figures: dict[str, float | None] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything so far. `is_complete` is False while it runs, and stays so where it was interrupted."""

    device: str
    is_rehearsal: bool
    started_at: str
    machine: dict[str, Any]
    rows: tuple[Row, ...] = ()
    is_complete: bool = False
    took_s: float = 0.0
    schema: str = SCHEMA

    def with_row(self, row: Row, *, took_s: float) -> "Report":
        """With one more."""
        return replace(self, rows=(*self.rows, row), took_s=took_s)


def write_report(report: Report, file: Path) -> None:
    """Write it whole: whoever reads the file meanwhile finds the one before."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(json.dumps(_finite(asdict(report)), indent=1, allow_nan=False), encoding="utf-8")
    os.replace(beside, file)  # noqa: PTH105 - one call to the kernel


def read_report(file: Path) -> Report:
    """What `write_report` wrote.

    Raises:
        ValueError: the file is none.
    """
    try:
        told = _finite(json.loads(file.read_text(encoding="utf-8")))
        rows = tuple(Row(**(row | {"state": RowState(row["state"])})) for row in told.pop("rows"))
        found = Report(rows=rows, **told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{file} is no report of a GPU check: {error}") from error
    if found.schema != SCHEMA:
        raise ValueError(f"{file} has schema {found.schema}, not {SCHEMA}")
    return found


def table(report: Report) -> Iterator[str]:
    """Lines for a terminal."""
    if report.is_rehearsal:
        yield REHEARSAL
    yield f"{report.machine.get('name', report.device)} · {report.machine.get('versions', '')}"
    step = None
    for row in report.rows:
        if row.step != step:
            step = row.step
            yield f"\n{step}"
        yield f"  {row.subject:<44} {_told(row)}"
    ended = "complete" if report.is_complete else "not complete"
    yield f"\n{_count(report.rows)}; {ended} after {report.took_s:.0f} s"


def watch_notes(reading: GpuReading, cost: WatchCost) -> dict[str, str]:
    """What held the clocks back, as looks saw it and as the driver counts it, and what watching has cost so far."""
    seen = [f"{limit} ({share:.0%} of looks)" for limit, share in reading.limits]
    counted = [f"{limit} ({seconds:.2g} s of {reading.wall_s:.1f} s)" for limit, seconds in reading.held_s]
    told = {"clocks held back by": ", ".join((*seen, *counted))} if seen or counted else {}
    return {**told, "watching": f"{cost.mean_s * 1e3:.2g} ms a look, {cost.share:.2%} of a core"}


def _finite(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The same without numbers that JSON has not: `None` in their place."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value


def _told(row: Row) -> str:
    if row.state is not RowState.MEASURED:
        reason = row.reason if len(row.reason) <= _REASON_WIDTH else f"{row.reason[: _REASON_WIDTH - 1]}…"
        return f"{row.state}: {reason}"
    figures = [f"{name} {value:.4g}" for name, value in row.figures.items() if value is not None]
    notes = [f"{name}: {text}" for name, text in row.notes.items()]
    return "  ".join((*figures, *notes))


def _count(rows: Sequence[Row]) -> str:
    return ", ".join(f"{sum(row.state is state for row in rows)} {state}" for state in RowState)
