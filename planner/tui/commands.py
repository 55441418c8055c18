"""Everything that can be done, in the palette: views, what works in the open one, themes, runs and plans by name."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from rich.text import Text
from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from planner.tui.place import place_of
from planner.tui.reading import OURS
from planner.tui.themes import THEMES
from planner.tui.views import VIEWS
from planner.wording.text import plain

if TYPE_CHECKING:
    from planner.store.repository import Store

_MOST_READ = 500  # runs, plans: older ones are found with the filter of their view
_TOLD_ALREADY = ("open_view(", "command_palette")
_MOST_SHOWN = 20  # of them, before anything is typed
_LONGEST = 200  # characters of what is told of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A line of the palette."""

    name: str
    told: str
    act: Callable[[], object]


class _Opening(Protocol):
    async def open_in(self, name: str, what: dict[str, str]) -> None: ...


class PlannerCommands(Provider):
    """Of the open screen, and of what has the focus there."""

    async def startup(self) -> None:
        """Read the names of runs and plans, off the event loop."""
        worker = self.app.run_worker(partial(_stored, place_of(self.app).address), thread=True, group="palette")
        runs, plans = await worker.wait()
        self._stored = tuple(
            Command(name=f"{kind} {name}", told=told, act=partial(self._open, view, {key: name}))
            for kind, view, key, found in (("Open run", "results", "run", runs), ("Open plan", "fleet", "plan", plans))
            for name, told in found
        )

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for one in (*self._here(), *self._stored[:_MOST_SHOWN]):
            yield DiscoveryHit(_unmarked(one.name), one.act, text=one.name, help=_unmarked(one.told))

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for one in (*self._here(), *self._stored):
            score = matcher.match(f"{one.name} {one.told}")
            if score > 0:
                shown = Text(one.name) if "[" in one.name else matcher.highlight(one.name)
                yield Hit(score, shown, one.act, text=one.name, help=_unmarked(one.told))

    def _here(self) -> Iterator[Command]:
        for view in VIEWS:
            act = partial(self._do, f"app.open_view('{view.name}')")
            yield Command(name=view.title, told=f"{view.purpose} · {view.digit}", act=act)
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            action = binding.action.removeprefix("app.")
            if not binding.description or action in seen or action.startswith(_TOLD_ALREADY):
                continue
            seen.add(action)
            told = f"{binding.tooltip or 'a key of this view'} · {self.app.get_key_display(binding)}"
            yield Command(name=binding.description, told=told, act=partial(self._act, active))
        for theme in THEMES:
            act = partial(setattr, self.app, "theme", theme.name)
            yield Command(name=f"Theme {theme.name.removeprefix('planner-')}", told="these colours · t", act=act)

    def _act(self, active: ActiveBinding) -> None:
        self.app.call_later(self.app.run_action, active.binding.action, active.node)

    def _do(self, action: str) -> None:
        self.app.call_later(self.app.run_action, action)

    def _open(self, view: str, what: dict[str, str]) -> None:
        opening: Callable[..., Awaitable[None]] = cast("_Opening", self.app).open_in
        self.app.call_later(opening, view, what)


def _unmarked(told: str) -> str:
    """As Textual shows it when it takes it for markup, which it does: `textual.markup.escape` leaves some brackets."""
    return told.replace("[", "\\[")


_Names = list[tuple[str, str]]


def _stored(address: str) -> tuple[_Names, _Names]:
    """Runs and plans with a word on each; none where the database cannot be read, of which every view tells."""
    from planner.services.prices import store_if_there  # noqa: PLC0415 - loads SQLAlchemy

    try:
        with store_if_there(address) as store:
            return ([], []) if store is None else (_runs(store), _plans(store))
    except OURS:
        return [], []


def _runs(store: "Store") -> _Names:
    return [
        (plain(one.run_id), plain(f"{one.workload:.{_LONGEST}} · {one.started_at:%Y-%m-%d %H:%M}"))
        for one in store.runs(limit=_MOST_READ)
    ]


def _plans(store: "Store") -> _Names:
    return [(plain(one.plan_id), plain(f"{one.headline:.{_LONGEST}}")) for one in store.plans(limit=_MOST_READ)]
