"""What Rich prints, drawn once into lines and shown from there: nothing is laid out anew while their number stays.

A figure that changes with every letter that is typed is painted often; a text that is measured and drawn for every
layout, as Static does, would hold the keys up.
"""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from planner.tui.widgets.part import Part

_DIM = Style(dim=True)


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
        self._kept: dict[tuple[str, int], tuple[object, list[Strip]]] = {}
        self._ground = Style.null()

    @property
    def line_count(self) -> int:
        """How many there are."""
        return len(self._strips)

    def draw(self, parts: Iterable[RenderableType], *, width: int) -> None:
        """Show these instead, one below the other; it stays scrolled where it is."""
        self._show(self._drawn(parts, width), width)

    def draw_parts(self, parts: Iterable[Part], *, width: int) -> None:
        """The same, without drawing those anew that were shown last and are the same."""
        before, self._kept = self._kept, {}
        strips: list[Strip] = []
        for part in parts:
            of, lines = before.get((part.name, width), (None, []))
            if of is not part.of:
                lines = self._drawn(part.draw(), width)
            self._kept[part.name, width] = part.of, lines
            strips += [line.apply_style(_DIM) for line in lines] if part.is_dim else lines
        self._show(strips, width)

    def _drawn(self, parts: Iterable[RenderableType], width: int) -> list[Strip]:
        console = self.app.console
        options = console.options.update(width=max(1, width), height=None)
        return [Strip(line) for line in console.render_lines(Group(*parts), options, pad=False)]

    def _show(self, strips: list[Strip], width: int) -> None:
        self._strips = strips
        self.virtual_size = Size(width, len(strips))
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Those in sight, on the ground that all of them have."""
        self._ground = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One of them."""
        at = y + round(self.scroll_offset.y)
        strip = self._strips[at] if 0 <= at < len(self._strips) else Strip([])
        return strip.adjust_cell_length(self.size.width).apply_style(self._ground)
