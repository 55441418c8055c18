"""Fleet: assumptions as a form, the answer beside it, reckoned anew at every letter.

The point answer comes at once; quantiles and tornado, other promises, flip points and simulation follow, and until then
what was there before stands dim. Nothing is kept before somebody keeps it.
"""

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.getters import query_one
from textual.widgets import Static

from planner.drawing.plan_columns import TITLES
from planner.services.plans.answering import Answering, ground_of
from planner.services.plans.questions import PUBLISHED_MODELS
from planner.services.plans.request import PlanRequest
from planner.tui.dialogs.form import Field, Form
from planner.tui.dialogs.origin import OriginDialog
from planner.tui.fleet.comparing import NOTHING_HELD, Kept, compared, difference
from planner.tui.fleet.edits import MODEL, Edits
from planner.tui.fleet.figures import lines_of
from planner.tui.fleet.holding import held
from planner.tui.fleet.origins import Origin
from planner.tui.fleet.panes import COMPARED, Pane, drawn
from planner.tui.fleet.reckoning import Reckoner, Stage
from planner.tui.screens.fleet_keeping import KeepingScreen
from planner.tui.widgets.assumption_form import AssumptionForm
from planner.tui.widgets.fleet_answer import FleetAnswer
from planner.tui.widgets.fleet_head import FleetHead
from planner.tui.widgets.fleet_table import FleetTable
from planner.wording.text import plain

_LATE_S = 0.15  # an answer that takes longer than this is dimmed meanwhile
_NARROW = 100  # columns: below it form and answer take turns


