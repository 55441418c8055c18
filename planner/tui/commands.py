"""Everything that can be done, in the palette: views, and what works in the open one."""

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from planner.tui.views import VIEWS


class PlannerCommands(Provider):
    """Views, and the bindings of the open screen and of what has the focus."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, told, act in self._all():
            yield DiscoveryHit(name, act, help=told)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for name, told, act in self._all():
            score = matcher.match(f"{name} {told}")
            if score > 0:
                yield Hit(score, matcher.highlight(name), act, help=told)

    def _all(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        for view in VIEWS:
            yield f"{view.title}", f"{view.purpose} · {view.digit}", partial(self._do, f"app.open_view('{view.name}')")
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.description or binding.action in seen or binding.action.startswith("app.open_view"):
                continue
            seen.add(binding.action)
            key = self.app.get_key_display(binding)
            yield binding.description, f"{binding.tooltip or 'a key of this view'} · {key}", partial(self._act, active)

    def _act(self, active: object) -> None:
        node, binding = active.node, active.binding  # type: ignore[attr-defined]  # a named tuple of Textual's
        self.app.call_later(self.app.run_action, binding.action, node)

    def _do(self, action: str) -> None:
        self.app.call_later(self.app.run_action, action)
