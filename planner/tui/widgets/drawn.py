"""A long drawing, to be scrolled: laid out in a thread, so that no table is ever too long for a key's time."""

from collections.abc import Callable
from functools import partial
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.worker import get_current_worker

Draw = Callable[[int], RenderableType]
"""Makes a drawing for a width in characters."""


class Drawn(ScrollView, can_focus=True):
    """What was drawn last; drawn again when the width changes."""

    DEFAULT_CSS = """
    Drawn { height: 1fr; padding: 0 1; background: $background; color: $foreground; scrollbar-gutter: stable; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._drawing: Draw | None = None
        self._strips: tuple[Strip, ...] = ()
        self._width = 0
        self._ground = Style.null()

    def tell(self, *parts: RenderableType) -> None:
        """Show these instead, one below the other."""
        self.draw(lambda _: Group(*parts))

    def draw(self, drawing: Draw) -> None:
        """Show what this draws for the width that there is; called in a thread."""
        self._drawing = drawing
        self.scroll_home(animate=False)
        self._lay_out()

    def on_resize(self) -> None:
        """Another width is another drawing."""
        if self.scrollable_content_region.width != self._width:
            self._lay_out()

    def _lay_out(self) -> None:
        self._width = self.scrollable_content_region.width
        if self._drawing is not None and self._width > 0:
            work = partial(self._work, self._drawing, self._width)
            self.run_worker(work, group="drawn", exclusive=True, thread=True)

    def _work(self, drawing: Draw, width: int) -> None:
        worker = get_current_worker()
        strips = laid_out(drawing(width), width)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, strips)

    def _show(self, strips: tuple[Strip, ...]) -> None:
        self._strips = strips
        self.virtual_size = Size(self._width, len(strips))
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Those in sight, on the ground that all of them have."""
        self._ground = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """A line of the drawing."""
        at = y + self.scroll_offset.y
        width = self.size.width
        if at >= len(self._strips):
            return Strip.blank(width, self._ground)
        return self._strips[at].apply_style(self._ground).crop_extend(0, width, self._ground)


def laid_out(what: RenderableType, width: int) -> tuple[Strip, ...]:
    """Its lines at a width."""
    console = Console(file=StringIO(), width=width, color_system="truecolor", force_terminal=True)
    return tuple(Strip(line) for line in console.render_lines(what, console.options.update(width=width), pad=False))
