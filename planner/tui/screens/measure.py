"""Measure: tick what is to be measured, start it, watch it. What is ticked is also a command line.

The measuring is done by a child process. Painting takes CPU time from what is measured: while a CPU is measured,
numbers are painted every two seconds and the plot every five, and nothing moves in between.
"""

from collections import deque
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, RichLog, Static

from harness.errors import HarnessError
from harness.vocabulary import Stage
from planner.services.live import Said
from planner.tui.measuring.asked import Asked, typed
from planner.tui.measuring.child import BenchChild
from planner.tui.measuring.offered import BATCHES, DEVICES, RUNTIMES, VARIANTS, WORKLOADS, offered
from planner.tui.measuring.standing import LiveRun, Phase
from planner.tui.reading import read_apart
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.checklist import Checklist, Item
from planner.tui.widgets.live_head import head_of, standings_of
from planner.tui.widgets.paths import PathInput
from planner.tui.widgets.plot import LinePlot
from planner.tui.widgets.told import Told
from planner.wording.text import plain

_NUMBERS_EVERY_S = 2.0
_PLOT_EVERY = 3  # of the numbers' paintings
_QUICK_EVERY_S = 0.5  # where nothing is timed
_MS = 1e3
_SIGNS = {"bad": "✗", "caution": "~", "good": "✓"}
_HINT = "tick what to measure · r starts it · y copies the command below"


