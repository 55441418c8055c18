"""Measure: tick what is to be measured, start it, watch it. What is ticked is also a command line.

A child process measures, panels draw. Following a run is in `measure_watching`, replaying one in `measure_replay`.
"""

from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.getters import query_one
from textual.widgets import Input, Static

from harness.errors import HarnessError
from planner.tui.dialogs.question import Choice, Question
from planner.tui.measuring.asked import typed
from planner.tui.measuring.checking import Checked, check_fields
from planner.tui.measuring.chores import Chore
from planner.tui.measuring.offered import RUNTIMES, Offer, offered
from planner.tui.measuring.pacing import QUICK_EVERY_S
from planner.tui.measuring.session import Session
from planner.tui.measuring.standing import Phase
from planner.tui.measuring.story import idle_lines
from planner.tui.reading import read_apart
from planner.tui.screens.measure_replay import Replaying
from planner.tui.widgets.choices import Choices
from planner.tui.widgets.idle_sheet import idle_sheet
from planner.tui.widgets.live_panel import LivePanel
from planner.wording.text import plain

_START = "r starts what is ticked"
_NOTHING_RUNS = f"nothing runs: {_START}"
_NOT_YET = "the run is among the results when it has ended"


class MeasureScreen(Replaying):
    """Choices to the left, the live run to the right."""

    VIEW = "measure"
    HELP_TEXT = """
Tick on the left, **r** runs. Nothing ticked under *variants* or *runtimes* means: the workload's own list, every
runtime that is here. A second **r** while something runs queues it. **x** cancels: what was measured is kept, and **u**
goes on with it; what waits comes next, unless **d** dropped it. The same run without this app is the command at the
bottom. While something is timed, numbers are painted every 2 s and the plot every 6 s, so that watching costs next to
nothing.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "Run", tooltip="measure what is ticked, or queue it"),
        Binding(
            "x",
            "cancel",
            "Cancel",
            tooltip="end the run or the preparing; what was measured is kept, what waits comes next",
        ),
        Binding("p", "pause", "Pause", tooltip="freeze the screen, not the measurement"),
        Binding("l", "log", "Log", tooltip="what happened, line by line"),
        Binding("b", "bring", "Bring", tooltip="measure a model of your own, by its path"),
        Binding("u", "resume", "Resume", tooltip="go on with the newest run, which was interrupted"),
        Binding("o,enter", "open_result", "Open", tooltip="open the run among the results"),
        Binding("y", "copy", "Copy command", show=False, tooltip="copy the command at the bottom"),
        Binding("d", "drop", "Drop queue", show=False, tooltip="forget the runs that wait"),
        Binding("P", "prepare", "Prepare workload", show=False, tooltip="make a workload that needs it, once"),
        Binding("c", "choices", "Choices", show=False, tooltip="show or hide what can be ticked"),
        Binding("escape", "back", "Back", show=False, tooltip="from a field to the list, from a run to the choices"),
    ]
    AWAITED: ClassVar[frozenset[str]] = frozenset({"offered"})
    choices = query_one("#choices", Choices)

    def __init__(self) -> None:
        super().__init__()
        self._chore: Chore | None = None

    def body(self) -> ComposeResult:
        """Choices, live run, command."""
        with Horizontal(id="measure"):
            yield Choices(id="choices")
            yield LivePanel(id="live")
        yield Static(id="command", markup=False)

    def on_mount(self) -> None:
        """Look at what is here."""
        self.session = Session(database=self.place.address)
        self._look_around()
        self.read_newest()
        self.set_interval(QUICK_EVERY_S, self.paint_when_due)
        self.choices.ticks.focus()

    def on_screen_resume(self) -> None:
        """Paint what came while another view was open; replay what another view asks for."""
        self.mark_dirty()
        self.replay_if_asked()

    def _look_around(self) -> None:
        self.look(offered, then=self.show_offer, group="offered", settles=False)

    def show_offer(self, offer: Offer) -> None:
        """What is here can be ticked."""
        remembered = self.place.memory.of(self.VIEW).get("ticked")
        pairs = [one.partition("\t") for one in remembered.split("\n")] if remembered else None
        ticked = None if pairs is None else [(group, value) for group, _, value in pairs]
        self.panel.absent = offer.absent
        self.choices.fill(offer.items, ticked=ticked)
        self._show_idle()

    def newest_came(self) -> None:
        """It may be resumed, or opened."""
        self._show_idle()

    def _show_idle(self) -> None:
        if self.session.run is None:
            asked, runtimes = self.choices.asked, self.choices.ticks.able(RUNTIMES)
            self.panel.show_idle(idle_sheet(idle_lines(self.newest), asked, runtimes=runtimes))

    def on_checklist_ticked(self) -> None:
        """The command follows, and is remembered."""
        self.place.memory.of(self.VIEW)["ticked"] = "\n".join("\t".join(one) for one in self.choices.ticks.all_ticked)
        self._show_command()

    def on_choices_changed(self) -> None:
        """The command follows."""
        self._show_command()

    def _show_command(self) -> None:
        lines = self.choices.asked.command_lines()
        told = "\n".join(typed(line) for line in lines) or "tick a workload, or press b to bring a model"
        self.query_one("#command", Static).update(Text(plain(f"$ {told}"), no_wrap=True, overflow="ellipsis"))
        self._show_idle()

    # What keys do.

    def why_not(self, action: str) -> str | None:
        """Keys that are of no use now."""
        run, is_measuring = self.session.run, self.session.is_measuring
        lacks = {
            "cancel": None if is_measuring or self._chore is not None else _NOTHING_RUNS,
            "pause": None if is_measuring else _NOTHING_RUNS,
            "drop": None if self.session.waiting else "no run waits",
            "log": None if run is not None or self._has_log else _NOTHING_RUNS,
            "resume": None if self._resumable else "there is no interrupted run to go on with",
            "open_result": None
            if self._result
            else _NOT_YET
            if is_measuring
            else f"nothing was measured yet, {_START}",
            "prepare": self._why_not_prepare(),
        }
        return lacks.get(action) or self.why_no_replay(action)

    def _why_not_prepare(self) -> str | None:
        if self.session.is_measuring:
            return "a run is measured, which preparing would disturb: wait for its end"
        if self._chore is not None:
            return "a workload is being prepared: x cancels it"
        is_free = not self.is_mounted or self.choices.ticks.to_prepare is not None
        return None if is_free else "every workload that is listed is ready"

    @property
    def _has_log(self) -> bool:
        return self._chore is not None or (self.is_mounted and self.panel.has_class("-log"))

    @property
    def _resumable(self) -> str | None:
        return self.newest.resumable if self.newest is not None and not self.session.is_measuring else None

    @property
    def _result(self) -> str | None:
        run = self.session.run
        if run is not None and run.began is not None and run.is_over:
            return run.began.run
        is_free = self.newest is not None and not self.session.is_measuring
        return self.newest.run.run_id if is_free and self.newest and self.newest.run else None

    def action_run(self) -> None:
        """Start what is ticked, or queue it, once its fields are looked at."""
        lines = self.choices.asked.command_lines()
        if self.choices.is_bringing and not self.choices.values["model"]:
            lines = ()
        if not lines:
            self.trouble.tell("nothing to measure: tick a workload, or name a model (b)")
            return
        checks = partial(check_fields, self.choices.values)
        read_apart(self, checks, then=partial(self._run_checked, lines), failed=self.trouble.tell, group="run")

    def _run_checked(self, lines: tuple[tuple[str, ...], ...], found: dict[str, Checked]) -> None:
        self.choices.tell(found)
        wrong = next((one for one in found.values() if one.is_wrong), None)
        if wrong is not None:
            self.trouble.tell(wrong.told)
            return
        self.queue(lines)

    def action_resume(self) -> None:
        """Go on with the newest run."""
        if self._resumable is not None:
            self.queue((("resume", self._resumable),))

    def action_cancel(self) -> None:
        """End what runs; where little is ahead, ask once."""
        run = self.session.run
        if self._chore is not None:
            self._chore.cancel()
            self.panel.write("cancelling …")
        elif run is not None and run.phase is not Phase.CANCELLING and run.is_more_than_half_done:
            told = "cancel; what was measured is kept, and u goes on with it"
            question = Question("More than half of this run is done.", (Choice(key="x", told=told),))
            self.app.push_screen(question, lambda answer: self._cancel() if answer == "x" else None)
        else:
            self._cancel()

    def _cancel(self) -> None:
        self.session.cancel()
        self.paint(with_plot=False)
        self.show_queue()

    def action_drop(self) -> None:
        """Forget what waits."""
        self.session.waiting.clear()
        self.show_queue()

    def action_pause(self) -> None:
        """Freeze the screen."""
        self._is_paused = not self._is_paused
        self.paint(with_plot=not self._is_paused)

    def action_log(self) -> None:
        """Log or plot."""
        self.panel.show_log()

    def action_copy(self) -> None:
        """To the clipboard, where the terminal lets one."""
        lines = self.choices.asked.command_lines()
        if lines:
            self.app.copy_to_clipboard("\n".join(typed(line) for line in lines))
            self.notify("the command is on the clipboard, if the terminal allows it")

    def action_bring(self) -> None:
        """Show or hide the paths."""
        self.query_one("#measure").remove_class("-live")
        self.choices.toggle_bringing()

    def action_choices(self) -> None:
        """Show or hide the left side."""
        self.query_one("#measure").toggle_class("-live" if self.has_class("-narrow") else "-alone")

    def action_back(self) -> None:
        """To the list of what can be ticked."""
        if not isinstance(self.focused, Input):
            self.query_one("#measure").remove_class("-live")
        self.choices.ticks.focus()

    def action_open_result(self) -> None:
        """Among the results."""
        if self._result is not None:
            self.go_to("results", run=self._result)

    def action_prepare(self) -> None:
        """Make what can be made."""
        name = self.choices.ticks.to_prepare
        if name is not None:
            self.trouble.settle()
            self._chore = Chore(("workloads", "prepare", name))
            self._prepare(name, self._chore)

    @work(exclusive=True, group="chore")
    async def _prepare(self, name: str, chore: Chore) -> None:
        self.panel.show_log(is_shown=True)
        self.query_one("#measure").add_class("-live")
        self.panel.write(f"$ {typed(chore.arguments)}")
        self.refresh_bindings()
        trouble = None
        try:
            async for line in chore.lines():
                self.panel.write(line)
        except HarnessError as error:
            trouble = str(error)
        self._chore = None
        if chore.is_done:
            self.notify(plain(f"{name} is ready: tick it in the list, r measures it"))
        elif chore.is_cancelled:
            self.notify(plain(f"preparing {name} is cancelled: P begins again"))
        else:
            self.trouble.tell(
                f"{name} was not prepared: {trouble or chore.last_line.removeprefix('planner: ')} · P tries again"
            )
        self.refresh_bindings()
        self._look_around()
