"""Draws what `show` tells beyond the story: quantiles, classes, proof, memory, energy, conditions."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.vocabulary import Agreement, LatencyQuantile, LoadPoint
from planner.drawing.arrivals_view import arrivals_in_full
from planner.drawing.findings_view import findings_table
from planner.drawing.gpu_run_view import energy_ratio_told, gpus_in_full
from planner.drawing.limits_view import limits_in_full
from planner.drawing.request_view import requests_in_full
from planner.drawing.run_view import reasons_of
from planner.drawing.selftest_view import certificate_lines
from planner.services.memory_figures import MemoryFigure
from planner.services.reporting.latency_samples import is_identified, why_without_bounds
from planner.services.run_document import ArmDocument, RunDocument, broken_classes
from planner.services.selftests import NONE_YET
from planner.wording import quantities
from planner.wording.text import plain

_BAR = 12
_SHOWN = (0.5, 0.9, 0.99, 0.999)
_PHASES = ("start", "load")
_NOTABLE_SPREAD = 0.02


def details(document: RunDocument) -> Iterator[RenderableType]:
    """Everything else that is known of the run, but its raw samples."""
    for load in document.loads:
        if any(one.load == load for one in document.measurements):
            yield Text()
            yield _quantiles(document, load)
            if why := why_without_bounds([one for one in document.measurements if one.load == load], shown=_SHOWN):
                yield Text(why, style="dim")
    yield from arrivals_in_full(document)
    for arm in document.arms:
        if arm.quality_against_baseline is not None:
            yield Text()
            yield _classes(document, arm)
    if any(arm.agreement for arm in document.arms):
        yield Text()
        yield _agreements(document)
    yield from requests_in_full(document)
    yield Text()
    yield memory_table(document)
    yield Text()
    yield from _reasons(document)
    yield from _calibration(document)
    yield from _proofs(document)
    yield from limits_in_full(document)
    yield from energy_told(document)
    yield from gpus_in_full(document)
    yield from selftest_told(document)
    yield from _conditions(document)


def _quantiles(document: RunDocument, load: LoadPoint) -> Table:
    table = _table(f"{load.label} · latency of one call by quantile, ≤ its upper bound (99 %; ? where not identified)")
    for name in ("", *(f"p{100 * p:g}" for p in _SHOWN), "inputs", "calls"):
        table.add_column(name, justify="right" if name else "left", overflow="fold")
    for one in document.measurements:
        if one.load == load:
            cells = [_quantile(quantile) for quantile in one.quantiles if quantile.p in _SHOWN]
            table.add_row(plain(one.arm), *cells, quantities.rate(one.throughput), f"{one.calls:,}")
    return table


def _quantile(one: LatencyQuantile) -> str:
    if not is_identified(one):
        return "not identified"
    bound = "?" if one.upper_s is None else quantities.duration(one.upper_s)
    return f"{quantities.duration(one.point_s)} ≤ {bound}"


def _classes(document: RunDocument, arm: ArmDocument) -> Table:
    judged = "that are judged" if document.gate.classes else "of them"
    table = _table(f"classes of {arm.name}, worst first; `at least` holds for all {judged} together")
    for name in ("class", "baseline", "candidate", "", "points", "at least", "lost", "gained", " "):
        table.add_column(name, justify="left" if name in {"class", "", " "} else "right")
    against = arm.quality_against_baseline
    if against is None:
        return table
    broken = broken_classes(against, document.gate)
    for one in against.classes:
        difference = None if one.baseline is None or one.candidate is None else one.candidate - one.baseline
        table.add_row(
            plain(one.name),
            quantities.share(one.baseline, digits=1),
            quantities.share(one.candidate, digits=1),
            quantities.bar(one.candidate or 0.0, of=1.0, width=_BAR).ljust(_BAR),
            quantities.points(difference),
            quantities.points(one.lower),
            str(one.lost),
            str(one.gained),
            "✗ drops too far" if one in broken else "" if document.gate.judges(one.name) else "not judged",
        )
    return table


def _agreements(document: RunDocument) -> Table:
    table = _table("outputs against the baseline's, right or not: signal over difference, of all and of the worst")
    table.add_column("", overflow="fold")
    for name in ("same class", "all", "worst", "largest gap", "compared"):
        table.add_column(name, justify="right", no_wrap=True)
    found = [(arm.name, arm.agreement) for arm in document.arms if arm.agreement is not None]
    if is_explained := any(one.reason for _, one in found):
        table.add_column("", overflow="fold")
    for name, one in found:
        table.add_row(plain(name), *_agreement(one), *([plain(one.reason or "")] if is_explained else []))
    return table


def _agreement(one: Agreement) -> tuple[str, ...]:
    return (
        quantities.share(one.same_class),
        quantities.decibel(one.snr_db),
        quantities.decibel(one.worst_snr_db),
        quantities.ABSENT if one.largest_difference is None else f"{one.largest_difference:.3g}",
        f"{one.compared_samples:,}",
    )


def memory_table(document: RunDocument) -> Table:
    """Peak memory of each arm, by phase."""
    table = _table("peak memory of the process by phase: median over launches (least to most)")
    found = dict.fromkeys(figure.phase for arm in document.arms for figure in arm.memory)
    phases = [*(phase for phase in _PHASES if phase in found), *(phase for phase in found if phase not in _PHASES)]
    table.add_column("", overflow="fold")
    for phase in phases:
        table.add_column(plain(phase), justify="right")
    table.add_column("file", justify="right")
    for arm in document.arms:
        figures = {figure.phase: figure for figure in arm.memory}
        cells = [_peak(figures.get(phase)) for phase in phases]
        table.add_row(plain(arm.name), *cells, quantities.size(arm.artifact_bytes))
    return table


def _peak(figure: MemoryFigure | None) -> str:
    if figure is None or figure.peak_bytes is None:
        return quantities.ABSENT
    least, most = figure.least_bytes or 0, figure.most_bytes or 0
    is_notable = most - least > _NOTABLE_SPREAD * figure.peak_bytes
    spread = f" ({quantities.size(least)} to {quantities.size(most)})" if is_notable else ""
    return f"{quantities.size(figure.peak_bytes)}{spread}"


def _reasons(document: RunDocument) -> Iterator[RenderableType]:
    yield _heading("why, in full")
    for arm in document.arms:
        verdicts = [one for one in document.verdicts if one.candidate == arm.name]
        for reason in reasons_of(verdicts, is_brief=False) if verdicts else ():
            yield _indented(f"{arm.name}: {reason}")


def _calibration(document: RunDocument) -> Iterator[RenderableType]:
    if document.calibration_findings:
        yield _heading("calibration (`planner audit calibration` looks further)")
        yield Padding(findings_table(document.calibration_findings), (0, 0, 0, 2))


def _proofs(document: RunDocument) -> Iterator[RenderableType]:
    yield _heading("what ran")
    for arm in document.arms:
        if arm.proof is not None:
            text = f"{arm.name}: {arm.proof.ran}, {arm.proof.state}: {arm.proof.reason} ({arm.proof_source})"
            yield _indented(text)


def energy_told(document: RunDocument) -> Iterator[RenderableType]:
    """Energy of each arm, or why it is not known."""
    yield _heading("energy per inference")
    absent = {arm.energy.reason for arm in document.arms if arm.energy is not None and arm.energy.gross_j is None}
    for reason in sorted(str(one) for one in absent):
        yield _indented(f"unavailable: {reason}")
    for arm in document.arms:
        if arm.energy is not None and arm.energy.gross_j is not None:
            net = f", {arm.energy.net_j * 1e3:.3g} mJ net" if arm.energy.net_j is not None else ""
            net = f", net unknown: {arm.energy.reason}" if not net and arm.energy.reason else net
            yield _indented(f"{arm.name}: {arm.energy.gross_j * 1e3:.3g} mJ gross{net} ({arm.energy.source})")
        if arm.gpu is not None and arm.gpu.energy_ratio is not None:
            yield _indented(f"{arm.name}: {energy_ratio_told(arm.gpu.energy_ratio)}")


def selftest_told(document: RunDocument) -> Iterator[RenderableType]:
    """The harness's own error rates on the machine."""
    yield _heading("self-test of this machine: the harness's own error rates")
    if document.selftest is None:
        yield _indented(NONE_YET)
        return
    for renderable in certificate_lines(document.selftest):
        yield Padding(renderable, (0, 0, 0, 2))


