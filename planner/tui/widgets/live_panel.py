"""The right side of Measure: where the run stands, its arms, the machine, a plot, a log, and its story in the end."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one
from textual.widgets import RichLog, Static

from planner.services.live import Said
from planner.tui.measuring.player import Player
from planner.tui.measuring.standing import LiveRun
from planner.tui.widgets.arms_table import arms_of
from planner.tui.widgets.detail import Detail
from planner.tui.widgets.device_strip import strip_of
from planner.tui.widgets.live_head import BEGINS, head_of
from planner.tui.widgets.plot import LinePlot, Lines
from planner.tui.widgets.series import colours_of
from planner.tui.widgets.told import Told
from planner.wording.text import plain

_MS = 1e3
_SIGNS = {"bad": ("✗", "red"), "caution": ("~", "yellow"), "good": ("✓", "green")}
_LEAST_WIDTH = 60
_LEAST_PLOT = 8  # rows
_HEAD = 6  # rows of title, progress, facts, table head, strip
_LOG_ROOM = 3  # columns for padding and a scrollbar
_MOST_LINES = 1000


class LivePanel(Vertical):
    """Draws what it is told; asks nobody. Classes: `-idle`, `-story`, `-log`, `-plotted`, `-cramped`."""

    can_focus = True
    head = query_one("#head", Told)
    plot = query_one("#plot", LinePlot)
    story = query_one("#story", Detail)
    log_lines = query_one("#log", RichLog)
    DEFAULT_CSS: ClassVar[str] = """
    LivePanel #plot, LivePanel #story, LivePanel #log { display: none; height: 1fr; }
    LivePanel #instead { height: 1fr; content-align: center middle; text-align: center; color: $text-muted; }
    LivePanel.-plotted #plot { display: block; }
    LivePanel.-plotted #instead, LivePanel.-idle #instead { display: none; }
    LivePanel.-cramped #plot, LivePanel.-cramped #instead { display: none; }
    LivePanel.-story #story { display: block; }
    LivePanel.-story #plot, LivePanel.-story #instead { display: none; }
    LivePanel.-story #arms, LivePanel.-story #strip { display: none; }
    LivePanel.-log #log { display: block; }
    LivePanel.-idle.-log #head, LivePanel.-idle.-log #strip { display: none; }
    LivePanel.-log #plot, LivePanel.-log #instead, LivePanel.-log #story { display: none; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id, classes="-idle")
        self.absent: tuple[str, ...] = ()
        self._logged = 0
        self._lines: deque[Text] = deque(maxlen=_MOST_LINES)
        self._last: tuple[LiveRun, bool, Player | None] | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Told(id="head")
        yield Told(id="arms")
        yield Told(id="strip")
        yield LinePlot(id="plot")
        yield Static(id="instead", markup=False)
        yield Detail(id="story")
        yield RichLog(id="log", wrap=True, max_lines=_MOST_LINES)
        yield Static(id="queue")

    def on_mount(self) -> None:
        """Other colours in another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._again())

    def on_resize(self) -> None:
        """Other widths."""
        self._again()
        lines = [*self._lines]
        self._clear_log()
        self._log(lines)

    def _again(self) -> None:
        if self._last is not None:
            run, is_paused, player = self._last
            self.show_run(run, is_paused=is_paused, player=player, with_plot=False)

    def show_idle(self, *parts: RenderableType) -> None:
        """What there is to do while nothing was measured."""
        self.head.tell(*parts)
        self.query_one("#strip", Told).tell(strip_of(None, self.absent))

    def begin(self) -> None:
        """Another run: nothing of the last one is shown any more."""
        self.remove_class("-idle", "-story", "-plotted")
        self._clear_log()
        self._logged = 0

    def show_run(self, run: LiveRun, *, is_paused: bool, player: Player | None = None, with_plot: bool) -> None:
        """Draw where it stands."""
        self._last = (run, is_paused, player)
        width = max(_LEAST_WIDTH, self.size.width - 2)
        self.head.tell(head_of(run, is_paused=is_paused, player=player))
        self._write_log(run)
        if self.has_class("-story"):
            return
        colours = colours_of(self.app)
        arms = self.query_one("#arms", Told)
        arms.tell(arms_of(run, width=width, colours=colours) if run.arms else Text())
        is_cramped = self._is_cramped(run)
        self.set_class(is_cramped, "-cramped")
        self.query_one("#strip", Told).tell(strip_of(run.host, () if is_cramped and run.host else self.absent))
        if with_plot and not is_cramped:
            self._plot(run)

    def _is_cramped(self, run: LiveRun) -> bool:
        """Whether the table leaves no room for a plot."""
        places = len({(arm.ahead.runtime, arm.ahead.device) for arm in run.arms.values()})
        rows = _HEAD + len(run.arms) + (places if places > 1 else 0)
        return 0 < self.size.height < rows + _LEAST_PLOT

    def _plot(self, run: LiveRun) -> None:
        self.set_class(bool(run.points), "-plotted")
        if not run.points:
            self.query_one("#instead", Static).update(BEGINS)
            return
        where = f" · {run.load.label}" if run.load is not None else ""
        marked = [point.is_disturbed for point in run.points]
        disturbed = " · ! disturbed" if any(marked) else ""
        values = [
            [None if (found := point.medians.get(arm)) is None else found * _MS for point in run.points]
            for arm in run.arms
        ]
        title = f"median call in ms{where} · lower is better{disturbed}"
        self.plot.show(Lines(values=values, marked=marked, title=title))

    def tell_story(self, parts: Iterable[RenderableType]) -> None:
        """What the run came to, in place of the plot."""
        self.add_class("-story")
        self.story.tell(*parts)

    def _write_log(self, run: LiveRun) -> None:
        new = list(run.said)[-(run.said_count - self._logged) :] if run.said_count > self._logged else []
        self._logged = run.said_count
        self._log(_sentence(one) for one in new)

    def write(self, text: str) -> None:
        """A line of something else than a run."""
        self._log([Text(plain(text))])

    def _log(self, lines: Iterable[Text]) -> None:
        """As wide as the panel: the log itself does not know how wide it is while it is hidden."""
        width = max(1, self.size.width - _LOG_ROOM)
        for line in lines:
            self._lines.append(line)
            self.log_lines.write(line, width=width)

    def _clear_log(self) -> None:
        self.log_lines.clear()
        self._lines.clear()

    def show_log(self, *, is_shown: bool | None = None) -> None:
        """Log in place of plot or story; None: the other one."""
        self.set_class(not self.has_class("-log") if is_shown is None else is_shown, "-log")

    def show_queue(self, waiting: Sequence[str]) -> None:
        """Runs that wait."""
        told = f"{len(waiting)} waiting, d drops them: {' · '.join(waiting)}" if waiting else ""
        self.query_one("#queue", Static).update(Text(plain(told), style="dim", no_wrap=True, overflow="ellipsis"))


def _sentence(one: Said) -> Text:
    sign, style = _SIGNS.get(one.tone, (" ", ""))
    return Text.assemble((f"{one.at_s:6.1f} s  ", "dim"), (f"{sign} {plain(one.text)}", style))
