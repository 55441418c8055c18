"""`planner runs` and `planner delete`: the list of stored runs, and the end of one."""

import argparse
import sys
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.errors import UsageError
from harness.supervisor.host_lock import default_lock_path
from planner.cli import diagnostics, output
from planner.services.host_state import read_host_state
from planner.services.listing import RunList, find_summary, list_runs, lost_with, require_not_measured_now
from planner.settings import database_address
from planner.store.records import Headline, RunSummary
from planner.store.repository import Store
from planner.wording.marks import marked, signed
from planner.wording.moments import age, short
from planner.wording.quantities import ABSENT
from planner.wording.text import plain

_WIDE = 108  # from here on two lines hold a run, below three are needed
_HEADINGS = ("run", "when (UTC)", "workload, best candidate", "speed-up", "verdict")


def runs(options: argparse.Namespace) -> int:
    """List runs, newest first."""
    address = database_address(options.db)
    host = read_host_state(default_lock_path())
    with Store.open_existing(address) as store:
        found = list_runs(store, host, limit=options.limit, workload=options.workload)
    if options.json:
        output.show_json(found)
    elif not found.runs:
        of = f" of {options.workload!r}" if options.workload else ""
        output.show_text(plain(f"{address} holds no run{of} yet: `planner bench` measures the first one"))
    else:
        is_wide = output.width() >= _WIDE
        output.show(_table(found, now=datetime.now(UTC), is_wide=is_wide), *_left_out(found))
    return 0


def delete(options: argparse.Namespace) -> int:
    """Delete a run, after asking."""
    with Store.open_existing(database_address(options.db)) as store:
        run = find_summary(store, options.run)
        require_not_measured_now(run, read_host_state(default_lock_path()))
        if not options.yes and not _is_meant(run):
            diagnostics.note("nothing was deleted")
            return 0
        store.delete(run.run_id)
    output.show_text(f"run {run.run_id} is deleted")
    return 0


def _is_meant(run: RunSummary) -> bool:
    """Ask on the terminal.

    Raises:
        UsageError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise UsageError(f"delete run {run.run_id}? There is no terminal to ask on: say --yes to mean it")
    diagnostics.note(plain(f"{lost_with(run)}\nDelete it? [y/N]"))
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _table(found: RunList, *, now: datetime, is_wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in (*_HEADINGS, "size") if is_wide else _HEADINGS:
        table.add_column(heading, no_wrap=heading not in _HEADINGS[2::2], overflow="fold")
    for run in found.runs:
        table.add_row(*_row(run, now=now, is_wide=is_wide))
        table.add_row()
    return table


def _row(run: RunSummary, *, now: datetime, is_wide: bool) -> list[RenderableType]:
    """Cells of two lines, or of three where the last column has no room of its own."""
    name = [Text(run.run_id, style="bold"), marked(run.state)]
    when = [Text(short(run.started_at, now=now)), Text(age(run.started_at, now=now), style="dim")]
    size = [Text(f"{len(run.arms)} arm{'s' * (len(run.arms) != 1)}"), Text(f"{run.rounds} rounds")]
    if not is_wide:
        name, when, size = [*name, size[0]], [*when, size[1]], []
    what = [_workload(run), _candidate(run.best)]
    cells = [name, when, what, _speed_up(run.best, is_wide=is_wide), _verdict(run), size]
    return [Group(*cell) for cell in cells if cell]


def _workload(run: RunSummary) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    if run.is_simulated:
        text.append("SIMULATED ", style="bold red")
    return text.append(plain(run.workload))


def _candidate(best: Headline | None) -> Text:
    if best is None:
        return Text("nothing was compared", style="dim")
    runtime, _, label = best.candidate.partition("/")
    return Text(plain(f"{label} on {runtime}"), overflow="fold")


def _speed_up(best: Headline | None, *, is_wide: bool) -> list[Text]:
    if best is None or best.ratio is None:
        return [Text(ABSENT)]
    interval = Text(ABSENT if best.lower is None else f"{best.lower:.2f}–{best.upper:.2f}")
    at = f"batch {best.batch}"
    if is_wide:
        return [Text(f"{best.ratio:.2f}× at {at}"), interval]
    return [Text(f"{best.ratio:.2f}×"), interval, Text(at, style="dim")]


def _verdict(run: RunSummary) -> list[Text]:
    words = [marked(run.best.speed), marked(run.best.gate)] if run.best else []
    failures = [signed("!", f"{run.failures} failed")] if run.failures else []
    return [*words, *failures] or [Text(ABSENT)]


def _left_out(found: RunList) -> list[Text]:
    return [Text("older runs are left out: --limit 0 lists all", style="dim")] if found.has_more else []
