"""Asks one question, with a key for each answer. Escape is the answer that changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from planner.wording.text import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An answer: its key, what it does."""

    key: str
    told: str


class Question(ModalScreen[str | None]):
    """Answers with the key of a choice; None: escape."""

    DEFAULT_CSS = """
    Question { align: center middle; background: $background 60%; }
    Question > Vertical {
        width: 72; max-width: 90%; height: auto; padding: 1 2; background: $surface; border: round $warning;
    }
    Question Static { height: auto; }
    """

    def __init__(self, question: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._question, self._choices = question, tuple(choices)

    def compose(self) -> ComposeResult:
        """The question, the answers."""
        with Vertical():
            yield Static(Text(plain(self._question), style="bold"))
            lines = Text()
            for one in (*self._choices, Choice(key="esc", told="go back, nothing changes")):
                lines.append(f"\n{one.key:>4}  ", style="bold").append(plain(one.told))
            yield Static(lines)

    def on_key(self, event: Key) -> None:
        """An answer, or escape."""
        event.stop()
        if event.key == "escape":
            self.dismiss(None)
        elif any(event.key == one.key for one in self._choices):
            self.dismiss(event.key)
