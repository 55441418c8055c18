"""Help: what the open view is for, what the signs mean, and every key that works in it, searchable."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from planner.wording.text import plain

_SIGNS = (
    ("✓", "good"),
    ("~", "undecided, or to be looked at"),
    ("✗", "bad, or not here"),
    ("!", "broken, stale or missing: the line says what to do"),
    ("● ◆ ◇ ○", "measured, published, projected, assumed: what a figure rests on"),
)
_STRONG = re.compile(r"(\*\*.+?\*\*|`.+?`)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key as help tells it. `reason`: why it can do nothing now."""

    shown: str
    told: str
    reason: str = ""


def keys_of(app: "App[int]", screen: Screen[object]) -> tuple[Key, ...]:
    """What works on a screen, its own first."""
    found: dict[str, Key] = {}
    active = sorted(screen.active_bindings.values(), key=lambda one: not one.binding.tooltip)
    for one in active:
        binding = one.binding
        if binding.description:
            shown = app.get_key_display(binding)
            reason = "" if one.enabled else _reason(one.node, binding.action)
            known = found.get(binding.action)
            shown = f"{known.shown} {shown}" if known else shown
            found[binding.action] = Key(shown=shown, told=binding.tooltip or binding.description, reason=reason)
    return tuple(found.values())


def _reason(node: object, action: str) -> str:
    ask = getattr(node, "why_not", None)
    return (ask(action.partition("(")[0].rpartition(".")[2]) if ask else None) or "not now"


class HelpDialog(ModalScreen[None]):
    """Over the view that asked."""

    DEFAULT_CSS = """
    HelpDialog { align: center middle; background: $background 60%; }
    HelpDialog > VerticalScroll {
        width: 84%; max-width: 96; height: 84%; background: $surface; padding: 1 2; border: round $primary;
    }
    .-narrow HelpDialog > VerticalScroll, HelpDialog.-narrow > VerticalScroll {
        width: 100%; height: 100%; padding: 0 1;
    }
    HelpDialog Input { border: none; height: 1; background: $panel; margin: 0 0 1 0; padding: 0 1; }
    HelpDialog Static { height: auto; }
    """
    AUTO_FOCUS = "Input"
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("escape,question_mark", "dismiss", "Back", tooltip="leave the help"),
        Binding("down", "scroll(1)", "Down", show=False),
        Binding("up", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, *, title: str, text: str, keys: tuple[Key, ...]) -> None:
        super().__init__()
        self._title, self._text, self._keys = title, text, keys

    def compose(self) -> ComposeResult:
        """A search, the words, the keys, the signs."""
        with VerticalScroll():
            yield Input(placeholder="type to find a key or a sign · esc goes back", compact=True)
            yield Static(Text(plain(f"{self._title}\n"), style="bold"))
            yield Static(spoken(self._text), id="words")
            yield Static(self._found(""), id="keys")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what holds what is typed."""
        self.query_one("#words").display = not event.value.strip()
        self.query_one("#keys", Static).update(self._found(event.value))

    def action_scroll(self, step: int) -> None:
        """The search keeps the focus."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)

    def _found(self, wanted: str) -> Text:
        words = wanted.casefold().split()
        keys = [
            (one.shown, f"{one.told}{f' · not now: {one.reason}' if one.reason else ''}", bool(one.reason))
            for one in self._keys
        ]
        signs = [(sign, told, False) for sign, told in _SIGNS]
        text = Text()
        for title, lines in (("Keys", keys), ("Signs", signs)):
            found = [one for one in lines if all(word in f"{one[0]} {one[1]}".casefold() for word in words)]
            if found:
                text.append(f"{title}\n", style="bold dim")
            for shown, told, is_dim in found:
                text.append(f"{shown:>12}  ", style="bold").append(f"{plain(told)}\n", style="dim" if is_dim else "")
            text.append("\n" if found else "")
        return text or Text("no key or sign for that here", style="dim")


def spoken(text: str) -> Text:
    """A view's words: its paragraphs, with **strong** and `code` told apart by weight."""
    paragraphs = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    whole = Text()
    for piece in _pieces("\n\n".join(paragraphs)):
        whole.append_text(piece)
    return whole.append("\n") if whole else whole


def _pieces(text: str) -> Iterator[Text]:
    for part in _STRONG.split(text):
        if part.startswith("**"):
            yield Text(part.strip("*"), style="bold")
        elif part.startswith("`"):
            yield Text(part.strip("`"), style="italic")
        elif part:
            yield Text(part)
