"""What is read from the store for Measure: the newest run, one's story, one's lines to be replayed."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from harness.supervisor.host_lock import default_lock_path
from harness.vocabulary import RunState
from planner.drawing.last_line import last_line
from planner.drawing.run_view import story
from planner.errors import StoreError
from planner.services.host_state import HostState, LockState, read_host_state
from planner.services.listing import list_runs
from planner.services.live_replay import Told, lines_of
from planner.services.run_document import document_of
from planner.services.selftests import selftest_behind
from planner.store.records import RunSummary
from planner.store.repository import Store
from planner.wording.text import plain

_RESUMABLE = {RunState.INTERRUPTED, RunState.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest run, if there is one, and who measures on this host now."""

    run: RunSummary | None
    host: HostState

    @property
    def resumable(self) -> str | None:
        """The newest run, where something of it is left to measure."""
        is_broken = self.run is not None and (self.run.state in _RESUMABLE or self.run.failures > 0)
        return self.run.run_id if self.run is not None and is_broken else None

    @property
    def holder(self) -> str | None:
        """The process that measures, where one does."""
        return (self.host.holder or "unknown") if self.host.lock is LockState.HELD else None


def newest_of(store: Store | None) -> Newest:
    """Read it."""
    host = read_host_state(default_lock_path())
    runs = () if store is None else list_runs(store, host, limit=1).runs
    return Newest(run=runs[0] if runs else None, host=host)


def story_of(store: Store | None, run: str, *, database: str, width: int) -> tuple[RenderableType, ...]:
    """What a run came to, drawn so wide: what to do first, then everything that says why.

    Raises:
        StoreError: it is not there any more.
    """
    found = _opened(store).load(run)
    document = document_of(found, selftest=selftest_behind(_opened(store), found))
    conclusion = last_line(document, database).strip().partition("\n")[0]
    return (Text(plain(f"{conclusion}\n"), style="bold"), *story(document, database=database, width=width))


def replay_of(store: Store | None, name: str) -> tuple[Told, ...]:
    """The lines of the run that `name` means.

    Raises:
        StoreError: none, or more than one, is meant.
    """
    opened = _opened(store)
    run = opened.resolve(name)
    return lines_of(opened.load(run), opened.rounds(run))


def _opened(store: Store | None) -> Store:
    if store is None:
        raise StoreError("nothing was measured yet: there is no database")
    return store


def idle_lines(newest: Newest | None) -> Iterator[tuple[str, str]]:
    """What there is to do before anything runs: sentences with their styles."""
    yield "tick what to measure · r starts it · b brings a model of your own · y copies the command below", ""
    if newest is None:
        return
    if newest.holder is not None:
        told = f"~ process {newest.holder} is measuring on this host now: a run that is started here is refused until"
        yield f"{told} it has ended", "yellow"
    run = newest.run
    if run is None:
        yield "nothing was measured here yet: what is ticked takes a minute or two, and ends with a verdict", "dim"
    elif newest.resumable is not None:
        yield f"~ run {run.run_id} of {run.workload} did not come to its end: u goes on with it", "yellow"
    else:
        yield f"the newest run is {run.run_id} of {run.workload}: o opens it · v shows it as it happened", "dim"
