"""The physical limits of this machine, and how near a workload's latest run came to them."""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from harness.environment import Environment
from harness.errors import UnavailableError, UsageError
from harness.supervisor.peaks import Watcher
from harness.vocabulary import Limit, MachinePeaks, ModelWork, RunState
from harness.workloads.workload import Workload
from planner.errors import StoreError
from planner.services.limits import ModelCounts, limits_of, peaks_by
from planner.services.looking import fixed_batch_of
from planner.services.machine_peaks import PeakCache, measure_peaks
from planner.services.planning import DEFAULT_BATCHES
from planner.store.records import StoredRun
from planner.store.repository import Store

SCHEMA = "planner.roofline/1"
DEFAULT_THREADS = 1  # as `bench`


@dataclass(frozen=True, slots=True, kw_only=True)
class Roofline:
    """Peaks, and with a workload its work and how near its latest run on this host came to them.

    Its JSON form is an API: `schema` changes when a field changes its meaning or goes away. `note` says what is
    missing and how to get it.
    """

    schema: str
    peaks: MachinePeaks
    was_cached: bool
    workload: str | None = None
    work: tuple[ModelWork, ...] = ()
    run: str | None = None
    limits: tuple[Limit, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyor:
    """Finds out the limits of this host. `watch` is told of the progress, `logs` is where workers write."""

    environment: Environment
    cache: PeakCache
    logs: Path
    watch: Watcher

    def cached(self, threads: int) -> Roofline | None:
        """What is known of this host already."""
        peaks = self.cache.find(self.environment, threads)
        return None if peaks is None else Roofline(schema=SCHEMA, peaks=peaks, was_cached=True)

    def measure(self, threads: int) -> Roofline:
        """Measure this host now.

        Raises:
            MeasurementError: nothing could be measured.
            ArtifactError: the peaks cannot be kept.
        """
        peaks = measure_peaks(self.environment, threads=threads, cache=self.cache, logs=self.logs, watch=self.watch)
        return Roofline(schema=SCHEMA, peaks=peaks, was_cached=False)

    def of_workload(self, workload: Workload, found: Roofline, *, store: Store | None) -> Roofline:
        """Add the work of a workload's model and what its latest run here reached, which is kept with the run.

        Raises:
            WorkloadError: its model cannot be read.
        """
        self.watch("counting operations", 0, 1)
        run = latest_run(store, workload, self.environment, threads=found.peaks.threads) if store else None
        batches = run.plan.batches if run else _batches(workload)
        counts = ModelCounts(workload, batches, logs=self.logs, plan=run.plan if run else None)
        found = replace(found, workload=workload.name)
        try:
            found = replace(found, work=counts.of_workload())
        except UnavailableError as error:
            return replace(found, note=f"{workload.name} has no limit: {error}")
        if run is None or store is None:
            return replace(found, note=_what_to_run(workload, found.peaks.threads))
        limits = limits_of(run, peaks_by(run, lambda _threads: found.peaks), counts)
        return replace(found, run=run.run_id, limits=limits, note=_kept(store, run, limits))


def latest_run(
    store: Store, workload: Workload, environment: Environment, *, threads: int | None = None
) -> StoredRun | None:
    """The newest completed run of this workload, as it is now, on this host; with so many threads where given."""
    for one in store.runs(state=RunState.COMPLETED):
        is_ours = one.host_id == environment.host_id and one.cpu == environment.cpu.model and not one.is_simulated
        if not is_ours or one.workload_digest != workload.digest:
            continue
        run = store.load(one.run_id)
        if run.measurements and threads in {None, run.plan.arms[0].threads}:
            return run
    return None


def require_threads(threads: int, environment: Environment) -> None:
    """Refuse threads that this machine cannot run at once.

    Raises:
        UsageError: with how many there are.
    """
    here = len(environment.cpu.allowed_cpus)
    if not 1 <= threads <= here:
        raise UsageError(f"--threads {threads}: write 1 to {here}, as many processors as this process may use")


def _kept(store: Store, run: StoredRun, limits: tuple[Limit, ...]) -> str | None:
    try:
        store.record_limits(run.run_id, limits)
    except StoreError as error:
        return f"the shares are not kept with run {run.run_id}: {error}"
    return None


def _batches(workload: Workload) -> tuple[int, ...]:
    fixed = fixed_batch_of(workload)
    return DEFAULT_BATCHES if fixed is None else (fixed,)


def _what_to_run(workload: Workload, threads: int) -> str:
    command = (
        f"planner bench --workload {shlex.quote(workload.reference)}{f' --threads {threads}' if threads > 1 else ''}"
    )
    return f"no run of it with as many threads is stored for this machine: {command}"
