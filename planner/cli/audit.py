"""`planner audit calibration`: what is to be said about a workload's calibration data, with figures."""

import argparse
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.accuracy.calibration import percent
from harness.quantize.artifacts import ArtifactCache
from harness.supervisor.host_lock import default_lock_path, host_lock
from harness.vocabulary import CalibrationDraw, ClassCounts, Severity, TensorSaturation
from harness.workloads.places import cache_root
from harness.workloads.workload import BUILTIN_DEFAULT, open_workload
from planner.cli import diagnostics, output
from planner.cli.brought import named_workload
from planner.cli.watching import watching
from planner.drawing.findings_view import NOT_CHECKED_SIGN, findings_table, sign_of_finding
from planner.services.auditing import AuditReport, AuditRequest, audited_arm, make_auditor
from planner.settings import log_folder
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain
from planner.wording.typed import duration_s

_LEAST_SHOWN = 1e-4
_BAR = 20
_MOST_CLASSES = 20
_MOST_TENSORS = 5
_DIGEST_DIGITS = 12
_CONCLUSIONS = {
    Severity.INFO: ("✓", "nothing speaks against these calibration data"),
    Severity.WARNING: ("!", "usable; look at the warnings"),
    Severity.SERIOUS: ("✗", "a candidate calibrated with these data is not accepted: mend what is marked ✗"),
}


def audit(options: argparse.Namespace) -> int:
    """Make every check and show what came of it; 1 where a finding is serious."""
    request = AuditRequest(
        samples=options.samples,
        seed=options.seed,
        draws=options.draws,
        recipe=options.recipe,
        runtime=options.runtime,
    )
    workload = open_workload(named_workload(options, default=BUILTIN_DEFAULT).reference)
    audited_arm(request, workload)  # refused before the host is waited for
    wait_s = duration_s(options.wait, option="--wait")
    with (
        host_lock(default_lock_path(), wait_s=wait_s, on_wait=diagnostics.note),  # it would disturb what is measured
        watching(is_quiet=options.quiet) as watch,
    ):
        auditor = make_auditor(cache=ArtifactCache(cache_root()), logs=log_folder("audit"), watch=watch)
        report = auditor.audit(request, workload)
    if options.json:
        output.show_json(report)
    else:
        output.show(*_screen(report))
    return report.exit_code


def _screen(report: AuditReport) -> Iterator[RenderableType]:
    yield Text(plain(f"calibration of {report.workload}"), style="bold")
    yield Text(
        f"{report.samples:,} of {report.pool:,} samples, drawn with seed {report.seed} · "
        f"set {report.digest[:_DIGEST_DIGITS]}"
    )
    yield Text()
    yield findings_table(report.findings)
    for part in (_classes(report.classes), _saturation(report.saturation), _draws(report)):
        if part is not None:
            yield Text()
            yield part
    yield Text()
    yield signed(*_conclusion(report))


def _conclusion(report: AuditReport) -> tuple[str, str]:
    if all(sign_of_finding(one) == NOT_CHECKED_SIGN for one in report.findings):
        return NOT_CHECKED_SIGN, "nothing could be checked: name real data with --data and --calibration"
    return _CONCLUSIONS[report.severity]


def _classes(classes: tuple[ClassCounts, ...]) -> Group | None:
    if not classes:
        return None
    ours, theirs = sum(one.calibration for one in classes), sum(one.evaluation for one in classes)
    shares = [(one, one.calibration / max(1, ours), one.evaluation / max(1, theirs)) for one in classes]
    shown = sorted(shares, key=lambda row: -abs(row[1] - row[2]))[:_MOST_CLASSES]
    more = f", the {_MOST_CLASSES} that differ most of {len(classes)}" if len(classes) > len(shown) else ""
    title = f"classes: share in calibration and in the test data{more}"
    table = _table()
    for name in ("class", "samples", "calibration", "", "test data", " "):
        table.add_column(name, justify="left" if name in {"class", "", " "} else "right")
    most = max((max(row[1:]) for row in shares), default=1.0)
    for one, share, other in (row for row in shares if row in shown):
        cells = [f"{one.calibration:,}"]
        for value in (share, other):
            cells += [quantities.share(value, digits=1), quantities.bar(value, of=most, width=_BAR).ljust(_BAR)]
        table.add_row(plain(one.name), *cells)
    return Group(Text(plain(title), style="italic"), table)


def _saturation(tensors: tuple[TensorSaturation, ...]) -> Group | None:
    clipped = [one for one in tensors if one.outside > 0.0][:_MOST_TENSORS]
    if not clipped:
        return None
    title = f"activations that reach beyond their calibrated range, worst {len(clipped)} of {len(tensors)}"
    table = _table()
    for name in ("tensor", "beyond", "calibrated", "held out"):
        table.add_column(name, justify="left" if name == "tensor" else "right", overflow="fold")
    for one in clipped:
        ranges = (f"{one.lower:.4g} to {one.upper:.4g}", f"{one.lowest:.4g} to {one.highest:.4g}")
        table.add_row(plain(one.tensor), _share(one.outside), *ranges)
    return Group(Text(plain(title), style="italic"), table)


def _draws(report: AuditReport) -> Group | None:
    if not report.draws:
        return None
    title = f"draws of calibration samples: {report.recipe} on {report.runtime}"
    table = _table()
    for name in ("", "accuracy", "class as FP32's", "output over error"):
        table.add_column(name, justify="right" if name else "left")
    if report.baseline_accuracy is not None:
        table.add_row("fp32", quantities.share(report.baseline_accuracy))
    for one in report.draws:
        table.add_row(*_draw(one))
    return Group(Text(plain(title), style="italic"), table)


def _draw(one: CalibrationDraw) -> tuple[str, ...]:
    figures = (quantities.share(one.accuracy), quantities.share(one.same_class), quantities.decibel(one.snr_db))
    return f"draw with seed {one.seed}", *figures


def _table() -> Table:
    return Table(box=None, pad_edge=False)


def _share(share: float) -> str:
    return "< 0.01 %" if 0 < share < _LEAST_SHOWN else percent(share)
