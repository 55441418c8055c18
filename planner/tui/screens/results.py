"""Results: every stored run, filtered and sorted, and what the one under the cursor says."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from harness.supervisor.host_lock import default_lock_path
from planner.errors import StoreError
from planner.services.comparing import RunsCompared
from planner.services.host_state import read_host_state
from planner.services.listing import RunList, find_summary, lost_with, require_not_measured_now
from planner.store.archive import export_runs
from planner.store.records import RunSummary
from planner.store.repository import Store
from planner.tui.dialogs.choose_run import stored_runs
from planner.tui.dialogs.form import Field, Form
from planner.tui.dialogs.question import Choice, Question
from planner.tui.reading import read_apart
from planner.tui.results.columns import run_columns
from planner.tui.results.opened import Opened, compare_two, open_run
from planner.tui.results.summary import summary_of
from planner.tui.screens.base import ViewScreen
from planner.tui.screens.compared import ComparedScreen
from planner.tui.screens.run import RunScreen
from planner.tui.widgets.drawn import Drawn
from planner.tui.widgets.grid import Grid
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

if TYPE_CHECKING:
    from textual.timer import Timer

_EMPTY = "nothing was measured yet\n\npress 1 to measure, or run  planner bench"
_TWO = 2
_OF_A_RUN = {"mark", "compare", "delete", "export", "replay", "plan", "checklist"}
_PAUSE_S = 0.12  # the cursor rests so long on a run before it is read


class ResultsScreen(ViewScreen):
    """The list."""

    VIEW = "results"
    HELP_TEXT = """
Every run in the database, the newest first. **speed-up** is of the best candidate over its baseline, with its interval;
above 1 the candidate is faster. Signs: ✓ good · ~ undecided · ✗ bad · ! broken.

