"""The three fleets as cells, each with the words on where its figure comes from. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.drawing.plan_figures import amount, money_range, rate_of, years
from planner.services.plans.document import ChangeDocument, ColumnDocument, EvidenceDocument, ProjectionDocument
from planner.wording.quantities import ABSENT
from pricing.projection.model import ColumnName

_MARKS = {"measured": "●", "published": "◆", "projected": "◇", "assumed": "○"}
MARKS_TOLD = "● measured  ◆ published  ◇ projected  ○ assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where one figure comes from.

    Attributes:
        title: What it is.
        lines: From the figure back to measurements and prices.
        run: The run that it rests on, where it does.
        instance: The instance whose price it rests on, where it does.
    """

    title: str
    lines: tuple[str, ...]
    run: str | None = None
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure in the table."""

    text: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the table: its name, a cell a fleet."""

    name: str
    cells: tuple[Cell, ...]
    is_strong: bool = False


def lines_of(one: ProjectionDocument) -> tuple[Line, ...]:
    """The table: what serves, what it costs, what a change saves, and where each figure comes from."""
    changes = {change.name: change for change in one.changes}
    made = tuple(_lines(one, changes))
    return tuple(line for line in made if any(cell.text != ABSENT for cell in line.cells))


def _lines(one: ProjectionDocument, changes: dict[ColumnName, ChangeDocument]) -> Iterator[Line]:
    def of(name: str, draw: Callable[[ColumnDocument], Cell], *, is_strong: bool = False) -> Line:
        return Line(name=name, cells=tuple(draw(column) for column in one.columns), is_strong=is_strong)

    def changed(name: str, draw: Callable[[ChangeDocument], str], how: str, *, is_strong: bool = False) -> Line:
        cells = []
        for column in one.columns:
            change = changes.get(column.name)
            if change is None:
                cells.append(Cell(text=ABSENT))
            else:
                cells.append(Cell(text=draw(change), origin=_of_change(one, column, name, how)))
        return Line(name=name, cells=tuple(cells), is_strong=is_strong)

    currency = one.currency
    yield of("serves", lambda column: Cell(text=f"{column.target} · {column.variant}", origin=_of_rate(column)))
    yield of("one replica", lambda column: Cell(text=_marked(column), origin=_of_rate(column)))
    yield of("replicas, busy", lambda column: Cell(text=_replicas(column), origin=_of_count(one, column)))
    yield of("instances", lambda column: Cell(text=_instances(column), origin=_of_count(one, column)))
    yield of("price an hour", lambda column: Cell(text=_price(column), origin=_of_price(column)))
    yield of(
        "a year",
        lambda column: Cell(text=money_range(column.cost_per_year, currency), origin=_of_cost(one, column)),
        is_strong=True,
    )
    yield of(
        "a million requests",
        lambda column: Cell(text=f"{_least(column)}{column.per_million} {currency}", origin=_of_cost(one, column)),
    )
    yield of("quality", lambda column: Cell(text=_quality(column), origin=_of_rate(column)))
    saving = "a year of staying less a year after"
    yield changed("saves a year", lambda change: money_range(change.saving_per_year, currency), saving, is_strong=True)
    once = "labour from the assumptions; with machines, what they cost"
    yield changed("paid once", lambda change: amount(change.one_off, currency), once)
    both = "the months in which both fleets run, from the assumptions"
    yield changed("both fleets at once", lambda change: _money(change, currency), both)
    worth = f"outlays and savings of {one.horizon_years} years, discounted at {one.discount_rate:.1%} a year"
    yield changed(
        f"worth over {one.horizon_years} years", lambda change: money_range(change.npv, currency), worth, is_strong=True
    )
    yield changed("pays back after", lambda change: years(change.payback_years, one.horizon_years), worth)


def _money(change: ChangeDocument, currency: str) -> str:
    return amount(change.parallel_running, currency) if change.parallel_running else ABSENT


