"""18. How long the app takes to appear with 1,000 runs: from the process's start to its first frame, and to the list.

The real app on a pseudo-terminal of 100 × 30, each time a new process. The first frame has the views and the keys; the
list is there when the line below it says how it is sorted. CPU seconds tell what a busy machine's clock does not.
"""

import sys
from pathlib import Path

from benchmarks.app_terminal import Terminal
from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, value_of
from benchmarks.many_runs import write_many_runs
from benchmarks.result import Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from planner.tui.remembering import Memory, remember

_RUNS = 1000
_MOST_S = 1.0


def app_environment(folder: Path, *, view: str) -> dict[str, str]:
    """Folders of its own, and the view that it opens with."""
    names = ("CACHE", "STATE", "CONFIG", "HOST_LOCK")
    remember(Memory(view=view), folder / "config" / "app.json")
    return {f"PLANNER_{name}": str(folder / name.lower()) for name in names}


def run(context: Context) -> Found:
    """So many starts."""
    found = Found()
    folder = context.folder("app-start")
    database = write_many_runs(folder / "results.db", _RUNS)
    repeats = context.times(15, 2)
    context.narrate(f"{repeats} starts with {_RUNS:,} runs")
    _start(folder, database)  # what Python compiles once
    starts = [_start(folder, database) for _ in range(repeats)]
    first, listed, cpu = (of_repeats([one[place] for one in starts], Unit.SECONDS) for place in range(3))
    found.rows += [
        Row(
            what=f"from its start to the app's first frame, {_RUNS:,} runs",
            ours=first,
            target=f"≤ {_MOST_S:g} s",
            outcome=at_most(value_of(first), _MOST_S),
            in_readme=True,
        ),
        Row(what="from its start to the list of runs", ours=listed, in_readme=True),
        Row(what="CPU time until the first frame", ours=cpu),
    ]
    return found


def _start(folder: Path, database: Path) -> tuple[float, float, float]:
    """Seconds to the first frame, to the list, and of CPU until the first frame."""
    with Terminal(["--db", str(database)], environment=app_environment(folder, view="results")) as app:
        first = app.until(b"Results")
        cpu = app.cpu_s()
        listed = app.until(b"sorted by")
        app.write(b"q")
        app.wait()
    return first, listed, cpu


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
