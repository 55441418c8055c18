"""Narrates a refresh on standard error: one line rewritten in place, or plain lines where nobody watches."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from planner.cli.terminal import Painted
from planner.drawing.refresh_progress import progress_line
from planner.refresh.meter import Progress
from planner.wording.text import plain

_PAINT_EVERY_S = 0.3
_PLAIN_EVERY_S = 10.0


class RefreshNarrator(Painted):
    """Watches a refresh."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console)
        self._clock = clock
        self._told_s = -_PLAIN_EVERY_S
        self._provider = ""

    def watch(self, progress: Progress) -> None:
        """Show it if it is time to; a new provider, and that something failed, at once."""
        pause = _PLAIN_EVERY_S if self._live is None else _PAINT_EVERY_S
        is_new = progress.provider != self._provider or progress.is_waiting
        if not is_new and self._clock() - self._told_s < pause:
            return
        self._provider = progress.provider
        self._told_s = self._clock()
        line = Text(plain(progress_line(progress)), no_wrap=True, overflow="ellipsis")
        if self._live is None:
            self._console.print(line, soft_wrap=True)
        else:
            self._live.update(line, refresh=True)
