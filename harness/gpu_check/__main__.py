"""`python -m harness.gpu_check`: runs the check, writes its report after every row, prints a table.

Ends with 0 where something was measured, 2 where there is no GPU or no PyTorch to measure with, 5 where everything
failed, 130 where it was interrupted: what there is by then is in the report.
"""

import argparse
import importlib.util
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from harness.devices import NvidiaDevice, require_devices
from harness.errors import HarnessError, UnavailableError
from harness.gpu_check.findings import Report, Row, RowState, read_report, table, write_report
from harness.gpu_check.machine import describe_machine
from harness.meters.absence import Unavailable
from harness.runtimes.torch_switches import probe_cuda_build
from harness.supervisor.gpu_watch import GpuWatch, watch_gpus
from harness.supervisor.visibility import variables_for

_BUDGET_S = 420.0
_FILE = "gpu-check.json"
# PyTorch's profiler tells of itself on standard error otherwise.
_VARIABLES = {"KINETO_LOG_LEVEL": "99"}
_REHEARSE = "python -m harness.gpu_check --device cpu rehearses the check in small, which measures nothing"
_MEASURED, _NOT_HERE, _FAILED, _INTERRUPTED = 0, 2, 5, 130


def main(arguments: Sequence[str] | None = None, *, out: TextIO = sys.stdout, told: TextIO = sys.stderr) -> int:
    """Run the check."""
    options = _parser().parse_args(arguments)
    file = Path(options.out) / _FILE
    try:
        gpu = _require(options.device)
        file.parent.mkdir(parents=True, exist_ok=True)
    except (HarnessError, OSError) as error:
        told.write(f"gpu-check: {error}\n")
        return _NOT_HERE
    try:
        _check(options.device, gpu, file, budget_s=options.budget, told=told)
    except KeyboardInterrupt:
        told.write("gpu-check: interrupted; what was measured so far:\n")
        return _INTERRUPTED if _show(file, out) is not None else _NOT_HERE
    rows = _show(file, out) or ()
    out.write(f"written to {file}\n")
    return _MEASURED if any(row.state is RowState.MEASURED for row in rows) else _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m harness.gpu_check", description=__doc__)
    parser.add_argument("--device", default="gpu:0", help="gpu:N, or cpu for a rehearsal in small (default: gpu:0)")
    parser.add_argument("--out", default="gpu-check", metavar="DIR", help="where the report goes (default: gpu-check)")
    parser.add_argument("--budget", type=float, default=_BUDGET_S, metavar="S", help="seconds in all (default: 420)")
    return parser


def _require(device: str) -> NvidiaDevice | None:
    """The card, after which this process sees no other: CUDA is not loaded yet.

    Raises:
        HarnessError: it is not here, or there is no PyTorch that could use it.
    """
    gpus = require_devices([device], otherwise=_REHEARSE)
    if importlib.util.find_spec("torch") is None:
        raise UnavailableError("the package torch is not installed: pip install torch")
    os.environ.update(_VARIABLES)
    if not gpus:
        return None
    build = probe_cuda_build()
    if not build.is_available:
        raise UnavailableError(f"{build.reason}: {build.hint}")
    os.environ.update(variables_for(device, {device: gpus[0].uuid}))
    return gpus[0]


def _check(device: str, gpu: NvidiaDevice | None, file: Path, *, budget_s: float, told: TextIO) -> None:
    from harness.gpu_check.plan import device_of, steps_of  # noqa: PLC0415 - it imports PyTorch, which reads the settings
    from harness.gpu_check.steps import carry_out  # noqa: PLC0415 - as above

    report = Report(
        device=device,
        is_rehearsal=gpu is None,
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=describe_machine(gpu),
    )
    write_report(report, file)

    def keep(now: Report) -> None:
        write_report(now, file)
        if not now.is_complete:
            told.write(f"{now.took_s:5.0f} s  {_brief(now.rows[-1])}\n")

    watch = _watch(gpu, told)
    try:
        where = device_of(device)
        carry_out(steps_of(where, gpu, watch), report, budget_s=budget_s, clock=time.monotonic, keep=keep)
    finally:
        if watch is not None:
            watch.close()


def _watch(gpu: NvidiaDevice | None, told: TextIO) -> GpuWatch | None:
    found = watch_gpus({"check": "gpu:0"}) if gpu is not None else None  # the only one that the process sees now
    if isinstance(found, Unavailable):
        told.write(f"gpu-check: clocks and energy are not watched: {found.reason}\n")
        return None
    if found is not None:
        found.start()
    return found


def _brief(row: Row) -> str:
    return f"{row.step}: {row.subject}: {row.state}"


def _show(file: Path, out: TextIO) -> tuple[Row, ...] | None:
    try:
        report = read_report(file)
    except ValueError:
        return None
    out.writelines(f"{line}\n" for line in table(report))
    return report.rows


if __name__ == "__main__":
    sys.exit(main())