class FleetScreen(KeepingScreen):
    """The form to the left, the answer to the right."""

    VIEW = "fleet"
    HELP_TEXT = """
What a fleet costs as it is, quantised in place, and moved: at equal load, promise and quality. Change an assumption
(**⏎** on a line of the form) and the answer follows. **⏎** on a figure walks back to the measurement or price that it
rests on. **n** is the next model: what was measured here, then models with published rates. A saving whose quality is
not accepted says so.

In the form: ✎ edited here · ● by the runs · ↳ found by the plan · else the default. Of figures: ● measured ·
◆ published · ◇ projected · ○ assumed · = derived from those. Dim: of the answer before, the new one is on its way.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "form", "Form", tooltip="show or hide the form; on small screens form or answer"),
        Binding("n", "next_model", "Model", tooltip="another model: what was measured here, or published rates"),
        Binding("r", "runs", "Runs", show=False, tooltip="plan with other runs than the last of the built-in workload"),
        Binding("w", "hold", "Hold", tooltip="hold this answer and compare later ones with it, or let go of it"),
        Binding(
            "right_square_bracket", "turn(1)", "Panes", key_display="]", tooltip="saving, how sure, capacity, flips, …"
        ),
        Binding(
            "left_square_bracket", "turn(-1)", "Pane before", key_display="[", show=False, tooltip="the pane before"
        ),
    ]
    head = query_one(FleetHead)
    form = query_one(AssumptionForm)
    answer = query_one(FleetAnswer)

    def __init__(self) -> None:
        super().__init__()
        self._answering: Answering | None = None
        self._last_edited = MODEL
        self._held: Kept | None = None
        self._doing = ""
        self.is_stale = False
        """Whether what stands there is the answer before: to what is typed now there is none."""
        self.reckoner = Reckoner(self, arrived=self._arrive, refused=self._refuse, troubled=self._trouble)

    def body(self) -> ComposeResult:
        """Head, form, panes, command."""
        yield FleetHead(id="fleet-head")
        with Horizontal(id="fleet"):
            yield AssumptionForm(id="form")
            yield FleetAnswer(id="answer", draw=self._drawn)
        yield Static(id="plan-command", markup=False)

    def on_mount(self) -> None:
        """Read what questions are asked of."""
        self.query_one("#fleet").set_class(self.app.size.width < _NARROW, "-answer")
        remembered = self.place.memory.of(self.VIEW).get("model")
        if remembered:
            self.edits = self.edits.edited(MODEL, remembered)
        if "runs" not in self.place.memory.of(self.VIEW):
            self._read(PlanRequest())
        self.call_after_refresh(self._focus_what_shows)

    def on_screen_resume(self) -> None:
        """Plan with the runs that another view asked for."""
        wanted = self.place.memory.of(self.VIEW).pop("runs", None)
        if wanted:
            self._read_runs({"runs": wanted})

    def _read(self, request: PlanRequest) -> None:
        self.head.wait("reading prices and runs")
        self.read(
            partial(ground_of, today=self.place.today, request=request),
            then=self._begin,
            failed=self._not_begun,
            group="ground",
        )

    def _not_begun(self, sentence: str) -> None:
        """What was planned with before remains."""
        self.trouble.tell(sentence)
        self._show_head()

    def _begin(self, answering: Answering) -> None:
        self._answering = answering
        self._ask()

    # From an edit to an answer.

    @property
    def _model(self) -> str | None:
        """Whose published rates are planned with; None: what the runs measured."""
        has_runs = self._answering is not None and bool(self._answering.runs)
        return self.edits.model or (None if has_runs else PUBLISHED_MODELS[0])

    def on_assumption_form_edited(self, event: AssumptionForm.Edited) -> None:
        """Reckon anew."""
        self._last_edited = event.name
        self.change(self.edits.edited(event.name, event.text))

    def on_assumption_form_all_taken_back(self) -> None:
        """Reckon anew without any."""
        self.change(Edits())

    def change(self, edits: Edits) -> None:
        """Other edits: another answer."""
        if edits != self.edits:
            self.edits = edits
            self._ask()

    def _ask(self) -> None:
        answering, edits, model = self._answering, self.edits, self._model
        if answering is None:
            return
        self._doing = ""
        self.tell_command()
        self.reckoner.ask(lambda: answering.ask(edits.stated, model=model))
        self.set_timer(_LATE_S, self._dim_when_late)

    def _dim_when_late(self) -> None:
        if Stage.POINT not in self.reckoner.fresh and not self.is_stale:
            self._show_form()
            self._set_stale(is_stale=True)

    def _set_stale(self, *, is_stale: bool) -> None:
        self.is_stale = is_stale
        self._show_head()
        self.answer.dim(is_stale=is_stale)

    def _refuse(self, sentence: str) -> None:
        """What was there stays, dim; the sentence stands beside the edited line, and above where that is hidden."""
        self._set_stale(is_stale=True)
        self._show_form()
        self.form.refuse(self._last_edited, sentence)
        if not self.form.display or self.reckoner.answered is None:
            self.trouble.tell(sentence)

    def _trouble(self, sentence: str) -> None:
        self.trouble.tell(sentence)

    def _arrive(self, stage: Stage) -> None:
        answered = self.reckoner.latest[stage]
        one = answered.document
        if stage is Stage.POINT:
            self.trouble.settle()
            self.form.accept()
            self._show_form()
            self.is_stale = False
            self._show_head()
        if stage in {Stage.POINT, Stage.SIMULATED}:
            self.answer.show_fleets([TITLES[column.name] for column in one.columns], lines_of(one))
        if stage is Stage.POINT or any(picture.stage is stage for picture in self.answer.pane.pictures):
            self.answer.redraw()

    def _show_form(self) -> None:
        self.form.show(held(self.edits, self.reckoner.answered))

    def _show_head(self) -> None:
        answered = self.reckoner.answered
        if answered is not None:
            beside = "" if self._held is None else difference(self._held, answered.document)
            self.head.show(answered.document, (beside, self._doing), today=self.place.today, is_stale=self.is_stale)

    def tell_command(self) -> None:
        """The command line is another."""
        told = Text(f"$ {plain(self.command_line)}", no_wrap=True)
        self.query_one("#plan-command", Static).update(told, layout=False)

    @property
    def command_line(self) -> str:
        """What answers the same in a shell."""
        runs = () if self._answering is None else self._answering.ground.request.runs
        file = self.saved[1] if self.saved is not None and self.saved[0] == self.edits else None
        return self.edits.command_line(model=self._model, runs=runs, file=file)

    @property
    def request(self) -> PlanRequest | None:
        """What is asked; None: it has no answer."""
        if self._answering is None or Stage.POINT not in self.reckoner.fresh:
            return None
        return self._answering.request(self.edits.stated, model=self._model)

    def tell_doing(self, sentence: str) -> None:
        """What goes on, or has been done."""
        self._doing = sentence
        self._show_head()

    def _drawn(self, pane: Pane, width: int) -> Iterable[RenderableType]:
        answered = self.reckoner.answered
        if answered is None:
            return [Text("the answer comes here", style="dim")]
        if pane.name != COMPARED:
            return drawn(pane, self.reckoner.latest, self.reckoner.fresh, width=width)
        if self._held is None:
            return [Text(NOTHING_HELD, style="dim")]
        return compared(self._held, self.edits, answered.document)

    # What keys do.

    def action_form(self) -> None:
        """Show or hide the form; where there is no room for both, the answer with it."""
        self.query_one("#fleet").toggle_class("-answer")
        self.call_after_refresh(self._focus_what_shows)

    def _focus_what_shows(self) -> None:
        if self.form.display:
            self.form.focus_lines()
        else:
            self.answer.focus_pane()

    def action_next_model(self) -> None:
        """Another model."""
        has_runs = self._answering is not None and bool(self._answering.runs)
        models = (*([""] if has_runs else []), *PUBLISHED_MODELS)
        now = self.edits.model or ("" if has_runs else PUBLISHED_MODELS[0])
        at = models.index(now) if now in models else -1
        model = models[(at + 1) % len(models)]
        self.place.memory.of(self.VIEW)["model"] = model
        self._last_edited = MODEL
        self.change(self.edits.edited(MODEL, model))

    def action_turn(self, step: int) -> None:
        """Another pane."""
        self.answer.turn(step)

    def action_open_pane(self, name: str) -> None:
        """That pane: a click on its name."""
        self.answer.open_pane(name)

    def action_runs(self) -> None:
        """Ask for the runs."""
        now = () if self._answering is None else self._answering.ground.request.runs
        fields = (
            Field(name="runs", title="runs, one for each card, by the start of their names", value=" ".join(now)),
        )
        self.app.push_screen(Form("Plan with these runs", fields), self._read_runs)

    def _read_runs(self, answers: dict[str, str] | None) -> None:
        if answers is not None:
            self.edits = self.edits.edited(MODEL, "")
            self._read(PlanRequest(runs=tuple(answers["runs"].replace(",", " ").split())))

    def action_hold(self) -> None:
        """Hold this answer, or let go of the one that is held."""
        answered = self.reckoner.answered
        if self._held is not None or answered is None:
            self._held = None
        else:
            self._held = Kept(edits=self.edits, document=answered.document)
            self.notify("this answer is held: what you change now is compared with it", timeout=3)
        self._show_head()
        self.answer.redraw()

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
