"""The columns of the list of runs, the important ones first to stay."""

from collections.abc import Container
from datetime import datetime

from rich.text import Text

from harness.vocabulary import RunState
from planner.store.records import RunSummary
from planner.tui.widgets.grid_columns import GridColumn
from planner.wording.marks import marked, signed
from planner.wording.moments import short
from planner.wording.quantities import ABSENT
from planner.wording.text import plain

_NOTHING = Text("nothing was compared", style="dim")


def run_columns(now: datetime, *, are_marked: Container[str]) -> tuple[GridColumn[RunSummary], ...]:
    """Of the list; runs that are marked have a sign before their name."""

    def name(run: RunSummary) -> Text:
        mark = Text("● " if run.run_id in are_marked else "")
        return mark.append(plain(run.run_id), style="bold")

    return (
        GridColumn(title="run", draw=name, order=lambda run: (run.run_id not in are_marked, run.run_id)),
        GridColumn(
            title="when (UTC)",
            draw=lambda run: Text(short(run.started_at, now=now)),
            order=lambda run: run.started_at,
            starts_descending=True,
            rank=1,
        ),
        GridColumn(title="workload", draw=_workload, least=20),
        GridColumn(title="best candidate", draw=_candidate, brief=_candidate_label, least=14, rank=2),
        GridColumn(
            title="speed-up",
            draw=_speed_up,
            brief=_ratio_alone,
            order=_ratio,
            is_right=True,
            starts_descending=True,
        ),
        GridColumn(title="speed", draw=_speed),
        GridColumn(title="gate", draw=_gate),
        GridColumn(title="state", draw=lambda run: marked(run.state), rank=3),
        GridColumn(
            title="arms",
            draw=lambda run: Text(str(len(run.arms))),
            order=lambda run: len(run.arms),
            is_right=True,
            rank=4,
        ),
    )


def _workload(run: RunSummary) -> Text:
    text = Text("SIMULATED ", style="bold") if run.is_simulated else Text()
    return text.append(plain(run.workload))


def _candidate(run: RunSummary) -> Text:
    if run.best is None:
        return _NOTHING.copy()
    place, _, label = run.best.candidate.partition("/")
    return Text(plain(f"{label} on {place}"))


def _candidate_label(run: RunSummary) -> Text:
    return Text(plain(run.best.candidate.partition("/")[2])) if run.best else _NOTHING.copy()


def _ratio(run: RunSummary) -> float:
    return run.best.ratio if run.best is not None and run.best.ratio is not None else -1.0


def _speed_up(run: RunSummary) -> Text:
    best = run.best
    if best is None or best.ratio is None:
        return Text(ABSENT)
    between = "" if best.lower is None else f" ({best.lower:.2f}–{best.upper:.2f})"
    return Text(f"{best.ratio:.2f}×{between}")


def _ratio_alone(run: RunSummary) -> Text:
    return Text(ABSENT if run.best is None or run.best.ratio is None else f"{run.best.ratio:.2f}×")


def _speed(run: RunSummary) -> Text:
    """The verdict; what failed, or that the run is not over, comes before it."""
    if run.failures:
        return signed("!", f"{run.failures} failed")
    if run.best is None or run.state is not RunState.COMPLETED:
        return marked(run.state)
    return marked(run.best.speed)


def _gate(run: RunSummary) -> Text:
    return marked(run.best.gate) if run.best is not None else Text(ABSENT)
