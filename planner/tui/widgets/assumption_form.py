"""The assumptions as a form: one line each, with what holds of it and how that came about.

Enter opens the line below the list; what is typed takes effect with every letter, escape takes it back. A text that is
refused stays, and the sentence about it stands beside the form.
"""

from collections.abc import Mapping

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from planner.tui.fleet.edits import form_entries
from planner.tui.fleet.holding import Held, Mark
from planner.tui.fleet.telling import kind_told
from planner.tui.widgets.told import Told
from planner.wording.text import plain
from pricing.assumptions.entry import Entry

_NAME_WIDTH = 19
_LONGEST = 200  # characters of an assumption
_WRONG = "✗"
_HINT = "⏎ keeps it · esc takes it back · empty: as if nothing were stated"
_NOTHING = Held(mark=Mark.DEFAULT, text="", told="")
_STYLES = {Mark.EDITED: "bold", Mark.EVIDENCE: "", Mark.FOUND: "dim", Mark.DEFAULT: ""}


class _Lines(OptionList):
    """The cursor stays in sight, whatever takes room away."""

    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
    ]

    def say(self, name: str, prompt: Content) -> None:
        """Another text of one line, which alone is painted: Textual's own way measures and draws all of them anew."""
        at = self.get_option_index(name)
        option = self.get_option_at_index(at)
        option._set_prompt(prompt)  # noqa: SLF001 - see above
        for key in [key for key in self._option_render_cache.keys() if key[0] is option]:  # noqa: SIM118 - no dict
            self._option_render_cache.discard(key)
        self.refresh_line(at)

    def on_resize(self) -> None:
        """Less room, or more; on the first line its section is in sight too."""
        if (self.highlighted or 0) > 1:
            self.call_after_refresh(self.scroll_to_highlight)


