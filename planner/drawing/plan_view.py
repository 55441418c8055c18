"""Draws a plan: the answer first, then three fleets, where the saving comes from, what flips it, what it rests on."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_columns import TITLES, fleets
from planner.drawing.plan_figures import day_curve, many, sign_of, signed_amount
from planner.drawing.plan_grounds import (
    date_lines,
    evidence_lines,
    finding_lines,
    flip_lines,
    footprint_lines,
    register,
    sizing_lines,
)
from planner.drawing.plan_llm import language_model_screen
from planner.drawing.plan_optimum import optimum_lines
from planner.drawing.plan_uncertainty import uncertainty_lines
from planner.services.plans.document import PlanDocument, ProjectionDocument
from planner.wording.marks import signed
from planner.wording.quantities import bar
from planner.wording.text import plain

_BAR = 14
_INDENT = 2


def plan_screen(document: PlanDocument, *, width: int, with_register: bool = False) -> Iterator[RenderableType]:
    """Every question of the plan, one after the other."""
    if len(document.projections) > 1:  # the answers first: what follows takes several screens
        for one in document.projections:
            yield signed(sign_of(one), f"{one.model}: {one.headline}")
        yield ""
    for number, one in enumerate(document.projections):
        if number:
            yield ""
        yield from _projection(one, width=width)
        if with_register:
            yield from _section("assumptions", register(one))
    for number, model in enumerate(document.language_models):
        if number or document.projections:
            yield ""
        yield from language_model_screen(model, width=width)
    for left in document.skipped:
        yield ""
        yield signed("~", f"{left.name} was left out: {left.reason}")
    yield ""
    yield Text(plain(_ground(document)), style="dim")


def _ground(document: PlanDocument) -> str:
    runs = f" · runs {', '.join(document.runs)}" if document.runs else ""
    return f"prices as of {document.as_of}, book {document.book[:12]}{runs} · seed {document.seed}"


def _projection(one: ProjectionDocument, *, width: int) -> Iterator[RenderableType]:
    yield from _answer(one)
    yield ""
    yield from fleets(one, width=width)
    for absent in one.absences:
        yield Padding(signed("~", f"{TITLES[absent.name]}: {absent.reason}"), (0, 0, 0, _INDENT))
    for title, lines in (
        ("the cheapest mix of offers", optimum_lines(one)),
        ("how sure", uncertainty_lines(one, width=width - _INDENT)),
        ("the saving of the move, taken apart", _shares(one)),
        ("where the cheapest fleet changes, all else as it is", flip_lines(one)),
        (f"the cheapest fleet by date, {one.currency} a year", date_lines(one, width=width - _INDENT)),
        ("what the figures rest on", evidence_lines(one)),
        ("how the replicas were counted", sizing_lines(one)),
        ("energy and carbon of the cards alone: estimates", footprint_lines(one)),
        ("checked for sense", finding_lines(one)),
    ):
        yield from _section(title, lines)


def _answer(one: ProjectionDocument) -> Iterator[RenderableType]:
    yield Text(plain(one.title), style="bold")
    load = f"{many(one.peak_per_s)} requests/s in the busiest hour"
    if one.mean_per_s < one.peak_per_s:
        load += f", {many(one.mean_per_s)} on average  0 h {day_curve(one)} 24 h"
    yield Text(plain(f"{load} · {one.slo}"))
    yield ""
    yield signed(sign_of(one), one.headline)
    conditions = [f"on condition that {one.condition}"] if one.condition else []
    for reason in (*conditions, *(reason for reason in one.reasons if reason not in one.headline)):
        yield Padding(Text(plain(reason)), (0, 0, 0, 2 * _INDENT))


def _section(title: str, lines: Iterable[RenderableType]) -> Iterator[RenderableType]:
    found = list(lines)
    if found:
        yield ""
        yield Text(plain(title), style="dim")
        for line in found:
            yield Padding(line, (0, 0, 0, _INDENT))


def _shares(one: ProjectionDocument) -> Iterator[RenderableType]:
    if not one.shares:
        return
    largest = max(abs(float(share.amount)) for share in one.shares) or 1.0
    table = Table.grid(padding=(0, 2, 0, 0))
    for share in one.shares:
        table.add_row(
            Text(plain(share.cause)),
            Text(plain(signed_amount(share.amount, one.currency)), justify="right"),
            Text(bar(abs(float(share.amount)), of=largest, width=_BAR), style="green" if share.amount >= 0 else "red"),
        )
    total = sum((share.amount for share in one.shares), start=Decimal(0))
    table.add_row("together", Text(plain(signed_amount(total, one.currency)), justify="right"))
    yield table
