"""Asks for a few texts. Escape is no answer; enter in the last one is all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from planner.wording.text import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One text. `is_needed`: an empty one is no answer."""

    name: str
    title: str
    value: str = ""
    is_needed: bool = True


class Form(ModalScreen[dict[str, str] | None]):
    """The fields, by name."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    Form { align: center middle; background: $background 60%; }
    Form > Vertical {
        width: 80; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $primary;
    }
    Form Static { height: auto; }
    Form Input { border: none; height: 1; background: $panel; margin: 0 0 1 0; padding: 0 1; }
    Form #lacks { color: $error; }
    """
    BINDINGS = [Binding("escape", "dismiss(None)", "Back")]  # noqa: RUF012 - Textual's own way

    def __init__(self, title: str, fields: Sequence[Field]) -> None:
        super().__init__()
        self._title, self._fields = title, tuple(fields)

    def compose(self) -> ComposeResult:
        """Title, fields, what lacks."""
        with Vertical():
            yield Static(Text(plain(f"{self._title}\n"), style="bold"))
            for one in self._fields:
                yield Static(Text(plain(one.title), style="dim"))
                yield Input(one.value, id=f"field-{one.name}", compact=True)
            yield Static("enter goes on · esc goes back", id="lacks")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The next field, or the end."""
        event.stop()
        boxes = list(self.query(Input))
        at = boxes.index(event.input)
        if at + 1 < len(boxes):
            boxes[at + 1].focus()
            return
        answers = {one.name: box.value.strip() for one, box in zip(self._fields, boxes, strict=True)}
        lacking = [one.title for one in self._fields if one.is_needed and not answers[one.name]]
        if lacking:
            self.query_one("#lacks", Static).update(Text(f"! missing: {', '.join(lacking)}"))
            return
        self.dismiss(answers)
