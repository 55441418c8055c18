"""Keys that do nothing now stay in sight, dim, and say why when they are pressed."""

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.events import Key

from planner.tui.screens.base import ViewScreen

if TYPE_CHECKING:
    from textual.binding import ActiveBinding


class DimKeys(ViewScreen):
    """A view whose keys may be of no use at times."""

    def why_not(self, action: str) -> str | None:
        """Why an action is of no use now; None: it is."""
        del action
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """None leaves a key in sight, but dim."""
        del parameters
        return None if self.is_running and self.why_not(action) is not None else True

    def on_key(self, event: Key) -> None:
        """A key that no binding took."""
        found = self._of(event.key)
        reason = self.why_not(found.action) if found is not None else None
        if reason is not None:
            event.stop()
            self.trouble.tell(reason)

    def _of(self, key: str) -> Binding | None:
        active: ActiveBinding | None = self.active_bindings.get(key)
        return active.binding if active is not None and active.node is self else None
