"""Fleet: assumptions as a form, the answer beside it, reckoned anew at every letter.

The point answer comes at once; quantiles and tornado, flip points and simulation follow, and until then what was
there before stands dim. Nothing is kept before somebody keeps it.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static, TabbedContent, TabPane

from planner.drawing.plan_columns import TITLES
from planner.drawing.plan_figures import sign_of
from planner.drawing.plan_grounds import date_lines, evidence_lines, finding_lines, flip_lines, sizing_lines
from planner.drawing.plan_uncertainty import uncertainty_lines
from planner.services.plans.answering import Answered, Answering, flips, ground_of, point, simulated, sure
from planner.services.plans.document import ProjectionDocument
from planner.services.plans.questions import PUBLISHED_MODELS
from planner.tui.dialogs.form import Field, Form
from planner.tui.dialogs.origin import OriginDialog
from planner.tui.fleet.edits import Edits
from planner.tui.fleet.origins import MARKS_TOLD, Origin, lines_of
from planner.tui.reading import read_apart
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.assumption_form import AssumptionForm
from planner.tui.widgets.detail import Detail
from planner.tui.widgets.fleet_table import FleetTable
from planner.tui.widgets.money_charts import cumulative_cash, waterfall
from planner.tui.widgets.told import Told
from planner.wording.marks import signed
from planner.wording.text import plain
from pricing.assumptions import read_assumptions
from pricing.assumptions.typed import file_of
from pricing.uncertainty import DRAWS

_SEED = 1
_DRAWN_WIDTH = 96


class FleetScreen(ViewScreen):
    """The form to the left, the answer to the right."""

    VIEW = "fleet"
    HELP_TEXT = """