def _marked(column: ColumnDocument) -> str:
    return f"{_MARKS.get(column.rate.evidence.kind, ' ')} {rate_of(column)}"


def _least(column: ColumnDocument) -> str:
    return "≥ " if column.cost_per_year.high is None else ""


def _replicas(column: ColumnDocument) -> str:
    return f"{'≥ ' if column.rate.is_bound else ''}{column.sizing.replicas:,} · {column.sizing.utilisation:.0%}"


def _instances(column: ColumnDocument) -> str:
    return f"{_least(column)}{column.fleet.instances:,} × {column.fleet.instance}"


def _price(column: ColumnDocument) -> str:
    fleet = column.fleet
    return f"◆ {fleet.price_per_hour} {fleet.currency}, {fleet.purchase}, {fleet.price_as_of}"


def _quality(column: ColumnDocument) -> str:
    return "the baseline" if column.name is ColumnName.STAY else column.gate


def _run(evidence: EvidenceDocument) -> str | None:
    words = evidence.source.replace(",", " ").split()
    after = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "run"]
    return after[0] if evidence.kind == "measured" and after else None


def _of_rate(column: ColumnDocument) -> Origin:
    rate, evidence = column.rate, column.rate.evidence
    level = "" if evidence.level is None else f", level {evidence.level} of 4"
    band = "" if evidence.band is None else f", ×/÷ {evidence.band:.2f} (90 %)"
    day = "" if evidence.as_of is None else f" of {evidence.as_of}"
    lines = [
        f"{rate.low:,.6g} to {rate.high:,.6g} {rate.unit} of one replica ({rate.method})",
        f"{evidence.kind}{level}{band}: {evidence.source}{day}",
        *(f"from {row}" for row in evidence.rows),
        *column.notes,
    ]
    return Origin(title=f"one replica of {column.target} in {column.variant}", lines=tuple(lines), run=_run(evidence))


def _of_count(one: ProjectionDocument, column: ColumnDocument) -> Origin:
    sizing = column.sizing
    steps = [f"{count:,} {name}" for name, count in column.fleet.steps if count]
    lines = (
        f"{one.peak_per_s:,.6g} requests/s in the busiest hour, {sizing.per_replica_per_s:,.6g} a replica",
        sizing.formula,
        f"{sizing.replicas:,} replicas, {column.fleet.replicas_per_instance} an instance: {' + '.join(steps)}",
        sizing.simulation_note,
    )
    return Origin(title="how many", lines=lines, run=_run(column.rate.evidence))


def _of_price(column: ColumnDocument) -> Origin:
    fleet = column.fleet
    lines = (
        f"{fleet.price_per_hour} {fleet.currency} an hour: {fleet.provider} {fleet.region}, {fleet.instance}",
        f"{fleet.purchase}, in force since {fleet.price_as_of}",
        f"published: {fleet.price_source}",
    )
    return Origin(title="the price", lines=lines, instance=fleet.instance)


def _of_cost(one: ProjectionDocument, column: ColumnDocument) -> Origin:
    fleet = column.fleet
    lines = (
        f"{fleet.instances:,} instances × {fleet.price_per_hour} {fleet.currency} an hour × 8,760 hours",
        *_of_price(column).lines,
        *_of_count(one, column).lines,
        *_of_rate(column).lines,
    )
    return Origin(title="a year of this fleet", lines=lines, run=_run(column.rate.evidence), instance=fleet.instance)


def _of_change(one: ProjectionDocument, column: ColumnDocument, name: str, how: str) -> Origin:
    cost = _of_cost(one, column)
    stated = [
        f"assumed: {entry.name} = {entry.text} ({entry.evidence.source})"
        for entry in one.assumptions
        if entry.name.startswith(("migration.", "money.")) and entry.text
    ]
    return Origin(title=name, lines=(how, *stated, *cost.lines), run=cost.run, instance=cost.instance)
