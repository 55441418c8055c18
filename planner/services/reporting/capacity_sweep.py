"""Capacity against the promise: how many replicas and instances other limits of latency would take.

Reckoned from the curve of service times behind a rate, without simulation, and never where there is none: at the
promised limit every line goes through the plan's own fleet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.reports.chart_model import Axis, Lines, Point, Rule, Scale, Series
from planner.reports.document import Block, Drawing, Table
from planner.reports.figures import Cell, Figure, Mark
from planner.services.reporting.blocks import left, right, row, said, table, words
from planner.services.reporting.question_figures import FleetFigures, QuestionFigures, evidence_key
from planner.services.reporting.stored_ground import REFUSALS, AskedAgain
from planner.services.reporting.wording import TITLES, many, milliseconds
from pricing.capacity import count_replicas, highest_rate
from pricing.errors import CapacityError
from pricing.fleet.instances import zone_loss
from pricing.projection.fleets import used_rate
from pricing.projection.model import Question
from pricing.vocabulary import Range, RateMethod, ServiceRate, Slo

FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
"""Of the promised limit."""
_MOST_BATCH = 40  # of a batch here: larger ones take a library that spreads over all cores, and serve little more
_CURVES = (RateMethod.CURVE, RateMethod.PUBLISHED_CURVE)
_MS = 1000.0
_DASH = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """What one limit takes; None: no fleet keeps it."""

    limit_s: float
    replicas: int | None
    instances: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One fleet over all limits."""

    fleet: FleetFigures
    needs: tuple[_Need, ...]
    is_bound: bool


def capacity_blocks(asked: QuestionFigures, again: AskedAgain) -> Iterator[Block]:
    """The chart and its table, and of every fleet that is not drawn why."""
    question = again.questions.get(asked.one.title)
    if question is None:
        yield said(f"Capacity against the promise is not drawn: {again.why_not()}.")
        return
    lines, left_out = [], []
    for fleet in asked.fleets:
        try:
            lines.append(_line(fleet, question))
        except REFUSALS as error:
            left_out.append(f"{TITLES[fleet.column.name]} is not drawn: {error}.")
    if any(not line.is_bound for line in lines):
        yield Drawing(chart=_chart(asked, lines, question.slo))
        yield _table(asked, lines)
    elif lines:
        yield said("Capacity against the promise is not drawn: only bounds are known, and they depend on no promise.")
    for reason in left_out:
        yield said(reason)


def _line(fleet: FleetFigures, question: Question) -> _Line:
    column = fleet.column
    rate = used_rate(question.find_rate(column.target, column.asked), question)
    if rate.is_bound:
        need = _need(fleet, question, rate, question.slo)
        needs = tuple(replace(need, limit_s=factor * question.slo.limit_s) for factor in FACTORS)
        return _Line(fleet=fleet, needs=needs, is_bound=True)
    if rate.curve is None:
        raise CapacityError("a rate is known, and no curve of its times of service")
    return _Line(fleet=fleet, needs=tuple(_needs(fleet, question, rate)), is_bound=False)


def _needs(fleet: FleetFigures, question: Question, rate: ServiceRate) -> Iterator[_Need]:
    """At the promised limit as the plan has it; at others by what the curve then serves in proportion."""
    promised = question.slo
    here = _by_curve(rate, promised)
    for factor in FACTORS:
        slo = Slo(quantile=promised.quantile, limit_s=factor * promised.limit_s)
        if factor == 1.0:
            yield _Need(
                limit_s=slo.limit_s,
                replicas=fleet.column.sizing.replicas,
                instances=_instances(fleet, question, fleet.column.sizing.replicas),
            )
            continue
        try:
            there = here if rate.method in _CURVES and _is_shared(rate) else _by_curve(rate, slo)
            scaled = replace(rate, per_s=Range.exactly(rate.sizing_per_s * there / here), slo=None)
            yield _need(fleet, question, scaled, slo)
        except CapacityError:
            yield _Need(limit_s=slo.limit_s, replicas=None, instances=None)


def _is_shared(rate: ServiceRate) -> bool:
    """Whether replicas take from one queue: they are then counted by the curve itself."""
    return rate.curve is not None and rate.curve.max_batch == 1


def _by_curve(rate: ServiceRate, slo: Slo) -> float:
    if rate.curve is None:
        raise CapacityError("a rate is known, and no curve of its times of service")
    curve = replace(rate.curve, max_batch=min(rate.curve.max_batch, _MOST_BATCH))
    found = highest_rate(curve, slo).per_s
    if found <= 0.0:
        raise CapacityError(f"by its curve one replica serves nothing inside {slo.label}")
    return found


def _need(fleet: FleetFigures, question: Question, rate: ServiceRate, slo: Slo) -> _Need:
    assumptions = question.assumptions
    sized = count_replicas(rate, peak_per_s=assumptions.demand.peak_per_s, slo=slo, headroom=assumptions.headroom)
    return _Need(limit_s=slo.limit_s, replicas=sized.replicas, instances=_instances(fleet, question, sized.replicas))


def _instances(fleet: FleetFigures, question: Question, replicas: int) -> int:
    """As many as that load needs, on the plan's instance; not those that were stated."""
    assumptions = question.assumptions
    carried = -(-replicas // fleet.column.fleet.replicas_per_instance) + assumptions.plus
    return zone_loss(carried, assumptions.zones) + assumptions.spares


def _chart(asked: QuestionFigures, lines: list[_Line], promised: Slo) -> Lines:
    told = "; ".join(_told(line) for line in lines)
    return Lines(
        key=f"chart.capacity.{asked.key}",
        title="Instances that other promises would take",
        told=f"{told}. By curves of service times, in batches of at most {_MOST_BATCH}, without simulation.",
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
