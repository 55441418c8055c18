"""Latency of an arm and its baseline: every call as a histogram, the quantiles below with their bounds, and a table."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from harness.statistics.quantiles import samples_floor
from harness.vocabulary import LatencyQuantile, LoadPoint, Measurement
from planner.drawing.arrivals_view import arrivals_in_full
from planner.errors import StoreError
from planner.services.reporting.latency_samples import (
    Samples,
    is_identified,
    samples_of,
    share_above,
    why_without_bounds,
)
from planner.services.reporting.latency_tables import doubts_of_quantiles
from planner.services.run_document import ArmDocument, RunDocument
from planner.store.repository import Store
from planner.tui.results.axis import Scale, histogram, interval
from planner.tui.results.opened import Chosen
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

_TAIL = 1.3  # beyond the slowest p99 so much is drawn: one call in a hundred must not flatten the others
_LOG_FROM = 12.0  # times from the fastest to the slowest: from here on an even axis hides the fast ones
_LEFT, _RIGHT, _MOST, _LEAST = 7, 27, 112, 20  # characters: names of quantiles, figures, and of the picture
_HEIGHT = 5
_NARROW = 100
_STYLES = ("blue", "cyan")
_NS = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What is drawn: the arms, baseline first, and their calls; `why` there are none."""

    chosen: Chosen
    arms: tuple[ArmDocument, ...]
    samples: Samples | None
    why: str = ""


def read_latency(store: Store | None, *, chosen: Chosen) -> Timed:
    """The calls of the arm and its baseline under the load; damaged rounds do not take the figures along."""
    baseline = chosen.opened.baseline_of(chosen.arm)
    arms = tuple(arm for arm in (baseline, chosen.arm) if arm is not None)
    if store is None:
        return Timed(chosen=chosen, arms=arms, samples=None, why="the database is gone")
    try:
        names = [arm.name for arm in arms]
        samples = samples_of(store, chosen.opened.run.run_id, chosen.load, arms=names)
    except StoreError as error:
        return Timed(chosen=chosen, arms=arms, samples=None, why=str(error))
    why = "" if samples.by_arm else "no call was timed under this load"
    return Timed(chosen=chosen, arms=arms, samples=samples, why=why)


def latency_lines(timed: Timed, width: int) -> Iterator[RenderableType]:
    """The picture, then the figures of every arm."""
    document = timed.chosen.opened.document
    if timed.samples is None or timed.why:
        yield signed("!", f"no distribution: {timed.why}")
    else:
        yield from _picture(timed, timed.samples, width)
    for load in document.loads:
        if any(one.load == load for one in document.measurements):
            yield Text()
            yield _table(document, load, width)
            if why := why_without_bounds([one for one in document.measurements if one.load == load]):
                yield Text(why, style="dim")
    for doubt in dict.fromkeys(doubts_of_quantiles(timed.chosen.opened.behind)):
        yield signed("!", doubt)
    yield from arrivals_in_full(document)


def _picture(timed: Timed, samples: Samples, width: int) -> Iterator[RenderableType]:
    document, load = timed.chosen.opened.document, timed.chosen.load
    legend = " · ├─●─┤ a quantile and its bounds" if width >= _NARROW else ""
    yield Text(plain(f"{load.label} · latency of one call: lower is better{legend}"))
    found = {arm.name: document.measurement(arm.name, load) for arm in timed.arms}
    scale = _scale(samples, found, max(_LEAST, min(_MOST, width - _LEFT - _RIGHT)))
    for number, arm in enumerate(arm for arm in timed.arms if arm.name in samples.by_arm):
        style = _STYLES[number % len(_STYLES)]
        calls = samples.by_arm[arm.name]
        yield Text()
        role = "baseline" if arm.is_baseline else "candidate"
        yield Text(plain(f"{role}  {arm.name} · {calls.size:,} calls"), style=f"bold {style}")
        for line in histogram(calls / _NS, scale, height=_HEIGHT):
            yield Text(" " * _LEFT + line, style=style)
        measured = found[arm.name]
        for quantile in measured.quantiles if measured else ():
            yield _quantile_line(quantile, scale, style)
        if beyond := share_above(calls, scale.high):
            yield Text(f"{' ' * _LEFT}{quantities.share(beyond)} of the calls took longer than is drawn", style="dim")
    yield from (Text(" " * _LEFT + line, style="dim") for line in scale.ruler(quantities.duration))
    if samples.rounds < samples.of:
        told = f"drawn from {samples.rounds:,} of {samples.of:,} rounds, evenly over the run"
        yield Text(" " * _LEFT + told, style="dim")


