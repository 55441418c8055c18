"""What is under the cursor, told whole: renderables one below the other, to be scrolled."""

from collections.abc import Iterable

from rich.console import RenderableType
from textual.containers import VerticalScroll

from planner.tui.widgets.told import Told


class Detail(VerticalScroll):
    """A panel of text and tables."""

    DEFAULT_CSS = """
    Detail { height: 1fr; padding: 0 1; background: $surface; }
    Detail > Told { width: 1fr; }
    """
    can_focus = True

    def compose(self) -> Iterable[Told]:
        """One text."""
        yield Told(markup=False)

    def tell(self, *parts: RenderableType) -> None:
        """Show these instead."""
        self.query_one(Told).tell(*parts)
        self.scroll_home(animate=False)
