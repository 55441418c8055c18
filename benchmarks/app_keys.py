"""19. How long a key takes to show its effect: in lists of 1,000 and 10,000 runs, and when a view is opened.

The real app on a pseudo-terminal of 100 × 30: from writing the key to the last byte of the frame that follows. Keys
come one after the other, each when the frame before is whole.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.app_start import app_environment
from benchmarks.app_terminal import Terminal
from benchmarks.comparison import Context, Found
from benchmarks.many_runs import write_many_runs
from benchmarks.result import Outcome, Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from planner.tui.views import VIEWS

_MOST_S = 0.050
_SIZES = (1000, 10_000)
_ALONG = (b"j", b"j", b"k", b"\x1b[6~", b"\x1b[5~", b"G", b"g")  # down, up, a page, the end, the beginning
_OTHERS = {"sort by another column": b"s", "turn the order round": b"S"}


def run(context: Context) -> Found:
    """Each list, then every view."""
    found = Found()
    folder = context.folder("app-keys")
    for count in _SIZES:
        context.narrate(f"keys in a list of {count:,} runs")
        database = write_many_runs(folder / f"{count}.db", count)
        with Terminal(["--db", str(database)], environment=app_environment(folder, view="results")) as app:
            app.until(b"sorted by")
            app.until(f"{count:,}".encode())
            _let_load(app)
            along = [app.painted_s(key) for _ in range(context.times(60, 4)) for key in _ALONG]
            found.rows.append(_row(f"key to frame along {count:,} runs", along, in_readme=True))
            for name, key in _OTHERS.items():
                spent = [app.painted_s(key) for _ in range(context.times(20, 3))]
                found.rows.append(_row(f"{name}, {count:,} runs", spent))
    found.rows += _views(context, folder, folder / f"{_SIZES[0]}.db")
    return found


def _views(context: Context, folder: Path, database: Path) -> list[Row]:
    """Opening each view first, and again."""
    others = [view for view in VIEWS if view.name != "results"]
    first: list[float | None] = []
    again: list[float | None] = []
    for _ in range(context.times(5, 1)):
        with Terminal(["--db", str(database)], environment=app_environment(folder, view="results")) as app:
            app.until(b"sorted by")
            _let_load(app)
            for spent in (first, again):
                for view in others:
                    spent.append(app.shown_s(view.digit.encode(), f"▸{view.title}"))
                    _let_load(app)
    return [
        _row("key to the mark of a view opened first", first, in_readme=True),
        _row("key to the mark of a view opened again", again),
    ]


def _let_load(app: Terminal) -> None:
    """Until it is idle: what is loaded behind the first frame would be measured with the keys."""
    before, deadline = -1.0, time.perf_counter() + 30.0
    while app.cpu_s() > before and time.perf_counter() < deadline:
        before = app.cpu_s()
        until = time.perf_counter() + 0.5
        while time.perf_counter() < until:
            app.read(patience_s=0.05)


def _row(what: str, spent: Sequence[float | None], *, in_readme: bool = False) -> Row:
    painted = [one for one in spent if one is not None]
    if not painted:
        return Row(what=what, ours=None, note="nothing was painted", in_readme=in_readme)
    p95 = float(np.quantile(painted, 0.95, method="higher"))
    ours = Quantity(
        value=p95, unit=Unit.SECONDS, low=min(painted), high=max(painted), spread=f"range of {len(painted)}"
    )
    return Row(
        what=f"{what}, p95",
        ours=ours,
        target=f"≤ {1e3 * _MOST_S:.0f} ms",
        outcome=at_most(p95, _MOST_S) if len(painted) == len(spent) else Outcome.NOT_IDENTIFIED,
        note=None if len(painted) == len(spent) else f"{len(spent) - len(painted)} keys painted nothing",
        in_readme=in_readme,
    )


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
