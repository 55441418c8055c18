"""Fleet, as it asks and shows: assumptions as a form, the answer beside it, reckoned anew at every letter.

The point answer comes at once; quantiles and tornado, other promises, flip points and simulation follow, and until then
what was there before stands dim. What keys do beyond that is in `fleet`.
"""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.widgets import Static

from planner.drawing.plan_columns import TITLES
from planner.services.plans.answering import Answering, ground_of
from planner.services.plans.questions import PUBLISHED_MODELS
from planner.services.plans.request import PlanRequest
from planner.tui.fleet.comparing import NOTHING_HELD, Kept, compared, difference
from planner.tui.fleet.edits import MODEL, Edits
from planner.tui.fleet.figures import lines_of
from planner.tui.fleet.holding import held
from planner.tui.fleet.panes import COMPARED, Pane, parts_of, told
from planner.tui.fleet.recalling import Recalled, recalled
from planner.tui.fleet.reckoning import Reckoner, Stage
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.assumption_form import AssumptionForm
from planner.tui.widgets.fleet_answer import FleetAnswer
from planner.tui.widgets.fleet_head import FleetHead
from planner.tui.widgets.part import Part
from planner.wording.text import plain

if TYPE_CHECKING:
    from pathlib import Path

_LATE_S = 0.15  # an answer that takes longer than this is dimmed meanwhile
_NARROW = 100  # columns: below it form and answer take turns


class AskingScreen(ViewScreen):
    """Without keys of its own."""

    VIEW = "fleet"
    head = query_one(FleetHead)
    form = query_one(AssumptionForm)
    answer = query_one(FleetAnswer)

    def __init__(self) -> None:
        super().__init__()
        self.edits = Edits()
        self.saved: tuple[Edits, Path] | None = None
        """The last edits that a file says, and that file."""
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
            yield FleetAnswer(id="answer", draw=self._parts)
        yield Static(id="plan-command", markup=False)

    def on_mount(self) -> None:
        """Read what questions are asked of."""
        self.query_one("#fleet").set_class(self.app.size.width < _NARROW, "-answer")
        remembered = self.place.memory.of(self.VIEW).get("model")
        if remembered:
            self.edits = self.edits.edited(MODEL, remembered)
        if not {"runs", "plan"} & self.place.memory.of(self.VIEW).keys():
            self._read(PlanRequest())
        self.call_after_refresh(self._focus_what_shows)

    def on_screen_resume(self) -> None:
        """Plan with the runs that another view asked for, or as a kept plan did."""
        memory = self.place.memory.of(self.VIEW)
        runs, plan = memory.pop("runs", None), memory.pop("plan", None)
        if runs:
            self.plan_with(runs)
        elif plan:
            self.read(partial(recalled, plan=plan), then=self._recall, failed=self._not_recalled, group="recall")

    def plan_with(self, runs: str) -> None:
        """With what these runs measured."""
        self.edits = self.edits.edited(MODEL, "")
        self._read(PlanRequest(runs=tuple(runs.replace(",", " ").split())))

    def _recall(self, found: Recalled) -> None:
        self.edits = found.edits
        self.notify(plain(found.told), timeout=10)
        self._read(found.request)

    def _not_recalled(self, sentence: str) -> None:
        """An answer to come takes trouble away: this stays for a while."""
        self.notify(plain(sentence), severity="warning", timeout=12)
        if self._answering is None:
            self._read(PlanRequest())

    def _focus_what_shows(self) -> None:
        if self.form.display:
            self.form.focus_lines()
        else:
            self.answer.focus_pane()

    def _read(self, request: PlanRequest) -> None:
        self.head.wait("reading prices and runs")
        self.read(
            partial(ground_of, today=self.place.today, request=request),
            then=self._begin,
            failed=self._not_begun,
        )

    def _not_begun(self, sentence: str) -> None:
        """What was planned with before remains."""
        self.trouble.tell(sentence)
        self.head.lack()
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
        self.refresh_bindings()
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
            self.refresh_bindings()
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
        line = Text(f"$ {plain(self.command_line)}", no_wrap=True)
        self.query_one("#plan-command", Static).update(line, layout=False)

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

    def _parts(self, pane: Pane, width: int) -> Iterable[Part]:
        answered, kept = self.reckoner.answered, self._held
        if answered is None:
            return [told("the answer comes here")]
        if pane.name != COMPARED:
            return parts_of(pane, self.reckoner.latest, self.reckoner.fresh, width=width)
        if kept is None:
            return [told(NOTHING_HELD)]
        return [Part(name=COMPARED, of=object(), draw=lambda: compared(kept, self.edits, answered.document))]
