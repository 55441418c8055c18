"""The left side of Measure: what can be ticked, a model to bring, budget and gate, each with its sentence beside it."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import DescendantFocus
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Static

from planner.tui.measuring.asked import Asked
from planner.tui.measuring.checking import Checked, check_fields
from planner.tui.measuring.offered import BATCHES, DEVICES, RUNTIMES, VARIANTS, WORKLOADS
from planner.tui.reading import read_apart
from planner.tui.widgets.checklist import Checklist, Item
from planner.tui.widgets.paths import PathInput
from planner.wording.text import plain

_PATHS = {
    "model": "model: an .onnx file",
    "data": "data: a folder, .npz, .csv, .jsonl",
    "calibration": "calibration data, else a part of data",
    "tokenizer": "tokenizer.json, for texts alone",
}
_LIMITS = {
    "budget": ("budget", "time for timed blocks, e.g. 45s, 2m"),
    "max_relative_loss": (
        "max loss",
        "the loss of accuracy that the gate allows, e.g. 0.01; empty: the workload's own",
    ),
    "max_class_drop": ("class drop", "the drop of any class's recall that the gate allows, e.g. 0.03; empty: its own"),
}
_USUAL = {"budget": "20s"}
_DEFAULT = "default"
_TIME, _GATE = ("budget",), ("max_relative_loss", "max_class_drop")
_NOWHERE = "space ticks · r starts · b brings a model of your own"
_IN_A_FIELD = "enter: the next field · esc: back to the list, where r runs"
_IN_A_PATH = "→: completes the path"


class Choices(Vertical):
    """Posts `Changed` whenever something else would be measured."""

    ticks = query_one("#ticks", Checklist)
    DEFAULT_CSS: ClassVar[str] = """
    Choices .note { height: auto; max-height: 3; padding: 0 1; color: $text-muted; display: none; }
    Choices .note.-told, Choices .note.-wrong { display: block; }
    Choices .note.-wrong { color: $error; }
    """

    class Changed(Message):
        """Something else is asked for."""

    def compose(self) -> ComposeResult:
        """Ticks, what the cursor stands on, paths, limits."""
        yield Checklist(id="ticks")
        yield Static(_NOWHERE, id="told", markup=False)
        with VerticalScroll(id="brought", can_focus=False):
            for name, placeholder in _PATHS.items():
                yield PathInput(placeholder, id=name)
                yield Static(id=f"{name}-note", classes="note", markup=False)
        for names in (_TIME, _GATE):
            with Horizontal(classes="limits"):
                for name in names:
                    label, tooltip = _LIMITS[name]
                    yield Static(f" {label} ")
                    usual = _USUAL.get(name, "")
                    yield Input(usual, placeholder=usual or _DEFAULT, id=name, compact=True, tooltip=tooltip)
        yield Static(id="limits-note", classes="note", markup=False)

    def on_mount(self) -> None:
        """Nothing is brought yet."""
        self.query_one("#brought").display = False

    def fill(self, items: tuple[Item, ...], *, ticked: list[tuple[str, str]] | None) -> None:
        """Show what is offered."""
        self.ticks.fill(items, ticked=ticked)
        self.post_message(self.Changed())

    @property
    def is_bringing(self) -> bool:
        """Whether a model is brought, in place of the workloads."""
        return bool(self.query_one("#brought").display)

    def toggle_bringing(self) -> None:
        """Show the paths, or leave them out."""
        brought = self.query_one("#brought")
        brought.display = not brought.display
        (self.query_one("#model", Input) if brought.display else self.ticks).focus()
        self._look()
        self.post_message(self.Changed())

    @property
    def values(self) -> dict[str, str]:
        """What is typed, by the names of `Asked`; of paths only where a model is brought."""
        names = (*_LIMITS, *(_PATHS if self.is_bringing else ()))
        return {name: self.query_one(f"#{name}", Input).value.strip() for name in names}

    @property
    def asked(self) -> Asked:
        """What is ticked and typed."""
        ticks, typed = self.ticks, self.values
        typed["budget"] = typed["budget"] or _USUAL["budget"]
        return Asked(
            workloads=ticks.ticked(WORKLOADS),
            variants=ticks.ticked(VARIANTS),
            runtimes=ticks.ticked(RUNTIMES),
            devices=ticks.ticked(DEVICES),
            batches=ticks.ticked(BATCHES),
            **typed,
        )

    def on_checklist_looked(self, event: Checklist.Looked) -> None:
        """The whole of what a line cuts off."""
        item = event.item
        self.query_one("#told", Static).update(plain(f"{item.value}: {item.reason or item.told}" if item else _NOWHERE))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Which field it is, and what works there."""
        name = event.widget.id or ""
        if isinstance(event.widget, Input):
            told = _PATHS[name] if name in _PATHS else ": ".join(_LIMITS[name])
            keys = f"{_IN_A_PATH} · {_IN_A_FIELD}" if name in _PATHS else _IN_A_FIELD
            self.query_one("#told", Static).update(f"{told}\n{keys}")
        elif event.widget is self.ticks:
            self.ticks.tell_where()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look at what is typed, apart: a folder may lie on a slow disk."""
        event.stop()
        self._look()
        self.post_message(self.Changed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next field, and from the last one back to the list."""
        event.stop()
        shown = [one for one in self.query(Input) if one.display and (self.is_bringing or one.id in _LIMITS)]
        at = shown.index(event.input) + 1
        (shown[at] if at < len(shown) else self.ticks).focus()

    def _look(self) -> None:
        read_apart(self, partial(check_fields, self.values), then=self.tell, failed=lambda _: None, group="checks")

    def tell(self, found: Mapping[str, Checked]) -> None:
        """A sentence beside each field that has one."""
        for name in _PATHS:
            self._note(name, found.get(name, Checked()))
        wrong = next(_wrong_limits(found), Checked())
        self._note("limits", wrong)
        for name in found:
            self.query_one(f"#{name}", Input).set_class(found[name].is_wrong, "-invalid")

    def _note(self, name: str, checked: Checked) -> None:
        note = self.query_one(f"#{name}-note", Static)
        sign = "✗" if checked.is_wrong else "·"
        note.update(Text(plain(f"{name} {sign} {checked.brief}" if name in _PATHS else f"{sign} {checked.brief}")))
        note.set_class(bool(checked.told), "-told")
        note.set_class(checked.is_wrong, "-wrong")


def _wrong_limits(found: Mapping[str, Checked]) -> Iterator[Checked]:
    return (found[name] for name in _LIMITS if name in found and found[name].is_wrong)
