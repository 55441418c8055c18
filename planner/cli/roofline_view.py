"""Draws what `roofline` found: peaks with bars, a model's work, a chart, and shares of the limit."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from harness.verdict.roofline import disturbance
from harness.vocabulary import BandwidthReading, Limit, MachinePeaks, ModelWork, Precision, RateReading
from planner.cli.roofline_chart import Mark, Roof, chart
from planner.drawing.limits_view import impossible, limits_table, notes_of
from planner.services.roofline import Roofline
from planner.services.sheet_limits import is_by_sheet
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

_BAR = 12
_BAR_FROM_WIDTH = 100
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MOST_KINDS = 8


def screen(found: Roofline, *, width: int) -> Iterator[RenderableType]:
    """Everything, from the machine to the arms."""
    yield from _head(found)
    yield Text()
    yield _rates(found.peaks, width)
    yield Text()
    yield _bandwidths(found.peaks, width)
    yield from _missing(found.peaks)
    for work in found.work:
        yield Text()
        yield from _work(found, work)
    if lines := _chart(found, width):
        yield Text()
        yield Text("\n".join(lines), no_wrap=True)
    yield from _limits(found, width)
    if found.note:
        yield Text()
        yield signed("~", found.note)


def _head(found: Roofline) -> Iterator[RenderableType]:
    peaks = found.peaks
    threads = f"{peaks.threads} thread{'s' * (peaks.threads > 1)}"
    bound = f"bound to CPU {', '.join(map(str, peaks.cpus))} · " if peaks.cpus else ""
    when = f"measured {peaks.measured_at[:16].replace('T', ' ')} UTC"
    kept = f"{when}, kept since (--refresh measures anew)" if found.was_cached else f"{when} in {peaks.took_s:.0f} s"
    yield Text(plain(f"limits of {peaks.cpu} · {threads}"), style="bold")
    yield Text(plain(f"{bound}{kept} · caches: {peaks.caches.told}"))
    disturbed = disturbance(peaks)
    if disturbed:
        yield signed("!", f"{disturbed}: they may be too low")


def _rates(peaks: MachinePeaks, width: int) -> Table:
    """The best of each runtime in each precision; the machine's peak is marked."""
    table = _table("peak rates of arithmetic, 2 operations a multiply-add; ▸ the machine's", width)
    most = max((one.best or 0.0 for one in peaks.rates), default=0.0)
    for precision in dict.fromkeys(one.precision for one in peaks.rates):
        table.add_row(Text(precision.upper(), style="bold"))
        peak = peaks.rate(precision)
        for runtime in dict.fromkeys(one.runtime for one in peaks.rates):
            one = _best_of(peaks, runtime, precision)
            table.add_row(*_rate(one, most=most, is_peak=one is peak, width=width))
    return table


def _best_of(peaks: MachinePeaks, runtime: str, precision: Precision) -> RateReading:
    found = [one for one in peaks.rates if (one.runtime, one.precision) == (runtime, precision)]
    return max(found, key=lambda one: one.best or 0.0)


def _rate(one: RateReading, *, most: float, is_peak: bool, width: int) -> list[RenderableType]:
    name = Text(plain(f"{'▸' if is_peak else ' '} {one.runtime}"))
    if one.best is None:
        return [name, quantities.ABSENT, *_bar(0.0, most, width), "", Text(plain(f"unavailable: {one.reason}"))]
    is_float = one.precision is not Precision.INT8
    best, median = (quantities.operation_rate(rate, is_float=is_float) for rate in (one.best, one.median))
    return [name, best, *_bar(one.best, most, width), median, Text(plain(f"{one.probe}, {one.calls} calls"))]


def _bandwidths(peaks: MachinePeaks, width: int) -> Table:
    table = _table("bandwidth of memory; ▸ what bounds", width)
    most = max((one.best for one in peaks.bandwidths), default=0.0)
    for threads in dict.fromkeys(one.threads for one in peaks.bandwidths):
        table.add_row(Text(f"{threads} thread{'s' * (threads > 1)}", style="bold"))
        peak = peaks.bandwidth(threads) if threads == peaks.threads else None
        for one in peaks.bandwidths:
            if one.threads == threads:
                table.add_row(*_bandwidth(one, most=most, is_peak=one is peak, width=width))
    return table


