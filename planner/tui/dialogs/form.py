"""Asks for a few things: texts, paths, choices. Each field says at once what is wrong with it, beside it.

Enter goes to the next field and is the end in the last one; escape is no answer. What takes longer than a key may is
judged off the event loop when all is filled in: then the answers come, or the sentence says why not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Static

from planner.errors import PlannerError
from planner.tui.reading import OURS, read_apart
from planner.tui.widgets.choice import ChoiceBox
from planner.tui.widgets.paths import PathInput
from planner.wording.text import plain

Answers = dict[str, str]
Check = Callable[[str], str | None]
"""Of one text, not empty: what is wrong with it, or None. It must be as quick as a key."""
Judge = Callable[[Mapping[str, str]], object]
"""Of all answers, in a thread: raises an error of ours where they are none, a `FieldError` to say which."""

_LONGEST_BESIDE = 22
_NEXT = "enter goes on · ↑↓ between fields · esc goes back"
_CHOOSE = "←→ choose · "
_CHECKING = "… looking at it"


class FieldError(PlannerError):
    """An answer that is none: `name` is the field's."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        super().__init__(sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is asked for.

    Attributes:
        name: By which the answer is found.
        title: What it is, for people.
        value: What stands there at first.
        is_needed: An empty one is no answer.
        check: What is wrong with a text, asked at every key.
        is_path: It completes as a path does.
        is_new: A path at which nothing has to be yet.
        choices: One of these and nothing else.
        suggestions: Words that it completes to.
        hint: Shown while it is empty.
    """

    name: str
    title: str
    value: str = ""
    is_needed: bool = True
    check: Check | None = None
    is_path: bool = False
    is_new: bool = False
    choices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    hint: str = ""

    def wrong(self, value: str) -> str | None:
        """What is wrong with this answer."""
        if not value:
            return "is missing" if self.is_needed else None
        return self.check(value) if self.check is not None else None


class Form(ModalScreen[Answers | None]):
    """The fields, by name."""

    AUTO_FOCUS = "Input, ChoiceBox"
    DEFAULT_CSS = """
    Form { align: center middle; background: $background 60%; }
    Form > VerticalScroll {
        width: 84; max-width: 96%; height: auto; max-height: 96%; padding: 1 2; background: $surface;
        border: round $primary;
    }
    Form Static { height: auto; }
    Form .field { height: auto; }
    Form .field Horizontal { height: auto; }
    Form .title { width: 24; color: $text-muted; }
    Form.-stacked .field Horizontal { layout: vertical; }
    Form.-stacked .title { width: 1fr; }
    Form.-stacked .field { margin: 0 0 1 0; }
    Form Input { border: none; height: 1; width: 1fr; background: $panel; padding: 0; }
    Form ChoiceBox { width: 1fr; padding: 0; }
    Form .wrong { display: none; color: $error; padding: 0 0 0 24; }
    Form.-stacked .wrong { padding: 0; }
    Form .-is-wrong .wrong { display: block; }
    Form #lacks { color: $text-muted; margin: 1 0 0 0; }
    Form #lacks.-refused { color: $error; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("escape", "dismiss(None)", "Back"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, title: str, fields: Sequence[Field], *, judge: Judge | None = None) -> None:
        super().__init__()
        self._title, self._fields, self._judge = title, tuple(fields), judge
        if any(len(one.title) > _LONGEST_BESIDE for one in self._fields):
            self.add_class("-stacked")

    def compose(self) -> ComposeResult:
        """Title, fields, what comes next."""
        with VerticalScroll(can_focus=False):
            yield Static(Text(plain(f"{self._title}\n"), style="bold"))
            for one in self._fields:
                with Vertical(classes="field", id=f"of-{one.name}"):
                    with Horizontal():
                        yield Static(Text(plain(one.title)), classes="title")
                        yield _control(one)
                    yield Static("", classes="wrong", markup=False)
            choose = _CHOOSE if any(one.choices for one in self._fields) else ""
            yield Static(f"{choose}{_NEXT}", id="lacks", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is wrong with what is typed; an empty field is not told of before the end."""
        event.stop()
        field = self._field_of(event.input)
        value = event.value.strip()
        self._mark(field.name, field.wrong(value) if value else None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The next field, or the end."""
        event.stop()
        self._go_on(event.input)

    def on_choice_box_submitted(self, event: ChoiceBox.Submitted) -> None:
        """Likewise."""
        event.stop()
        self._go_on(event.box)

    def _go_on(self, control: Input | ChoiceBox) -> None:
        controls = [self._control_of(one) for one in self._fields]
        at = controls.index(control)
        if at + 1 < len(controls):
            controls[at + 1].focus()
        else:
            self._finish()

    def _finish(self) -> None:
        answers = {one.name: self._value_of(one) for one in self._fields}
        wrong = {one.name: told for one in self._fields if (told := one.wrong(answers[one.name]))}
        if wrong or self._judge is None:
            self._settle(answers, wrong)
            return
        self._tell(_CHECKING)
        judge = self._judge
        read_apart(
            self,
            lambda: _refusal(judge, answers),
            then=lambda found: self._settle(answers, found),
            failed=self._refuse,
            group="judge",
        )

    def _settle(self, answers: Answers, wrong: Mapping[str, str]) -> None:
        if not wrong:
            self.dismiss(answers)
            return
        for one in self._fields:
            self._mark(one.name, wrong.get(one.name))
        first = next((one for one in self._fields if one.name in wrong), None)
        if first is not None:
            self._control_of(first).focus()
        self._refuse("see above" if first is not None else next(iter(wrong.values())))

    def _refuse(self, sentence: str) -> None:
        self._tell(f"! {sentence}", is_refused=True)

    def _tell(self, sentence: str, *, is_refused: bool = False) -> None:
        told = self.query_one("#lacks", Static)
        told.update(Text(plain(sentence)))
        told.set_class(is_refused, "-refused")

    def _mark(self, name: str, sentence: str | None) -> None:
        place = self.query_one(f"#of-{name}", Vertical)
        place.set_class(sentence is not None, "-is-wrong")
        place.query_one(".wrong", Static).update(Text(plain(f"! {sentence or ''}")))

    def _control_of(self, field: Field) -> Input | ChoiceBox:
        found = self.query_one(f"#field-{field.name}")
        if not isinstance(found, Input | ChoiceBox):
            raise TypeError(field.name)
        return found

    def _value_of(self, field: Field) -> str:
        return self._control_of(field).value.strip()

    def _field_of(self, control: Widget) -> Field:
        return next(one for one in self._fields if control.id == f"field-{one.name}")


def _control(field: Field) -> Widget:
    name = f"field-{field.name}"
    if field.choices:
        return ChoiceBox(field.choices, value=field.value, id=name)
    if field.is_path:
        return PathInput(field.hint or "→ completes", id=name, value=field.value, is_new=field.is_new)
    suggester = SuggestFromList(field.suggestions, case_sensitive=False) if field.suggestions else None
    return Input(field.value, placeholder=field.hint, suggester=suggester, id=name, compact=True)


def _refusal(judge: Judge, answers: Answers) -> Mapping[str, str]:
    try:
        judge(answers)
    except FieldError as error:
        return {error.name: str(error)}
    except OURS as error:
        return {"": str(error)}
    return {}
