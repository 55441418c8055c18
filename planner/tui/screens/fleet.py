"""Fleet: what keys do with an answer: another model, runs or pane; hold it, walk it back, keep it.

Nothing is kept before somebody keeps it: the assumptions as a file, the command line, the plan in the database.
"""

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from planner.services.listing import RunList
from planner.services.plans.answering import keep
from planner.services.plans.document import PlanDocument
from planner.services.plans.questions import PUBLISHED_MODELS
from planner.store.repository import Store
from planner.tui.dialogs.choose_run import ChooseRun, stored_runs
from planner.tui.dialogs.form import Field, Form
from planner.tui.dialogs.origin import OriginDialog
from planner.tui.fleet.comparing import Kept
from planner.tui.fleet.edits import MODEL, Edits
from planner.tui.fleet.filing import read_edits, write_edits
from planner.tui.fleet.origins import Origin
from planner.tui.reading import read_apart
from planner.tui.screens.fleet_asking import AskingScreen
from planner.tui.widgets.fleet_table import FleetTable
from planner.wording.text import plain

_FILE = "assumptions.toml"
_NOT_YET = "there is no answer to keep yet: it is on its way"
_UNREAD = "there is no answer to keep yet: R reads prices and runs again"
_WRONG = "there is no answer to keep: correct the assumption that is marked ✗, or take it back with d"


class FleetScreen(AskingScreen):
    """The form to the left, the answer to the right."""

    HELP_TEXT = """
What a fleet costs as it is, quantised in place, and moved: at equal load, promise and quality. Change an assumption
(**⏎** on a line of the form) and the answer follows. **⏎** on a figure walks back to the measurement or price that it
rests on. **n** is the next model: what was measured here, then models with published rates; **r** chooses the run that
is planned with. **K** keeps the plan, and Reports writes it. A saving whose quality is not accepted says so.

In the form: ✎ edited here · ● by the runs · ↳ found by the plan · else the default. Of figures: ● measured ·
◆ published · ◇ projected · ○ assumed · = derived from those. Dim: of the answer before, the new one is on its way.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "form", "Form", tooltip="show or hide the form; on small screens form or answer"),
        Binding("n", "next_model", "Model", tooltip="another model: what was measured here, or published rates"),
        Binding(
            "r", "runs", "Runs", show=False, tooltip="plan with another run than the last of the built-in workload"
        ),
        Binding("K", "keep", "Keep", key_display="K", tooltip="keep this plan in the database, for reports"),
        Binding(
            "right_square_bracket", "turn(1)", "Panes", key_display="]", tooltip="saving, how sure, capacity, flips, …"
        ),
        Binding(
            "left_square_bracket", "turn(-1)", "Pane before", key_display="[", show=False, tooltip="the pane before"
        ),
        Binding("w", "hold", "Hold", tooltip="hold this answer and compare later ones with it, or let go of it"),
        Binding("s", "save", "Save", show=False, tooltip="save the assumptions as a file"),
        Binding("o", "load", "Load", show=False, tooltip="load assumptions from a file"),
        Binding("y", "copy", "Copy command", show=False, tooltip="copy the equal planner plan command"),
    ]

    def action_form(self) -> None:
        """Show or hide the form; where there is no room for both, the answer with it."""
        self.query_one("#fleet").toggle_class("-answer")
        self.call_after_refresh(self._focus_what_shows)

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
        """Ask for the run."""
        self.read(stored_runs, then=self._choose, group="runs", settles=False)

    def _choose(self, found: RunList) -> None:
        dialog = ChooseRun(
            "Plan with which run? (several: space marks them in Results, f plans with them)",
            found.runs,
            now=self.place.now(),
        )
        self.app.push_screen(dialog, self._chosen)

    def _chosen(self, run: str | None) -> None:
        if run is not None:
            self.plan_with(run)

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

    def _follow(self, origin: Origin, where: str | None) -> None:
        if where == "run":
            self.go_to("results", run=origin.run or "")
        elif where == "price":
            self.go_to("prices", filter=origin.instance or "")

    # What is kept of an answer.

    def why_not(self, action: str) -> str | None:
        """Without an answer there is nothing to keep."""
        if action != "keep" or not (self.is_stale or self.reckoner.answered is None):
            return super().why_not(action)
        if self._answering is None:
            return _UNREAD
        return _WRONG if self.form.is_refused else _NOT_YET

    def action_copy(self) -> None:
        """To the clipboard, where the terminal lets one."""
        self.app.copy_to_clipboard(self.command_line)
        self.notify("the command is on the clipboard, if the terminal allows it")

    def action_save(self) -> None:
        """Ask for the file."""
        fields = (Field(name="file", title="a new file", value=_FILE),)
        self.app.push_screen(Form("Save the assumptions", fields), self._save)

    def _save(self, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        path, edits = Path(answers["file"]).expanduser(), self.edits

        def saved(_: None) -> None:
            self.trouble.settle()
            self.saved = (edits, path)
            self.tell_command()
            self.notify(plain(f"{path} is written: {self.command_line}"))

        read_apart(self, partial(write_edits, path, edits), then=saved, failed=self.trouble.tell, group="file")

    def action_load(self) -> None:
        """Ask for the file."""
        fields = (Field(name="file", title="a file of assumptions", value=str(self.saved[1] if self.saved else _FILE)),)
        self.app.push_screen(Form("Load assumptions", fields), self._load)

    def _load(self, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        path = Path(answers["file"]).expanduser()

        def loaded(edits: Edits) -> None:
            self.trouble.settle()
            self.saved = (edits, path)
            self.change(edits)
            self.tell_command()

        read_apart(self, partial(read_edits, path), then=loaded, failed=self.trouble.tell, group="file")

    def action_keep(self) -> None:
        """Make the whole plan and keep it, as `planner plan` does."""
        request, address, today = self.request, self.place.address, self.place.today
        if request is None:  # a letter was typed this very moment
            self.notify(_NOT_YET, severity="warning")
            return

        def tell(sentence: str) -> None:
            self.app.call_from_thread(self.tell_doing, f"… {sentence}")

        def make() -> PlanDocument:
            with Store.open(address) as store:
                return keep(store, request, today=today, tell=tell)

        self.tell_doing("… keeping the plan")
        read_apart(self, make, then=self._kept, failed=self._not_kept, group="keep")

    def _kept(self, document: PlanDocument) -> None:
        self.tell_doing(f"✓ plan {document.plan} is kept: planner plans show {document.plan}; Reports can write it")
        self.post_message(self.Changed())

    def _not_kept(self, sentence: str) -> None:
        self.tell_doing("")
        self.trouble.tell(f"the plan was not kept: {sentence}")
