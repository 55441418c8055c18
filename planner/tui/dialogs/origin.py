"""Where a figure comes from, back to the measurement or the price row; from there on to its view."""

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from planner.tui.fleet.origins import MARKS, MARKS_TOLD, Origin
from planner.tui.widgets.told import Told
from planner.wording.text import plain

_COLOURS = {"measured": "green", "published": "cyan", "projected": "yellow", "assumed": "magenta", "derived": "blue"}


class OriginDialog(ModalScreen[str | None]):
    """Answers with `run` or `price` where one wants to go on there."""

    DEFAULT_CSS = """
    OriginDialog { align: center middle; background: $background 60%; }
    OriginDialog > VerticalScroll {
        width: 100; max-width: 94%; height: auto; max-height: 84%; padding: 1 2; background: $surface;
        border: round $primary;
    }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("escape,enter", "dismiss(None)", "Back", tooltip="back to the answer"),
        Binding("o", "follow('run')", "Open the run", tooltip="the run behind this figure, among the results"),
        Binding("v", "follow('price')", "View the price", tooltip="the price behind this figure, among the prices"),
    ]

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self._origin = origin

    def compose(self) -> ComposeResult:
        """The steps."""
        with VerticalScroll():
            yield Told()

    def on_mount(self) -> None:
        """Tell them."""
        origin = self._origin
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for step in origin.steps:
            kind = Text(f"{MARKS[step.kind]} {step.kind}", style=_COLOURS[step.kind]) if step.kind else Text("")
            table.add_row(kind, Text(plain(step.text), style="" if step.kind else "dim"))
        ways = [("o", f"opens run {origin.run}")] if origin.run else []
        ways += [("v", "shows this price among the prices")] if origin.instance else []
        last = Text()
        for key, told in (*ways, ("esc", "goes back")):
            last.append(f"{key} ", style="bold yellow").append(plain(f"{told}   "), style="dim")
        title = Text(plain(origin.title), style="bold")
        self.query_one(Told).tell(title, Text(), table, Text(), last, Text(MARKS_TOLD, style="dim"))

    def action_follow(self, where: str) -> None:
        """Where there is something to open."""
        if (self._origin.run if where == "run" else self._origin.instance) is not None:
            self.dismiss(where)
        else:
            self.notify(f"no {where} is behind this figure")
