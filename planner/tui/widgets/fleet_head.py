"""Above form and answer: what is asked, and the answer in a badge and a sentence, whatever it is."""

from collections.abc import Iterable, Iterator
from datetime import date

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.services.plans.document import ProjectionDocument
from planner.tui.fleet.verdict import Badge, badge_of, cautions_of
from planner.tui.widgets.drawn_lines import DrawnLines
from planner.wording.text import plain

_WIDE = 100  # columns: below it the sentence stands below the badge
_BEFORE = Badge(sign="~", text="THE ANSWER BEFORE", tone="before")
_COLOURS = {"good": "green", "open": "yellow", "bad": "red"}


class FleetHead(DrawnLines):
    """The head: as high as what it says."""

    DEFAULT_CSS = """
    FleetHead { height: 1; padding: 0 1; }
    FleetHead.-good { background: $success 10%; }
    FleetHead.-open { background: $warning 10%; }
    FleetHead.-bad { background: $error 12%; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id, can_focus=False)
        self._told: list[RenderableType] = []

    def wait(self, sentence: str) -> None:
        """Say what is being done before there is an answer."""
        self._tell([Text(f"… {sentence}", style="dim")])

    def lack(self) -> None:
        """There is no answer, and none is to come by itself."""
        self._tell([Text("no answer: nothing was read that it could rest on", style="dim")])

    def on_resize(self) -> None:
        """Another width."""
        self._tell(self._told)

    def _tell(self, lines: Iterable[RenderableType]) -> None:
        self._told = list(lines)
        self.draw(self._told, width=self.size.width)
        if self.styles.height is None or self.styles.height.value != self.line_count:
            self.styles.height = max(1, self.line_count)

    def show(self, one: ProjectionDocument, more: Iterable[str] = (), *, today: date, is_stale: bool = False) -> None:
        """The answer.

        Args:
            one: The answer.
            more: Sentences below it: how it differs from a held one, what goes on meanwhile; empty ones are left out.
            today: What the age of prices is told by.
            is_stale: It is the answer before; to what is typed now there is none.
        """
        badge = _BEFORE if is_stale else badge_of(one)
        for tone in (*_COLOURS, _BEFORE.tone):
            self.set_class(tone == badge.tone, f"-{tone}")
        self._tell(_lines(one, badge, (*cautions_of(one, today=today), *more), is_wide=self.app.size.width >= _WIDE))


def _lines(one: ProjectionDocument, badge: Badge, more: tuple[str, ...], *, is_wide: bool) -> Iterator[RenderableType]:
    rate, promise = f"{one.peak_per_s:,.6g} requests/s", one.slo
    asked = f"{one.title} · {rate} · {promise}" if is_wide else f"{rate} · {promise} · {one.title}"  # a name may be cut
    yield Text(plain(asked), style="dim", no_wrap=True, overflow="ellipsis")
    colour = _COLOURS.get(badge.tone, "")
    words = Text(plain(one.headline), style=f"bold {colour}" if colour else "dim")
    is_told = badge is _BEFORE or "QUALITY" in badge.text or (one.condition or "") in one.headline
    if one.condition and not is_told:
        words.append(plain(f"  on condition that {one.condition}"), style="not bold")
    told = Text(f" {badge.sign} {badge.text} ", style=f"bold reverse {colour}".strip())
    if is_wide:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_row(told, words)
        yield table
    else:
        yield told
        yield words
    yield from (Text(plain(line), style="bold") for line in more if line)
