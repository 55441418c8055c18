"""A long text of sections, drawn once for a width and scrolled line by line.

Drawing takes a few tenths of a second and is done in a thread; what is scrolled is lines that are there already.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import StringIO

from rich.console import Console
from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from planner.drawing.report_view import Part
from planner.tui.reading import read_apart

_LEAST_WIDTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """Lines, and where each section begins."""

    width: int
    lines: tuple[Strip, ...]
    starts: tuple[int, ...]


class Pages(ScrollView):
    """The text."""

    DEFAULT_CSS = "Pages { height: 1fr; padding: 0 1; background: $surface; overflow: hidden scroll; }"
    can_focus = True
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("space", "page_down", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
    ]

    class Moved(Message):
        """Another section stands on top: its number."""

        def __init__(self, number: int) -> None:
            self.number = number
            super().__init__()

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._parts: tuple[Part, ...] = ()
        self._drawn = _Drawn(width=0, lines=(), starts=())
        self._wanted_width = 0
        self._at = 0
        self._left_at = 0

    @property
    def at(self) -> int:
        """The number of the section on top."""
        return self._at

    @property
    def text(self) -> str:
        """All lines, without colours."""
        return "\n".join(line.text.rstrip() for line in self._drawn.lines)

    def show(self, parts: Sequence[Part], *, at: int = 0) -> None:
        """Show these sections, from one on."""
        self._parts, self._at = tuple(parts), min(at, max(0, len(parts) - 1))
        self._redraw()

    def jump(self, number: int) -> None:
        """To the beginning of a section."""
        if 0 <= number < len(self._drawn.starts):
            self.scroll_to(y=self._drawn.starts[number], animate=False, immediate=True)
            self._stand(number)

    def on_resize(self, _: Resize) -> None:
        """Draw for another width."""
        if self._parts and self._width() != self._wanted_width:
            self._redraw()

    def action_page_down(self) -> None:
        """A screenful on."""
        self.scroll_page_down(animate=False)

    def _width(self) -> int:
        return max(_LEAST_WIDTH, self.scrollable_content_region.width)

    def _redraw(self) -> None:
        """What is read first is drawn first."""
        self._wanted_width = self._width()
        self._draw(self._parts[: self._at + 1])

    def _draw(self, parts: Sequence[Part]) -> None:
        work = partial(_lines_of, parts, self._wanted_width)
        read_apart(self, work, then=self._take, failed=lambda _: None, group="pages")

    def _take(self, drawn: _Drawn) -> None:
        is_first = len(drawn.starts) <= self._at + 1
        is_where_it_was = is_first or round(self.scroll_y) == self._left_at
        at, self._drawn = self._at, drawn
        self.virtual_size = Size(drawn.width, len(drawn.lines))
        self.refresh()
        if is_where_it_was:
            self.call_after_refresh(self._begin_at, at)
        if len(drawn.starts) < len(self._parts):
            self._draw(self._parts)

    def _begin_at(self, number: int) -> None:
        self.jump(number)
        self._left_at = round(self.scroll_y)

    def _stand(self, number: int) -> None:
        if number != self._at:
            self._at = number
            self.post_message(self.Moved(number))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say which section stands on top."""
        super().watch_scroll_y(old_value, new_value)
        starts = self._drawn.starts
        is_last = round(new_value) >= self.max_scroll_y and new_value > 0
        if starts and not is_last:
            self._stand(max(0, bisect_right(starts, round(new_value)) - 1))

    def render_line(self, y: int) -> Strip:
        """A line in sight."""
        number = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if number >= len(self._drawn.lines):
            return Strip.blank(width, self.rich_style)
        line = self._drawn.lines[number].crop_extend(0, width, self.rich_style)
        return line.apply_style(self.rich_style)


def _lines_of(parts: Sequence[Part], width: int) -> _Drawn:
    console = Console(
        width=width, file=StringIO(), force_terminal=True, color_system="truecolor", markup=False, highlight=False
    )
    options = console.options.update(width=width)
    lines: list[Strip] = []
    starts: list[int] = []
    for part in parts:
        starts.append(len(lines))
        for drawn in part.drawn:
            lines.extend(Strip(line, width) for line in console.render_lines(drawn, options, pad=True))
    return _Drawn(width=width, lines=tuple(lines), starts=tuple(starts))
