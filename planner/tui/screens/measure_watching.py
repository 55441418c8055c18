"""The part of Measure that follows a run and paints it, as seldom as what is timed asks for."""

import time
from collections.abc import Sequence
from functools import partial

from rich.console import RenderableType
from textual import work
from textual.getters import query_one
from textual.widgets import Input

from planner.tui.measuring.asked import typed
from planner.tui.measuring.pacing import Pacer
from planner.tui.measuring.player import Player
from planner.tui.measuring.session import Session
from planner.tui.measuring.standing import LiveRun, Phase
from planner.tui.measuring.story import Newest, newest_of, story_of
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.live_panel import LivePanel

_STORY_ROOM = 4  # columns for padding and a scrollbar
_LEAST_STORY = 60
_TRY_AGAIN = "r tries again"
_GO_ON = "u goes on from what was measured"
_LAST_LINES = "l shows its last lines"
_MOST_REASON = 300  # characters: what to do next stands below it, on a small screen, too


class Watching(ViewScreen):
    """Knows the session and the panel."""

    panel = query_one("#live", LivePanel)

    player: Player | None = None
    newest: Newest | None = None

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(database="")
        self._is_paused = self._is_dirty = False
        self._pacer = Pacer()

    class RunEnded(ViewScreen.Changed):
        """A run came to its end: what other views show has changed."""

    @property
    def run_now(self) -> LiveRun | None:
        """What is shown to the right."""
        return self.session.run

    @property
    def is_measuring(self) -> bool:
        """Whether a run is under way."""
        return self.session.is_measuring

    def leave(self, *, goes_on: bool) -> None:
        """The app ends."""
        self.session.leave(goes_on=goes_on)

    def queue(self, lines: Sequence[tuple[str, ...]]) -> None:
        """Runs to be measured, one after another."""
        self.trouble.settle()
        self.session.add(lines)
        self.start_next()

    def start_next(self) -> None:
        """The next run that waits, unless one is under way."""
        run = self.session.next_run()
        self.show_queue()
        if run is not None:
            self.player = None
            self.show_anew(run)
            self._follow(run)

    def show_anew(self, run: LiveRun) -> None:
        """Turn to another run."""
        self._is_paused = False
        self.panel.begin()
        self.query_one("#measure").add_class("-live")
        if self.has_class("-narrow") or run.is_replay:
            self.panel.focus()
        self.panel.show_run(run, is_paused=False, player=self.player, with_plot=True)
        self.refresh_bindings()

    @work(exclusive=True, group="bench")
    async def _follow(self, run: LiveRun) -> None:
        await self.session.follow(run, told=self.mark_dirty)
        self.paint(with_plot=True)
        if run.phase is Phase.FAILED:
            self._tell_failure(run)
        elif run.began is not None:
            self.read_story(run.began.run)
        self.post_message(self.RunEnded())
        self.read_newest()
        self.refresh_bindings()
        self.start_next()

    def _tell_failure(self, run: LiveRun) -> None:
        what_next = _TRY_AGAIN if run.began is None else f"{_GO_ON} · {_TRY_AGAIN}"
        log = f" · {_LAST_LINES}\nlog: {run.log}" if run.log else ""
        reason = run.trouble if len(run.trouble) <= _MOST_REASON else f"{run.trouble[:_MOST_REASON]}…"
        self.trouble.tell(f"the run failed: {reason}\n{what_next}{log}")

    def read_story(self, run: str) -> None:
        """What it came to, from the store."""
        width = max(_LEAST_STORY, self.panel.size.width - _STORY_ROOM)
        work = partial(story_of, run=run, database=self.place.address, width=width)
        self.read(work, then=partial(self._tell_story, run), group="story", settles=False)

    def _tell_story(self, run: str, parts: tuple[RenderableType, ...]) -> None:
        shown = self.run_now
        if shown is None or shown.began is None or shown.began.run != run or not shown.is_over:
            return
        self.panel.tell_story(parts)
        if not isinstance(self.focused, Input):
            self.panel.story.focus()

    def read_newest(self) -> None:
        """The newest run, and who measures here."""

        def take(newest: Newest) -> None:
            self.newest = newest
            self.newest_came()
            self.refresh_bindings()

        self.read(newest_of, then=take, group="newest", settles=False)

    def newest_came(self) -> None:
        """It was read."""

    def show_queue(self) -> None:
        """What waits."""
        self.panel.show_queue([typed(line) for line in self.session.waiting])
        self.refresh_bindings()

    # Painting.

    def mark_dirty(self) -> None:
        """There is something new to paint."""
        self._is_dirty = True

    def paint_when_due(self) -> None:
        """Called by a timer."""
        run = self.run_now
        if run is None or not self._is_dirty or self._is_paused or not self.is_current:
            return
        due = self._pacer.due(time.monotonic(), is_timed=run.is_timed)
        if due.numbers:
            self.paint(with_plot=due.plot)

    def paint(self, *, with_plot: bool) -> None:
        """Now."""
        run = self.run_now
        if run is not None:
            self._is_dirty = False
            self.panel.show_run(run, is_paused=self._is_paused, player=self.player, with_plot=with_plot)
