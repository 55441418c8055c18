"""Keys one after another: each goes where the one before has led.

Textual hands a key to what has the focus as soon as it comes; what the key before does (open a field, go to the next
one) comes later. Whoever types quickly, or waits for a busy machine, would have their words taken for keys of the list
they just left. So a key waits until the one before has gone all its way: from what had the focus up to the app, where
its action is done; once more, for what that told; and through the screen that it opened. A key for a view that is still
being loaded, or still reads what it shows, waits for that; a key of the app's own, which needs no view, does not.
"""

import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Protocol, runtime_checkable

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key

_PATIENCE_S = 0.5  # something on the way may vanish with what was left with it: no key waits for ever
_VIEW_PATIENCE_S = 5.0  # a database that another process holds: keys that need no rows work all the same
_LOOK_EVERY_S = 0.03  # whether the view is there
_GIVES_UP = "ctrl+c"  # on a view, and on whatever was typed before it: as a terminal itself forgets what is in its line
_TWICE = 2  # what is told while one turn waits stands behind that turn in the line of messages


@runtime_checkable
class Coming(Protocol):
    """A screen that is not there at once."""

    @property
    def awaited(self) -> object | None:
        """What keys are to wait for; None: it is there."""


class TypedAhead:
    """Of one app. `act` is what Textual does with a key."""

    def __init__(self, app: App[int], act: Callable[[Event], Awaitable[None]]) -> None:
        self._app, self._act = app, act
        self._waiting: deque[Event] = deque()
        self._count = self._steps = 0
        self._is_led = self._is_looking = False
        self._view: object | None = None
        self._view_since_s = 0.0

    async def take(self, event: Event) -> None:
        """Act on a key, or on a pasted text, once its turn has come."""
        if isinstance(event, Key) and event.key == _GIVES_UP:
            self._waiting.clear()
        self._waiting.append(event)
        if not self._is_led:
            await self._next()
        elif len(self._waiting) == 1:
            self._lose_patience()

    async def _next(self) -> None:
        """The first in line, unless its view is still to come."""
        self._is_led = False
        if not self._waiting:
            return
        if self._must_wait(self._waiting[0]):
            if not self._is_looking:
                self._is_looking = True
                self._app.set_timer(_LOOK_EVERY_S, self._look)
            return
        await self._do(self._waiting.popleft())

    async def _look(self) -> None:
        self._is_looking = False
        if not self._is_led:
            await self._next()

    def _must_wait(self, event: Event) -> bool:
        screen, now_s = self._app.screen, time.monotonic()
        view = screen.awaited if isinstance(screen, Coming) else None
        if view is not self._view:
            self._view, self._view_since_s = view, now_s
        if view is None or now_s - self._view_since_s > _VIEW_PATIENCE_S:
            return False
        return not (isinstance(event, Key) and event.key in self._app._bindings.key_to_bindings)  # noqa: SLF001 - as its own footer does

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
        """Unless it still goes its way, only slowly."""
        count, steps = self._count, self._steps

        async def lose() -> None:
            if count == self._count and steps != self._steps and self._is_led:
                self._lose_patience()
            else:
                await self._end_of(count)()

        self._app.set_timer(_PATIENCE_S, lose)

    def _go_on(self, node: DOMNode | None, turns: Iterator[DOMNode], end: Callable[[], Awaitable[None]]) -> None:
        """One turn further; what is closed already has none."""
        self._steps += 1
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
                await self._next()

        return end
