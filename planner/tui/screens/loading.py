"""What is painted first: the tabs, the keys, and that a view is coming. It makes room for the view once that is loaded.

A view brings what it needs: a database's library, numbers, plots. Loading those takes longer than a key may take to
show its effect, so it is done in a thread, behind this screen.
"""

import gc
from functools import partial

from rich.text import Text
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import get_current_worker

from planner.tui.views import VIEWS, View
from planner.tui.widgets.key_footer import KeyFooter
from planner.tui.widgets.view_tabs import ViewTabs
from planner.wording.text import plain


class LoadingScreen(Screen[None]):
    """In the place of every view that was not opened yet. `is_failed`: the view that is wanted cannot be loaded."""

    DEFAULT_CSS = """
    LoadingScreen #loading { height: 1fr; content-align: center middle; text-align: center; color: $text-muted; }
    """

    class Loaded(Message):
        """A view can be opened."""

        def __init__(self, view: View) -> None:
            self.view = view
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self.is_failed = False
        self._view = VIEWS[0]

    def compose(self) -> ComposeResult:
        """Tabs, a word, keys."""
        yield ViewTabs(VIEWS, opened="")
        yield Static(id="loading")
        yield KeyFooter()

    @property
    def awaited(self) -> object | None:
        """The view that is being loaded."""
        return None if self.is_failed else self._view

    def load(self, view: View) -> None:
        """Load a view; what is loaded already is opened as soon as this is painted."""
        self._view, self.is_failed = view, False
        self.query_one(ViewTabs).show(opened=view.name)
        self.query_one("#loading", Static).update(Text(f"{view.title} …"))
        if view.is_loaded:
            self.call_after_refresh(self.post_message, self.Loaded(view))
        else:
            self.run_worker(partial(self._load, view), thread=True, group="load", exclusive=True)

    def _load(self, view: View) -> None:
        try:
            view.load()
        except ImportError as error:  # an installation that lacks a package: every other view still works
            self.app.call_from_thread(self._fail, view, str(error))
            return
        gc.freeze()  # libraries stay: a collection that walks through them holds every key for some 0.3 s
        if not get_current_worker().is_cancelled:
            self.post_message(self.Loaded(view))

    def _fail(self, view: View, reason: str) -> None:
        if view is self._view:
            self.is_failed = True
            told = (
                f"! {view.title} cannot be opened: {reason}\n\ninstall planner anew, or open another view by its digit"
            )
            self.query_one("#loading", Static).update(Text(plain(told)))
