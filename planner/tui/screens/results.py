"""Results: every stored run, filtered and sorted, and what one says."""

from datetime import datetime

from rich.text import Text
from textual.app import ComposeResult

from harness.supervisor.host_lock import default_lock_path
from planner.services.host_state import read_host_state
from planner.services.listing import RunList, list_runs
from planner.store.records import RunSummary
from planner.store.repository import Store
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.grid import Grid, GridColumn
from planner.wording.marks import marked, signed
from planner.wording.moments import short
from planner.wording.quantities import ABSENT
from planner.wording.text import plain

_EMPTY = "nothing was measured yet\n\npress 1 to measure, or run  planner bench"


class ResultsScreen(ViewScreen):
    """The list."""

    VIEW = "results"
    HELP_TEXT = """
Every run in the database, the newest first. **speed-up** is of the best candidate over its baseline, with its interval;
above 1 the candidate is faster. Signs: ✓ good · ~ undecided · ✗ bad · ! broken.
"""

    def body(self) -> ComposeResult:
        """The table."""
        yield Grid[RunSummary](_columns(self.place.now()), empty=_EMPTY, sorted_by=1, id="runs")

    def on_mount(self) -> None:
        """Read the list."""
        self._grid.order = self.place.memory.of(self.VIEW).get("order", "1-")
        self._grid.focus_table()
        self.read(_runs, then=self._show)

    def on_screen_suspend(self) -> None:
        """Remember the order."""
        self.place.memory.of(self.VIEW)["order"] = self._grid.order

    @property
    def _grid(self) -> Grid[RunSummary]:
        return self.query_one("#runs", Grid)

    def _show(self, found: RunList) -> None:
        self._grid.fill(found.runs)


def _runs(store: Store | None) -> RunList:
    if store is None:
        return RunList(schema="", has_more=False, runs=())
    return list_runs(store, read_host_state(default_lock_path()), limit=0)


def _columns(now: datetime) -> tuple[GridColumn[RunSummary], ...]:
    return (
        GridColumn(title="run", draw=lambda run: Text(run.run_id, style="bold")),
        GridColumn(
            title="when (UTC)",
            draw=lambda run: Text(short(run.started_at, now=now)),
            order=lambda run: run.started_at,
            starts_descending=True,
        ),
        GridColumn(title="workload", draw=_workload),
        GridColumn(title="best candidate", draw=_candidate),
        GridColumn(title="speed-up", draw=_speed_up, order=_ratio, is_right=True, starts_descending=True),
        GridColumn(title="speed", draw=_speed),
        GridColumn(title="gate", draw=_gate),
        GridColumn(title="state", draw=lambda run: marked(run.state)),
        GridColumn(
            title="arms", draw=lambda run: Text(str(len(run.arms))), order=lambda run: len(run.arms), is_right=True
        ),
    )


def _workload(run: RunSummary) -> Text:
    text = Text("SIMULATED ", style="bold") if run.is_simulated else Text()
    return text.append(plain(run.workload))


def _candidate(run: RunSummary) -> Text:
    if run.best is None:
        return Text("nothing was compared", style="dim")
    place, _, label = run.best.candidate.partition("/")
    return Text(plain(f"{label} on {place}"))


def _ratio(run: RunSummary) -> float:
    return run.best.ratio if run.best is not None and run.best.ratio is not None else -1.0


def _speed_up(run: RunSummary) -> Text:
    best = run.best
    if best is None or best.ratio is None:
        return Text(ABSENT)
    between = "" if best.lower is None else f" ({best.lower:.2f}–{best.upper:.2f})"
    return Text(f"{best.ratio:.2f}×{between}")


def _speed(run: RunSummary) -> Text:
    if run.failures:
        return signed("!", f"{run.failures} failed")
    return marked(run.best.speed) if run.best is not None else Text(ABSENT)


def _gate(run: RunSummary) -> Text:
    return marked(run.best.gate) if run.best is not None else Text(ABSENT)
