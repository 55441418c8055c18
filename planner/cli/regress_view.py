"""Draws a run against its history. Takes the document, computes nothing new."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.vocabulary import Trend
from planner.services.followed_figures import Figure
from planner.services.regress_document import ConditionChange, FigureFinding, RegressDocument
from planner.services.regress_reasons import change_in_words
from planner.wording import quantities
from planner.wording.marks import marked, signed
from planner.wording.text import plain

_SPARKS = 20
_SPARKS_FROM = 100
_SINCE_FROM = 84
_QUIET = {Trend.STEADY, Trend.IMPROVED}
_TOLD = 8
_GROUPED = {Trend.NOT_ENOUGH_HISTORY, Trend.UNLIKE}


def screen(document: RegressDocument, *, width: int) -> Iterator[RenderableType]:
    """The head, a table for each arm and batch size, why, what changed beside it, and what to do."""
    yield from _head(document)
    for title, findings in _groups(document):
        yield from ("", Text(plain(title), style="bold"), _table(findings, width=width))
    yield from _reasons(document)
    for change in document.changes:
        yield from ("", _changed(change))
    yield from _left_out(document)
    yield from _advice(document)


def _head(document: RegressDocument) -> Iterator[Text]:
    when = datetime.fromisoformat(document.started_at)
    yield Text(plain(document.workload), style="bold")
    yield Text(plain(f"run {document.run}  {when:%Y-%m-%d %H:%M} UTC · {document.cpu}"))
    count = len(document.runs)
    if count:
        ends = f", the history ends with {document.reference}" if document.reference else ""
        told = f"against {count} earlier run{'s' * (count != 1)} since {document.runs[0].run}{ends}"
    else:
        told = "no earlier run can be compared with it"
    yield Text(plain(told))
    if document.any_host:
        yield signed("~", "any host: only speed-ups are compared, since times do not survive a change of machine")
    yield marked(document.state)
    if not document.figures:
        yield Text("this run has no figure that can be compared")


def _groups(document: RegressDocument) -> Iterator[tuple[str, list[FigureFinding]]]:
    """Figures of one arm at one batch size, and what does not depend on it, in the document's order."""
    groups: dict[tuple[str, int, int | None], list[FigureFinding]] = {}
    for one in document.figures:
        groups.setdefault((one.arm, one.threads, one.batch), []).append(one)
    for (arm, threads, batch), findings in groups.items():
        at = "at any batch size" if batch is None else f"batch {batch}, {threads} thread{'s' * (threads != 1)}"
        yield f"{arm} · {at}", findings


def _table(findings: Sequence[FigureFinding], *, width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    headings = ["", "last", "change", "state"]
    headings[1:1] = ["course"] if width >= _SPARKS_FROM else []
    headings += ["since"] if width >= _SINCE_FROM else []
    for heading in headings:
        table.add_column(heading, min_width=12 if not heading else None, overflow="fold", header_style="dim")
    for one in findings:
        cells = [Text(f"  {one.figure}", no_wrap=True), Text(_last(one)), Text(_change(one)), marked(one.state)]
        cells[1:1] = [Text(_course(one), style="cyan", no_wrap=True)] if width >= _SPARKS_FROM else []
        cells += [Text(one.since or "")] if width >= _SINCE_FROM else []
        table.add_row(*cells)
    return table


def _course(finding: FigureFinding) -> str:
    """The latest values as blocks, over a range of no less than the tolerance either side: noise stays low."""
    values = [one.value for one in finding.points if one.value is not None][-_SPARKS:]
    reach = finding.tolerance * (max(values) if finding.is_relative and values else 1.0)
    return quantities.sparkline(values, least_range=2.0 * reach)


def _last(finding: FigureFinding) -> str:
    last = finding.points[-1]
    if finding.since is not None and finding.now is None and last.speed is None:
        return quantities.ABSENT
    if last.speed is not None:
        return f"{last.speed}, {last.gate}"
    return _value(finding.figure, last.value)


def _value(figure: Figure, value: float | None) -> str:
    if value is None:
        return quantities.ABSENT
    match figure:
        case Figure.SPEED_UP:
            return f"{value:.2f}×"
        case Figure.P50:
            return quantities.duration(value)
        case Figure.MEMORY | Figure.SIZE:
            return quantities.size(round(value))
        case _:
            return quantities.share(value)


def _change(finding: FigureFinding) -> str:
    return quantities.ABSENT if finding.change is None else change_in_words(finding)


def _reasons(document: RegressDocument) -> Iterator[RenderableType]:
    """Of every figure that is not steady; those that lack the same history are told once."""
    told = [one for one in document.figures if one.state is not Trend.STEADY]
    if told:
        yield Text()
    for one in told:
        if one.state not in _GROUPED:
            yield Text.assemble(marked(one.state), plain(f" {one.name}"))
            yield Padding(Text(plain(one.reason)), (0, 0, 0, 4))
    grouped: dict[tuple[Trend, str], int] = {}
    for one in told:
        if one.state in _GROUPED:
            grouped[one.state, one.reason] = grouped.get((one.state, one.reason), 0) + 1
    for (state, reason), count in grouped.items():
        yield Text.assemble(marked(state), plain(f" {count} figure{'s' * (count != 1)}: {reason}"))


def _changed(change: ConditionChange) -> RenderableType:
    title = f"what else changed between {change.previous} and {change.run}"
    if not change.differences:
        return Text(f"{title}: nothing that is recorded")
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", change.previous, change.run):
        table.add_column(heading, overflow="fold", header_style="bold")
    for one in change.differences:
        sides = (Text(plain(value or quantities.ABSENT)) for value in (one.before, one.after))
        table.add_row(signed("~", one.field), *sides)
    return table


def _left_out(document: RegressDocument) -> Iterator[RenderableType]:
    if not document.left_out:
        return
    count = len(document.left_out)
    yield Text()
    yield signed("!", f"{count} run{'s' * (count != 1)} of this workload left out as unlike")
    for run in document.left_out[-_TOLD:]:
        differences = "; ".join(f"{one.field} {one.before} → {one.after}" for one in run.differences[:_TOLD])
        yield Padding(Text(plain(f"{run.run}: {differences}")), (0, 0, 0, 4))
    if count > _TOLD:
        yield Padding(Text(f"and {count - _TOLD} older ones: --json has all", style="dim"), (0, 0, 0, 4))


def _advice(document: RegressDocument) -> Iterator[RenderableType]:
    if not document.advice:
        return
    yield Text()
    yield Text("to do next")
    lines = Table.grid(padding=(0, 1))
    for sentence in document.advice:
        lines.add_row("→", Text(plain(sentence)))
    yield Padding(lines, (0, 0, 0, 2))
