"""Draws what a plan rests on: flip points, dates, evidence, sizing, sanity, the register of assumptions."""

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_figures import SHORT, absent, price, times
from planner.drawing.plan_footprint import grounds
from planner.services.plans.document import (
    ColumnDocument,
    DateDocument,
    EvidenceDocument,
    FlipDocument,
    ProjectionDocument,
)
from planner.wording.marks import signed
from planner.wording.quantities import ABSENT, bar, duration
from planner.wording.text import plain
from pricing.projection.model import ColumnName

_BAR = 10
_LONGEST_NAME = 34  # characters beside which sentences hang
LEVELS = {0: "as it is", 1: "batch curve", 2: "shared models", 3: "data sheets", 4: "bounds only"}
"""How far a rate is from a measurement on that device."""
_WIDE = 110  # columns: from here on there is room for bars beside the figures


def flip_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """One sentence a point."""
    yield from _hanging((f"{flip.kind} ({flip.subject})", [_flip(flip)]) for flip in one.flips)


def _flip(flip: FlipDocument) -> str:
    now = f"{price(flip.now)} {flip.unit} now"
    if flip.at is None or flip.after is None or not flip.now:
        return f"{now}; {SHORT[flip.before]} remains the cheapest, tried {flip.span}"
    where = f"at {price(flip.at)} or less" if flip.at < flip.now else f"from {price(flip.at)} on"
    return f"{now}; {SHORT[flip.after]} is cheaper {where} ({times(flip.at / flip.now)})"


def date_lines(one: ProjectionDocument, *, width: int) -> Iterator[RenderableType]:
    """A row for each day on which a price began to hold; then the days without an answer, and why."""
    answered = [line for line in one.dates if line.cheapest is not None]
    if not answered:
        return
    names = [column.name for column in one.columns]
    largest = max((float(cost) for line in answered for _, cost in line.costs), default=1.0)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for name in names:
        table.add_column(name, justify="right", header_style="dim", no_wrap=True)
        table.add_column("", no_wrap=True)
    table.add_column("cheapest", header_style="dim")
    for line in answered:
        table.add_row(*_date(line, names, largest=largest, bars=_BAR if width >= _WIDE else 0))
    yield table
    yield from _hanging(
        (line.as_of, [f"no answer: {absent(line.reason)}"]) for line in one.dates if line.cheapest is None
    )


def _date(line: DateDocument, names: Iterable[ColumnName], *, largest: float, bars: int) -> Iterator[RenderableType]:
    costs = dict(line.costs)
    yield Text(plain(line.as_of))
    for name in names:
        style = "green" if name is line.cheapest else ""
        cost = costs.get(name)
        yield Text(ABSENT if cost is None else f"{cost:,.0f}", style=style)
        yield Text("" if cost is None else bar(float(cost), of=largest, width=bars), style=style)
    yield Text(ABSENT if line.cheapest is None else SHORT[line.cheapest])


def evidence_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """Where each rate and price comes from."""
    yield from _hanging(
        (
            column.name,
            [
                _evidence(column.rate.evidence, column.rate.method),
                *_rows(column.rate.evidence),
                f"price: {column.fleet.price_source}, {column.fleet.price_as_of}",
                *column.notes,
            ],
        )
        for column in one.columns
    )


def _evidence(evidence: EvidenceDocument, method: str) -> str:
    level = "" if evidence.level is None else f", level {evidence.level} ({LEVELS.get(evidence.level, ABSENT)})"
    band = f", 90 % band ×/÷ {evidence.band:.2f}" if evidence.band is not None else ""
    since = f" ({evidence.as_of})" if evidence.as_of else ""
    return f"{evidence.kind}{level}{band}, {method}: {evidence.source}{since}"


def _rows(evidence: EvidenceDocument) -> Iterator[str]:
    """What the figure was reckoned from, where that says more than its source."""
    rows = [row for row in evidence.rows if row not in evidence.source]
    if rows:
        yield f"from: {'; '.join(rows)}"


def sizing_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """The formula, and how far the simulation was from it."""
    yield from _hanging((column.name, [column.sizing.formula, _simulated(column)]) for column in one.columns)


def _simulated(column: ColumnDocument) -> str:
    sizing = column.sizing
    if sizing.simulated_s is None:
        return sizing.simulation_note
    text = f"simulated {duration(sizing.simulated_s)}"
    if sizing.predicted_s is not None and sizing.difference is not None:
        text += f", formula {duration(sizing.predicted_s)} ({100 * sizing.difference:+.1f} %)".replace("-", "−")
    kept = "inside the promise" if sizing.keeps_slo else "OUTSIDE the promise"
    return f"{text}, {kept}; {sizing.simulation_note}"


def footprint_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """What energy and carbon rest on."""
    yield from _hanging(grounds(one))


def finding_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """What the sanity rules say of the plan."""
    table = _grid()
    for finding in one.findings:
        sign = "✓" if finding.verdict == "holds" else "!"
        table.add_row(signed(sign, finding.rule), Text(plain(finding.subject)), Text(plain(finding.sentence)))
    if one.findings:
        yield table


def register(one: ProjectionDocument) -> Iterator[RenderableType]:
    """Every assumption, its value and where it comes from."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("name", "value", "meaning", "from"):
        table.add_column(heading, header_style="dim", overflow="fold")
    for line in one.assumptions:
        table.add_row(
            *(Text(plain(text)) for text in (line.name, absent(line.text), line.meaning, line.evidence.source))
        )
    yield table


def _hanging(entries: Iterable[tuple[str, Iterable[str]]]) -> Iterator[RenderableType]:
    """A name, and sentences that hang beside it however they break."""
    table = _grid()
    table.add_column(max_width=_LONGEST_NAME, overflow="fold")
    table.add_column(overflow="fold")
    for name, sentences in entries:
        for number, sentence in enumerate(sentences):
            table.add_row(Text("" if number else plain(name)), Text(plain(sentence), overflow="fold"))
    if table.row_count:
        yield table


def _grid() -> Table:
    return Table.grid(padding=(0, 2, 0, 0))
