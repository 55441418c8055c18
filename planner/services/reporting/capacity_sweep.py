"""Capacity against the promise: how many replicas and instances other limits of latency would take.

Drawn from `sweep_promises`, as in the app: without simulation, and never where there is no curve of service times;
at the promised limit every line goes through the plan's own fleet.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from planner.reports.chart_model import Axis, Lines, Point, Rule, Scale, Series
from planner.reports.document import Block, Drawing, Table
from planner.reports.figures import Cell, Figure, Mark
from planner.services.reporting.blocks import left, right, row, said, table, words
from planner.services.reporting.question_figures import FleetFigures, QuestionFigures, evidence_key
from planner.services.reporting.stored_ground import REFUSALS, AskedAgain
from planner.services.reporting.wording import TITLES, many, milliseconds
from pricing.projection.projecting import project
from pricing.sensitivity import FACTORS, MOST_BATCH, Need, sweep_promises
from pricing.vocabulary import Slo

_MS = 1000.0
_DASH = "–"
_GONE = "asked again, the plan has no such fleet"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One fleet over all limits."""

    fleet: FleetFigures
    needs: tuple[Need, ...]
    is_bound: bool


def capacity_blocks(asked: QuestionFigures, again: AskedAgain) -> Iterator[Block]:
    """The chart and its table, and of every fleet that is not drawn why."""
    question = again.questions.get(asked.one.title)
    if question is None:
        yield said(f"Capacity against the promise is not drawn: {again.why_not()}.")
        return
    try:
        swept = {line.name: line for line in sweep_promises(project(question))}
    except REFUSALS as error:
        yield said(f"Capacity against the promise is not drawn: {error}.")
        return
    lines, left_out = [], []
    for fleet in asked.fleets:
        line = swept.get(fleet.column.name)
        if line is not None and line.needs:
            lines.append(_Line(fleet=fleet, needs=line.needs, is_bound=line.is_bound))
        else:
            left_out.append(f"{TITLES[fleet.column.name]} is not drawn: {_GONE if line is None else line.reason}.")
    if any(not line.is_bound for line in lines):
        yield Drawing(chart=_chart(asked, lines, question.slo))
        yield _table(asked, lines)
    elif lines:
        yield said("Capacity against the promise is not drawn: only bounds are known, and they depend on no promise.")
    for reason in left_out:
        yield said(reason)


def _chart(asked: QuestionFigures, lines: list[_Line], promised: Slo) -> Lines:
    told = "; ".join(_told(line) for line in lines)
    return Lines(
        key=f"chart.capacity.{asked.key}",
        title="Instances that other promises would take",
        told=f"{told}. By curves of service times, in batches of at most {MOST_BATCH}, without simulation.",
        x=Axis(title=f"p{100 * promised.quantile:g} within", unit="ms", scale=Scale.LOG),
        y=Axis(title="instances", lower_is_better=True, starts_at_zero=True),
        series=tuple(
            Series(
                name=TITLES[line.fleet.column.name] + (", at least" if line.is_bound else ""),
                points=tuple(
                    Point(x=_MS * need.limit_s, y=None if need.instances is None else float(need.instances))
                    for need in line.needs
                ),
                is_dashed=line.is_bound,
                has_dots=True,
            )
            for line in lines
        ),
        rules=(Rule(at=_MS * promised.limit_s, label="the promise"),),
    )


def _told(line: _Line) -> str:
    ends = [line.needs[0], line.needs[-1]]
    counts = [f"{_count(need.instances)} at {milliseconds(need.limit_s)}" for need in ends]
    least = "at least " if line.is_bound else ""
    return f"{TITLES[line.fleet.column.name]} takes {least}{' and '.join(counts)}"


def _count(value: int | None) -> str:
    return "no fleet does it" if value is None else many(value)


def _table(asked: QuestionFigures, lines: list[_Line]) -> Table:
    headings = [left("promise", "x_Limit")]
    for line in lines:
        name = line.fleet.column.name
        headings.append(right(f"{TITLES[name]}: replicas", f"x_Replicas_{name}"))
        headings.append(right("instances", f"x_Instances_{name}"))
    rows = []
    for number, first in enumerate(lines[0].needs):
        cells = [cell for line in lines for cell in _cells(asked, line, number)]
        rows.append(row(milliseconds(first.limit_s), *cells, is_strong=FACTORS[number] == 1.0))
    return table(f"capacity.{asked.key}", "Capacity against the promise", headings, rows)


def _cells(asked: QuestionFigures, line: _Line, number: int) -> Iterator[Cell]:
    need, name = line.needs[number], line.fleet.column.name
    for what, count in (("replicas", need.replicas), ("instances", need.instances)):
        if count is None:
            yield words(_DASH)
            continue
        yield Figure(
            key=f"{asked.key}.{name}.capacity.{number}.{what}",
            value=count,
            unit=what,
            text=f"{'≥ ' if line.is_bound else ''}{count:,}",
            mark=Mark.PROJECTED,
            rests_on=evidence_key(asked.key, name),
        )
