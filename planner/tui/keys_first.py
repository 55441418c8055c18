"""What Python does at times of its own choosing, moved to times when nobody waits for a key.

Looking for garbage among all that the app holds stops every thread for a tenth of a second and more, so that is done
only when nobody has touched anything for a while; the young, which costs a few milliseconds, as ever. And a thread that
computes gives way to the one that draws five times sooner than it would.
"""

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from textual.app import App
from textual.events import Event, InputEvent

_YOUNG = (2000, 5)  # objects more than before, and rounds of those before the survivors are looked through as well
_NEVER = 2**31 - 1  # rounds; what C holds
_ENOUGH = 10  # rounds that survivors were added in: Python's own measure
_TOO_MUCH = 1000  # of them: some millions of objects. Whoever watches for hours must not run out of memory
_TIDY_EVERY_S = 2.0
_IDLE_S = 3.0  # somebody reads, or is gone
_SWITCH_S = 0.001  # by default 0.005, which the drawing thread would wait at every turn that it takes


@contextmanager
def keys_first() -> Iterator[None]:
    """For as long as the app runs."""
    before, switched_s = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(*_YOUNG, _NEVER)
    sys.setswitchinterval(_SWITCH_S)
    gc.freeze()  # modules and what they hold are no garbage, and need not be looked at again
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
        sys.setswitchinterval(switched_s)


class KeysFirst(App[int]):
    """An app that collects all garbage, where there may be much, once nobody has been there for a while."""

    def __init__(self) -> None:
        super().__init__()
        self._touched_s = time.monotonic()

    async def on_mount(self) -> None:
        """Look now and then; Textual calls this beside that of subclasses."""
        self.set_interval(_TIDY_EVERY_S, self._tidy)

    async def on_event(self, event: Event) -> None:
        """As Textual does; and remember when somebody was there."""
        if isinstance(event, InputEvent):
            self._touched_s = time.monotonic()
        await super().on_event(event)

    def may_tidy(self) -> bool:
        """Not while something is read or reckoned."""
        return not any(one.is_running for one in self.workers)

    def _tidy(self) -> None:
        is_idle, rounds = time.monotonic() - self._touched_s >= _IDLE_S, gc.get_count()[2]
        if rounds >= _TOO_MUCH or (is_idle and rounds >= _ENOUGH and self.may_tidy()):
            gc.collect()
