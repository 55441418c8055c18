"""Draws an engine: what it may be called, what each layer computes in by the builder's account, where it lies."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from harness.vocabulary import Precision, ProofState
from planner.services.engines import EngineReport
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

_SIGNS = {ProofState.AS_NAMED: "✓", ProofState.NOT_AS_NAMED: "!", ProofState.UNVERIFIED: "~"}
_MOST_LAYERS = 24
_WIDE = 100
_LABEL = 19


def screen(report: EngineReport, *, width: int) -> Iterator[RenderableType]:
    """The verdict first, then the layers, then the conditions."""
    request = report.record.request
    yield Text(plain(f"{report.model} for {request.target}, by {request.module} {request.version}"), style="bold")
    yield Text()
    yield signed(_SIGNS[report.verdict.state], f"{report.label}: {report.verdict.reason}")
    yield Text(plain("  the builder's account, nothing has run: what runs is proved on the GPU"), style="dim")
    if report.layers:
        yield Text()
        yield _layers(report, width)
        if len(report.layers) > _MOST_LAYERS:
            more = len(report.layers) - _MOST_LAYERS
            yield Text(plain(f"  and {more} more, in {report.provenance}"), style="dim")
    yield Text()
    for name, told in _conditions(report):
        yield Text(plain(f"  {name:<{_LABEL}}  {told}"))
    for warning in report.record.warnings[:2]:
        yield signed("~", f"TensorRT warns: {warning}")
    yield Text()
    size = quantities.size(report.record.size_bytes)
    yield signed("✓", f"{report.path}, {size}, with {report.provenance} beside it")


def _layers(report: EngineReport, width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("compute layer", "precision", "kind"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "precision")
    for layer in report.layers[:_MOST_LAYERS]:
        kind = layer.kind if width >= _WIDE else layer.kind.partition(" ")[0]
        table.add_row(Text(plain(layer.name)), Text(str(layer.precision)), Text(plain(kind)))
    return table


def _conditions(report: EngineReport) -> Iterator[tuple[str, str]]:
    record, request = report.record, report.record.request
    typed = record.notes.get("typed", "as the file is")
    yield "typed", f"Q/DQ, the rest in {request.rest}" if request.precision == Precision.INT8 else typed
    yield "TF32", "allowed" if "tf32" in request.flags else "cleared"
    profiles = (_profile(profile[0].least[0], profile[0].best[0]) for profile in request.profiles)
    yield "profiles", "; ".join(profiles) or "none: every shape is fixed"
    yield "workspace", quantities.size(request.workspace_bytes)
    yield "timing cache", record.timing_cache
    before = f"before, at {record.built_at}, and taken from the cache"
    yield "built", before if report.was_cached else f"in {record.build_s:.1f} s"
    for key, told in report.quantized.items():
        yield key.replace("_", " "), told


def _profile(least: int, best: int) -> str:
    return f"batch {best}" if least == best else f"batch {least} to {best}, best at {best}"
