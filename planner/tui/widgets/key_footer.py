"""The line at the bottom: the keys that matter here, as many as fit, at most seven; `?` tells the others.

Keys of the view come first, in its own order; help and leaving always have their place. A key that can do nothing now
stands dim, and says why when it is pressed.
"""

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.events import MouseDown
from textual.widgets import Footer
from textual.widgets._footer import FooterKey  # Textual exports the footer alone

_MOST = 7
_ALWAYS = ("app.help", "app.quit")
_ROOM = 3  # around a key and its word


class _Key(FooterKey):
    """A click is as good as the key, also where the answer is why not."""

    async def _on_mouse_down(self, event: MouseDown) -> None:
        """Press it."""
        event.prevent_default()
        self.app.simulate_key(self.key)


class KeyFooter(Footer):
    """Fits in its width."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[object] = []

    async def recompose(self) -> None:
        """Only where other keys are to be shown: whatever moves the focus asks for it, more than once."""
        if not self._bindings_ready or _told(self._wanted()) != self._shown:
            await super().recompose()

    def _wanted(self) -> list[tuple[ActiveBinding, str]]:
        keys = [(one, self.app.get_key_display(one.binding)) for one in _one_an_action(self._active())]
        return _fitting(keys, width=self.app.size.width)

    def compose(self) -> ComposeResult:
        """One entry an action."""
        if not self._bindings_ready:
            return
        wanted = self._wanted()
        self._shown = _told(wanted)
        for active, shown in wanted:
            binding = active.binding
            yield _Key(
                binding.key,
                shown,
                binding.description,
                binding.action,
                disabled=not active.enabled,
                tooltip=active.tooltip or binding.description,
            ).data_bind(compact=Footer.compact)

    def _active(self) -> Iterator[ActiveBinding]:
        return (one for one in self.screen.active_bindings.values() if one.binding.show and one.binding.description)

    def on_resize(self) -> None:
        """Another width holds others."""
        self.call_after_refresh(self.recompose)


def _told(keys: Sequence[tuple[ActiveBinding, str]]) -> list[object]:
    """What is seen of them, whoever they belong to."""
    return [(shown, one.binding.description, one.binding.action, one.enabled, one.tooltip) for one, shown in keys]


def _one_an_action(active: Iterator[ActiveBinding]) -> list[ActiveBinding]:
    return list({one.binding.action: one for one in reversed([*active])}.values())[::-1]


def _fitting(keys: Sequence[tuple[ActiveBinding, str]], *, width: int) -> list[tuple[ActiveBinding, str]]:
    """Those that are always there, and as many of the others as leave them their room."""
    always = [one for one in keys if _is_always(one[0].binding)]
    shown: list[tuple[ActiveBinding, str]] = []
    left = width - sum(map(_width, always))
    for one in keys:
        if _is_always(one[0].binding):
            continue
        left -= _width(one)
        if left < 0 or len(shown) + len(always) >= _MOST:
            break
        shown.append(one)
    return [*shown, *always]


def _is_always(binding: Binding) -> bool:
    return binding.action in _ALWAYS or f"app.{binding.action}" in _ALWAYS


def _width(key: tuple[ActiveBinding, str]) -> int:
    return len(key[1]) + len(key[0].binding.description) + _ROOM
