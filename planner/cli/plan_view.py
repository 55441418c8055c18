"""Draws a plan: the answer first, then three fleets side by side, where the saving comes from, what flips it."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.cli.marks import signed
from planner.cli.plan_figures import amount, many, money_range, rate_of, sign_of, signed_amount, years
from planner.cli.plan_grounds import date_lines, evidence_lines, flip_lines, register, sizing_lines
from planner.cli.quantities import ABSENT, bar
from planner.cli.text import plain
from planner.services.plans.document import ChangeDocument, ColumnDocument, PlanDocument, ProjectionDocument

_BAR = 14
_NAMES = {"stay": "stay as is", "quantise": "stay and quantise", "move": "quantise and move"}


def plan_screen(document: PlanDocument, *, width: int, with_register: bool = False) -> Iterator[RenderableType]:
    """Every question of the plan, one after the other."""
    for number, one in enumerate(document.projections):
        if number:
            yield ""
        yield from _projection(one, width=width)
        if with_register:
            yield from register(one)
    for left in document.skipped:
        yield ""
        yield signed("~", f"{left.name} was left out: {left.reason}")
    yield ""
    yield Text(plain(_ground(document)), style="dim")


def _ground(document: PlanDocument) -> str:
    runs = f" · runs {', '.join(document.runs)}" if document.runs else ""
    return f"prices as of {document.as_of}, book {document.book[:12]}{runs} · seed {document.seed}"


def _projection(one: ProjectionDocument, *, width: int) -> Iterator[RenderableType]:
    yield Text(plain(one.title), style="bold")
    load = f"{many(one.peak_per_s)} requests/s in the busiest hour"
    if one.mean_per_s < one.peak_per_s:
        load += f", {many(one.mean_per_s)} on average"
    yield Text(plain(f"{load} · {one.slo}"))
    yield ""
    yield signed(sign_of(one), one.headline)
    for reason in one.reasons:
        yield Padding(Text(plain(reason)), (0, 0, 0, 4))
    yield ""
    yield _columns(one, width=width)
    for absent in one.absences:
        yield Padding(signed("~", f"{_NAMES[absent.name]}: {absent.reason}"), (0, 0, 0, 2))
    for title, lines in (
        ("the saving of the move, taken apart", _shares(one)),
        ("where the answer changes, all else as it is", flip_lines(one)),
        ("the cheapest fleet by date", date_lines(one)),
        ("what the figures rest on", evidence_lines(one)),
        ("how the replicas were counted", sizing_lines(one)),
        ("checked for sense", _findings(one)),
    ):
        yield from _section(title, list(lines))


def _section(title: str, lines: list[RenderableType]) -> Iterator[RenderableType]:
    if lines:
        yield ""
        yield Text(title, style="dim")
        for line in lines:
            yield Padding(line, (0, 0, 0, 2))


def _columns(one: ProjectionDocument, *, width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("", header_style="dim", no_wrap=True)
    for column in one.columns:
        table.add_column(_NAMES[column.name], overflow="fold", max_width=max(20, (width - 24) // len(one.columns)))
    largest = max(float(column.cost_per_year.planned) for column in one.columns)
    rows = (
        ("serves", [f"{column.target} · {column.variant}" for column in one.columns]),
        ("one replica", [rate_of(column) for column in one.columns]),
        ("replicas, busy", [f"{column.sizing.replicas:,} · {column.sizing.utilisation:.0%}" for column in one.columns]),
        ("instances", [_instances(column) for column in one.columns]),
        ("price", [_price(column) for column in one.columns]),
        ("a year", [money_range(column.cost_per_year, one.currency) for column in one.columns]),
        ("", [bar(float(column.cost_per_year.planned), of=largest, width=_BAR) for column in one.columns]),
        ("a million requests", [f"{_least(column)}{column.per_million} {one.currency}" for column in one.columns]),
        ("energy, at most", [_energy(column) for column in one.columns]),
        ("quality", [_quality(column) for column in one.columns]),
    )
    for name, cells in (*rows, *_changes(one)):
        table.add_row(name, *(Text(plain(cell)) for cell in cells))
    return table


def _changes(one: ProjectionDocument) -> Iterator[tuple[str, list[str]]]:
    """Rows that only a change has: staying is what it is set against."""
    found = {change.name: change for change in one.changes}

    def cells(draw: Callable[[ChangeDocument], str]) -> list[str]:
        return [draw(found[column.name]) if column.name in found else ABSENT for column in one.columns]

    if not found:
        return
    yield "saves a year", cells(lambda change: money_range(change.saving_per_year, one.currency))
    yield "paid once", cells(lambda change: _once(change, one.currency))
    yield f"worth over {one.horizon_years} years", cells(lambda change: money_range(change.npv, one.currency))
    yield "pays back after", cells(lambda change: years(change.payback_years, one.horizon_years))


def _least(column: ColumnDocument) -> str:
    return "≥ " if column.rate.is_bound else ""


def _instances(column: ColumnDocument) -> str:
    steps = " + ".join(f"{count} {name}" for name, count in column.fleet.steps if count)
    return f"{_least(column)}{column.fleet.instances:,} × {column.fleet.instance} ({steps})"


def _price(column: ColumnDocument) -> str:
    fleet = column.fleet
    return f"{fleet.price_per_hour} {fleet.currency}/h, {fleet.purchase}, {fleet.price_as_of}"


def _energy(column: ColumnDocument) -> str:
    if column.energy_kwh is None or column.carbon_kg is None:
        return "unavailable: the power of the device is not known"
    return f"{many(column.energy_kwh.high)} kWh, {many(column.carbon_kg.high / 1000)} t CO₂ a year"


def _quality(column: ColumnDocument) -> str:
    return "the baseline" if column.name == "stay" else column.gate


def _once(change: ChangeDocument, currency: str) -> str:
    running = Decimal(change.parallel_running)
    beside = f" + {amount(change.parallel_running, currency)} for both fleets at once" if running else ""
    return f"{amount(change.one_off, currency)}{beside}"


def _shares(one: ProjectionDocument) -> Iterator[RenderableType]:
    if not one.shares:
        return
    largest = max(abs(float(share.amount)) for share in one.shares) or 1.0
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for share in one.shares:
        value = float(share.amount)
        style = "green" if value >= 0 else "red"
        table.add_row(
            share.cause,
            Text(signed_amount(share.amount, one.currency), justify="right"),
            Text(bar(abs(value), of=largest, width=_BAR), style=style),
        )
    total = sum((Decimal(share.amount) for share in one.shares), start=Decimal(0))
    table.add_row("together", Text(signed_amount(str(total), one.currency), justify="right"), "")
    yield table


def _findings(one: ProjectionDocument) -> Iterator[RenderableType]:
    for finding in one.findings:
        yield signed(
            "✓" if finding.verdict == "holds" else "!", f"{finding.rule} {finding.subject}: {finding.sentence}"
        )