def _bandwidth(one: BandwidthReading, *, most: float, is_peak: bool, width: int) -> list[RenderableType]:
    told = f"{one.counted}, arrays of {quantities.size(one.array_bytes)}, {one.passes} passes"
    rates = (quantities.byte_rate(one.best), *_bar(one.best, most, width), quantities.byte_rate(one.median))
    return [f"{'▸' if is_peak else ' '} {one.kernel}", *rates, Text(told)]


def _missing(peaks: MachinePeaks) -> Iterator[RenderableType]:
    for name, reason in peaks.unavailable:
        yield signed("~", f"not probed: {name}: {reason}")


def _work(found: Roofline, work: ModelWork) -> Iterator[RenderableType]:
    least = "at least " if work.uncounted else ""
    skippable = f" ({quantities.operations(work.skippable)} of them on padding)" if work.skippable else ""
    weights = quantities.byte_count(work.weight_bytes())
    inside = quantities.byte_count(work.input_bytes + work.output_bytes)
    yield Text(plain(f"{found.workload}, batch {work.batch}: what a call has to do"), style="bold")
    operations = f"{least}{quantities.operations(work.operations)} operations{skippable}"
    yield Text(plain(f"{operations}, {weights} of weights and {inside} in and out"))
    if work.uncounted:
        yield signed("~", f"not counted: {', '.join(work.uncounted)}; beside it the limit is nearer than it seems")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("operator", "nodes", "operations", "share", "reads and writes"):
        table.add_column(name, justify="left" if name == "operator" else "right", no_wrap=True)
    shown = work.operators[:_MOST_KINDS]
    for one in shown:
        share = one.operations / work.operations if work.operations else 0.0
        counted = quantities.ABSENT if one.unknown == one.nodes else quantities.operations(one.operations)
        cells = (counted, quantities.share(share, digits=0), quantities.byte_count(one.operand_bytes))
        table.add_row(
            plain(one.kind), f"{one.nodes:,}", *(cells if one.operations or one.unknown else ("", "", cells[2]))
        )
    yield table
    if len(work.operators) > len(shown):
        yield Text(f"and {len(work.operators) - len(shown)} kinds more that only move data", style="dim")


def _chart(found: Roofline, width: int) -> list[str]:
    peaks = found.peaks
    bandwidth = peaks.bandwidth(peaks.threads)
    readings = {one: peaks.rate(one) for one in (Precision.FP32, Precision.BF16, Precision.INT8)}
    roofs = [
        Roof(name=precision.upper(), peak=one.best, is_float=precision is not Precision.INT8)
        for precision, one in readings.items()
        if one is not None and one.best is not None
    ]
    marks = [
        Mark(letter=letter, intensity=one.intensity, rate=one.rate)
        for letter, one in zip(_LETTERS, _drawn(found), strict=False)
        if one.intensity is not None and one.rate is not None
    ]
    return chart(roofs, bandwidth.best, marks, width=width) if bandwidth is not None else []


def _drawn(found: Roofline) -> list[Limit]:
    """By batch size, as the tables are; what ran on a GPU has not this machine's roofs."""
    return sorted((one for one in found.limits if not is_by_sheet(one)), key=lambda one: one.batch)


def _limits(found: Roofline, width: int) -> Iterator[RenderableType]:
    letters = {(one.arm, one.batch): letter for letter, one in zip(_LETTERS, _drawn(found), strict=False)}
    batches = sorted({one.batch for one in found.limits})
    for batch in batches:
        of_batch = [one for one in found.limits if one.batch == batch]
        yield Text()
        if batch == batches[0]:
            yield Text(plain(f"run {found.run}"), style="bold")
        marks = [letters.get((one.arm, one.batch), "") for one in of_batch]
        yield limits_table(of_batch, batch, letters=marks, width=width)
    if any(one.memory_bytes == 0 for one in _drawn(found)):
        size = quantities.byte_count(found.peaks.caches.total_bytes)
        yield Text(f"the caches ({size}) can hold the model from call to call: there the slanted roof does not bind it")
    yield from notes_of(found.limits)
    yield from impossible(found.limits)


def _table(title: str, width: int) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="italic", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for name in ("", "best", *(("",) if width >= _BAR_FROM_WIDTH else ()), "median", ""):
        table.add_column(name, justify="right" if name else "left", no_wrap=bool(name), overflow="fold")
    return table


def _bar(value: float, most: float, width: int) -> list[RenderableType]:
    if width < _BAR_FROM_WIDTH:
        return []
    return [Text(quantities.bar(value, of=most, width=_BAR).ljust(_BAR), style="cyan")]
