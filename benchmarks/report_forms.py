"""16. How long a report of the plan in results.db takes: every form, and the HTML page alone.

In process it is what an open app waits for: the report built from the store, then its forms drawn, with what they
import behind them. In a process of its own it is what a user waits for after `planner report`: Python's start, every
import, the building, the drawing, the writing. The database is a copy.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, value_of
from benchmarks.result import BenchmarkError, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from planner.reports.forms import FORMS
from planner.services.reporting.making import ReportRequest, draw_report, make_report
from planner.store import Store

_DATABASE = Path(__file__).resolve().parent.parent / "results.db"
_ALL = tuple(FORMS)
_MOST_S = {"all": 10.0, "html": 1.0}
_NAMES = {"all": "all forms", "html": "HTML alone"}
_FORMS: dict[str, Sequence[str]] = {"all": _ALL, "html": ("html",)}


def run(context: Context) -> Found:
    """Both, in process and in a process of their own; then every form by itself, which has no target."""
    found = Found()
    folder = context.folder("report-forms")
    database = shutil.copy(_DATABASE, folder / "results.db")
    with Store.open(database) as store:
        repeats = context.times(7, 1)
        for name, forms in _FORMS.items():
            context.narrate(f"{_NAMES[name]}, {repeats} times in this process")
            _once(store, forms)  # imports what draws them
            found.rows.append(_row(name, "in process", [_once(store, forms) for _ in range(repeats)]))
        for form in FORMS:
            _once(store, (form,))
            taken = of_repeats([_once(store, (form,)) for _ in range(context.times(5, 1))], Unit.SECONDS)
            found.rows.append(Row(what=f"a report in {form} alone, in process", ours=taken))
    for name, forms in _FORMS.items():
        repeats = context.times(5, 1)
        context.narrate(f"{_NAMES[name]}, {repeats} times in a process of its own")
        spent = [_afresh(folder, database, forms, number) for number in range(repeats)]
        found.rows.append(_row(name, "in a process of its own", spent))
    return found


def _row(name: str, where: str, spent: Sequence[float]) -> Row:
    figure = of_repeats(spent, Unit.SECONDS)
    limit = _MOST_S[name]
    forms = _FORMS[name]
    return Row(
        what=f"a report of the plan in results.db, {_NAMES[name]}, {where}",
        ours=figure,
        target=f"≤ {limit:g} s",
        outcome=at_most(value_of(figure), limit),
        note=f"built and drawn: {', '.join(forms)}" if len(forms) > 1 else None,
        in_readme=True,
    )


def _once(store: Store, forms: Sequence[str]) -> float:
    """Seconds from the stored plan to the bytes of its forms."""
    now = datetime.now(UTC)
    began = time.perf_counter()
    report = make_report(store, store.plan("latest"), ReportRequest(made_at=now, today=now.date()))
    draw_report(report, forms)
    return time.perf_counter() - began


def _afresh(folder: Path, database: str | Path, forms: Sequence[str], number: int) -> float:
    """Seconds of the whole command."""
    out = folder / f"{'-'.join(forms)}-{number}"
    command = [sys.executable, "-m", "planner", "--db", str(database), "report"]
    options = ["--quiet", "--format", ",".join(forms), "--out", str(out)]
    environment = {**os.environ, "PLANNER_STATE": str(folder / "state"), "PLANNER_CACHE": str(folder / "cache")}
    began = time.perf_counter()
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, env=environment)
    spent = time.perf_counter() - began
    if done.returncode:
        raise BenchmarkError(f"planner report ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return spent


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
