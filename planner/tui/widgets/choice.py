"""One of a few words: arrows and space go through them, a letter goes to the next that begins so."""

from collections.abc import Sequence

from rich.text import Text
from textual.events import Click, Key
from textual.message import Message
from textual.widgets import Static

from planner.wording.text import plain


class ChoiceBox(Static, can_focus=True):
    """A line: the word, and which of how many it is."""

    DEFAULT_CSS = """
    ChoiceBox { height: 1; padding: 0 1; background: $panel; }
    ChoiceBox:focus { background: $primary 30%; text-style: bold; }
    """

    class Submitted(Message):
        """Enter: this one."""

        def __init__(self, box: "ChoiceBox") -> None:
            self.box = box
            super().__init__()

    def __init__(self, choices: Sequence[str], *, value: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._choices = tuple(choices)
        self._at = self._choices.index(value) if value in self._choices else 0

    @property
    def value(self) -> str:
        """The word chosen."""
        return self._choices[self._at]

    def on_mount(self) -> None:
        """Show it."""
        self._draw()

    def on_key(self, event: Key) -> None:
        """To another word."""
        letter = event.character or ""
        if event.key in {"right", "space"}:
            self._step(1)
        elif event.key == "left":
            self._step(-1)
        elif event.key == "enter":
            self.post_message(self.Submitted(self))
        elif len(letter) == 1 and letter.isalnum():
            self._to(letter.casefold())
        else:
            return
        event.stop()

    def on_click(self, event: Click) -> None:
        """The next one."""
        event.stop()
        self._step(1)

    def _step(self, by: int) -> None:
        self._at = (self._at + by) % len(self._choices)
        self._draw()

    def _to(self, letter: str) -> None:
        count = len(self._choices)
        later = ((self._at + step) % count for step in range(1, count + 1))
        self._at = next((at for at in later if self._choices[at].casefold().startswith(letter)), self._at)
        self._draw()

    def _draw(self) -> None:
        self.update(Text.assemble("◂ ", plain(self.value), " ▸", (f"  {self._at + 1} of {len(self._choices)}", "dim")))
