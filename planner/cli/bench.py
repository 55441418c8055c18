"""`planner bench` and `planner resume`: a run from the command line."""

import argparse
import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from harness.environment import Observer
from harness.errors import UsageError
from harness.quantize.artifacts import PROVENANCE_FILE, ArtifactCache, default_cache_root
from harness.supervisor.experiment import cpus_for
from harness.supervisor.host_lock import default_lock_path, host_lock
from harness.vocabulary import GateRules, Plan, RunState, TimingRules
from harness.workloads.folder import BUILTIN_DEFAULT, open_workload
from planner.cli import diagnostics, output
from planner.cli.live import Narrator
from planner.cli.reading import duration_s, names, numbers
from planner.cli.run_view import story
from planner.services.bench import Bench, BenchOutcome, Watcher
from planner.services.exit_codes import ExitCode
from planner.services.planning import BenchRequest, make_plan
from planner.services.run_document import RunDocument, best_accepted, document_of
from planner.settings import database_address
from planner.store.repository import Store

Action = Callable[[Bench], BenchOutcome]


def bench(options: argparse.Namespace) -> int:
    """Plan a new run and carry it out."""
    request = _request(options)
    workload = open_workload(request.workload)
    plan = make_plan(request, workload)
    for name, reason in plan.unavailable:
        diagnostics.note(f"not measured: {name}: {reason}")
    if options.out:
        _require_empty(Path(options.out))
    return _run(options, plan, lambda one: one.start(plan, workload), out=options.out)


def resume(options: argparse.Namespace) -> int:
    """Go on with a stored run."""
    with Store.open_existing(database_address(options.db)) as store:
        run_id = store.resolve(options.run)
        plan = store.load(run_id).plan
    return _run(options, plan, lambda one: one.resume(run_id), out=None)


def _run(options: argparse.Namespace, plan: Plan, action: Action, *, out: str | None) -> int:
    cache = ArtifactCache(default_cache_root())
    wait_s = duration_s(options.wait, option="--wait")
    address = database_address(options.db)
    with (
        host_lock(default_lock_path(), wait_s=wait_s, on_wait=diagnostics.note),
        Store.open(address) as store,
    ):
        with _watching(options, plan) as watch:
            one = Bench(
                store=store,
                cache=cache,
                observer=Observer.HEADLESS,
                watch=watch,
                require_all=options.require == "all",
            )
            outcome = action(one)
        document = document_of(store.load(outcome.run_id))
    _print(options, document, address)
    if out is not None:
        _write_accepted(document, cache, Path(out))
    if options.exit_zero and outcome.state is RunState.COMPLETED:
        return ExitCode.ACCEPTED_AND_FASTER
    return outcome.exit_code


def _print(options: argparse.Namespace, document: RunDocument, address: str) -> None:
    if options.json:
        output.show_json(document)
    else:
        output.show(*story(document, database=address, width=output.width()))


@contextlib.contextmanager
def _watching(options: argparse.Namespace, plan: Plan) -> Iterator[Watcher]:
    if options.quiet:
        yield lambda _progress, _event: None
        return
    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    with Narrator(plan, console=console) as narrator:
        yield narrator.watch


def _request(options: argparse.Namespace) -> BenchRequest:
    budget_s = duration_s(options.budget, option="--budget")
    try:
        cpus_for(options.affinity, threads=options.threads)
    except ValueError as error:
        raise UsageError(f"--affinity {options.affinity!r}: write auto, none, or CPU numbers such as 2,3") from error
    return BenchRequest(
        workload=options.workload or BUILTIN_DEFAULT,
        variants=options.variants,
        runtimes=names(options.runtimes),
        batches=numbers(options.batch, option="--batch"),
        threads=options.threads,
        baseline=options.baseline,
        seed=options.seed,
        timing=TimingRules(budget_s=budget_s, affinity=options.affinity),
        gate=GateRules(
            overall_loss=options.max_relative_loss,
            overall_limit=2 * options.max_relative_loss,
            class_drop=options.max_class_drop,
            class_limit=2 * options.max_class_drop,
            worst_class=options.min_worst_class,
            judge_points=options.gate == "point",
        ),
    )


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--out {folder} is not an empty folder: name one that is empty or does not exist yet")


def _write_accepted(document: RunDocument, cache: ArtifactCache, folder: Path) -> None:
    arm = best_accepted(document)
    if arm is None:
        diagnostics.note("nothing is written to --out: no candidate was accepted")
        return
    entry = next((one for one in cache.entries() if one.reference.digest == arm.artifact_digest), None)
    if entry is None:
        raise UsageError(f"the artifact of {arm.name} is not in the cache any more: run again")
    try:
        shutil.copytree(Path(entry.reference.path).parent, folder, dirs_exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder} cannot be written: {error.strerror}") from error
    diagnostics.note(f"{arm.name} is written to {folder}, with its provenance in {PROVENANCE_FILE}")