def _conditions(document: RunDocument) -> Iterator[RenderableType]:
    environment = document.environment
    yield _heading("conditions")
    packages = ", ".join(f"{one.name} {one.version}" for one in environment.packages)
    yield _indented(f"{environment.system} {environment.kernel}, Python {environment.python}, {packages}")
    shared = {place: _shared_settings(document, place) for place in dict.fromkeys(_places(document))}
    for place, settings in shared.items():
        yield _indented(f"{place}: {_words(settings)}")
    for arm in document.arms:
        own = {key: value for key, value in arm.settings.items() if key not in shared[arm.place]}
        yield _indented(f"{arm.name}: artifact {(arm.artifact_digest or quantities.ABSENT)[:12]}, {_words(own)}")
    if document.test_samples is not None:
        yield _indented(f"judged by a random subset of {document.test_samples:,} test samples at most (--samples)")
    for name, reason in document.unavailable:
        yield _indented(f"not measured: {name}: {reason}")


def _places(document: RunDocument) -> Iterator[str]:
    for arm in document.arms:
        yield arm.place


def _shared_settings(document: RunDocument, place: str) -> dict[str, str]:
    """Settings that all arms of a runtime on a device have in common."""
    every = [set(arm.settings.items()) for arm in document.arms if arm.place == place]
    return dict(sorted(set.intersection(*every))) if every else {}


def _words(settings: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in settings.items())


def _table(title: str) -> Table:
    return Table(title=plain(title), title_justify="left", title_style="italic", box=None, pad_edge=False)


def _heading(text: str) -> Text:
    return Text(text, style="italic")


def _indented(text: str) -> Padding:
    return Padding(Text(plain(text)), (0, 0, 0, 2))
