"""The line on top: the views with their digits, the open one marked by more than colour, and where it is measured."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.widgets import Static

from planner.tui.views import View

_OPEN, _BUSY = "▸", "●"


class _Tab(Static):
    """One of them."""

    def __init__(self, word: str, *, view: str, classes: str) -> None:
        super().__init__(word, id=f"tab-{view}", classes=classes)
        self._view = view

    def on_click(self) -> None:
        """Open it, by the app: what is left goes with its tabs, and would wait for the end of this click."""
        self.app.call_later(self.app.run_action, f"app.open_view('{self._view}')")


class ViewTabs(HorizontalGroup):
    """One word a view; a click opens it."""

    DEFAULT_CSS = """
    ViewTabs { dock: top; height: 1; background: $panel; }
    ViewTabs Static {
        width: auto; padding: 0 1; color: $text-muted; pointer: pointer;
    }
    ViewTabs Static.-open {
        color: $text; background: $primary 30%; text-style: bold;
    }
    ViewTabs Static:hover { background: $primary 20%; }
    ViewTabs #name { color: $text; text-style: bold; }
    .-cramped ViewTabs #name { display: none; }
    """

    def __init__(self, views: Sequence[View], *, opened: str) -> None:
        super().__init__()
        self._views, self._opened = views, opened
        self._busy: str | None = None

    def compose(self) -> ComposeResult:
        """The name, then the views."""
        yield Static("planner", id="name")
        for view in self._views:
            classes = "tab -open" if view.name == self._opened else "tab"
            yield _Tab(self._word(view), view=view.name, classes=classes)

    def show(self, *, opened: str, busy: str | None = None) -> None:
        """Mark the open view, and the one that measures where that is another: the open one tells more itself."""
        self._opened, self._busy = opened, busy
        for view, tab in zip(self._views, self.query(".tab"), strict=False):  # none before it is composed
            tab.set_class(view.name == opened, "-open")
            if isinstance(tab, Static):
                tab.update(self._word(view))

    def _word(self, view: View) -> str:
        mark = _OPEN if view.name == self._opened else _BUSY if view.name == self._busy else " "
        return f"{view.digit}{mark}{view.title}"
