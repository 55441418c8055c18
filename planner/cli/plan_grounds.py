"""Draws what a plan rests on: flip points, dates, evidence, sizing, the register of assumptions."""

from collections.abc import Iterator
from decimal import Decimal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.cli.plan_figures import many
from planner.cli.quantities import bar, duration
from planner.cli.text import plain
from planner.services.plans.document import ColumnDocument, FlipDocument, ProjectionDocument

_NAMES = {"stay": "staying", "quantise": "quantising in place", "move": "the move"}
_BAR = 10


def flip_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """One sentence a point."""
    for flip in one.flips:
        yield Text(plain(_flip(flip)))


def _flip(flip: FlipDocument) -> str:
    subject = f"{flip.kind} ({flip.subject}): {_number(flip.now)} {flip.unit} now"
    best = _NAMES[flip.before]
    if flip.at is None or flip.after is None:
        return f"{subject}; {best} stays the cheapest, tried {flip.span}"
    ratio = flip.at / flip.now
    return f"{subject}; {_NAMES[flip.after]} is cheaper from {_number(flip.at)} {flip.unit} on ({ratio:.2f} of now)"


def _number(value: float) -> str:
    return many(value) if abs(value) >= 100 else f"{value:.4g}"  # noqa: PLR2004 - prices an hour are small


def date_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """A row for each day on which a price began to hold."""
    if not any(line.costs for line in one.dates):
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    largest = max(float(cost) for line in one.dates for _, cost in line.costs)
    for line in one.dates:
        cells: list[RenderableType] = [line.as_of]
        if line.cheapest is None:
            table.add_row(*cells, Text(plain(f"no answer: {line.reason}"), overflow="fold"))
            continue
        for name, cost in line.costs:
            style = "green" if name == line.cheapest else ""
            value = Decimal(cost)
            cells.append(Text(f"{name} {value:,.0f} {bar(float(value), of=largest, width=_BAR)}", style=style))
        table.add_row(*cells, Text(f"{_NAMES[line.cheapest]} is cheapest"))
    yield table


def evidence_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """Where each rate and price comes from."""
    for column in one.columns:
        evidence = column.rate.evidence
        band = f", level {evidence.level}" if evidence.level is not None else ""
        band += f", ×/÷ {evidence.band:.2f}" if evidence.band is not None else ""
        since = f" ({evidence.as_of})" if evidence.as_of else ""
        yield Text(plain(f"{column.name}: {evidence.kind}{band}, {column.rate.method}: {evidence.source}{since}"))
        yield Text(plain(f"    price: {column.fleet.price_source}, {column.fleet.price_as_of}"))
        for note in column.notes:
            yield Text(plain(f"    {note}"))


def sizing_lines(one: ProjectionDocument) -> Iterator[RenderableType]:
    """The formula, and how far the simulation was from it."""
    for column in one.columns:
        yield Text(plain(f"{column.name}: {column.sizing.formula}; {_simulated(column)}"))


def _simulated(column: ColumnDocument) -> str:
    sizing = column.sizing
    if sizing.simulated_s is None:
        return sizing.simulation_note
    text = f"simulated {duration(sizing.simulated_s)}"
    if sizing.predicted_s is not None and sizing.difference is not None:
        text += f", formula {duration(sizing.predicted_s)} ({100 * sizing.difference:+.1f} %)".replace("-", "−")
    kept = "inside the promise" if sizing.keeps_slo else "OUTSIDE the promise"
    return f"{text}, {kept}; {sizing.simulation_note}"


def register(one: ProjectionDocument) -> Iterator[RenderableType]:
    """Every assumption, its value and where it comes from."""
    yield ""
    yield Text("assumptions", style="dim")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("name", "value", "meaning", "from"):
        table.add_column(heading, header_style="dim", overflow="fold")
    for line in one.assumptions:
        table.add_row(
            line.name, Text(plain(line.text or "–")), Text(plain(line.meaning)), Text(plain(line.evidence.source))
        )
    yield table
