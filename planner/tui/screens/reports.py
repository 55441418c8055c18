"""Reports: the plans that are kept, and exactly what `planner report` writes of one; `e` writes what is shown."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from planner.reports.forms import DEFAULT_FORMS, FORMS
from planner.services.prices import store_if_there
from planner.store.plan_records import PlanSummary
from planner.tui.dialogs.export import ExportDialog
from planner.tui.dialogs.form import Field, Form
from planner.tui.dialogs.question import Choice, Question
from planner.tui.reading import read_apart
from planner.tui.reporting.columns import plan_columns
from planner.tui.reporting.making import Preview, Progress, Taken, Written, kept_plans, previewed, written
from planner.tui.reporting.telling import head_of, progress_lines, written_lines
from planner.tui.reporting.wanted import Wanted
from planner.tui.screens.base import ViewScreen
from planner.tui.screens.checklist import ChecklistScreen
from planner.tui.widgets.grid import Grid
from planner.tui.widgets.pages import Pages
from planner.tui.widgets.told import Told
from planner.wording.text import plain

_EMPTY = "no plan is kept yet\n\npress 3 for Fleet, and K there keeps a plan · or run  planner plan"
_NOTHING = "no report is shown: press 3 for Fleet, K there keeps a plan"
_WISHES = (
    ("title", "title: of the report; empty: one that names the models"),
    ("currency", "currency: tell amounts in it, such as EUR; empty: the plan's own"),
    ("rate", "rate: of that currency for one unit of the plan's, such as 0.92"),
    ("moment", "made at: empty for now, plan for the plan's own moment, or such as 2026-11-28T10:00Z"),
)


class ReportsScreen(ViewScreen):
    """Plans on top, contents and pages below."""

    VIEW = "reports"
    HELP_TEXT = """
