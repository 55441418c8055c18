"""`planner roofline`: the physical limits of this machine, and how near a workload came to them."""

import argparse
import contextlib
from collections.abc import Iterator

from harness.environment import Environment, Observer, read_environment
from harness.supervisor.host_lock import default_lock_path, host_lock
from harness.workloads.places import cache_root
from harness.workloads.workload import Workload, open_workload
from planner.cli import diagnostics, output
from planner.cli.roofline_view import screen
from planner.cli.watching import watching
from planner.errors import StoreError
from planner.services.machine_peaks import PeakCache
from planner.services.roofline import DEFAULT_THREADS, Roofline, Surveyor, latest_run, require_threads
from planner.settings import database_address, log_folder
from planner.store.repository import Store
from planner.wording.typed import duration_s


def roofline(options: argparse.Namespace) -> int:
    """Find the peaks, in the cache or by measuring, and set a workload's latest run against them."""
    environment = read_environment(Observer.HEADLESS)
    if options.threads is not None:
        require_threads(options.threads, environment)
    wait_s = duration_s(options.wait, option="--wait")
    workload = open_workload(options.workload) if options.workload is not None else None
    with _store(options, workload) as store, watching(is_quiet=options.quiet) as watch:
        threads = options.threads or _threads_of_run(store, workload, environment)
        surveyor = Surveyor(
            environment=environment, cache=PeakCache(root=cache_root()), logs=log_folder("roofline"), watch=watch
        )
        found = _peaks(surveyor, threads, is_refresh=options.refresh, wait_s=wait_s)
        if workload is not None:
            found = surveyor.of_workload(workload, found, store=store)
    _show(options, found)
    return 0


def _peaks(surveyor: Surveyor, threads: int, *, is_refresh: bool, wait_s: float) -> Roofline:
    cached = None if is_refresh else surveyor.cached(threads)
    if cached is not None:
        return cached
    with host_lock(default_lock_path(), wait_s=wait_s, on_wait=diagnostics.note):
        return surveyor.measure(threads)


@contextlib.contextmanager
def _store(options: argparse.Namespace, workload: Workload | None) -> Iterator[Store | None]:
    """The database, where there is one and a workload's runs are asked for. None is made."""
    if workload is None:
        yield None
        return
    try:
        opened = Store.open_existing(database_address(options.db))
    except StoreError as error:
        if options.db is not None:
            raise
        if not options.quiet:
            diagnostics.note(f"no runs are looked at: {error}")
        yield None
        return
    with opened as store:
        yield store


def _threads_of_run(store: Store | None, workload: Workload | None, environment: Environment) -> int:
    run = latest_run(store, workload, environment) if store and workload else None
    return run.plan.arms[0].threads if run else DEFAULT_THREADS


def _show(options: argparse.Namespace, found: Roofline) -> None:
    if options.json:
        output.show_json(found)
    else:
        output.show(*screen(found, width=output.width()))
