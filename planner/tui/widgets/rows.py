"""The lines of a table: a cursor, a head that stays, and cells that are drawn when they come into sight.

Ten thousand rows cost as much as fifty. It knows rows by number alone; what they are is its owner's business.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.actions import SkipAction
from textual.binding import Binding
from textual.cache import LRUCache
from textual.events import Blur, Click, Focus
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from planner.tui.widgets.grid_columns import GAP

_KEPT_LINES = 400
_CURSOR = "▌"  # a sign, where colours are not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A column's title and width."""

    title: str
    width: int
    is_right: bool


class Rows(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows by number."""

    DEFAULT_CSS = """
    Rows { height: 1fr; background: $background; color: $foreground; scrollbar-gutter: stable; }
    Rows > .rows--head { color: $text-muted; text-style: bold; background: $background; }
    Rows > .rows--cursor { background: $panel; }
    Rows:focus > .rows--cursor { background: $primary 32%; text-style: bold; }
    """
    COMPONENT_CLASSES = {"rows--head", "rows--cursor"}  # noqa: RUF012 - Textual's own way
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("enter", "open", "Open", key_display="⏎", tooltip="open what the cursor stands on"),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("home,g", "end(-1)", "Top", show=False),
        Binding("end,G", "end(1)", "Bottom", show=False),
        Binding("right", "sideways(1)", "Right", show=False),
        Binding("left", "sideways(-1)", "Left", show=False),
    ]

    class Looked(Message):
        """The cursor stands on another row."""

    class Resized(Message):
        """There is more room, or less."""

    class Opened(Message):
        """Enter, or a click on the row of the cursor."""

    class HeadClicked(Message):
        """A click on a title."""

        def __init__(self, place: int) -> None:
            self.place = place
            super().__init__()

    def __init__(self, *, opens: bool = True) -> None:
        super().__init__()
        self._opens = opens
        self._heads: tuple[Head, ...] = ()
        self._count = 0
        self._cursor = 0
        self._draw: Callable[[int], Sequence[Text]] = lambda _: ()
        self._lines: LRUCache[int, Strip] = LRUCache(_KEPT_LINES)
        self._ground = Style.null()

    @property
    def cursor_row(self) -> int:
        """The number of the row under the cursor."""
        return self._cursor

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self._count

    @property
    def room(self) -> int:
        """Characters of a line, beside the scrollbar."""
        return self.scrollable_content_region.width

    def show(self, heads: Sequence[Head], count: int, draw: Callable[[int], Sequence[Text]], *, cursor: int) -> None:
        """Show other rows: their number, and what draws the cells of one."""
        self._heads, self._count, self._draw = tuple(heads), count, draw
        self._cursor = max(0, min(cursor, count - 1))
        self._lines.clear()
        self.virtual_size = Size(sum(head.width + GAP for head in heads), count + 1)
        self._follow()
        self.refresh()

    def move_cursor(self, *, row: int) -> None:
        """Put the cursor there, and bring it into sight."""
        row = max(0, min(row, self._count - 1))
        if row == self._cursor:
            return
        before, self._cursor = self._cursor, row
        for one in (before, row):
            self.refresh_line(one + 1)
        self._follow()
        self.post_message(self.Looked())

    def _follow(self) -> None:
        room = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False)
        elif self._cursor >= top + room:
            self.scroll_to(y=self._cursor - room + 1, animate=False)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Those in sight, on the ground that all of them have."""
        self._ground = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """The head, or a row."""
        left, width, ground = self.scroll_offset.x, self.size.width, self._ground
        if not y:
            return self._head().crop_extend(left, left + width, ground)
        row = self.scroll_offset.y + y - 1
        if row >= self._count:
            return Strip.blank(width, ground)
        strip = self._line(row)
        if row == self._cursor:
            cursor = self.get_component_rich_style("rows--cursor")
            mark = Strip([Segment(_CURSOR, Style.from_color(cursor.color))])
            strip = Strip.join((mark, strip.crop(1))).apply_style(cursor)
            return strip.crop_extend(left, left + width, cursor)
        return strip.apply_style(ground).crop_extend(left, left + width, ground)

    def _head(self) -> Strip:
        cells = (Text(head.title) for head in self._heads)
        return self._joined(cells).apply_style(self.get_component_rich_style("rows--head"))

    def _line(self, row: int) -> Strip:
        strip = self._lines.get(row)
        if strip is None:
            strip = self._lines[row] = self._joined(self._draw(row))
        return strip

    def _joined(self, cells: Iterable[Text]) -> Strip:
        segments: list[Segment] = []
        console = self.app.console
        for head, cell in zip(self._heads, cells, strict=False):
            segments.append(Segment(" "))
            cell.truncate(head.width, overflow="ellipsis")
            cell.align("right" if head.is_right else "left", head.width)
            segments.extend(Segment.apply_style(cell.render(console, end=" "), console.get_style(cell.style)))
        return Strip(segments)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Rows that are told whole cannot be opened."""
        del parameters
        return action != "open" or self._opens

    def action_open(self) -> None:
        """Open the row."""
        if self._count:
            self.post_message(self.Opened())

    def action_step(self, rows: int) -> None:
        """Up or down."""
        self.move_cursor(row=self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """By as many rows as are in sight."""
        self.move_cursor(row=self._cursor + pages * max(1, self.size.height - 2))

    def action_end(self, which: int) -> None:
        """To the first or the last row."""
        self.move_cursor(row=self._count - 1 if which > 0 else 0)

    def action_sideways(self, direction: int) -> None:
        """Where the columns are wider than the table."""
        if self.virtual_size.width <= self.room:
            raise SkipAction
        self.scroll_to(x=self.scroll_offset.x + 8 * direction, animate=False)

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        self._follow()
        self.post_message(self.Resized())

    def on_focus(self, _event: Focus) -> None:
        """The cursor looks otherwise."""
        self.refresh()

    def on_blur(self, _event: Blur) -> None:
        """The cursor looks otherwise."""
        self.refresh()

    def on_click(self, event: Click) -> None:
        """A title, a row, or the row of the cursor."""
        if not event.y:
            self._click_head(event.x + self.scroll_offset.x)
            return
        row = self.scroll_offset.y + event.y - 1
        if row == self._cursor and self._opens:
            self.action_open()
        elif row < self._count:
            self.move_cursor(row=row)

    def _click_head(self, at: int) -> None:
        for place, head in enumerate(self._heads):
            at -= head.width + GAP
            if at < 0:
                self.post_message(self.HeadClicked(place))
                return
