"""`planner bench` and `planner resume`: a run from the command line."""

import argparse
import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console

from harness.devices import require_devices
from harness.environment import Observer
from harness.errors import UsageError
from harness.quantize.artifacts import PROVENANCE_FILE, ArtifactCache
from harness.supervisor.host_lock import default_lock_path, host_lock
from harness.supervisor.pinning import cpus_for
from harness.variants import parse_variant, parse_variants
from harness.vocabulary import CPU, Plan, Prediction, RunState, TimingRules
from harness.workloads.places import cache_root
from harness.workloads.workload import BUILTIN_DEFAULT, Workload, open_workload
from planner.cli import diagnostics, output
from planner.cli.arrivals import scenarios_of, server_rules
from planner.cli.brought import named_workload, teller
from planner.cli.files import require_empty_folder, require_writable_file, write_whole
from planner.cli.live import Narrator
from planner.drawing.run_view import story
from planner.services.bench import Bench, BenchOutcome, Watcher, require_test_data
from planner.services.exit_codes import ExitCode
from planner.services.gate_rules import QualityAsked, gate_rules
from planner.services.junit import junit_xml
from planner.services.live import Ended, Line, Teller, began, encode_line
from planner.services.live_quality import LiveJudge
from planner.services.looking import look_at_models
from planner.services.planning import BenchRequest, make_plan
from planner.services.run_document import RunDocument, best_accepted, document_of
from planner.services.selftests import selftest_behind
from planner.settings import database_address
from planner.store.repository import Store
from planner.wording.typed import duration_s, names, numbers

Action = Callable[[Bench], BenchOutcome]
_COUNT_DIGITS = 9
_CALIBRATION = "calibration: "


def bench(options: argparse.Namespace) -> int:
    """Plan a new run and carry it out."""
    _require_writable(options, out=options.out)
    with _promised_file(options):
        require_devices(names(options.device) or ())
        parse_variants(options.variants or options.baseline)  # before anybody waits for a look at models
        named = named_workload(options, default=BUILTIN_DEFAULT)
        workload = open_workload(named.reference)
        request = _request(options, workload)
        is_brought = named.reference not in {options.workload, BUILTIN_DEFAULT}  # then its module has been built
        seen = look_at_models(workload, request.runtimes, tell=teller(options), has_built_module=is_brought)
        plan = make_plan(request, workload, seen)
        plan = replace(plan, assumed=_that_hold(named.assumed, plan, workload))
    for name, reason in plan.unavailable:
        diagnostics.note(f"not measured: {name}: {reason}")
    require_test_data(workload, plan)  # before the host is waited for
    _tell_what_follows(options, plan, workload)
    telling = _Telling(plan=plan, judge=LiveJudge.of(plan, workload)) if options.events else None
    return _run(options, plan, lambda one: one.start(plan, workload), out=options.out, telling=telling)


def _tell_what_follows(options: argparse.Namespace, plan: Plan, workload: Workload) -> None:
    """What the options come to, where that is not what they seem to say."""
    if options.quiet:
        return
    for sentence in _spared(plan, workload):
        diagnostics.note(sentence)
    candidates = [arm for arm in plan.arms if arm.label != plan.baseline]
    if options.out and candidates and all(arm.recipe.file is not None for arm in candidates):
        diagnostics.note(
            "--out will stay empty: it takes models that planner makes, and every candidate here was made elsewhere"
        )


def _that_hold(assumed: tuple[str, ...], plan: Plan, workload: Workload) -> tuple[str, ...]:
    """What was assumed of the files; of calibration only where something is calibrated."""
    held = tuple(one for one in assumed if plan.keeps_calibration_apart or not one.startswith(_CALIBRATION))
    return (*held, *_spared(plan, workload))


def _spared(plan: Plan, workload: Workload) -> tuple[str, ...]:
    """Test data that calibration would have taken."""
    if not workload.takes_calibration_from_test or plan.keeps_calibration_apart or plan.is_simulated:
        return ()
    samples = workload.test_split(plan.test_samples, keeps_calibration_apart=False).samples
    return (f"nothing is calibrated here: none of the test data are kept for it, {samples:,} samples judge",)


def resume(options: argparse.Namespace) -> int:
    """Go on with a stored run."""
    with Store.open_existing(database_address(options.db)) as store:
        run_id = store.resolve(options.run)
        run = store.load(run_id)
    _require_writable(options, out=None)
    telling = None
    if options.events:
        answers = {arm.name: arm.prediction for arm in run.arms if arm.prediction is not None}
        telling = _Telling(plan=run.plan, judge=LiveJudge.of(run.plan, open_workload(run.plan.workload)), known=answers)
    return _run(options, run.plan, lambda one: one.resume(run_id), out=None, telling=telling)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """What the lines of `--events` are told from. `known`: answers of an earlier attempt, by arm."""

    plan: Plan
    judge: LiveJudge
    known: Mapping[str, Prediction] = field(default_factory=dict)

    def opened(self, run_id: str) -> None:
        """The first lines."""
        _write_line(began(run_id, self.plan))
        for judged in self.judge.recall(self.known):
            _write_line(judged)

    def teller(self) -> Teller:
        """The lines that follow."""
        return Teller(tell=_write_line, judge=self.judge.judge)


