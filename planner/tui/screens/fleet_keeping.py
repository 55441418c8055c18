"""What is kept of an answer: the assumptions as a file, the command line, the plan in the database."""

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from planner.services.plans.answering import keep
from planner.services.plans.document import PlanDocument
from planner.services.plans.request import PlanRequest
from planner.store.repository import Store
from planner.tui.dialogs.form import Field, Form
from planner.tui.fleet.edits import Edits
from planner.tui.fleet.filing import read_edits, write_edits
from planner.tui.reading import read_apart
from planner.tui.screens.base import ViewScreen
from planner.wording.text import plain

_FILE = "assumptions.toml"


class KeepingScreen(ViewScreen):
    """A view of edited assumptions. Subclasses say what they ask, and draw what is told."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("K", "keep", "Keep", key_display="K", tooltip="keep this plan in the database, for reports"),
        Binding("s", "save", "Save", show=False, tooltip="save the assumptions as a file"),
        Binding("o", "load", "Load", show=False, tooltip="load assumptions from a file"),
        Binding("y", "copy", "Copy command", show=False, tooltip="copy the equal planner plan command"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.edits = Edits()
        self.saved: tuple[Edits, Path] | None = None
        """The last edits that a file says, and that file."""

    @property
    def command_line(self) -> str:
        """What answers the same in a shell."""
        raise NotImplementedError

    @property
    def request(self) -> PlanRequest | None:
        """What is asked; None: it has no answer."""
        raise NotImplementedError

    def change(self, edits: Edits) -> None:
        """Other edits."""
        raise NotImplementedError

    def tell_command(self) -> None:
        """The command line is another."""
        raise NotImplementedError

    def tell_doing(self, sentence: str) -> None:
        """What goes on, or has been done."""
        raise NotImplementedError

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
        fields = (Field(name="file", title="a file of assumptions", value=_FILE),)
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
        if request is None:
            self.trouble.tell("there is no answer to keep yet: correct the assumption that is marked ✗")
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
