"""The stored runs as a list, and what would be lost with one of them."""

from dataclasses import dataclass

from harness.errors import UsageError
from harness.vocabulary import RunState
from planner.services.host_state import HostState, LockState, this_host, with_present_states
from planner.store.records import RunSummary
from planner.store.repository import Store

SCHEMA = "planner.runs/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    """Runs, the newest first. `has_more` where a limit leaves older ones out."""

    schema: str
    has_more: bool
    runs: tuple[RunSummary, ...]


def list_runs(store: Store, host: HostState, *, limit: int, workload: str | None = None) -> RunList:
    """The newest runs, with their present states.

    Args:
        store: Where they are.
        host: Whether this host is being measured.
        limit: How many at most; 0 for all.
        workload: Only runs of this workload.

    Raises:
        UsageError: a negative limit.
    """
    if limit < 0:
        raise UsageError(f"--limit {limit}: write how many runs, or 0 for all")
    found = store.runs(limit=limit + 1 if limit else None, workload=workload)
    shown = found[:limit] if limit else found
    return RunList(schema=SCHEMA, has_more=len(found) > len(shown), runs=with_present_states(shown, host))


def find_summary(store: Store, name: str) -> RunSummary:
    """The run that `name` means, in brief.

    Raises:
        StoreError: no run, or more than one, is meant.
    """
    run_id = store.resolve(name)
    return next(run for run in store.runs() if run.run_id == run_id)


def lost_with(run: RunSummary) -> str:
    """What deleting a run takes away, as a sentence."""
    verdicts = "1 verdict" if run.verdicts == 1 else f"{run.verdicts} verdicts"
    return (
        f"run {run.run_id} of {run.workload}, {run.started_at:%Y-%m-%d %H:%M} UTC: {len(run.arms)} arms, "
        f"{run.rounds} rounds with their raw samples and {verdicts} will be lost."
    )


def require_not_measured_now(run: RunSummary, host: HostState) -> None:
    """Refuse to take a run away from the process that measures it.

    Raises:
        UsageError: the run may be measured right now.
    """
    if run.state is RunState.RUNNING and host.lock is LockState.HELD and run.host_id == this_host():
        raise UsageError(
            f"run {run.run_id} may be measured right now by process {host.holder or 'unknown'}: end that first"
        )