def _scale(samples: Samples, found: dict[str, Measurement | None], width: int) -> Scale:
    low = min(float(one.min()) for one in samples.by_arm.values()) / _NS
    slowest = [_p99(found.get(arm)) or float(one.max()) / _NS for arm, one in samples.by_arm.items()]
    high = min(_TAIL * max(slowest), max(float(one.max()) for one in samples.by_arm.values()) / _NS)
    if high <= low:  # every call took the same, as a script's do
        low, high = 0.99 * low, 1.01 * low + 1e-9
    return Scale(low=low, high=high, width=width, is_log=low > 0.0 and high / low > _LOG_FROM)


def _p99(one: Measurement | None) -> float | None:
    found = (q for q in one.quantiles if q.p == 0.99 and is_identified(q)) if one else ()  # noqa: PLR2004 - its name
    return next((q.point_s for q in found), None)


def _quantile_line(one: LatencyQuantile, scale: Scale, style: str) -> Text:
    name = f"p{100 * one.p:g}"
    if not is_identified(one):
        needed = samples_floor(one.p, one.confidence)
        return Text(f"{name:<{_LEFT}}not identified: {one.samples:,} calls, {needed:,.0f} are needed", style="dim")
    has_bounds = one.lower_s is not None or one.upper_s is not None
    ends = (one.lower_s, one.upper_s) if has_bounds else (one.point_s, one.point_s)
    bar = interval(scale, low=ends[0], point=one.point_s, high=ends[1])
    return Text.assemble(
        f"{name:<{_LEFT}}", (bar, style), f" {quantities.duration(one.point_s)} ", (_bounds(one), "dim")
    )


def _bounds(one: LatencyQuantile) -> str:
    if one.lower_s is None and one.upper_s is None:
        return "(no bounds)"
    low, high = ("?" if bound is None else quantities.duration(bound) for bound in (one.lower_s, one.upper_s))
    number, _, unit = low.partition(" ")
    return f"({number if high.endswith(f' {unit}') else low}–{high})"


def _table(document: RunDocument, load: LoadPoint, width: int) -> Table:
    """Every arm under a load; a narrow one gives the upper bounds alone."""
    confidence = next((q.confidence for one in document.measurements for q in one.quantiles), 0.99)
    told = "and bounds" if width >= _NARROW else "≤ upper bound"
    table = Table(
        title=f"{load.label} · quantiles {told} ({100 * confidence:.3g} % each), inputs a second",
        title_justify="left",
        title_style="italic",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    shown = [one for one in document.measurements if one.load == load]
    quantiles = tuple(dict.fromkeys(q.p for one in shown for q in one.quantiles))
    table.add_column("", overflow="fold")
    for name in (*(f"p{100 * p:g}" for p in quantiles), "inputs", "calls"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in shown:
        by_p = {q.p: q for q in one.quantiles}
        cells = (_cell(by_p.get(p), is_narrow=width < _NARROW) for p in quantiles)
        table.add_row(Text(plain(one.arm)), *cells, quantities.rate(one.throughput), f"{one.calls:,}")
    return table


def _cell(one: LatencyQuantile | None, *, is_narrow: bool) -> Text:
    if one is None or not is_identified(one):
        return Text("not identified", style="dim")
    point = quantities.duration(one.point_s)
    if is_narrow:
        return Text(f"{point} ≤ {'?' if one.upper_s is None else quantities.duration(one.upper_s)}")
    return Text.assemble(point, "\n", (_bounds(one), "dim"))
