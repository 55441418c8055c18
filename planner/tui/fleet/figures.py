"""The three fleets as rows of figures: each in several lengths, with its mark and where it comes from. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from planner.drawing.plan_figures import amount, many, money_range, years
from planner.services.plans.document import ChangeDocument, ColumnDocument, MoneyRange, ProjectionDocument
from planner.tui.fleet.origins import (
    MARKS,
    Origin,
    cents,
    of_change,
    of_cost,
    of_count,
    of_price,
    of_quality,
    of_rate,
    of_unit,
    to_the_cent,
)
from planner.tui.fleet.pictures.cash import short_money
from planner.wording.quantities import ABSENT
from pricing.projection.model import ColumnName
from pricing.vocabulary import Gate

_QUALITY = {Gate.ACCEPTED: "✓", Gate.REJECTED: "✗", Gate.UNPROVEN: "~", Gate.NOT_MEASURED: "~"}
_SAVING = "what staying costs a year less what this costs a year"
_ONCE = "labour from the assumptions; of machines that are bought, their price"
_BOTH = "the months in which both fleets are paid, from the assumptions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure: `texts` say the same, from long to short; `sign` ✓ ✗ ~ colours it; `kind` is that of its evidence."""

    texts: tuple[str, ...]
    kind: str = ""
    sign: str = ""
    origin: Origin | None = None

    def fitted(self, width: int) -> str:
        """The longest that fits with its marks; the shortest where none does."""
        before = "".join(f"{mark} " for mark in (self.sign, MARKS.get(self.kind, "")) if mark)
        whole = [f"{before}{text}" for text in self.texts]
        return next((one for one in whole if len(one) <= width), whole[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row: its name, a cell a fleet."""

    name: str
    cells: tuple[Cell, ...]
    is_strong: bool = False


_NONE = Cell(texts=(ABSENT,))
_OfColumn = Callable[[ColumnDocument], Cell]
_OfChange = Callable[[ColumnDocument, ChangeDocument], Cell]


def lines_of(one: ProjectionDocument) -> tuple[Line, ...]:
    """What serves, what it costs, what a change saves; rows that say nothing are left out."""
    return tuple(line for line in _lines(one) if any(cell.texts != _NONE.texts for cell in line.cells))


def _lines(one: ProjectionDocument) -> Iterator[Line]:
    changes = {change.name: change for change in one.changes}
    currency, horizon = one.currency, one.horizon_years

    def of(name: str, draw: _OfColumn, *, is_strong: bool = False) -> Line:
        return Line(name=name, cells=tuple(map(draw, one.columns)), is_strong=is_strong)

    def changed(name: str, draw: _OfChange, *, is_strong: bool = False) -> Line:
        found = ((column, changes.get(column.name)) for column in one.columns)
        cells = tuple(_NONE if change is None else draw(column, change) for column, change in found)
        return Line(name=name, cells=cells, is_strong=is_strong)

    def money(column: ColumnDocument, spread: MoneyRange, *, title: str, how: str, sign: str) -> Cell:
        told = f"{title}: {to_the_cent(spread, currency)}"
        origin = of_change(one, column, title=told, how=how)
        return Cell(texts=_lengths(spread), kind="derived", sign=sign, origin=origin)

    def once(column: ColumnDocument, value: Decimal, *, title: str, how: str) -> Cell:
        origin = of_change(one, column, title=f"{title}: {cents(value)} {currency}", how=how)
        return Cell(texts=(amount(value, "").strip(),), kind="assumed", origin=origin) if value else _NONE

    worth = f"outlays and savings of {horizon} years, discounted at {one.discount_rate:.1%} a year"
    yield of("serves", lambda column: Cell(texts=_serves(column), origin=of_rate(column)))
    yield of("quality", _quality)
    yield of("one replica, /s", _rate)
    yield of(
        "replicas, busy", lambda column: Cell(texts=_replicas(column), kind="derived", origin=of_count(one, column))
    )
    yield of("instances", lambda column: Cell(texts=_instances(column), kind="derived", origin=of_count(one, column)))
    yield of("price of an hour", lambda column: Cell(texts=_price(column), kind="published", origin=of_price(column)))
    yield of(
        f"{currency} a year",
        lambda column: Cell(texts=_lengths(column.cost_per_year), kind="derived", origin=of_cost(one, column)),
        is_strong=True,
    )
    yield of(
        f"{currency} a million",
        lambda column: Cell(texts=(_least(column) + column.per_million,), kind="derived", origin=of_unit(one, column)),
    )
    yield changed(
        "saves a year",
        lambda column, change: money(
            column,
            change.saving_per_year,
            title="saves a year",
            how=_SAVING,
            sign=_sign(column, change.saving_per_year),
        ),
        is_strong=True,
    )
    yield changed("paid once", lambda column, change: once(column, change.one_off, title="paid once", how=_ONCE))
    yield changed(
        "both at once",
        lambda column, change: once(column, change.parallel_running, title="both fleets at once", how=_BOTH),
    )
    yield changed(
        f"worth in {horizon} y",
        lambda column, change: money(
            column, change.npv, title=f"worth over {horizon} years", how=worth, sign=_sign(column, change.npv)
        ),
        is_strong=True,
    )
    yield changed(
        "pays back after",
        lambda column, change: Cell(
            texts=(years(change.payback_years, horizon), *(["never"] * (change.payback_years is None))),
            kind="derived",
            origin=of_change(one, column, title="pays back after", how=worth),
        ),
    )


def _serves(column: ColumnDocument) -> tuple[str, ...]:
    variant = column.variant
    short = variant.partition(":")[0]
    return f"{column.target} · {variant}", f"{column.target} · {short}", f"{column.target} {column.precision}"


def _quality(column: ColumnDocument) -> Cell:
    if column.name is ColumnName.STAY:
        return Cell(texts=("the baseline",), origin=of_rate(column))
    gate = Gate(column.gate)
    return Cell(texts=(gate.replace("-", " "),), sign=_QUALITY[gate], origin=of_quality(column))


def _rate(column: ColumnDocument) -> Cell:
    rate, origin = column.rate, of_rate(column)
    if rate.is_bound:
        return Cell(texts=(f"≤ {many(rate.high)}, a bound", f"≤ {many(rate.high)}"), kind="projected", origin=origin)
    low, high = many(rate.low), many(rate.high)
    band = "" if rate.evidence.band is None else f" ×/÷ {rate.evidence.band:.2f}"
    span = low if low == high else f"{low}–{high}"
    return Cell(texts=(f"{span}{band}", span), kind=rate.evidence.kind, origin=origin)


def _lengths(spread: MoneyRange) -> tuple[str, ...]:
    """`145,658 (73,728 to 145,658)`, `145,658 (74k–146k)`, `145,658`."""
    long = money_range(spread, "").replace("  ", " ").strip()
    sign = "≥ " if spread.high is None else "≤ " if spread.low is None else ""
    planned = f"{sign}{amount(spread.planned, '').strip()}"
    if spread.low is None or spread.high is None or spread.low == spread.high:
        return long, planned
    ends = f"({short_money(float(spread.low))}–{short_money(float(spread.high))})"
    return long, f"{planned} {ends}", planned


def _sign(column: ColumnDocument, spread: MoneyRange) -> str:
    """Of a saving: ✗ where quality forbids it or there is none, ~ where quality is open, ✓ else."""
    if column.gate == Gate.REJECTED or spread.planned <= 0:
        return "✗"
    return "✓" if column.gate == Gate.ACCEPTED else "~"


def _least(column: ColumnDocument) -> str:
    return "≥ " if column.cost_per_year.high is None else ""


def _replicas(column: ColumnDocument) -> tuple[str, ...]:
    return (f"{'≥ ' if column.rate.is_bound else ''}{column.sizing.replicas:,} · {column.sizing.utilisation:.0%}",)


def _instances(column: ColumnDocument) -> tuple[str, ...]:
    return f"{_least(column)}{column.fleet.instances:,} × {column.fleet.instance}", f"{column.fleet.instances:,}"


def _price(column: ColumnDocument) -> tuple[str, ...]:
    fleet = column.fleet
    price = f"{fleet.price_per_hour} {fleet.currency}"
    return (
        f"{price}, {fleet.purchase}, {fleet.price_as_of}",
        f"{price} {fleet.price_as_of}",
        price,
        fleet.price_per_hour,
    )