class AssumptionForm(Vertical):
    """The form."""

    DEFAULT_CSS = """
    AssumptionForm _Lines {
        height: 1fr; max-height: 100%; border: none; padding: 0 0 0 1; background: $background;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    AssumptionForm _Lines:focus { border: none; background-tint: $foreground 0%; }
    AssumptionForm _Lines > .option-list--option-disabled { color: $text-muted; }
    AssumptionForm #line { display: none; height: 1; background: $primary 25%; }
    AssumptionForm.-editing #line { display: block; }
    AssumptionForm #line Static { width: auto; padding: 0 1; text-style: bold; }
    AssumptionForm #line Input { width: 1fr; border: none; height: 1; padding: 0; background: $primary 10%; }
    AssumptionForm Told { height: 7; padding: 0 1; background: $surface; color: $text-muted; }
    AssumptionForm.-wrong Told { background: $error 12%; }
    AssumptionForm.-wrong #line { background: $error 30%; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("enter,e", "edit", "Edit", key_display="⏎", tooltip="change the assumption under the cursor"),
        Binding("d", "default", "Take back", show=False, tooltip="take the edit of this assumption back"),
        Binding("D", "all_default", "Take all back", show=False, tooltip="take every edit back"),
    ]

    class Edited(Message):
        """Another text of an assumption; an empty one takes the edit back."""

        def __init__(self, name: str, text: str) -> None:
            self.name, self.text = name, text
            super().__init__()

    class AllTakenBack(Message):
        """No edit any more."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._entries = form_entries()
        self._held: Mapping[str, Held] = {}
        self._shown: dict[int, tuple[Held, bool]] = {}
        self._refused: tuple[str, str] | None = None
        self._before = _NOTHING

    def compose(self) -> ComposeResult:
        """Lines, the edited one, its meaning."""
        yield _Lines(markup=False)
        with Horizontal(id="line"):
            yield Static(markup=False)
            yield Input(compact=True, max_length=_LONGEST)
        yield Told()

    def on_mount(self) -> None:
        """Draw."""
        section = None
        lines = self._lines
        for number, entry in enumerate(self._entries):
            if entry.section != section:
                section = entry.section
                lines.add_option(Option(Text(section.upper(), style="bold"), disabled=True))
            lines.add_option(Option(self._drawn(number), id=f"a{number}"))
        lines.action_first()

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
        number = self._number
        return None if number is None else self._entries[number]

    @property
    def _number(self) -> int | None:
        at = self._lines.highlighted
        name = None if at is None else self._lines.get_option_at_index(at).id
        return None if name is None else int(name[1:])

    def go_to(self, name: str) -> None:
        """Put the cursor on an assumption."""
        number = next((at for at, entry in enumerate(self._entries) if entry.name == name), 0)
        self._lines.highlighted = self._lines.get_option_index(f"a{number}")
        self.focus_lines()

    def focus_lines(self) -> None:
        """Let keys go to the list, or to the line that is open."""
        (self.query_one(Input) if self.is_editing else self._lines).focus()

    def show(self, held: Mapping[str, Held]) -> None:
        """What holds now; only lines that changed are drawn anew."""
        self._held = held
        for number, entry in enumerate(self._entries):
            is_wrong = self._refused is not None and self._refused[0] == entry.name
            now = (held.get(entry.name, _NOTHING), is_wrong)
            if self._shown.get(number) != now:
                self._shown[number] = now
                self._lines.say(f"a{number}", self._drawn(number))
        self._tell()

    def refuse(self, name: str, sentence: str) -> None:
        """An assumption has no answer, and why."""
        self._refused = (name, sentence)
        self.show(self._held)

    @property
    def is_refused(self) -> bool:
        """Whether an assumption has no answer."""
        return self._refused is not None

    def accept(self) -> None:
        """All of them have."""
        self._refused = None

    def _drawn(self, number: int) -> Content:
        entry = self._entries[number]
        one, is_wrong = self._shown.get(number, (_NOTHING, False))
        key = f"{entry.key:<{_NAME_WIDTH}} "
        return Content.assemble(
            (f"{_WRONG if is_wrong else one.mark} ", "$text-error" if is_wrong else "$text-accent"),
            (key, "bold" if one.mark is Mark.EDITED else ""),
            (plain(one.text) or "–", _STYLES[one.mark] if one.text else "dim"),
        )

    def _tell(self) -> None:
        """What the line under the cursor means, or what is wrong with it."""
        entry, refused = self.entry, self._refused
        is_wrong = refused is not None and entry is not None and (refused[0] == entry.name or self.is_editing)
        self.set_class(is_wrong, "-wrong")
        if entry is None:
            return
        head = Text(plain(entry.name), style="bold").append(f"  {kind_told(entry)}", style="not bold dim")
        if is_wrong and refused is not None:
            way_back = Text(f"{'esc' if self.is_editing else 'd'} takes it back", style="dim")
            self.query_one(Told).tell_in_place(head, Text(plain(f"{_WRONG} {refused[1]}"), style="red"), way_back)
            return
        came = _HINT if self.is_editing else self._held.get(entry.name, _NOTHING).told
        self.query_one(Told).tell_in_place(head, Text(plain(f"{entry.meaning}.")), Text(plain(came), style="dim"))

    # What keys do.

    def action_edit(self) -> None:
        """Open the line."""
        entry = self.entry
        if entry is None or self.is_editing:
            return
        self._before = self._held.get(entry.name, _NOTHING)
        self.add_class("-editing")
        self.query_one("#line Static", Static).update(Text(entry.key))
        box = self.query_one(Input)
        with box.prevent(Input.Changed):
            box.value = self._before.text
        box.cursor_position = len(box.value)
        box.focus()
        self._tell()

    def action_default(self) -> None:
        """No edit."""
        if self.entry is not None:
            self.post_message(self.Edited(self.entry.name, ""))

    def action_all_default(self) -> None:
        """No edit anywhere."""
        self.post_message(self.AllTakenBack())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the line."""
        event.stop()
        self.action_edit()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """What it means."""
        event.stop()
        self._tell()

    def on_input_changed(self, event: Input.Changed) -> None:
        """With every letter; what held without an edit is none."""
        event.stop()
        if self.is_editing and self.entry is not None:
            is_none = self._before.mark is not Mark.EDITED and event.value.strip() == self._before.text
            self.post_message(self.Edited(self.entry.name, "" if is_none else event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep it."""
        event.stop()
        self._close()

    def on_key(self, event: Key) -> None:
        """Escape takes it back."""
        if event.key == "escape" and self.is_editing:
            event.stop()
            if self.entry is not None:
                is_edit = self._before.mark is Mark.EDITED
                self.post_message(self.Edited(self.entry.name, self._before.text if is_edit else ""))
            self._close()

    def _close(self) -> None:
        self.remove_class("-editing")
        self._lines.focus()
        self._tell()
