"""Draws a run beside published figures and the sources' claims: what compares, what does not and why."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.services.published_comparison.document import (
    Beside,
    BesidePublished,
    Figure,
    Ours,
    Quantity,
    SourceClaim,
    Subject,
    Theirs,
)
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain
from pricing.sanity.finding import Verdict

_MOST_LISTED = 4
_SMALL = 0.1
_SIGNS = {Verdict.HOLDS: "✓", Verdict.UNVERIFIABLE: "~", Verdict.INCOMPLETE: "!", Verdict.IMPLAUSIBLE: "!"}
_CAUTION = Text(
    "Others measured with other software, drivers and hosts, at another time: a ratio is no verdict, and of latencies "
    "one above 1 is slower. A figure is laid beside ours only where precision, batch or scenario, and length are the "
    "same; of several arms the best stands here.",
    style="dim",
)


def screen(found: BesidePublished) -> Iterator[RenderableType]:
    """The whole comparison."""
    yield from _head(found)
    if found.note:
        yield signed("~", found.note)
    if found.published:
        yield from ("", *_published(found.published))
    if found.sources:
        yield from ("", *_sources(found))
    if found.published or found.sources:
        yield from ("", _CAUTION)


def _head(found: BesidePublished) -> Iterator[Text]:
    run = found.run
    yield Text(plain(run.workload), style="bold")
    when = datetime.fromisoformat(run.started_at)
    line = Text(f"run {run.run}  ")
    if run.is_simulated:
        line.append("SIMULATED  ", style="bold red")
    yield line.append(plain(f"{when:%Y-%m-%d %H:%M} UTC · {run.state} · {', '.join(found.devices)}"))
    if found.model is not None:
        yield Text(plain(_model(found.model)))


def _model(model: Subject) -> str:
    size = "" if model.parameters is None else f", {model.parameters:,} parameters"
    note = f"; {model.note}" if model.note else ""
    return f"taken as {model.name} ({model.sample}{size}), {model.known_by}{note}"


def _published(rows: Sequence[Beside]) -> Iterator[RenderableType]:
    alike = [one for one in rows if one.ratio is not None]
    if alike:
        yield _table("published, in the same terms", alike)
    yield from _apart([one for one in rows if one.ratio is None], is_first=not alike)


def _table(title: str, rows: Sequence[Beside]) -> Table:
    table = Table(
        title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold"
    )
    for heading in ("theirs", "ours", "ours ÷ theirs", "what differs"):
        table.add_column(heading, overflow="fold", justify="left", no_wrap=heading == "ours ÷ theirs")
    for source in dict.fromkeys(_origin(one.theirs) for one in rows):
        if source:
            table.add_row(Text(plain(source), style="italic"))
        for one in rows:
            if _origin(one.theirs) == source:
                table.add_row(*_row(one))
    return table


def _row(one: Beside) -> tuple[RenderableType, ...]:
    differs = Text(plain("; ".join(one.unlike)) or "nothing that is told", style="" if one.unlike else "green")
    return Text(plain(f"  {_told(one.theirs)}")), _ours(one.ours), _times(one.ratio), differs


def _ours(ours: Ours | None) -> RenderableType:
    if ours is None:
        return Text(quantities.ABSENT)
    share = "" if ours.share_of_limit is None else f", {quantities.share(ours.share_of_limit, digits=0)} of the limit"
    return Group(Text(_value(ours.figure)), Text(plain(f"{ours.arm}{share}"), style="dim"))


def _times(ratio: float | None) -> str:
    if ratio is None:
        return quantities.ABSENT
    return f"{quantities.three(ratio)}×" if ratio >= _SMALL else f"{ratio:.2g}×"


def _apart(rows: Sequence[Beside], *, is_first: bool) -> Iterator[RenderableType]:
    """What does not compare, by reason, each with the first of the figures that it holds for."""
    if not rows:
        return
    if not is_first:
        yield ""
    yield Text(f"not comparable: {len(rows)} published figure{'s' * (len(rows) > 1)}", style="italic")
    for reason in dict.fromkeys(one.reason for one in rows):
        told = [_named(one.theirs) for one in rows if one.reason == reason]
        yield signed("~", str(reason))
        yield Padding(Text(plain(_listed(told)), style="dim"), (0, 0, 0, 4))


def _named(theirs: Theirs) -> str:
    return f"{_told(theirs)} ({theirs.as_of})"


def _listed(told: Sequence[str]) -> str:
    more = len(told) - _MOST_LISTED
    rest = f"; and {more} more (--json)" if more > 0 else ""
    return f"{'; '.join(told[:_MOST_LISTED])}{rest}"


def _sources(found: BesidePublished) -> Iterator[RenderableType]:
    origin = f" ({found.sources_from})" if found.sources_from else ""
    yield Text(plain(f"the sources: {found.sources_title}{origin}"), style="bold")
    for claim in found.sources:
        yield ""
        yield from _claim(claim)


def _claim(claim: SourceClaim) -> Iterator[RenderableType]:
    yield Text(plain(f"{claim.id}: {claim.says}"))
    rules = f" ({' '.join(claim.rules)})" if claim.rules else ""
    yield Padding(signed(_SIGNS.get(Verdict(claim.verdict), "✗"), f"{claim.words}{rules}"), (0, 0, 0, 2))
    yield from (Padding(Text(plain(one), style="dim"), (0, 0, 0, 4)) for one in claim.sentences)
    alike = [one for one in claim.figures if one.ratio is not None]
    if alike:
        yield Padding(_table("", alike), (0, 0, 0, 2))
    for one in claim.figures:
        if one.ratio is None:
            yield Padding(Text(plain(f"{_told(one.theirs)}: not comparable: {one.reason}")), (0, 0, 0, 2))


def _origin(theirs: Theirs) -> str:
    return f"{theirs.source} · {theirs.as_of}" if theirs.as_of else ""


def _told(theirs: Theirs) -> str:
    """`int8, t4 × 8, offline: 6,112 /s`."""
    return f"{', '.join(_terms(theirs.figure, theirs.accelerators))}: {_value(theirs.figure)}"


def _terms(figure: Figure, accelerators: int | None) -> Iterable[str]:
    precision = str(figure.precision)
    yield precision if figure.before is None else f"{figure.before} to {precision}"
    yield figure.device if (accelerators or 1) == 1 else f"{figure.device} × {accelerators}"
    if figure.quantity is Quantity.RATE and figure.how is not None:
        yield f"{figure.how}{f', {figure.slo}' if figure.slo else ''}"
    elif figure.batch is not None:
        yield f"batch {figure.batch}" if "p90" not in str(figure.how) else str(figure.how)


def _value(figure: Figure) -> str:
    value = figure.value
    return {
        Quantity.RATE: lambda: quantities.rate(value),
        Quantity.LATENCY: lambda: quantities.duration(value),
        Quantity.SPEED_UP: lambda: f"{value:.2f}× as fast",
        Quantity.SIZE: lambda: f"{value / 1e6:,.1f} MB",
        Quantity.POWER_SAVED: lambda: f"{100 * value:.0f} % less power".replace("-", "−"),
    }[figure.quantity]()