**⏎** opens a run. **space** marks one, **c** compares it with the one under the cursor; without a mark, with the newest
other run of the same workload. Of the marked runs, or the one under the cursor, **f** plans a fleet (one for each
card), and **e** writes a file that `planner import` reads. **d** deletes, after asking.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", tooltip="mark a run, to compare or export it"),
        Binding("c", "compare", "Compare", tooltip="the marked run with the one under the cursor"),
        Binding("f", "plan", "Fleet", tooltip="plan a fleet with the marked runs, or with this one"),
        Binding("d", "delete", "Delete", show=False, tooltip="delete this run, after asking"),
        Binding("e", "export", "Export", show=False, tooltip="write the marked runs, or this one, to a file"),
        Binding("p", "replay", "Replay", tooltip="play the run under the cursor again in the view Measure"),
        Binding(
            "l",
            "checklist",
            "Checklist",
            show=False,
            tooltip="what else is to be done before the run's model is deployed",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._marked: set[str] = set()
        self._resting: Timer | None = None
        self._summarised: RunSummary | None = None
        self._has_read = self._is_unread = False
        self._is_nowhere = True  # the cursor stands on no run

    def body(self) -> ComposeResult:
        """The table, and what the run under the cursor says."""
        columns = run_columns(self.place.now(), are_marked=self._marked)
        with Horizontal(id="results"):
            yield Grid[RunSummary](columns, empty=_EMPTY, sorted_by=1, key=lambda run: run.run_id, id="runs")
            yield Drawn(id="run-summary")

    def on_mount(self) -> None:
        """As it was left."""
        self.runs.order = self.place.memory.of(self.VIEW).get("order", "1-")
        self.runs.focus_table()

    def on_screen_resume(self) -> None:
        """Read the list: what it was, other processes may have changed."""
        self._read()
        wanted = self.place.memory.of(self.VIEW).pop("run", None)
        if wanted:
            self.app.push_screen(RunScreen(wanted))

    def on_screen_suspend(self) -> None:
        """Remember the order."""
        self.place.memory.of(self.VIEW)["order"] = self.runs.order

    @property
    def runs(self) -> Grid[RunSummary]:
        """The table."""
        return self.query_one("#runs", Grid)

    def _read(self) -> None:
        self.read(stored_runs, then=self._show, failed=self._cannot_list, settles=self._is_unread)

    def _cannot_list(self, why: str) -> None:
        self._is_unread = True
        self.trouble.tell(why)

    def _show(self, found: RunList) -> None:
        self._is_unread = False
        self._marked &= {run.run_id for run in found.runs}
        if not self._has_read or found.runs != self.runs.rows:
            self._has_read = True
            self.runs.fill(found.runs)

    # The run under the cursor.

    def on_grid_looked(self, event: Grid.Looked) -> None:
        """Say what it says, once the cursor rests."""
        panel = self.query_one("#run-summary", Drawn)
        run = event.row
        if self._resting is not None:
            self._resting.stop()
        if self._is_nowhere is not (run is None):
            self._is_nowhere = run is None
            self.refresh_bindings()
        if not isinstance(run, RunSummary):
            self._summarised = None
            panel.tell(Text())
            return
        if panel.display and panel.size.width:
            self._resting = self.set_timer(_PAUSE_S, partial(self._summarise, run))

    def _summarise(self, run: RunSummary) -> None:
        """Unless it is told already: sorting keeps the cursor on its run, and reading would take time from keys."""
        if self.runs.at_cursor is not run or run == self._summarised:
            return
        self._summarised = run
        panel = self.query_one("#run-summary", Drawn)

        def tell(opened: Opened) -> None:
            panel.tell(*summary_of(opened, run, now=self.place.now()))

        def cannot(why: str) -> None:
            self._summarised = None
            panel.tell(signed("!", f"run {run.run_id} cannot be read"), Text(plain(why)))

        self.read(
            partial(open_run, name=run.run_id),
            then=tell,
            failed=cannot,
            group="summary",
            settles=False,
        )

    def on_grid_chosen(self, event: Grid.Chosen) -> None:
        """Open it."""
        self.app.push_screen(RunScreen(event.row.run_id))

    def why_not(self, action: str) -> str | None:
        """Keys that are about a run."""
        if action in _OF_A_RUN and self._is_nowhere:
            return "there is no run here: press 1 to measure, or escape to end the filter"
        return super().why_not(action)

    def _at_cursor(self) -> RunSummary | None:
        """The run that a key is about."""
        if not self._is_unread:
            self.trouble.settle()
        return self.runs.at_cursor

    # What keys do.

    def action_mark(self) -> None:
        """Mark, or no more."""
        run = self._at_cursor()
        if run is not None:
            self._marked ^= {run.run_id}
            self.runs.redraw()

    def action_compare(self) -> None:
        """Which two, then compare them."""
        run = self._at_cursor()
        if run is None:
            return
        others = sorted(self._marked - {run.run_id})
        if (run.run_id in self._marked and len(others) > 1) or len(others) > _TWO:
            self.trouble.tell(f"{len(self._marked)} runs are marked and two can be compared: space unmarks a run")
            return
        pair = (others[0], others[1]) if len(others) == _TWO else (run.run_id, others[0] if others else None)

        def compare(store: Store | None) -> RunsCompared:
            return compare_two(store, first=pair[0], second=pair[1])

        self.read(compare, then=self._set_beside, group="compare", is_asked=True)

    def _set_beside(self, found: RunsCompared) -> None:
        self.app.push_screen(ComparedScreen(found))

    def action_replay(self) -> None:
        """Play it again."""
        run = self._at_cursor()
        if run is not None:
            self.go_to("measure", replay=run.run_id)

    def action_plan(self) -> None:
        """A fleet of what was measured."""
        run = self._at_cursor()
        if run is not None:
            self.go_to("fleet", runs=" ".join(sorted(self._marked) or (run.run_id,)))

    def action_checklist(self) -> None:
        """What else is to be done."""
        run = self._at_cursor()
        if run is not None:
            self.go_to("reports", checklist=run.run_id)

    def action_delete(self) -> None:
        """Ask first; a run that is measured now is left alone."""
        run = self._at_cursor()
        if run is None:
            return
        self.read(partial(_deletable, run_id=run.run_id), then=self._ask, group="delete")

    def _ask(self, run: RunSummary) -> None:
        choices = (Choice(key="d", told=f"delete run {run.run_id}: it cannot be had back"),)
        self.app.push_screen(Question(lost_with(run), choices), partial(self._delete, run.run_id))

    def _delete(self, run_id: str, answer: str | None) -> None:
        if answer is None:
            return

        def delete() -> None:
            with Store.open_existing(self.place.address) as store:
                _deletable(store, run_id=run_id)
                store.delete(run_id)

        def then(_: None) -> None:
            self.trouble.settle()
            self.notify(f"run {run_id} is deleted")
            self._read()
            self.post_message(self.Changed())

        read_apart(self, delete, then=then, failed=self.trouble.tell, group="delete")

    def action_export(self) -> None:
        """Where to."""
        run = self._at_cursor()
        if run is None:
            return
        names = tuple(sorted(self._marked)) or (run.run_id,)
        file = f"run-{names[0]}.zip" if len(names) == 1 else f"{len(names)}-runs.zip"
        fields = (Field(name="path", title="file to write", value=str(Path.cwd() / file)),)
        form = Form(f"Export {_runs_told(names)}", fields)
        self.app.push_screen(form, partial(self._export, names))

    def _export(self, names: tuple[str, ...], answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        path = Path(answers["path"]).expanduser()

        def export() -> int:
            with Store.open_existing(self.place.address) as store:
                export_runs(store, names, path)
            return path.stat().st_size

        def then(size: int) -> None:
            self.trouble.settle()
            self.notify(plain(f"{path} ({quantities.size(size)})"), title=f"{_runs_told(names)} written", timeout=12)

        read_apart(self, export, then=then, failed=self.trouble.tell, group="export")


def _runs_told(names: tuple[str, ...]) -> str:
    return f"run {names[0]}" if len(names) == 1 else f"{len(names)} runs"


def _deletable(store: Store | None, *, run_id: str) -> RunSummary:
    """The run as it is now.

    Raises:
        UsageError: it is being measured.
        StoreError: it is gone.
    """
    if store is None:
        raise StoreError(f"run {run_id} is gone with its database: look again with 2")
    run = find_summary(store, run_id)
    require_not_measured_now(run, read_host_state(default_lock_path()))
    return run
