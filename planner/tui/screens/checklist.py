"""The deployment checklist of a run: ten points with their evidence; people vouch for what nothing stored can show."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from planner.services.checklist.document import Point, PointRecord, State
from planner.services.listing import RunList
from planner.store.repository import Store
from planner.tui.dialogs.choose_run import ChooseRun, stored_runs
from planner.tui.dialogs.form import Field, Form
from planner.tui.reading import read_apart
from planner.tui.reporting.columns import point_columns
from planner.tui.reporting.points import (
    Asked,
    Points,
    attested,
    command_of,
    point_lines,
    points_of,
    withdrawn,
)
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.detail import Detail
from planner.tui.widgets.grid import Grid
from planner.tui.widgets.told import Told
from planner.wording.marks import signed
from planner.wording.text import plain


class ChecklistScreen(ViewScreen):
    """Points to the left, why to the right. Over the reports; escape goes back there."""

    VIEW = "reports"
    HELP_TEXT = """
**The deployment checklist**: ten points before an INT8 model serves users. A point is ✓ evidenced or ✗ refuted by what
is stored, ✓ attested by a named person where nothing stored can show it, or ~ open. Nobody's word turns what was
refuted: it stands beside it. **a** vouches, **W** takes that back, **n** is the next candidate of the run, **c**
another run. A word for monitoring, ci and rollback is of the whole run, unless a candidate was chosen with **n**.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "attest", "Attest", tooltip="vouch for this point, with your name and a note"),
        Binding("W", "withdraw", "Withdraw", tooltip="take back what stands of this point"),
        Binding("n", "next_candidate", "Candidate", tooltip="the checklist of the run's next candidate"),
        Binding("c", "choose", "Run", tooltip="the checklist of another run"),
        Binding("y", "copy", "Copy command", show=False, tooltip="copy the command that this point asks for"),
        Binding("escape", "back", "Back", tooltip="back to the reports"),
    ]

    def __init__(self, *, run: str, plan: str | None = None) -> None:
        super().__init__()
        self._asked = Asked(run=run, plan=plan)
        self._points: Points | None = None

    def body(self) -> ComposeResult:
        """Head, points, evidence."""
        yield Told(id="points-head")
        with Horizontal(classes="list-and-detail"):
            yield Grid[PointRecord](
                point_columns(), empty="no run to look at\n\npress 1 to measure", key=lambda one: one.point, id="points"
            )
            yield Detail(id="point-detail")

    def on_mount(self) -> None:
        """Read."""
        self._grid.focus_table()
        self._read(self._asked)

    @property
    def _grid(self) -> Grid[PointRecord]:
        return self.query_one("#points", Grid)

    def _read(self, asked: Asked) -> None:
        self.read(partial(points_of, asked=asked), then=self._show)

    def _show(self, points: Points) -> None:
        self._points, self._asked = points, points.asked
        found = points.checklist
        against = f" against {found.baseline}" if found.baseline else ""
        plan = "no plan" if found.plan is None else f"plan {found.plan}"
        told = f"run {found.run}: {found.workload}, {found.candidate or 'no candidate'}"
        done = found.count(State.OPEN) + found.count(State.REFUTED) == 0
        sign = "✗" if found.count(State.REFUTED) else "✓" if done else "~"
        self.query_one("#points-head", Told).tell(
            Text(plain(told), style="bold"),
            Text(plain(f"{against.strip()} on {found.device}, {plan}".strip()), style="dim"),
            *(signed("!", note) for note in found.notes),
            signed(sign, found.summary),
        )
        self._grid.fill(found.points)

    def on_grid_looked(self, event: Grid.Looked) -> None:
        """Its evidence."""
        if isinstance(event.row, PointRecord) and self._points is not None:
            self.query_one(Detail).tell(*point_lines(event.row, self._points.checklist))

    def action_back(self) -> None:
        """To the reports."""
        self.dismiss(None)

    def _at(self) -> tuple[Points, PointRecord] | None:
        row = self._grid.at_cursor
        return None if self._points is None or row is None else (self._points, row)

    def action_attest(self) -> None:
        """Ask who, and what they know."""
        at = self._at()
        if at is None:
            return
        points, one = at
        beside = " (it stays refuted: the word stands beside it)" if one.state is State.REFUTED else ""
        memory = self.place.memory.of(self.VIEW)
        fields = (
            Field(name="by", title="who vouches for it", value=memory.get("by", "")),
            Field(name="note", title="what is known: when it was tried, and where"),
        )
        form = Form(f"{one.point}: {one.title}{beside}", fields)
        self.app.push_screen(form, partial(self._attest, points, one.point))

    def _attest(self, points: Points, point: Point, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        self.place.memory.of(self.VIEW)["by"] = answers["by"]
        address = self.place.address

        def keep() -> None:
            with Store.open_existing(address) as store:
                attested(store, points, point, by=answers["by"], note=answers["note"])

        self._write(keep)

    def action_withdraw(self) -> None:
        """Take back."""
        at = self._at()
        if at is None:
            return
        points, one = at
        address = self.place.address

        def take_back() -> None:
            with Store.open_existing(address) as store:
                withdrawn(store, points, one.point)

        self._write(take_back)

    def _write(self, work: Callable[[], None]) -> None:
        read_apart(self, work, then=lambda _: self._read(self._asked), failed=self.trouble.tell, group="word")

    def action_next_candidate(self) -> None:
        """Of the same run."""
        if self._points is None:
            return
        name = self._points.next_candidate
        if name is None:
            self.trouble.tell(f"run {self._points.checklist.run} has no other candidate")
            return
        self._read(Asked(run=self._points.checklist.run, plan=self._asked.plan, candidate=name))

    def action_choose(self) -> None:
        """Ask which run."""
        self.read(stored_runs, then=self._choose, group="runs")

    def _choose(self, found: RunList) -> None:
        dialog = ChooseRun("The deployment checklist of which run?", found.runs, now=self.place.now())
        self.app.push_screen(dialog, self._chosen)

    def _chosen(self, run: str | None) -> None:
        if run is not None:
            self._read(Asked(run=run, plan=self._asked.plan if run == self._asked.run else None))

    def action_copy(self) -> None:
        """To the clipboard, where the terminal lets one."""
        at = self._at()
        if at is not None:
            points, one = at
            self.app.copy_to_clipboard(command_of(one, points.checklist))
            self.notify(plain(command_of(one, points.checklist)), title="on the clipboard, if the terminal allows it")
