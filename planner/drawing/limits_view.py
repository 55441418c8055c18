"""Draws how near arms came to what their machine can do: a table for a batch size, and what cannot be."""

import shlex
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.verdict.roofline import NOT_MEASURED
from harness.vocabulary import Bound, Limit, LimitState, Precision
from planner.services.run_document import RunDocument
from planner.services.sheet_limits import is_by_sheet
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

_BAR = 10
_BAR_FROM_WIDTH = 100


def impossible(limits: Sequence[Limit]) -> Iterator[RenderableType]:
    """A warning for everything that claims to be faster than is possible."""
    for one in limits:
        if one.state is LimitState.BEATS:
            whose = "its card's data sheet" if is_by_sheet(one) else "this machine"
            yield signed("!", f"{one.arm} at batch {one.batch} beats the limit of {whose}")
            yield Padding(Text(plain(one.reason or "")), (0, 0, 0, 4))


def limits_in_full(document: RunDocument) -> Iterator[RenderableType]:
    """For `show`: every share, or how to get them."""
    if not document.limits or document.is_simulated:
        return
    yield Text("physical limits", style="italic")
    if all(one.reason == NOT_MEASURED for one in document.limits):
        threads = document.arms[0].threads
        command = f"planner roofline --workload {shlex.quote(document.workload)}"
        command += f" --threads {threads}" if threads > 1 else ""
        yield Padding(Text(plain(f"not measured: {command} adds the share of the limit")), (0, 0, 0, 2))
        return
    for batch in document.batches:
        if found := [one for one in document.limits if one.batch == batch]:
            yield Padding(limits_table(found, batch), (0, 0, 0, 2))
    yield from (Padding(note, (0, 0, 0, 2)) for note in (*notes_of(document.limits), *_by_sheets(document)))


def limits_table(
    limits: Sequence[Limit], batch: int, *, letters: Sequence[str] = (), width: int = _BAR_FROM_WIDTH
) -> Table:
    """The arms of a batch size; `letters` are their marks in a chart."""
    title = f"batch {batch} · share of the limit, by the median; the limit is a bound, not a promise"
    table = Table(
        title=title, title_justify="left", title_style="italic", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    is_wide = width >= _BAR_FROM_WIDTH
    for name in (*(("",) if letters else ()), "arm", "p50", "reached", *(("limit",) if is_wide else ()), "share"):
        table.add_column(
            name, justify="left" if name in {"", "arm"} else "right", no_wrap=name != "arm", overflow="fold"
        )
    for name in (*(("",) if is_wide else ()), "bound by"):
        table.add_column(name, overflow="fold")
    for place, one in enumerate(limits):
        cells: list[RenderableType] = [*([letters[place]] if letters else []), _name(one)]
        cells += [quantities.duration(one.p50_s), _reached(one)]
        cells += [quantities.duration(one.limit_s), _share(one), _bar(one)] if is_wide else [_share(one)]
        table.add_row(*cells, _bound(one, is_wide=is_wide))
    return table


def notes_of(limits: Sequence[Limit]) -> Iterator[Text]:
    """What is to be said of figures that are there, each once; errors are told by `impossible`."""
    reasons = dict.fromkeys(one.reason for one in limits if one.state is LimitState.WITHIN and one.reason)
    yield from (Text(plain(str(reason))) for reason in reasons)
    yield from _sources(limits)


def _sources(limits: Sequence[Limit]) -> Iterator[Text]:
    sources = dict.fromkeys(one.peak_source for one in limits if is_by_sheet(one))
    yield from (Text(plain(f"the card's peaks: {source}")) for source in sources)


def _by_sheets(document: RunDocument) -> Iterator[Text]:
    """Beside peaks that were measured on a card those of its data sheet, a line an arm and batch size."""
    for one in document.sheet_limits:
        where = f"{one.arm} at batch {one.batch}"
        if one.share is None:
            yield Text(plain(f"{where}: no share of a data sheet's peaks: {one.reason}"))
            continue
        share = f"{'≥ ' if one.is_at_least else ''}{quantities.share(one.share, digits=0)}"
        yield Text(plain(f"{where}: {share} of its card's data sheet, by ")).append_text(_bound(one, is_wide=True))
    yield from _sources(document.sheet_limits)


def _name(one: Limit) -> Text:
    return signed("!", one.arm) if one.state is LimitState.BEATS else Text(plain(one.arm))


def _reached(one: Limit) -> str:
    return quantities.operation_rate(one.rate, is_float=one.precision is not Precision.INT8)


def _share(one: Limit) -> str:
    if one.share is None:
        return quantities.ABSENT
    return f"{'≥ ' if one.is_at_least else ''}{quantities.share(one.share, digits=0)}"


def _bar(one: Limit) -> Text:
    return Text(quantities.bar(one.share or 0.0, of=1.0, width=_BAR).ljust(_BAR), style="cyan")


def _bound(one: Limit, *, is_wide: bool) -> Text:
    if one.bound is None:
        return Text(plain(one.reason or ""))
    if one.bound is Bound.MEMORY:
        return Text(f"memory, {quantities.byte_rate(one.bandwidth)}" if is_wide else "memory")
    peak = quantities.operation_rate(one.peak, is_float=one.precision is not Precision.INT8)
    return Text(f"arithmetic, {one.precision} {peak}" if is_wide else f"{one.precision}")
