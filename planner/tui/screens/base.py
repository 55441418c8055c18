"""What every view has: the tabs on top, a place for trouble, the footer, help, and reading off the event loop."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer

from planner.services.prices import store_if_there
from planner.store.repository import Store
from planner.tui.place import Place, place_of
from planner.tui.reading import read_apart
from planner.tui.views import VIEWS
from planner.tui.widgets.trouble import Trouble
from planner.tui.widgets.view_tabs import ViewTabs

Found = TypeVar("Found")


class ViewScreen(Screen[None]):
    """A view. Subclasses say their name, their help, and compose `body`."""

    VIEW: ClassVar[str]
    HELP_TEXT: ClassVar[str] = ""
    """What the view is for and what its signs mean, as Markdown, above the keys in its help."""

    trouble = query_one(Trouble)

    class Changed(Message):
        """What the database holds has changed: other views read it anew when they are opened."""

    @property
    def place(self) -> Place:
        """Where the app works."""
        return place_of(self.app)

    def compose(self) -> ComposeResult:
        """Tabs, trouble, body, footer."""
        yield ViewTabs(VIEWS, opened=self.VIEW)
        yield Trouble()
        with Vertical(id="body"):
            yield from self.body()
        yield Footer()

    def body(self) -> ComposeResult:
        """What is between the tabs and the footer."""
        yield from ()

    def read(
        self,
        work: Callable[[Store | None], Found],
        *,
        then: Callable[[Found], None],
        failed: Callable[[str], None] | None = None,
        group: str = "read",
        settles: bool = True,
    ) -> None:
        """Read from the database in a thread; None is given where there is none yet.

        `settles`: whether an answer ends what trouble there was; not what a key asked for, where nobody asked for this.
        """

        def with_store() -> Found:
            with store_if_there(self.place.address) as store:
                return work(store)

        def found(what: Found) -> None:
            if settles:
                self.trouble.settle()
            then(what)

        read_apart(self, with_store, then=found, failed=failed or self.trouble.tell, group=group)
