"""The rounds of a run as they were measured: each with the medians of an arm and its baseline, and the machine then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from rich.text import Text

from harness.vocabulary import Round
from planner.errors import StoreError
from planner.services.reporting.latency_samples import MOST_BYTES
from planner.store.repository import Store
from planner.tui.results.opened import Chosen
from planner.tui.widgets.grid_columns import GridColumn
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

_NS = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """A round. Medians are of seconds a call; `control_s` is the baseline's against itself."""

    found: Round
    calls: int
    arm_s: float | None
    baseline_s: float | None
    control_s: float | None

    @property
    def ratio(self) -> float | None:
        """Of this round alone."""
        return self.baseline_s / self.arm_s if self.arm_s and self.baseline_s else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Rows, of how many there are."""

    chosen: Chosen
    rows: tuple[RoundRow, ...]
    of: int


def read_rounds(store: Store | None, *, chosen: Chosen) -> Rounds:
    """Rounds under the load, or an even part of them where they are very many.

    Raises:
        StoreError: a round is damaged, or the database is gone.
    """
    if store is None:
        raise StoreError("the rounds cannot be read: the database is gone")
    read = store.some_rounds(chosen.opened.run.run_id, chosen.load, most_bytes=MOST_BYTES)
    baseline = chosen.opened.baseline_of(chosen.arm)
    rows = tuple(_row(one, chosen.arm.name, baseline.name if baseline else None) for one in read.rounds)
    return Rounds(chosen=chosen, rows=rows, of=read.of)


def _row(one: Round, arm: str, baseline: str | None) -> RoundRow:
    return RoundRow(
        found=one,
        calls=sum(turn.calls for turn in one.turns),
        arm_s=_median(one, arm, is_control=False),
        baseline_s=_median(one, baseline, is_control=False) if baseline else None,
        control_s=_median(one, baseline or arm, is_control=True),
    )


def _median(one: Round, arm: str, *, is_control: bool) -> float | None:
    samples = b"".join(turn.latencies_ns for turn in one.turns if (turn.arm, turn.is_control) == (arm, is_control))
    whole = len(samples) // 8 * 8
    return float(np.median(np.frombuffer(samples[:whole], dtype="<i8"))) / _NS if whole else None


def round_columns() -> tuple[GridColumn[RoundRow], ...]:
    """In the order in which they were measured."""
    return (
        GridColumn(
            title="round",
            draw=lambda row: Text(f"{row.found.launch}.{row.found.index}"),
            order=lambda row: (row.found.launch, row.found.index),
        ),
        GridColumn(title="began (UTC)", draw=lambda row: Text(_clock(row)), rank=6),
        _time("baseline p50", lambda row: row.baseline_s, rank=0),
        _time("arm p50", lambda row: row.arm_s, rank=0),
        GridColumn(
            title="ratio",
            draw=lambda row: Text(quantities.ABSENT if row.ratio is None else f"{row.ratio:.3f}×"),
            order=lambda row: row.ratio or 0.0,
            is_right=True,
        ),
        _time("control p50", lambda row: row.control_s, rank=5),
        GridColumn(
            title="calls", draw=lambda row: Text(f"{row.calls:,}"), order=lambda row: row.calls, is_right=True, rank=2
        ),
        GridColumn(
            title="others' CPU",
            draw=lambda row: Text(quantities.share(row.found.host.foreign_cpu_share, digits=1)),
            order=lambda row: row.found.host.foreign_cpu_share or 0.0,
            is_right=True,
            rank=3,
        ),
        GridColumn(
            title="clock",
            draw=lambda row: Text(_hertz(row.found.host.frequency_hz)),
            order=lambda row: row.found.host.frequency_hz or 0.0,
            is_right=True,
            rank=7,
        ),
        GridColumn(
            title="took",
            draw=lambda row: Text(quantities.duration(row.found.wall_s)),
            order=lambda row: row.found.wall_s,
            is_right=True,
            rank=4,
        ),
        GridColumn(
            title="quiet",
            draw=lambda row: signed("!", "disturbed") if row.found.is_contaminated else signed("✓", "quiet"),
            rank=1,
        ),
    )


def _time(title: str, of: Callable[[RoundRow], float | None], *, rank: int) -> GridColumn[RoundRow]:
    return GridColumn(
        title=title,
        draw=lambda row: Text(quantities.duration(of(row))),
        order=lambda row: of(row) or 0.0,
        is_right=True,
        rank=rank,
    )


def _hertz(value: float | None) -> str:
    return quantities.ABSENT if value is None else f"{value / 1e9:.2f} GHz"


def _clock(row: RoundRow) -> str:
    try:
        return f"{datetime.fromisoformat(row.found.started_at):%H:%M:%S}"
    except ValueError:
        return plain(row.found.started_at[:8])
