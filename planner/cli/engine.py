"""`planner engine build`: an engine, its provenance, and what each of its layers computes in."""

import argparse
import contextlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from harness.errors import QuantizeError, UsageError
from harness.quantize.artifacts import ArtifactCache
from harness.supervisor.host_lock import default_lock_path, host_lock
from harness.vocabulary import Precision
from harness.vocabulary.engine import EngineOrder, read_target
from harness.workloads.naming import BringRequest
from harness.workloads.places import cache_root
from harness.workloads.presets import read_preset
from harness.workloads.workload import open_workload
from planner.cli import diagnostics, output
from planner.cli.brought import teller
from planner.cli.engine_view import screen
from planner.cli.files import require_writable_file
from planner.services import engines
from planner.services.bringing import bring_workload
from planner.services.engines import EngineReport, Watcher
from planner.services.quantizing import QuantizeRequest, QuantizingService, quantize_plan
from planner.settings import is_interactive, log_folder
from planner.wording.typed import duration_s, numbers

_LOGS = "engine"
_RECIPE = "int8-static:symmetric,tensorrt"
_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(KiB|MiB|GiB|KB|MB|GB)", re.IGNORECASE)
_UNITS = {"kib": 2**10, "mib": 2**20, "gib": 2**30, "kb": 10**3, "mb": 10**6, "gb": 10**9}
_AXIS = re.compile(r"[1-9]\d{0,8}")


def build(options: argparse.Namespace) -> int:
    """Build, write and show; 4 where the engine is not in the precision of its name."""
    order = _order(options)
    model = Path(options.model)
    out = Path(options.out) if options.out else _default_out(model, order)
    require_writable_file(out, option="--out")
    wait_s = duration_s(options.wait, option="--wait")
    with (
        host_lock(default_lock_path(), wait_s=wait_s, on_wait=diagnostics.note),  # it would disturb what is measured
        tempfile.TemporaryDirectory(prefix="planner-engine-") as scratch,
    ):
        report = _built(options, order, out, Path(scratch))
    if options.json:
        output.show_json(report)
    else:
        output.show(*screen(report, width=output.width()))
    return report.exit_code


def _built(options: argparse.Namespace, order: EngineOrder, out: Path, scratch: Path) -> EngineReport:
    model, notes = Path(options.candidate or options.model), None
    if options.calibration:
        model, notes = _quantized(options, scratch)
    with _watching(is_quiet=options.quiet) as watch:
        return engines.build(
            model,
            order,
            out,
            logs=log_folder(_LOGS),
            watch=watch,
            named=Path(options.candidate or options.model),
            quantized=notes,
        )


def _quantized(options: argparse.Namespace, scratch: Path) -> tuple[Path, dict[str, str]]:
    """The model with Q/DQ as TensorRT takes it, by our own calibration.

    Raises:
        QuantizeError: it cannot be quantised.
    """
    request = BringRequest(
        model=options.model,
        data=options.calibration,
        calibration=options.calibration,
        preset=read_preset(options.preprocess) if options.preprocess is not None else None,
        tokenizer=options.tokenizer,
    )
    workload = open_workload(bring_workload(request, tell=teller(options)).reference)
    wanted = QuantizeRequest(recipes=(_RECIPE,), samples=options.samples)
    service = QuantizingService(cache=ArtifactCache(cache_root()), logs=log_folder(_LOGS))
    if not options.quiet:
        diagnostics.note(f"quantising {options.model} as TensorRT takes it")
    report = service.quantize(quantize_plan(wanted, workload), workload, scratch, samples=wanted.samples)
    if report.failures:
        failure = report.failures[0]
        raise QuantizeError(f"{options.model} cannot be quantised: {failure.message}; {failure.hint}")
    made = report.made[0]
    return Path(made.path), {**made.notes, "calibration_samples": str(made.calibration_samples)}


def _order(options: argparse.Namespace) -> EngineOrder:
    """What was asked for.

    Raises:
        UsageError: options that contradict one another, or cannot be read.
    """
    if options.calibration and options.candidate:
        raise UsageError("--calibration quantises MODEL, --candidate names a file that is quantised already: give one")
    makes_int8 = bool(options.calibration or options.candidate)
    precision = Precision(options.precision or ("int8" if makes_int8 else "fp32"))
    if makes_int8 and precision is not Precision.INT8:
        raise UsageError(f"--precision {precision} takes no INT8 data: leave --calibration and --candidate out")
    if options.rest != "fp32" and precision is not Precision.INT8:
        raise UsageError("--rest is what layers between INT8 ones compute in: it goes with --precision int8")
    return EngineOrder(
        module=options.module,
        precision=precision,
        target=read_target(options.target) if options.target else None,
        rest=Precision(options.rest),
        workspace_bytes=size_bytes(options.workspace, option="--workspace"),
        batches=numbers(options.batch, option="--batch"),
        axes=dict(_shape(text) for text in options.shape),
    )


def size_bytes(text: str, *, option: str) -> int:
    """Bytes of `4GiB`, `512MiB` or `2GB`.

    Raises:
        UsageError: it is none of these.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{option} {text[:40]!r} is no size: write for example 4GiB or 512MiB")
    return int(float(match[1]) * _UNITS[match[2].lower()])


def _shape(text: str) -> tuple[str, tuple[int, ...]]:
    name, _, sizes = text.rpartition("=")
    axes = sizes.split("x")
    if not name or not all(_AXIS.fullmatch(axis) for axis in axes):
        raise UsageError(f"--shape {text[:80]!r}: an input and its sizes behind the batch, for example ids=128")
    return name, tuple(int(axis) for axis in axes)


def _default_out(model: Path, order: EngineOrder) -> Path:
    return Path(f"{model.stem}.{order.precision}.{order.target or 'here'}.engine")


@contextlib.contextmanager
def _watching(*, is_quiet: bool) -> Iterator[Watcher]:
    """The builder's steps on a terminal; one line elsewhere."""
    if is_quiet:
        yield lambda _done, _total: None
    elif is_interactive():
        console = Console(stderr=True, markup=False, highlight=False, emoji=False)
        with console.status(Text("starting the builder; Ctrl-C ends it")) as status:
            yield lambda done, total: status.update(Text(f"building: step {done} of {total}; Ctrl-C ends it"))
    else:
        diagnostics.note("building; Ctrl-C ends it")
        yield lambda _done, _total: None