The plans that are kept, and the report of one, as every form of it reads. **⏎** shows the report of the plan under the
cursor, **[** and **]** turn from section to section. **e** writes what is shown: as PDF, workbook, HTML, Markdown, JSON
or CSV. **c** is the deployment checklist of the run that the plan rests on. Marks of figures: ● measured, ◆ published,
◇ projected, ○ assumed, = derived; one in a column's head is of all its figures.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "export", "Export", tooltip="write the report that is shown, in the forms you tick"),
        Binding("w", "wish", "Wishes", tooltip="the title, another currency, the moment that the report bears"),
        Binding("R", "replay", "Replay", tooltip="the plan at the prices of another day, with what changed"),
        Binding("c", "checklist", "Checklist", tooltip="the ten points before deployment"),
        Binding("y", "copy", "Copy command", show=False, tooltip="copy the equal planner report command"),
        Binding("right_square_bracket", "turn(1)", "Next section", key_display="]", show=False, tooltip="one on"),
        Binding("left_square_bracket", "turn(-1)", "Last section", key_display="[", show=False, tooltip="one back"),
        Binding("escape", "back", "Back", show=False, tooltip="from the report back to the plans"),
    ]

    class Begun(Message):
        """A form is being drawn."""

        def __init__(self, done: Sequence[str]) -> None:
            self.done = tuple(done)
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self._wanted: Wanted | None = None
        self._preview: Preview | None = None
        self._is_writing = False

    def body(self) -> ComposeResult:
        """Head, plans, contents and pages, what was written, the command."""
        yield Told(id="reports-head")
        with Vertical(id="reports"):
            yield Grid[PlanSummary](plan_columns(self.place.now()), empty=_EMPTY, sorted_by=1, id="reports-plans")
            with Horizontal(id="reports-read"):
                yield OptionList(id="reports-contents", markup=False)
                yield Pages(id="reports-pages")
        yield Told(id="reports-written")
        yield Static(id="report-command", markup=False)

    def on_mount(self) -> None:
        """Let keys go to the plans."""
        self._grid.focus_table()

    def on_descendant_focus(self) -> None:
        """Where there is little room, what is read has all of it."""
        self.query_one("#reports").set_class(self._pages.has_focus, "-reading")

    def on_screen_resume(self) -> None:
        """Read the plans; go on to a checklist where another view asked for one."""
        if self.place.memory.of(self.VIEW).get("checklist"):
            self.action_checklist()
        address = self.place.address

        def read() -> tuple[PlanSummary, ...]:
            with store_if_there(address) as store:
                return kept_plans(store)

        read_apart(self, read, then=self._list, failed=self.trouble.tell, group="plans")

    @property
    def _grid(self) -> Grid[PlanSummary]:
        return self.query_one("#reports-plans", Grid)

    @property
    def _pages(self) -> Pages:
        return self.query_one(Pages)

    def _list(self, plans: tuple[PlanSummary, ...]) -> None:
        self._grid.fill(plans)
        names = [one.plan_id for one in plans]
        if not names:
            self.query_one("#reports-head", Told).tell(Text(_NOTHING, style="dim"))
            return
        remembered = self.place.memory.of(self.VIEW).get("plan")
        plan = remembered if remembered in names else names[0]
        if self._wanted is None or (self._wanted.plan != plan and self._wanted.plan not in names):
            self._make(Wanted(plan=plan, forms=self._forms()))

    def _forms(self) -> tuple[str, ...]:
        told = self.place.memory.of(self.VIEW).get("forms", "").split(",")
        return tuple(name for name in FORMS if name in told) or DEFAULT_FORMS

    # A report is made.

    def on_grid_chosen(self, event: Grid.Chosen) -> None:
        """The report of that plan."""
        if not isinstance(event.row, PlanSummary):
            return
        plan = event.row.plan_id
        self.place.memory.of(self.VIEW)["plan"] = plan
        self._pages.focus()
        if self._wanted is None or self._wanted.plan != plan or self._preview is None:
            self._make(Wanted(plan=plan, forms=self._forms()))

    def _make(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self.query_one("#reports-head", Told).tell(Text(plain(f"the report of plan {wanted.plan} …"), style="dim"))
        work = partial(previewed, wanted=wanted, now=self.place.now())
        self.read(work, then=self._show, failed=self._refuse, group="report")

    def _refuse(self, sentence: str) -> None:
        """Show what there was before."""
        self.trouble.tell(sentence)
        if self._preview is not None:
            self._wanted = self._preview.wanted
        self._tell_head()

    def _show(self, preview: Preview) -> None:
        same = self._preview is not None and self._preview.wanted.plan == preview.wanted.plan
        self._preview, self._wanted = preview, preview.wanted
        contents = self.query_one("#reports-contents", OptionList)
        contents.clear_options()
        contents.add_options(
            Option(Text(f"{'  ' * (part.level - 1)}{plain(part.title)}"), id=f"s{number}")
            for number, part in enumerate(preview.parts)
        )
        self._pages.show(preview.parts, at=self._pages.at if same else 0)
        self._tell_written()
        self._tell_head()

    def _tell_head(self) -> None:
        preview = self._preview
        head = self.query_one("#reports-head", Told)
        if preview is None:
            head.tell(Text("no report is shown: ⏎ on a plan shows it", style="dim"))
            return
        at = min(self._pages.at, len(preview.parts) - 1)
        head.tell(head_of(preview, at=at))
        self.query_one("#reports-contents", OptionList).highlighted = at
        wanted = self._wanted or preview.wanted
        self.query_one("#report-command", Static).update(Text(f"$ {plain(wanted.command_line())}"))

    def on_pages_moved(self, _: Pages.Moved) -> None:
        """Another section stands on top."""
        self._tell_head()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        self._pages.jump(event.option_index)
        self._pages.focus()

    def action_turn(self, step: int) -> None:
        """Another section."""
        self._pages.jump(self._pages.at + step)

    def action_back(self) -> None:
        """To the plans."""
        self._grid.focus_table()

    # What is wished of it.

    def action_wish(self) -> None:
        """Ask for title, currency, moment."""
        wanted = self._shown()
        if wanted is None:
            return
        fields = [Field(name=name, title=told, value=getattr(wanted, name), is_needed=False) for name, told in _WISHES]
        self.app.push_screen(Form(f"The report of plan {wanted.plan}", fields), self._wish)

    def action_replay(self) -> None:
        """Ask for the day."""
        wanted = self._shown()
        if wanted is None:
            return
        told = "at the prices of which day, such as 2025-04-28; empty: the plan's own"
        fields = (Field(name="day", title=told, value=wanted.day, is_needed=False),)
        self.app.push_screen(Form(f"The report of plan {wanted.plan} on another day", fields), self._wish)

    def _wish(self, answers: dict[str, str] | None) -> None:
        if answers is not None and self._wanted is not None:
            self._make(replace(self._wanted, **answers))  # type: ignore[arg-type]  # texts, and no forms

    def _shown(self) -> Wanted | None:
        if self._preview is None:
            self.trouble.tell(_NOTHING if not self._grid.shown else "no report is shown yet: ⏎ on a plan shows it")
            return None
        return self._preview.wanted

    # It is written.

    def action_export(self) -> None:
        """Ask for forms and folder."""
        wanted = self._shown()
        if wanted is None:
            return
        if self._is_writing:
            self.trouble.tell("a report is being written: wait for its end")
            return
        if self._wanted is not None:  # other wishes may be on their way: what is shown is written
            wanted = replace(wanted, forms=self._wanted.forms, folder=self._wanted.folder)
        usual = replace(wanted, folder="").place(self.place.today)
        self.app.push_screen(ExportDialog(wanted, usual=usual), self._write)

    def _write(self, wanted: Wanted | None, *, overwrite: bool = False) -> None:
        preview = self._preview
        if wanted is None or preview is None:
            return
        self._wanted, self._is_writing = wanted, True
        self.place.memory.of(self.VIEW)["forms"] = ",".join(wanted.forms)
        self._tell_head()
        progress = Progress(tell=lambda done: self.post_message(self.Begun(done)))
        work = partial(written, preview, wanted, now=self.place.now(), overwrite=overwrite, tell=progress)
        read_apart(self, work, then=self._tell_end, failed=self._fail, group="write")

    def on_reports_screen_begun(self, event: Begun) -> None:
        """Which form."""
        self.query_one("#reports-written", Told).tell(*progress_lines(event.done))
        self.query_one("#reports-written").add_class("-shown")

    def _fail(self, sentence: str) -> None:
        self._is_writing = False
        self._tell_written()
        self.trouble.tell(sentence)

    def _tell_end(self, end: Written | Taken) -> None:
        self._is_writing = False
        if isinstance(end, Written):
            self.trouble.settle()
            self._tell_written(*written_lines(end))
            return
        self._tell_written()
        choices = (Choice(key="r", told="replace them (--force)"), Choice(key="f", told="name another folder"))
        self.app.push_screen(Question(f"{end.told}.", choices), self._decide)

    def _decide(self, answer: str | None) -> None:
        if answer == "r":
            self._write(self._wanted, overwrite=True)
        elif answer == "f":
            self.action_export()

    def _tell_written(self, *lines: Text) -> None:
        box = self.query_one("#reports-written", Told)
        box.tell(*lines)
        box.set_class(bool(lines), "-shown")

    # What else keys do.

    def action_copy(self) -> None:
        """To the clipboard, where the terminal lets one."""
        wanted = self._shown() and self._wanted
        if wanted is not None:
            self.app.copy_to_clipboard(wanted.command_line())
            self.notify("the command is on the clipboard, if the terminal allows it")

    def action_checklist(self) -> None:
        """Of the run that was asked for, else of the plan's, else of the latest."""
        asked = self.place.memory.of(self.VIEW).pop("checklist", None)
        plan = None if self._preview is None else self._preview.wanted.plan
        runs = () if self._preview is None else self._preview.report.runs
        run = asked or next(iter(runs), None)
        self.app.push_screen(ChecklistScreen(run=run or "latest", plan=plan if run in runs else None))
