"""Tells on standard error how far long work is, for commands whose steps are a phrase and a count."""

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.live import Live
from rich.text import Text

from planner.cli import diagnostics
from planner.settings import is_interactive
from planner.wording import quantities
from planner.wording.text import plain

_BAR = 20

Watcher = Callable[[str, int, int], None]


@contextlib.contextmanager
def watching(*, is_quiet: bool) -> Iterator[Watcher]:
    """One line on a terminal, and where nobody watches a line whenever something else is done."""
    if is_quiet:
        yield lambda _what, _done, _total: None
    elif is_interactive():
        console = Console(stderr=True, markup=False, highlight=False, emoji=False)
        with Live(console=console, transient=True, auto_refresh=False) as live:
            yield lambda what, done, total: live.update(_progress(what, done, total), refresh=True)
    else:
        seen: set[str] = set()

        def tell(what: str, _done: int, _total: int) -> None:
            if what not in seen:
                seen.add(what)
                diagnostics.note(f"{what} …")

        yield tell


def _progress(what: str, done: int, total: int) -> Text:
    return Text(f"{quantities.bar(done, of=max(1, total), width=_BAR).ljust(_BAR)} {done} of {total} · {plain(what)}")
