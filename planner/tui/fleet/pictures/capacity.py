"""Capacity against the promise: the instances that other limits of latency would take."""

import math
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_columns import TITLES
from planner.services.plans.document import ProjectionDocument
from planner.tui.fleet.pictures.cash import short_money
from planner.tui.fleet.pictures.colours import COLOURS, LETTERS, heading, legend
from planner.tui.fleet.pictures.line_chart import Chart, Series, line_chart
from planner.wording.marks import signed
from planner.wording.quantities import ABSENT, duration
from planner.wording.text import plain
from pricing.sensitivity import Need, PromiseLine

_HEIGHT = 11
_WIDEST = 84
_WIDE = 66  # columns: from here on there is room for more figures


def capacity_curve(
    one: ProjectionDocument, lines: Sequence[PromiseLine], *, width: int, promised_s: float
) -> Iterator[RenderableType]:
    """The curves, their figures, and of every fleet that is not drawn why."""
    known = [line for line in lines if line.needs]
    yield heading("instances that other promises would take", f"promised is {one.slo}; fewer is better")
    if any(not line.is_bound for line in known):
        yield legend(*(line.name for line in known))
        limits = [need.limit_s for need in known[0].needs]
        chart = Chart(
            series=tuple(_series(line) for line in known),
            x_ticks=tuple((limit_s, duration(limit_s)) for limit_s in _told_first(limits, promised_s)),
            y_word=short_money,
            is_log=True,
            rule=promised_s,
        )
        yield from line_chart(chart, width=min(width, _WIDEST), height=_HEIGHT)
        yield Text()
        yield _figures(known, promised_s, every=2 if width >= _WIDE else 4)
        yield Text("by the curves of service times, without simulation; the dotted line is the promise", style="dim")
    elif known:
        yield signed("~", "not drawn: only bounds of the rates are known, and they depend on no promise")
    for line in lines:
        if line.reason is not None:
            yield signed("~", f"{TITLES[line.name]} is not drawn: {line.reason}")
        elif line.is_bound:
            yield Text(plain(f"{TITLES[line.name]}: at least so many, by a bound that no promise changes"), style="dim")


def _told_first(limits: Sequence[float], promised_s: float) -> list[float]:
    return sorted({limits[0], promised_s, limits[-1], limits[len(limits) // 4], limits[-1 - len(limits) // 4]})


def _series(line: PromiseLine) -> Series:
    points = tuple((need.limit_s, None if need.instances is None else float(need.instances)) for need in line.needs)
    return Series(letter=LETTERS[line.name], style=COLOURS[line.name], points=points)


def _figures(lines: Sequence[PromiseLine], promised_s: float, *, every: int) -> Table:
    """Some of the limits, the promised one among them: a row each fleet."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("within", header_style="dim", no_wrap=True)
    shown = range(0, len(lines[0].needs), every)
    for number in shown:
        need = lines[0].needs[number]
        style = "bold" if math.isclose(need.limit_s, promised_s) else "dim"
        table.add_column(duration(need.limit_s), justify="right", header_style=style, no_wrap=True)
    for line in lines:
        cells = (_count(line.needs[number], is_bound=line.is_bound) for number in shown)
        table.add_row(Text(TITLES[line.name], style=COLOURS[line.name]), *cells)
    return table


def _count(need: Need, *, is_bound: bool) -> str:
    if need.instances is None:
        return f"✗ {ABSENT}"
    return f"{'≥ ' if is_bound else ''}{need.instances:,}"
