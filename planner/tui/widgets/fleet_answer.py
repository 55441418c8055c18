"""The answer: the names of its panes, the table of fleets on the first, pictures on all. Only the open one is drawn."""

from collections.abc import Callable, Iterable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize
from textual.widgets import Static

from planner.tui.fleet.figures import Line
from planner.tui.fleet.panes import FLEETS, PANES, Pane
from planner.tui.widgets.drawn_lines import DrawnLines
from planner.tui.widgets.fleet_table import FleetTable
from planner.tui.widgets.part import Part

_LEAST_ROWS = 20
"""Of the answer: with less there is no room below the table for a picture."""
_SIDES = 2  # characters that a picture leaves free: the scrollbar, and one before it

Draw = Callable[[Pane, int], Iterable[Part]]


class FleetAnswer(Vertical):
    """Panes of an answer. The screen says how a pane is drawn in a width."""

    DEFAULT_CSS = """
    FleetAnswer { width: 1fr; padding: 0 1; }
    FleetAnswer #pane-names { height: 1; width: 1fr; margin: 0 0 1 0; link-style: none; link-color: $text-muted; }
    FleetAnswer DrawnLines { background: $background; }
    FleetAnswer.-fleets DrawnLines { margin: 1 0 0 0; }
    FleetAnswer FleetTable { display: none; }
    FleetAnswer.-fleets FleetTable { display: block; }
    FleetAnswer.-fleets.-low DrawnLines { display: none; }
    FleetAnswer.-fleets.-low FleetTable { height: 1fr; }
    """

    def __init__(self, *, id: str, draw: Draw) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id, classes="-fleets")
        self._pane_draw = draw
        self._open = PANES[0]

    def compose(self) -> ComposeResult:
        """Names, table, pictures."""
        yield Static(self._names(), id="pane-names")
        yield FleetTable(id="fleets")
        yield DrawnLines(id="pictures")

    @property
    def pane(self) -> Pane:
        """The open one."""
        return self._open

    def open_pane(self, name: str) -> None:
        """Another pane."""
        self._open = next((pane for pane in PANES if pane.name == name), self._open)
        self.set_class(self._open.name == FLEETS, "-fleets")
        self.query_one("#pane-names", Static).update(self._names())
        self.redraw()
        self.query_one(DrawnLines).scroll_home(animate=False)
        self.focus_pane()

    def turn(self, step: int) -> None:
        """The next pane, or the one before."""
        at = PANES.index(self._open)
        self.open_pane(PANES[(at + step) % len(PANES)].name)

    def focus_pane(self) -> None:
        """Let keys go to the table, or to the pictures."""
        wanted = FleetTable if self._open.name == FLEETS else DrawnLines
        self.query_one(wanted).focus()

    def show_fleets(self, titles: Sequence[str], lines: Sequence[Line]) -> None:
        """The table."""
        self.query_one(FleetTable).show(titles, lines)

    def dim(self, *, is_stale: bool) -> None:
        """All of it is of the answer before."""
        self.query_one(FleetTable).dim(is_stale=is_stale)
        self.redraw()

    def redraw(self) -> None:
        """The pictures of the open pane, as they are known now; it stays scrolled where it is."""
        if self.has_class("-low") and self._open.name == FLEETS:
            return
        width = self.size.width - _SIDES
        if width > 0:
            self.query_one(DrawnLines).draw_parts(self._pane_draw(self._open, width), width=width)

    def on_resize(self, event: Resize) -> None:
        """Another width: other pictures."""
        self.set_class(event.size.height < _LEAST_ROWS, "-low")
        self.call_after_refresh(self.redraw)

    def _names(self) -> str:
        return " ".join(f"[@click=screen.open_pane('{pane.name}')]{self._named(pane)}[/]" for pane in PANES)

    def _named(self, pane: Pane) -> str:
        return f"[b $text on $primary 40%]▸{pane.title}[/]" if pane is self._open else f" {pane.title}"
