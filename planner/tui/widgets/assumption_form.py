"""The assumptions as a form: one line each, with its unit, its default, and what was typed over it.

Enter or typing opens the line below the list; what is typed takes effect with every letter, escape takes it back.
"""

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from planner.tui.fleet.edits import Edits, form_entries
from planner.tui.widgets.told import Told
from planner.wording.text import plain
from pricing.assumptions.entry import Entry

_NAME_WIDTH = 18
_LONGEST = 200  # characters of an assumption


class _Lines(OptionList):
    """A class of its own, to be found by."""

    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]


class AssumptionForm(Vertical):
    """The form."""

    DEFAULT_CSS = """
    AssumptionForm _Lines {
        height: 1fr; border: none; padding: 0 1; background: $background; text-wrap: nowrap; text-overflow: ellipsis;
    }
    AssumptionForm Input { display: none; border: none; height: 1; padding: 0 1; background: $primary 25%; }
    AssumptionForm.-editing Input { display: block; }
    AssumptionForm Told { height: 4; padding: 0 1; background: $surface; color: $text-muted; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("enter,e", "edit", "Edit", key_display="⏎", tooltip="change the assumption under the cursor"),
        Binding("d", "default", "Default", tooltip="take the assumption back to its default"),
    ]

    class Edited(Message):
        """Another text of an assumption."""

        def __init__(self, name: str, text: str) -> None:
            self.name, self.text = name, text
            super().__init__()

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._entries = form_entries()
        self._edits = Edits()
        self._before = ""

    def compose(self) -> ComposeResult:
        """Lines, the edited one, its meaning."""
        yield _Lines(markup=False)
        yield Input(compact=True, max_length=_LONGEST)
        yield Told()

    def on_mount(self) -> None:
        """Draw."""
        section = None
        lines = self._lines
        for number, entry in enumerate(self._entries):
            if entry.section != section:
                section = entry.section
                lines.add_option(Option(Text(section.upper(), style="bold dim"), disabled=True))
            lines.add_option(Option(self._drawn(entry), id=f"a{number}"))

    @property
    def _lines(self) -> _Lines:
        return self.query_one(_Lines)

    @property
    def is_editing(self) -> bool:
        """Whether a line is open."""
        return self.has_class("-editing")

    @property
    def entry(self) -> Entry | None:
        """Under the cursor."""
        at = self._lines.highlighted
        if at is None:
            return None
        name = self._lines.get_option_at_index(at).id
        return None if name is None else self._entries[int(name[1:])]

    def show(self, edits: Edits) -> None:
        """These texts instead."""
        self._edits = edits
        for number, entry in enumerate(self._entries):
            self._lines.replace_option_prompt(f"a{number}", self._drawn(entry))

    def _drawn(self, entry: Entry) -> Text:
        is_edited = entry.name in self._edits.texts
        value = self._edits.shown(entry)
        text = Text(f"{'✎' if is_edited else ' '} {entry.key:<{_NAME_WIDTH}} ", style="bold" if is_edited else "")
        return text.append(plain(value) or "by itself", style="" if value else "dim")

    def action_edit(self) -> None:
        """Open the line."""
        entry = self.entry
        if entry is None or self.is_editing:
            return
        self._before = self._edits.texts.get(entry.name, "")
        self.add_class("-editing")
        box = self.query_one(Input)
        with box.prevent(Input.Changed):
            box.value = self._edits.shown(entry)
        box.focus()

    def action_default(self) -> None:
        """No edit."""
        if self.entry is not None:
            self.post_message(self.Edited(self.entry.name, ""))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the line."""
        event.stop()
        self.action_edit()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """What it means."""
        event.stop()
        entry = self.entry
        if entry is not None:
            why = f" Default: {entry.why}." if entry.why else ""
            kind = f"{entry.kind} · " if entry.kind != "a word" else ""
            self.query_one(Told).tell(Text(plain(f"{entry.name}: {kind}{entry.meaning}.{why}")))

    def on_input_changed(self, event: Input.Changed) -> None:
        """With every letter."""
        event.stop()
        if self.is_editing and self.entry is not None:
            self.post_message(self.Edited(self.entry.name, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep it."""
        event.stop()
        self._close()

    def on_key(self, event: Key) -> None:
        """Escape takes it back."""
        if event.key == "escape" and self.is_editing:
            event.stop()
            if self.entry is not None:
                self.post_message(self.Edited(self.entry.name, self._before))
            self._close()

    def _close(self) -> None:
        self.remove_class("-editing")
        self._lines.focus()
