"""Chooses the runs that one run may be compared with over time: the same question, asked on the same machine.

Versions, kernel, governor and the like stay in a history, since a step that comes with them is what is
looked for. Another machine, other threads or another pinning is another history.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.environment import EnvironmentDifference
from harness.errors import UsageError
from harness.vocabulary import RunState
from planner.services.conditions import differences_between
from planner.store.figure_records import RunConditions
from planner.store.records import StoredRun
from planner.store.repository import Store

DEFAULT_LAST = 30
MOST_LAST = 200
_ASKED = frozenset({"plan.threads", "plan.affinity"})
_MACHINE = frozenset(
    {"host_id", "system", "architecture"}
    | {f"cpu.{name}" for name in ("model", "vendor", "family", "model_number", "physical_cores", "logical_cores")}
    | {f"cpu.{name}" for name in ("features", "allowed_cpus", "quota_cores", "is_virtual")}
)
_TOLD = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A run of the workload that is not compared, and why. `started_at` is ISO 8601 in UTC."""

    run: str
    started_at: str
    differences: tuple[EnvironmentDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The runs of a history, oldest first; the last one is judged.

    `reference`: how many of them are the history where that was named, so that all later ones are judged.
    `left_out`: unlike runs, oldest first.
    """

    runs: tuple[RunConditions, ...]
    reference: int | None
    left_out: tuple[LeftOut, ...]

    @property
    def judged(self) -> RunConditions:
        """The run that is judged."""
        return self.runs[-1]


def choose_runs(
    store: Store, name: str, *, against: str | None = None, last: int = DEFAULT_LAST, any_host: bool = False
) -> Window:
    """The judged run with the like ones before it.

    Args:
        store: Where they are.
        name: The judged run.
        against: The run with which the history ends, if not with the one before.
        last: How many runs of history at most.
        any_host: Take runs of other machines, too.

    Raises:
        UsageError: the run measured nothing that can be compared, or `against` is unlike, later, or the same.
        StoreError: a name means no run, or several.
    """
    if not 1 <= last <= MOST_LAST:
        raise UsageError(f"--last {last}: write how many runs of history to look at, from 1 to {MOST_LAST}")
    run = store.load(store.resolve(name))
    _require_measured(run)
    known = store.conditions(run.plan.workload_digest)
    judged = next(one for one in known if one.run_id == run.run_id)
    before = known[: known.index(judged)]
    unlike = {one.run_id: found for one in before if (found := _unlike(judged, one, any_host=any_host))}
    like = [one for one in before if one.run_id not in unlike]
    left_out = tuple(
        LeftOut(run=one.run_id, started_at=one.started_at.isoformat(), differences=unlike[one.run_id])
        for one in before
        if one.run_id in unlike
    )
    if against is None:
        return Window(runs=(*like[-last:], judged), reference=None, left_out=left_out)
    place = _place(store.resolve(against), like, judged, left_out, known)
    start = max(0, place + 1 - last)
    history, later = like[start : place + 1], like[place + 1 :][-MOST_LAST:]
    return Window(runs=(*history, *later, judged), reference=len(history), left_out=left_out)


def _place(
    run_id: str,
    like: Sequence[RunConditions],
    judged: RunConditions,
    left_out: Sequence[LeftOut],
    known: Sequence[RunConditions],
) -> int:
    """Where the run with which the history ends stands among the like ones."""
    place = next((index for index, one in enumerate(like) if one.run_id == run_id), None)
    if place is not None:
        return place
    unlike = next((one for one in left_out if one.run == run_id), None)
    if unlike is not None:
        told = [f"{one.field} was {one.before}, is {one.after}" for one in unlike.differences[:_TOLD]]
        more = len(unlike.differences) - len(told)
        raise UsageError(
            f"--against {run_id}: it cannot be compared with {judged.run_id}: {'; '.join(told)}"
            f"{f' and {more} more' if more > 0 else ''}. --any-host compares speed-ups across machines"
        )
    if run_id == judged.run_id:
        raise UsageError(f"{run_id} is one run: name an earlier one with --against")
    if any(one.run_id == run_id for one in known):
        raise UsageError(f"--against {run_id}: that run is later than {judged.run_id}: a history lies before it")
    raise UsageError(
        f"--against {run_id}: it is no completed run of the same model, data and input as {judged.run_id}: "
        "`planner runs` lists what there is"
    )


def _require_measured(run: StoredRun) -> None:
    if run.plan.is_simulated:
        raise UsageError(f"run {run.run_id} is simulated: its figures are no measurement, and have no history")
    if run.state is not RunState.COMPLETED:
        raise UsageError(
            f"run {run.run_id} is {run.state}, not completed: `planner resume {run.run_id}` goes on, or name another"
        )


def _unlike(judged: RunConditions, other: RunConditions, *, any_host: bool) -> tuple[EnvironmentDifference, ...]:
    """What makes the other run part of another history; nothing where it is part of this one."""
    decisive = _ASKED if any_host else _ASKED | _MACHINE
    return tuple(one for one in differences_between(other, judged) if one.field in decisive)
