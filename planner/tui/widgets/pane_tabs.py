"""A line of panes, one of them open; a click opens another. The open one is marked by more than colour."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.widgets import Static


class PaneTabs(HorizontalGroup):
    """Titles by name. The screen has the action `open_pane`."""

    DEFAULT_CSS = """
    PaneTabs { height: 1; background: $surface; }
    PaneTabs Static { width: auto; padding: 0 1 0 0; color: $text-muted; pointer: pointer; link-style: none; }
    PaneTabs Static.-open { color: $text; text-style: bold; }
    PaneTabs Static:hover { background: $primary 20%; }
    """

    def __init__(self, titles: Mapping[str, str], *, opened: str) -> None:
        super().__init__()
        self._titles, self._opened = titles, opened

    def compose(self) -> ComposeResult:
        """One word a pane."""
        for name in self._titles:
            yield Static(self._told(name), id=f"tab-{name}", classes="-open" if name == self._opened else "")

    def open(self, name: str) -> None:
        """Mark another."""
        before, self._opened = self._opened, name
        for one in (before, name):
            tab = self.query_one(f"#tab-{one}", Static)
            tab.set_class(one == name, "-open")
            tab.update(self._told(one))

    def _told(self, name: str) -> str:
        mark = "▸" if name == self._opened else " "
        return f"{mark}[@click=screen.open_pane('{name}')]{self._titles[name]}[/]"