def _run(options: argparse.Namespace, plan: Plan, action: Action, *, out: str | None, telling: _Telling | None) -> int:
    cache = ArtifactCache(cache_root())
    address = database_address(options.db)
    with (
        _promised_file(options),
        host_lock(default_lock_path(), wait_s=duration_s(options.wait, option="--wait"), on_wait=diagnostics.note),
        Store.open(address) as store,
    ):
        with _watching(options, plan, telling) as watch:
            one = Bench(
                store=store,
                cache=cache,
                observer=Observer(options.observer),
                watch=watch,
                opened=telling.opened if telling is not None else lambda _run_id: None,
                require_all=options.require == "all",
            )
            outcome = action(one)
        run = store.load(outcome.run_id)
        document = document_of(run, selftest=selftest_behind(store, run))
        if store.write_if_deleted():
            diagnostics.note(f"{store.place} was deleted during the run: it is written again, with all that it held")
    if options.junit:
        write_whole(Path(options.junit), junit_xml(document), option="--junit")
    _print(options, document, address, is_written=out is not None)
    if out is not None:
        _write_accepted(document, cache, Path(out))
    if options.exit_zero and outcome.state is RunState.COMPLETED:
        return ExitCode.ACCEPTED_AND_FASTER
    return outcome.exit_code


@contextlib.contextmanager
def _promised_file(options: argparse.Namespace) -> Iterator[None]:
    """Whoever waits for the file of `--junit` is told that it does not come."""
    try:
        yield
    except BaseException:
        if options.junit:
            diagnostics.note(f"--junit: no file was written to {options.junit}, as the run did not come to its end")
        raise


def _write_line(line: Line) -> None:
    output.show_line(encode_line(line))


def _print(options: argparse.Namespace, document: RunDocument, address: str, *, is_written: bool) -> None:
    if options.events:
        code = ExitCode.OUR_BUG if document.exit_code is None else document.exit_code
        _write_line(Ended(run=document.run, state=document.state, exit_code=code))
    elif options.json:
        output.show_json(document)
    else:
        view = story(document, database=address, width=output.width(), is_written=is_written)
        output.show(*view)


@contextlib.contextmanager
def _watching(options: argparse.Namespace, plan: Plan, telling: _Telling | None) -> Iterator[Watcher]:
    if telling is not None:
        yield telling.teller().watch
        return
    if options.quiet:
        yield lambda _progress, _event: None
        return
    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    with Narrator(plan, console=console) as narrator:
        yield narrator.watch


def _request(options: argparse.Namespace, workload: Workload) -> BenchRequest:
    budget_s = duration_s(options.budget, option="--budget")
    concurrencies = numbers(options.concurrency, option="--concurrency") if options.concurrency is not None else None
    scenarios = scenarios_of(options.scenario, concurrencies)
    try:
        cpus_for(options.affinity, threads=options.threads)
    except ValueError as error:
        raise UsageError(f"--affinity {options.affinity!r}: write auto, none, or CPU numbers such as 2,3") from error
    return BenchRequest(
        workload=workload.reference,
        variants=options.variants,
        with_candidates=bool(options.candidate),
        runtimes=names(options.runtimes),
        devices=names(options.device) or (CPU,),
        batches=numbers(options.batch, option="--batch") if options.batch is not None else None,
        scenarios=scenarios,
        concurrencies=concurrencies,
        server=server_rules(options, scenarios),
        threads=options.threads,
        baseline=options.baseline,
        seed=options.seed,
        test_samples=_samples(options.samples),
        timing=TimingRules(budget_s=budget_s, affinity=options.affinity, launches=options.launches),
        gate=gate_rules(workload, _quality(options)),
    )


def _quality(options: argparse.Namespace) -> QualityAsked:
    return QualityAsked(
        max_relative_loss=options.max_relative_loss,
        max_class_drop=options.max_class_drop,
        min_worst_class=options.min_worst_class,
        judge_points=options.gate == "point",
    )


def _samples(text: str) -> int | None:
    if text.strip() == "all":
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _COUNT_DIGITS and int(text) > 0):
        raise UsageError(f"--samples {text!r}: write a whole number of samples, or all")
    return int(text)


def _require_writable(options: argparse.Namespace, *, out: str | None) -> None:
    """Before hours are spent on what cannot be written."""
    if out:
        require_empty_folder(Path(out), option="--out")
    if options.junit:
        require_writable_file(Path(options.junit), option="--junit")


def _write_accepted(document: RunDocument, cache: ArtifactCache, folder: Path) -> None:
    arm = best_accepted(document)
    if arm is None:
        diagnostics.note("nothing is written to --out: no candidate was accepted")
        return
    if parse_variant(arm.label).file is not None:
        diagnostics.note(f"nothing is written to --out: {arm.name} was brought, its file is where you made it")
        return
    entry = next((one for one in cache.entries() if one.reference.digest == arm.artifact_digest), None)
    if entry is None:
        raise UsageError(f"the artifact of {arm.name} is not in the cache any more: run again")
    try:
        shutil.copytree(Path(entry.reference.path).parent, folder, dirs_exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder} cannot be written: {error.strerror}") from error
    diagnostics.note(f"{arm.name} is written to {folder}, with its provenance in {PROVENANCE_FILE}")
