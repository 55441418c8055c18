"""Keys one after another: each goes where the one before has led.

Textual hands a key to what has the focus as soon as it comes; what the key before does (open a field, go to the next
one) comes later. Whoever types quickly, or waits for a busy machine, would have their words taken for keys of the list
they just left. So a key waits until the one before has gone all its way: from what had the focus up to the app, where
its action is done; once more, for what that told; and through the screen that it opened.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event

_PATIENCE_S = 0.5  # something on the way may vanish with what was left with it: no key waits for ever
_TWICE = 2  # what is told while one turn waits stands behind that turn in the line of messages


class TypedAhead:
    """Of one app. `act` is what Textual does with a key."""

    def __init__(self, app: App[int], act: Callable[[Event], Awaitable[None]]) -> None:
        self._app, self._act = app, act
        self._waiting: deque[Event] = deque()
        self._count = 0
        self._is_led = False

    async def take(self, event: Event) -> None:
        """Act on a key, or on a pasted text, once its turn has come."""
        if not self._is_led:
            await self._do(event)
            return
        self._waiting.append(event)
        if len(self._waiting) == 1:
            self._lose_patience()

    async def _do(self, event: Event) -> None:
        self._is_led = True
        self._count += 1
        turns, end = self._turns(), self._end_of(self._count)
        node = next(turns)
        await self._act(event)
        self._go_on(node, turns, end)
        if self._waiting:
            self._lose_patience()

    def _lose_patience(self) -> None:
        self._app.set_timer(_PATIENCE_S, self._end_of(self._count))

    def _go_on(self, node: DOMNode | None, turns: Iterator[DOMNode], end: Callable[[], Awaitable[None]]) -> None:
        """One turn further; what is closed already has none."""
        while node is not None:
            if node.call_later(self._go_on, next(turns, None), turns, end):
                return
            node = next(turns, None)
        self._app.call_later(end)

    def _turns(self) -> Iterator[DOMNode]:
        left = self._app.screen
        way = (self._app.focused or left).ancestors_with_self
        for node in (*way, *way):
            yield from (node,) * _TWICE
        if self._app.screen is not left:
            yield from (self._app.screen, self._app) * _TWICE

    def _end_of(self, count: int) -> Callable[[], Awaitable[None]]:
        async def end() -> None:
            if count == self._count and self._is_led:
                self._is_led = False
                if self._waiting:
                    await self._do(self._waiting.popleft())

        return end