class MeasureScreen(ViewScreen):
    """Choices to the left, the live run to the right."""

    VIEW = "measure"
    HELP_TEXT = """
Tick on the left, **r** runs. Nothing ticked under *variants* or *runtimes* means: the workload's own list, every
runtime that is here. A second **r** while something runs queues it. **x** cancels: what was measured is kept and can be
resumed. The same run without this app is the command at the bottom.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "Run", tooltip="measure what is ticked, or queue it"),
        Binding("x", "cancel", "Cancel", tooltip="end the run; what was measured is kept"),
        Binding("p", "pause", "Pause painting", tooltip="freeze the screen, not the measurement"),
        Binding("l", "log", "Log", tooltip="what happened, line by line"),
        Binding("y", "copy", "Copy command", tooltip="copy the command at the bottom"),
        Binding("b", "bring", "Bring a model", tooltip="measure a model of your own"),
        Binding("c", "choices", "Choices", show=False, tooltip="show or hide what can be ticked"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.run_now: LiveRun | None = None
        self._child: BenchChild | None = None
        self._queue: deque[tuple[str, ...]] = deque()
        self._is_paused = False
        self._is_dirty = False
        self._paintings = 0
        self._painted_s = 0.0
        self._logged = 0

    def body(self) -> ComposeResult:
        """Choices, live run, command."""
        with Horizontal(id="measure"):
            with Vertical(id="choices"):
                yield Checklist(id="ticks")
                yield Static(id="told", markup=False)
                with VerticalScroll(id="brought"):
                    yield PathInput("model: an .onnx file", id="model")
                    yield PathInput("data: a folder, .npz, .jsonl", id="data")
                    yield PathInput("calibration data (else a part of data)", id="calibration")
                with Horizontal(id="limits"):
                    yield Input("20s", placeholder="budget", id="budget", compact=True, tooltip="time for timed blocks")
                    yield Input(placeholder="max loss", id="loss", compact=True, tooltip="of accuracy, e.g. 0.01")
                    yield Input(placeholder="class drop", id="drop", compact=True, tooltip="of any class, e.g. 0.03")
            with Vertical(id="live"):
                yield Told(_HINT, id="head")
                yield Told(id="standings")
                yield LinePlot(id="plot", classes="-empty")
                yield RichLog(id="log", wrap=True, max_lines=1000)
                yield Static(id="queue")
        yield Static(id="command", markup=False)

    def on_mount(self) -> None:
        """Look at what is here."""
        read_apart(self, offered, then=self._offer, failed=self.trouble.tell, group="offered")
        self.query_one("#log").display = False
        self.query_one("#brought").display = False
        self.set_interval(_QUICK_EVERY_S, self._paint_when_due)
        self.query_one(Checklist).focus()

    def _offer(self, items: tuple[Item, ...]) -> None:
        remembered = self.place.memory.of(self.VIEW).get("ticked")
        ticked = [tuple(one.split("\t", 1)) for one in remembered.split("\n")] if remembered else None
        pairs = None if ticked is None else [(one[0], one[-1]) for one in ticked]
        self.query_one(Checklist).fill(items, ticked=pairs)
        self._show_command()

    @property
    def asked(self) -> Asked:
        """What is ticked and typed."""
        ticks = self.query_one(Checklist)

        def text(name: str) -> str:
            return self.query_one(f"#{name}", Input).value.strip()

        is_bringing = bool(self.query_one("#brought").display)
        return Asked(
            workloads=ticks.ticked(WORKLOADS),
            variants=ticks.ticked(VARIANTS),
            runtimes=ticks.ticked(RUNTIMES),
            devices=ticks.ticked(DEVICES),
            batches=ticks.ticked(BATCHES),
            budget=text("budget") or "20s",
            max_relative_loss=text("loss"),
            max_class_drop=text("drop"),
            model=text("model") if is_bringing else "",
            data=text("data") if is_bringing else "",
            calibration=text("calibration") if is_bringing else "",
        )

    def on_checklist_looked(self, event: Checklist.Looked) -> None:
        """The whole of what a line cuts off."""
        item = event.item
        self.query_one("#told", Static).update(plain(f"{item.value}: {item.reason or item.told}" if item else ""))

    def on_checklist_ticked(self) -> None:
        """The command follows."""
        ticked = self.query_one(Checklist).all_ticked
        self.place.memory.of(self.VIEW)["ticked"] = "\n".join("\t".join(one) for one in ticked)
        self._show_command()

    def on_input_changed(self) -> None:
        """The command follows."""
        self._show_command()

    def _show_command(self) -> None:
        lines = self.asked.command_lines()
        told = "\n".join(typed(line) for line in lines) or "tick a workload, or press b to bring a model"
        self.query_one("#command", Static).update(Text(f"$ {told}", no_wrap=True, overflow="ellipsis"))

    # What keys do.

    def action_run(self) -> None:
        """Start what is ticked, or queue it."""
        lines = self.asked.command_lines()
        if not lines:
            self.trouble.tell("nothing to measure: tick a workload, or press b to bring a model")
            return
        wrong = [one for one in self.query(PathInput) if one.value and not one.is_valid]
        if self.asked.model and wrong:
            self.trouble.tell(f"there is no {wrong[0].value}: correct the path, or clear it")
            return
        self.queue(lines)

    def queue(self, lines: tuple[tuple[str, ...], ...]) -> None:
        """Runs to be measured, one after another."""
        self.trouble.settle()
        self._queue.extend(lines)
        if not self.is_measuring:
            self._start_next()
        self._show_queue()

    def action_cancel(self) -> None:
        """End what runs."""
        run, child = self.run_now, self._child
        if run is None or child is None or run.is_over:
            self.trouble.tell("nothing runs: r starts what is ticked")
            return
        self._queue.clear()
        run.phase = Phase.CANCELLING
        child.cancel()
        self._paint(with_plot=False)

    def action_pause(self) -> None:
        """Freeze the screen."""
        self._is_paused = not self._is_paused
        self._paint(with_plot=not self._is_paused)

    def action_log(self) -> None:
        """Log or plot."""
        log = self.query_one("#log")
        log.display = not log.display
        self.query_one(LinePlot).set_class(log.display, "-hidden")

    def action_copy(self) -> None:
        """To the clipboard, where the terminal lets one."""
        lines = self.asked.command_lines()
        if lines:
            self.app.copy_to_clipboard("\n".join(typed(line) for line in lines))
            self.notify("the command is on the clipboard, if the terminal allows it")

    def action_bring(self) -> None:
        """Show or hide the paths."""
        brought = self.query_one("#brought")
        brought.display = not brought.display
        if brought.display:
            self.query_one("#model", Input).focus()
        self._show_command()

    def action_choices(self) -> None:
        """Show or hide the left side."""
        self.query_one("#measure").toggle_class("-live")

    # The run.

    @property
    def is_measuring(self) -> bool:
        """Whether a run is under way."""
        return self.run_now is not None and not self.run_now.is_over

    def leave(self, *, goes_on: bool) -> None:
        """The app ends."""
        self._queue.clear()
        if self._child is None:
            return
        if goes_on:
            self._child.release()
        else:
            self._child.cancel()

    def _start_next(self) -> None:
        if not self._queue:
            return
        arguments = self._queue.popleft()
        self.run_now = LiveRun(arguments=arguments)
        self._logged = 0
        self.query_one(RichLog).clear()
        self.query_one("#measure").add_class("-live")
        self._follow(self.run_now)

    @work(exclusive=True, group="bench")
    async def _follow(self, run: LiveRun) -> None:
        child = self._child = BenchChild(run.arguments, database=self.place.address)
        try:
            async for line in child.lines():
                run.take(line)
                self._is_dirty = True
        except HarnessError as error:
            run.fail(str(error), log=str(child.log))
        if not run.is_over:
            words = child.last_words() or f"it ended with {child.exit_code} and said nothing"
            if child.was_cancelled:
                run.phase = Phase.CANCELLED
            else:
                run.fail(words, log=str(child.log))
        if run.phase is not Phase.FAILED:
            child.forget()
        self._paint(with_plot=True)
        self.post_message(self.RunEnded())
        self._start_next()
        self._show_queue()

    class RunEnded(ViewScreen.Changed):
        """A run came to its end: what other views show has changed."""

    # Painting.

    def _paint_when_due(self) -> None:
        run = self.run_now
        if run is None or not self._is_dirty or self._is_paused or not self.is_current:
            return
        is_timed = run.progress.stage in {Stage.TIME, Stage.WARM_UP, Stage.SERVER}
        self._paintings += 1
        every = round(_NUMBERS_EVERY_S / _QUICK_EVERY_S) if is_timed else 1
        if self._paintings % every:
            return
        self._paint(with_plot=not is_timed or self._paintings % (every * _PLOT_EVERY) == 0)

    def _paint(self, *, with_plot: bool) -> None:
        run = self.run_now
        if run is None:
            return
        self._is_dirty = False
        self.query_one("#head", Told).tell(head_of(run, is_paused=self._is_paused))
        self.query_one("#standings", Told).tell(standings_of(run))
        if with_plot:
            self.query_one(LinePlot).set_class(not run.medians, "-empty")
            lines = {arm: [one * _MS for one in values] for arm, values in run.medians.items()}
            at = run.progress.load
            where = f", {at.label}" if at is not None else ""
            self.query_one(LinePlot).show(lines, title=f"median call of each round in ms{where} · lower is better")
        self._write_log(run)
        if run.phase is Phase.FAILED:
            self.trouble.tell(f"the run failed: {run.trouble} · log: {run.log}")

    def _write_log(self, run: LiveRun) -> None:
        new = list(run.said)[self._logged :]
        self._logged += len(new)
        log = self.query_one(RichLog)
        for one in new:
            log.write(_sentence(one))

    def _show_queue(self) -> None:
        waiting = [typed(line) for line in self._queue]
        told = f"{len(waiting)} waiting: {' · '.join(waiting)}" if waiting else ""
        self.query_one("#queue", Static).update(Text(plain(told), style="dim", no_wrap=True, overflow="ellipsis"))


def _sentence(one: Said) -> Text:
    return Text(plain(f"{one.at_s:6.1f} s  {_SIGNS.get(one.tone, ' ')} {one.text}"))
