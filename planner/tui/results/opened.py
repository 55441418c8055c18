"""A stored run as its detail needs it, and other things that are read for it: off the event loop."""

from dataclasses import dataclass

from harness.environment import EnvironmentDifference
from harness.vocabulary import LoadPoint
from planner.errors import StoreError
from planner.services.comparing import RunsCompared, compare_runs, compare_stored
from planner.services.conditions import differences_between
from planner.services.reporting.evidence_runs import RunBehind
from planner.services.run_document import ArmDocument, RunDocument, document_of
from planner.services.selftests import selftest_behind
from planner.store.records import StoredRun
from planner.store.repository import Store

_NO_DATABASE = "there is no database yet: press 1 to measure, or run  planner bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A run, as it is stored and as it is told."""

    run: StoredRun
    document: RunDocument

    @property
    def behind(self) -> RunBehind:
        """As reports take it."""
        return RunBehind(run=self.run, document=self.document, planned=())

    @property
    def candidates_first(self) -> tuple[ArmDocument, ...]:
        """All arms, candidates before baselines: those are what a run is opened for."""
        return tuple(sorted(self.document.arms, key=lambda arm: arm.is_baseline))

    def baseline_of(self, arm: ArmDocument) -> ArmDocument | None:
        """What it is compared with; None for a baseline."""
        if arm.is_baseline:
            return None
        return next((one for one in self.document.arms if one.place == arm.place and one.is_baseline), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the panes of a run are about."""

    opened: Opened
    arm: ArmDocument
    load: LoadPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """What differs between a run's conditions and another's."""

    other: StoredRun
    differences: tuple[EnvironmentDifference, ...]


def open_run(store: Store | None, *, name: str) -> Opened:
    """The run that a name means.

    Raises:
        StoreError: there is none, or what is stored is damaged.
    """
    store = _required(store)
    run = store.load(store.resolve(name))
    return Opened(run=run, document=document_of(run, selftest=selftest_behind(store, run)))


def differing(store: Store | None, *, run: StoredRun, other: str | None) -> Differing | None:
    """How another run's conditions differ: by default the newest other of the workload, else of all.

    Raises:
        StoreError: there is no such run, or what is stored is damaged.
    """
    store = _required(store)
    name = store.resolve(other) if other else _newest_other(store, run)
    if name is None:
        return None
    found = store.load(name)
    return Differing(other=found, differences=differences_between(run, found))


def compare_two(store: Store | None, *, first: str, second: str | None) -> RunsCompared:
    """Two runs of one workload; without a second, the first with the newest other.

    Raises:
        UsageError: they are one run, or ask for different things.
        StoreError: there is none of that name, or what is stored is damaged.
    """
    store = _required(store)
    if second is None:
        return compare_stored(store, first, None)
    return compare_runs(store.load(first), store.load(second))


def _required(store: Store | None) -> Store:
    if store is None:
        raise StoreError(_NO_DATABASE)
    return store


def _newest_other(store: Store, run: StoredRun) -> str | None:
    others = [one for one in store.runs() if one.run_id != run.run_id]
    alike = [one for one in others if one.workload_digest == run.plan.workload_digest]
    found = next(iter((*alike, *others)), None)
    return None if found is None else found.run_id
