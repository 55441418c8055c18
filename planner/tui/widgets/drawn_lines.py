"""What Rich prints, drawn once into lines and shown from there: nothing is laid out anew while their number stays.

A figure that changes with every letter that is typed is painted often; a text that is measured and drawn for every
layout, as Static does, would hold the keys up.
"""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class DrawnLines(ScrollView):
    """Lines, to be scrolled where there are more than there is room for."""

    DEFAULT_CSS = "DrawnLines { height: 1fr; overflow-x: hidden; }"
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
    ]

    def __init__(self, *, id: str | None = None, can_focus: bool = True) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.can_focus = can_focus
        self._strips: list[Strip] = []

    @property
    def line_count(self) -> int:
        """How many there are."""
        return len(self._strips)

    def draw(self, parts: Iterable[RenderableType], *, width: int) -> None:
        """Show these instead, one below the other; it stays scrolled where it is."""
        console = self.app.console
        options = console.options.update(width=max(1, width), height=None)
        lines = console.render_lines(Group(*parts), options, pad=False)
        self._strips = [Strip(line) for line in lines]
        self.virtual_size = Size(width, len(lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One of them."""
        at = y + round(self.scroll_offset.y)
        strip = self._strips[at] if 0 <= at < len(self._strips) else Strip([])
        return strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)
