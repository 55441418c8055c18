"""Asks in which forms a report is written, and where: space ticks, enter writes, escape goes back."""

from dataclasses import replace
from pathlib import Path

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from planner.reports.forms import FORMS
from planner.tui.reporting.wanted import Wanted
from planner.tui.widgets.checklist import Checklist, Item
from planner.tui.widgets.paths import PathInput
from planner.wording.text import plain

_GROUP = "forms"
_LONGEST = max(map(len, FORMS))
_TOLD = {
    "pdf": "typeset pages",
    "xlsx": "a workbook with live formulas",
    "html": "one page, no network",
    "md": "fits a pull request",
    "json": "with a schema, for programs",
    "csv": "every table whole",
}


class _Forms(Checklist):
    """Enter goes on here, as it does in every dialog."""

    BINDINGS = [Binding("enter", "screen.write", "Write", priority=True)]  # noqa: RUF012 - Textual's own way


class ExportDialog(ModalScreen[Wanted | None]):
    """Answers with what is wanted; None: nothing is written."""

    AUTO_FOCUS = "Checklist"
    DEFAULT_CSS = """
    ExportDialog { align: center middle; background: $background 60%; }
    ExportDialog > Vertical {
        width: 80; max-width: 94%; height: auto; max-height: 90%; padding: 1 2; background: $surface;
        border: round $primary;
    }
    ExportDialog Static { height: auto; }
    ExportDialog Checklist { height: auto; border: none; padding: 0; background: $surface; }
    ExportDialog Checklist:focus { border: none; background-tint: transparent; }
    ExportDialog Input { border: none; height: 1; background: $panel; padding: 0 1; margin: 0 0 1 0; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("escape", "dismiss(None)", "Back"),
    ]

    def __init__(self, wanted: Wanted, *, usual: Path) -> None:
        super().__init__()
        self._wanted, self._usual = wanted, usual

    def compose(self) -> ComposeResult:
        """Forms, folder, what lacks."""
        with Vertical():
            yield Static(Text(plain(f"Write the report of plan {self._wanted.plan}\n"), style="bold"))
            yield _Forms(id="export-forms")
            yield Static(Text("\nthe folder, which is made where it is not there", style="dim"))
            yield PathInput(plain(str(self._usual)), id="export-folder")
            yield Static("space ticks · tab to the folder · enter writes · esc goes back", id="export-lacks")

    def on_mount(self) -> None:
        """What was wanted last."""
        items = [
            Item(group=_GROUP, value=name, told=f"{'':{_LONGEST - len(name)}}{_TOLD.get(name, form.title)}")
            for name, form in FORMS.items()
        ]
        forms = self.query_one(_Forms)
        forms.fill(items, ticked=[(_GROUP, name) for name in self._wanted.forms])
        forms.highlighted = 1
        folder = self.query_one("#export-folder", Input)
        folder.validators = []  # it need not be there
        folder.value = self._wanted.folder

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the folder."""
        event.stop()
        self.action_write()

    def action_write(self) -> None:
        """With what is ticked."""
        forms = self.query_one(_Forms).ticked(_GROUP)
        if not forms:
            self.query_one("#export-lacks", Static).update(Text("! no form is ticked: space ticks one"))
            return
        folder = self.query_one("#export-folder", Input).value.strip()
        self.dismiss(replace(self._wanted, forms=forms, folder=folder))
