"""The terminal's last lines, painted anew while something long runs; on anything else there is nothing to paint."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live


class Painted:
    """Takes the terminal and gives it back. Use as a context manager, so that it is left clean however things end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def __enter__(self) -> Self:
        """Take the terminal."""
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the terminal back."""
        if self._live is not None:
            self._live.stop()
