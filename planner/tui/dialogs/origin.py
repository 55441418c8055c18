"""Where a figure comes from, back to the measurement or the price row; from there on to its view."""

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from planner.tui.fleet.origins import Origin
from planner.tui.widgets.told import Told
from planner.wording.text import plain


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
        Binding("escape,enter", "dismiss(None)", "Back"),
        Binding("o", "follow('run')", "Open the run"),
        Binding("v", "follow('price')", "View the price"),
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
        lines = [Text(plain(self._origin.title), style="bold"), Text()]
        lines += [Text(plain(f"{number}. {line}")) for number, line in enumerate(self._origin.lines, start=1)]
        ways = [f"o opens run {self._origin.run}"] if self._origin.run else []
        ways += ["v shows its price among the prices"] if self._origin.instance else []
        lines += [Text(), Text(plain(" · ".join((*ways, "esc goes back"))), style="dim")]
        self.query_one(Told).tell(*lines)

    def action_follow(self, where: str) -> None:
        """Where there is something to open."""
        if (self._origin.run if where == "run" else self._origin.instance) is not None:
            self.dismiss(where)
