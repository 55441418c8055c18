"""The line on top: the views with their digits, the open one marked by more than colour."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.widgets import Static

from planner.tui.views import View


class ViewTabs(HorizontalGroup):
    """One word a view; a click opens it."""

    DEFAULT_CSS = """
    ViewTabs { dock: top; height: 1; background: $panel; }
    ViewTabs Static { width: auto; padding: 0 1; color: $text-muted; pointer: pointer; }
    ViewTabs Static.-open { color: $text; background: $primary 30%; text-style: bold; }
    ViewTabs Static:hover { background: $primary 20%; }
    ViewTabs #name { color: $text; text-style: bold; }
    """

    def __init__(self, views: Sequence[View], *, opened: str) -> None:
        super().__init__()
        self._views, self._opened = views, opened

    def compose(self) -> ComposeResult:
        """The name, then the views."""
        yield Static("planner", id="name")
        for view in self._views:
            is_open = view.name == self._opened
            mark = f"▸{view.title}" if is_open else f" {view.title}"
            yield Static(
                f"[@click=app.open_view('{view.name}')]{view.digit}{mark}[/]", classes="-open" if is_open else ""
            )
