"""`planner quantize`: INT8 files of a model, with their provenance beside them."""

import argparse
import contextlib
import dataclasses
import shlex
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from harness.errors import UsageError
from harness.quantize.artifacts import PROVENANCE_FILE, ArtifactCache
from harness.supervisor.host_lock import default_lock_path, host_lock
from harness.workloads.places import cache_root
from harness.workloads.workload import BUILTIN_DEFAULT, Workload, open_workload
from planner.cli import diagnostics, output
from planner.cli.brought import read_request, teller
from planner.cli.files import require_empty_folder
from planner.services.bringing import bring_workload
from planner.services.looking import TORCH, build_module
from planner.services.quantizing import (
    MadeFile,
    QuantizeReport,
    QuantizeRequest,
    QuantizingService,
    Watcher,
    quantize_plan,
)
from planner.settings import is_interactive, log_folder
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain
from planner.wording.typed import duration_s

_LOGS = "quantize"
_HASH = "sha256"  # for programs: provenance.json has it
_OF_JUDGING = {"data", "classes", "calibration", "output"}
_READ_BY_BENCH = ("preprocess", "tokenizer", "classes", "output")  # without them it would guess, or refuse


def quantize(options: argparse.Namespace) -> int:
    """Carry the recipes out and say what was made; 5 where one failed."""
    if options.candidate:
        raise UsageError("--candidate names a file that is made already: judge it with planner bench")
    out = Path(options.out)
    if not options.overwrite:
        require_empty_folder(out, option="--out")
    request = QuantizeRequest(
        recipes=tuple(options.recipe) if options.recipe else QuantizeRequest().recipes,
        runtime=options.runtime,
        samples=options.samples,
        seed=options.seed,
    )
    reference = _reference(options)
    workload = open_workload(reference)
    plan = quantize_plan(request, workload)
    maker = workload.described.model.torch
    was_built = reference != options.workload  # just now, to describe it
    if plan.arms[0].runtime == TORCH and maker is not None and not was_built:
        build_module(maker, tell=teller(options))
    wait_s = duration_s(options.wait, option="--wait")
    with (
        host_lock(default_lock_path(), wait_s=wait_s, on_wait=diagnostics.note),  # it would disturb what is measured
        _watching(is_quiet=options.quiet) as watch,
    ):
        service = QuantizingService(cache=ArtifactCache(cache_root()), logs=log_folder(_LOGS), watch=watch)
        report = service.quantize(plan, workload, out, samples=request.samples)
    for failure in report.failures:
        diagnostics.error(f"{failure.arm} failed: {failure.message}; {failure.hint}")
    if options.json:
        output.show_json(report)
    elif report.made:
        output.show(*_screen(report))
        output.show_text(plain(f"  {_next_step(report, options, workload)}"))  # one line, to be copied whole
    return report.exit_code


def _reference(options: argparse.Namespace) -> str:
    """The workload to open. Nothing is judged here: data to quantise with are all that is needed, or told of."""
    request = read_request(options)
    if request.is_empty:
        return options.workload or BUILTIN_DEFAULT
    if request.data is None:
        request = dataclasses.replace(request, data=request.calibration)
    brought = bring_workload(request, base=options.workload, tell=teller(options))
    told = [note for note in brought.notes if note.partition(":")[0] not in _OF_JUDGING]
    for note in () if options.quiet else told:
        diagnostics.note(note)
    return brought.reference


@contextlib.contextmanager
def _watching(*, is_quiet: bool) -> Iterator[Watcher]:
    """A sign of life on a terminal while a quantizer works, which tells no progress of its own; else a line each."""
    if is_quiet:
        yield lambda _done, _total: None
    elif is_interactive():
        console = Console(stderr=True, markup=False, highlight=False, emoji=False)
        with console.status(Text("")) as status:
            yield lambda done, total: status.update(Text(_progress(done, total)))
    else:
        yield lambda done, total: diagnostics.note(_progress(done, total)) if done < total else None


def _progress(done: int, total: int) -> str:
    return f"quantising: {done} of {total} recipes done; Ctrl-C ends it"


def _screen(report: QuantizeReport) -> Iterator[RenderableType]:
    what = "a PyTorch module" if report.model_bytes is None else quantities.size(report.model_bytes)
    yield Text(plain(f"{report.workload}: {what} in FP32"), style="bold")
    yield Text()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("variant", "size", "file", "what was done"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "size" else "left")
    for one in report.made:
        table.add_row(Text(plain(one.variant)), _size(one, report), Text(plain(one.path)), Text(plain(_done(one))))
    yield table
    yield Text()
    for one in report.made:
        yield signed("✓", f"{one.path}, with {PROVENANCE_FILE} beside it")
    yield Text()
    yield Text("what it is worth here:")


def _size(one: MadeFile, report: QuantizeReport) -> str:
    if not report.model_bytes:
        return quantities.size(one.size_bytes)
    return f"{quantities.size(one.size_bytes)} ({one.size_bytes / report.model_bytes:.0%})"


def _done(one: MadeFile) -> str:
    parts = [f"{key.replace('_', ' ')}: {value}" for key, value in one.notes.items() if not key.endswith(_HASH)]
    if one.calibration_samples:
        parts.append(f"{one.calibration_samples:,} calibration samples")
    if one.was_cached:
        parts.append("made before")
    return "; ".join(parts)


def _next_step(report: QuantizeReport, options: argparse.Namespace, workload: Workload) -> str:
    """The command that judges what was made."""
    made = report.made[0]
    own = options.workload or (None if options.model else workload.reference)
    words = ["planner", "bench"]
    words += _option("--workload", own) + _option("--model", options.model)
    if made.path.endswith(".onnx"):
        words += [word for one in report.made for word in ("--candidate", f"{_method(one)}={one.path}")]
    else:
        words += ["--runtimes", made.runtime, "--variants", ",".join(["fp32", *(one.variant for one in report.made)])]
        words += _option("--calibration", options.calibration)  # what is made again is to be the same
    for option in _READ_BY_BENCH:
        words += _option(f"--{option}", getattr(options, option))
    given = shlex.join(words)
    return given if own else f"{given} --data TEST-DATA"


def _option(name: str, value: str | None) -> list[str]:
    return [] if value is None else [name, value]


def _method(one: MadeFile) -> str:
    return one.variant.partition(":")[0]
