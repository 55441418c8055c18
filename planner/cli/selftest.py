"""`planner selftest`: the harness's own error rates on this machine."""

import argparse
import contextlib
import time
from collections.abc import Iterator

from rich.console import Console

from harness.quantize.artifacts import ArtifactCache
from harness.supervisor.host_lock import default_lock_path, host_lock
from harness.supervisor.selftest.form import FULL, QUICK
from harness.vocabulary.selftest import Ending, SelfTest
from harness.workloads.places import cache_root
from harness.workloads.workload import BUILTIN_DEFAULT, open_workload
from planner.cli import diagnostics, output
from planner.cli.selftest_live import SelfTestNarrator
from planner.drawing.selftest_view import certificate_screen
from planner.errors import StoreError
from planner.services.selftest import (
    SelfTesting,
    SelfTestRequest,
    SelfTestWatcher,
    code_of_selftest,
    document_of_selftest,
    keep,
    plan_selftest,
)
from planner.settings import database_address, log_folder
from planner.store.repository import Store
from planner.wording.typed import duration_s


def selftest(options: argparse.Namespace) -> int:
    """Measure, show and keep the certificate."""
    began_s = time.monotonic()
    form = QUICK if options.quick else FULL
    request = SelfTestRequest(
        form=form, workload=options.workload or BUILTIN_DEFAULT, runtime=options.runtime, seed=options.seed
    )
    workload = open_workload(request.workload)
    plan = plan_selftest(request, workload)
    address = database_address(options.db)
    waited_s = time.monotonic()
    with (
        host_lock(default_lock_path(), wait_s=duration_s(options.wait, option="--wait"), on_wait=diagnostics.note),
        Store.open(address) as store,
    ):
        with _watching(options) as watch:
            one = SelfTesting(
                cache=ArtifactCache(cache_root()),
                logs=log_folder("selftest"),
                watch=watch,
                began_s=began_s + (time.monotonic() - waited_s),
            )
            certificate = one.carry_out(plan, workload, form)
        fault = _kept(store, certificate)
    is_stored = fault is None and certificate.ending is not Ending.INTERRUPTED
    if options.json:
        output.show_json(document_of_selftest(certificate, is_stored=is_stored))
    else:
        output.show(*certificate_screen(certificate, database=address if is_stored else None))
    if fault is not None:
        raise fault
    if certificate.ending is Ending.INTERRUPTED:
        diagnostics.note("interrupted: the certificate is of what was recorded until then, and is not stored")
    return code_of_selftest(certificate)


def _kept(store: Store, certificate: SelfTest) -> StoreError | None:
    """Why it could not be stored: what was measured is shown all the same."""
    try:
        keep(store, certificate)
    except StoreError as error:
        return error
    return None


@contextlib.contextmanager
def _watching(options: argparse.Namespace) -> Iterator[SelfTestWatcher]:
    if options.quiet:
        yield lambda _event: None
        return
    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    with SelfTestNarrator(console=console, is_quick=options.quick) as narrator:
        yield narrator.watch
