"""Asks for one of the stored runs; reads their list."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from harness.supervisor.host_lock import default_lock_path
from planner.services.host_state import read_host_state
from planner.services.listing import RunList, list_runs
from planner.store.records import RunSummary
from planner.store.repository import Store
from planner.tui.widgets.grid import Grid, GridColumn
from planner.wording.marks import marked
from planner.wording.moments import short
from planner.wording.quantities import ABSENT
from planner.wording.text import plain


def stored_runs(store: Store | None) -> RunList:
    """All of them, the newest first."""
    if store is None:
        return RunList(schema="", has_more=False, runs=())
    return list_runs(store, read_host_state(default_lock_path()), limit=0)


class ChooseRun(ModalScreen[str | None]):
    """Answers with a run's name; None: none was chosen."""

    DEFAULT_CSS = """
    ChooseRun { align: center middle; background: $background 60%; }
    ChooseRun > Vertical {
        width: 100; max-width: 94%; height: 80%; padding: 1 2; background: $surface; border: round $primary;
    }
    ChooseRun Static { height: auto; }
    """
    BINDINGS = [Binding("escape", "dismiss(None)", "Back")]  # noqa: RUF012 - Textual's own way

    def __init__(self, title: str, runs: Sequence[RunSummary], *, now: datetime) -> None:
        super().__init__()
        self._title, self._runs, self._now = title, tuple(runs), now

    def compose(self) -> ComposeResult:
        """Title, table."""
        with Vertical():
            yield Static(Text(plain(self._title), style="bold"))
            columns = _columns(self._now)
            yield Grid[RunSummary](columns, empty="nothing was measured yet\n\npress 1", sorted_by=1, id="choose-runs")
            yield Static(Text("enter chooses · / filters · esc goes back", style="dim"))

    def on_mount(self) -> None:
        """Show them."""
        grid = self.query_one(Grid)
        grid.fill(self._runs)
        grid.focus_table()

    def on_grid_chosen(self, event: Grid.Chosen) -> None:
        """That one."""
        if isinstance(event.row, RunSummary):
            self.dismiss(event.row.run_id)


def _columns(now: datetime) -> tuple[GridColumn[RunSummary], ...]:
    return (
        GridColumn(title="run", draw=lambda run: Text(run.run_id, style="bold")),
        GridColumn(
            title="when (UTC)",
            draw=lambda run: Text(short(run.started_at, now=now)),
            order=lambda run: run.started_at,
            starts_descending=True,
        ),
        GridColumn(title="gate", draw=lambda run: marked(run.best.gate) if run.best is not None else Text(ABSENT)),
        GridColumn(title="workload", draw=lambda run: Text(plain(run.workload)), least=16),
    )
