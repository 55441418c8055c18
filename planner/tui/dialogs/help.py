"""Help: what the open view is for, and every key that works in it now, searchable."""

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Markdown, Static


class HelpDialog(ModalScreen[None]):
    """Over the view that asked."""

    DEFAULT_CSS = """
    HelpDialog { align: center middle; background: $background 60%; }
    HelpDialog > VerticalScroll {
        width: 84%; max-width: 96; height: 84%; background: $surface; padding: 1 2; border: round $primary;
    }
    HelpDialog Input { border: none; height: 1; background: $panel; margin: 0 0 1 0; }
    HelpDialog Markdown { margin: 0; padding: 0; background: transparent; }
    """
    AUTO_FOCUS = "Input"
    BINDINGS = [Binding("escape,question_mark", "dismiss", "Back")]  # noqa: RUF012 - Textual's own way

    def __init__(self, *, title: str, text: str, keys: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._title, self._text, self._keys = title, text, keys

    def compose(self) -> ComposeResult:
        """A search, the words, the keys."""
        with VerticalScroll():
            yield Input(placeholder="search keys", compact=True)
            yield Markdown(f"## {self._title}\n{self._text}")
            yield Static(self._table(""), id="keys")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the keys that hold what is typed."""
        self.query_one("#keys", Static).update(self._table(event.value))

    def _table(self, wanted: str) -> Text:
        words = wanted.casefold().split()
        text = Text()
        for key, meaning in self._keys:
            if all(word in f"{key} {meaning}".casefold() for word in words):
                text.append(f"{key:>12}  ", style="bold").append(f"{meaning}\n")
        return text or Text("no key for that here", style="dim")