What a fleet costs as it is, quantised in place, and moved: at equal load, promise and quality. Change an assumption on
the left and the answer follows. **⏎** on a figure walks back to the measurement or price it rests on. **n** is the next
model: those with published rates, then what was measured here. A saving whose quality is not accepted says so.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_model", "Next model", tooltip="another model: published rates, or what was measured here"),
        Binding("w", "pin", "Compare", tooltip="hold this answer, and compare later ones with it"),
        Binding("s", "save", "Save", tooltip="save the assumptions as a file"),
        Binding("o", "load", "Load", tooltip="load assumptions from a file"),
        Binding("y", "copy", "Copy command", tooltip="copy the equal planner plan command"),
        Binding("right_square_bracket", "turn(1)", "Next pane", key_display="]", show=False, tooltip="the next pane"),
        Binding("left_square_bracket", "turn(-1)", "Last pane", key_display="[", show=False, tooltip="the pane before"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._answering: Answering | None = None
        self._models: tuple[str | None, ...] = PUBLISHED_MODELS
        self._model: str | None = PUBLISHED_MODELS[0]
        self._edits = Edits()
        self._answered: Answered | None = None
        self._pinned: ProjectionDocument | None = None

    def body(self) -> ComposeResult:
        """Form, head, panes, command."""
        with Horizontal(id="fleet"):
            yield AssumptionForm(id="form")
            with Vertical(id="answer"):
                yield Told(id="fleet-head")
                with TabbedContent(id="panes"):
                    with TabPane("Fleets", id="pane-fleets"):
                        yield FleetTable(id="fleets")
                    for name, title in _PANES:
                        with TabPane(title, id=f"pane-{name}"):
                            yield Detail(id=f"told-{name}")
        yield Static(id="plan-command", markup=False)

    def on_mount(self) -> None:
        """Read what questions are asked of."""
        self.query_one("#fleet-head", Told).tell(Text("reading prices and runs …", style="dim"))
        self.read(partial(ground_of, today=self.place.today), then=self._begin, group="ground")

    def _begin(self, answering: Answering) -> None:
        self._answering = answering
        self._models = (*([None] if answering.runs else []), *PUBLISHED_MODELS)
        remembered = self.place.memory.of(self.VIEW).get("model")
        self._model = remembered if remembered in PUBLISHED_MODELS else self._models[0]
        self._ask()

    # From an edit to an answer.

    def on_assumption_form_edited(self, event: AssumptionForm.Edited) -> None:
        """Reckon anew."""
        self._edits = self._edits.edited(event.name, event.text)
        self.query_one(AssumptionForm).show(self._edits)
        self._ask()

    def _ask(self) -> None:
        answering = self._answering
        if answering is None:
            return
        for name, _ in _PANES:
            self.query_one(f"#told-{name}").add_class("-stale")
        texts, model = dict(self._edits.texts), self._model
        self.query_one("#plan-command", Static).update(Text(f"$ {plain(self._edits.command_line(model))}"))
        read_apart(
            self,
            lambda: point(answering.ask(texts, model=model)),
            then=self._answer,
            failed=self._refused,
            group="point",
        )

    def _refused(self, sentence: str) -> None:
        self.trouble.tell(sentence)
        self.query_one("#answer").add_class("-stale")

    def _answer(self, answered: Answered) -> None:
        self.trouble.settle()
        self._answered = answered
        self.query_one("#answer").remove_class("-stale")
        one = answered.document
        self.query_one("#fleet-head", Told).tell(*_head(one, self._pinned))
        titles = [TITLES[column.name] for column in one.columns]
        self.query_one(FleetTable).show(titles, lines_of(one))
        self._tell("saving", *waterfall(one), Text(), *cumulative_cash(one))
        self._tell("evidence", *evidence_lines(one), *_absences(one), *finding_lines(one))
        self._later(answered)

    def _later(self, answered: Answered) -> None:
        """What takes longer, one after the other; another edit makes all of it unwanted."""

        def drawn() -> Answered:
            return sure(answered, draws=DRAWS, seed=_SEED)

        def tell_sure(found: Answered) -> None:
            self._answered = found
            self._tell("sure", *uncertainty_lines(found.document, width=_DRAWN_WIDTH))
            self._apart(partial(flips, found), tell_flips)

        def tell_flips(found: Answered) -> None:
            self._answered = found
            document = found.document
            dates = date_lines(document, width=_DRAWN_WIDTH)
            self._tell("flips", *flip_lines(document), Text(), *dates)
            self._apart(partial(simulated, found, seed=_SEED), tell_simulated)

        def tell_simulated(found: Answered) -> None:
            self._answered = found
            self._tell("sizing", *sizing_lines(found.document))

        self._apart(drawn, tell_sure)

    def _apart(self, work: Callable[[], Answered], then: Callable[[Answered], None]) -> None:
        read_apart(self, work, then=then, failed=self.trouble.tell, group="later")

    def _tell(self, name: str, *parts: RenderableType) -> None:
        pane = self.query_one(f"#told-{name}", Detail)
        pane.remove_class("-stale")
        pane.tell(*(parts or (Text("nothing to tell here", style="dim"),)))

    # What keys do.

    def action_next_model(self) -> None:
        """Another model."""
        at = self._models.index(self._model) if self._model in self._models else -1
        self._model = self._models[(at + 1) % len(self._models)]
        self.place.memory.of(self.VIEW)["model"] = self._model or ""
        self._ask()

    def action_turn(self, step: int) -> None:
        """Another pane."""
        names = ["fleets", *(name for name, _ in _PANES)]
        panes = self.query_one(TabbedContent)
        at = names.index(panes.active.removeprefix("pane-")) if panes.active else 0
        panes.active = f"pane-{names[(at + step) % len(names)]}"

    def action_pin(self) -> None:
        """Hold this answer, or let go of the one that is held."""
        self._pinned = None if self._pinned is not None or self._answered is None else self._answered.document
        if self._answered is not None:
            self.query_one("#fleet-head", Told).tell(*_head(self._answered.document, self._pinned))

    def action_copy(self) -> None:
        """To the clipboard, where the terminal lets one."""
        self.app.copy_to_clipboard(self._edits.command_line(self._model))
        self.notify("the command is on the clipboard, if the terminal allows it")

    def action_save(self) -> None:
        """Ask for the file."""
        fields = (Field(name="file", title="a new file", value="assumptions.toml"),)
        self.app.push_screen(Form("Save the assumptions", fields), self._save)

    def _save(self, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        path = Path(answers["file"]).expanduser()
        texts = dict(self._edits.texts) | ({"workload.model": self._model} if self._model else {})
        try:
            with path.open("x", encoding="utf-8") as stream:
                stream.write(file_of(texts))
        except FileExistsError:
            self.trouble.tell(f"{path} is there already: name a new file")
            return
        except OSError as error:
            self.trouble.tell(f"{path} cannot be written: {error.strerror or error}")
            return
        self.notify(plain(f"{path} is written: planner plan --assumptions {path}"))

    def action_load(self) -> None:
        """Ask for the file."""
        fields = (Field(name="file", title="a file of assumptions", value="assumptions.toml"),)
        self.app.push_screen(Form("Load assumptions", fields), self._load)

    def _load(self, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        path = Path(answers["file"]).expanduser()
        read_apart(self, partial(read_assumptions, path), then=self._loaded, failed=self.trouble.tell, group="load")

    def _loaded(self, values: dict[str, object]) -> None:
        texts = {name: _typed(value) for name, value in values.items()}
        model = texts.pop("workload.model", None)
        if model is not None:
            self._model = model
            self._models = tuple(dict.fromkeys((*self._models, model)))
        self._edits = Edits(texts=texts)
        self.query_one(AssumptionForm).show(self._edits)
        self._ask()

    def on_fleet_table_asked(self, event: FleetTable.Asked) -> None:
        """Walk back."""
        self.app.push_screen(OriginDialog(event.origin), partial(self._follow, event.origin))

    async def _follow(self, origin: Origin, where: str | None) -> None:
        if where == "run":
            self.place.memory.of("results")["run"] = origin.run or ""
            await self.app.run_action("open_view('results')")
        elif where == "price":
            self.place.memory.of("prices")["filter"] = origin.instance or ""
            await self.app.run_action("open_view('prices')")


_PANES = (
    ("saving", "Saving"),
    ("sure", "How sure"),
    ("flips", "What flips it"),
    ("evidence", "Evidence"),
    ("sizing", "Replicas"),
)


def _head(one: ProjectionDocument, pinned: ProjectionDocument | None) -> list[RenderableType]:
    told: list[RenderableType] = [
        Text(plain(f"{one.title} · {one.peak_per_s:,.6g} requests/s · {one.slo}"), style="dim"),
        signed(sign_of(one), one.headline),
    ]
    if one.condition:
        told.append(signed("~", f"on condition that {one.condition}"))
    if pinned is not None:
        told.append(Text(plain(_against(one, pinned)), style="bold"))
    told.append(Text(MARKS_TOLD, style="dim"))
    return told


def _against(one: ProjectionDocument, pinned: ProjectionDocument) -> str:
    before = {column.name: column.cost_per_year.planned for column in pinned.columns}
    parts = [
        f"{column.name} {column.cost_per_year.planned - before[column.name]:+,.0f}"
        for column in one.columns
        if column.name in before
    ]
    return f"⚑ against the held answer, {one.currency} a year: {' · '.join(parts)}   (w lets go of it)".replace(
        "-", "−"
    )


def _absences(one: ProjectionDocument) -> list[RenderableType]:
    return [signed("~", f"{TITLES[absent.name]}: {absent.reason}") for absent in one.absences]


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)
