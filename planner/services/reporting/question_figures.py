"""The figures of one question, each made once: tables, charts, the first page and the sums share them."""

from dataclasses import dataclass
from decimal import Decimal

from planner.reports.figures import Bound, Figure, Mark
from planner.services.plans.document import ChangeDocument, ColumnDocument, MoneyRange, ProjectionDocument
from planner.services.reporting.purse import FINE, Purse, bound_of
from planner.services.reporting.wording import a_year, many, rate_of, years
from pricing.projection.model import Answer, ColumnName

_OTHER = {Bound.EXACT: Bound.EXACT, Bound.AT_LEAST: Bound.AT_MOST, Bound.AT_MOST: Bound.AT_LEAST}
_CHANGED = {Answer.QUANTISE: ColumnName.QUANTISE, Answer.MOVE: ColumnName.MOVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFigures:
    """One fleet, as the plan's columns show it."""

    column: ColumnDocument
    rate: Figure
    replicas: Figure
    instances: Figure
    price: Figure
    per_year: Figure
    per_year_low: Figure
    per_year_high: Figure
    per_million: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFigures:
    """One change against staying."""

    change: ChangeDocument
    saving: Figure
    saving_low: Figure
    saving_high: Figure
    one_off: Figure
    parallel: Figure
    npv: Figure
    npv_low: Figure
    npv_high: Figure
    irr: Figure
    payback: Figure
    discounted_payback: Figure
    flows: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFigures:
    """A question with all figures of its fleets and changes.

    Attributes:
        key: Of the question, unique in the report.
        one: What the plan says.
        purse: In which currency.
        fleets: Staying first.
        changes: Against it.
    """

    key: str
    one: ProjectionDocument
    purse: Purse
    fleets: tuple[FleetFigures, ...]
    changes: tuple[ChangeFigures, ...]

    @property
    def stay(self) -> FleetFigures:
        """Today's fleet."""
        return self.fleets[0]

    def fleet(self, name: ColumnName) -> FleetFigures | None:
        """That fleet."""
        return next((fleet for fleet in self.fleets if fleet.column.name is name), None)

    def change(self, name: ColumnName) -> ChangeFigures | None:
        """That fleet against staying."""
        return next((change for change in self.changes if change.change.name is name), None)

    @property
    def asked(self) -> ChangeFigures | None:
        """The change that a decision is about: the advised one, else the one worth most of those that are allowed."""
        wanted = _CHANGED.get(self.one.answer)
        if wanted is not None and (found := self.change(wanted)) is not None:
            return found
        allowed = [change for change in self.changes if change.change.gate != "rejected"] or self.changes
        return max(allowed, key=lambda change: change.change.npv.planned, default=None)


def evidence_key(question: str, column: ColumnName) -> str:
    """The row that says what a fleet's figures rest on."""
    return f"evidence.{question}.{column}"


def mark_of(kind: str) -> Mark:
    """Of a provenance."""
    return Mark(kind) if kind in set(Mark) else Mark.ASSUMED


def figures_of(key: str, one: ProjectionDocument, purse: Purse) -> QuestionFigures:
    """All figures of a question."""
    return QuestionFigures(
        key=key,
        one=one,
        purse=purse,
        fleets=tuple(_fleet(key, column, purse) for column in one.columns),
        changes=tuple(_change(key, change, one, purse) for change in one.changes),
    )


def _fleet(question: str, column: ColumnDocument, purse: Purse) -> FleetFigures:
    key, rests_on = f"{question}.{column.name}", evidence_key(question, column.name)
    rate, fleet, cost = column.rate, column.fleet, column.cost_per_year
    least = Bound.AT_LEAST if rate.is_bound else Bound.EXACT
    paid = Bound.AT_LEAST if cost.high is None else Bound.EXACT
    low, planned, high = _range(f"{key}.per_year", cost, purse, rests_on)
    return FleetFigures(
        column=column,
        rate=Figure(
            key=f"{key}.rate",
            value=rate.high if rate.is_bound else rate.low,
            unit=rate.unit,
            text=rate_of(column),
            mark=mark_of(rate.evidence.kind),
            bound=Bound.AT_MOST if rate.is_bound else Bound.EXACT,
            rests_on=rests_on,
        ),
        replicas=_count(f"{key}.replicas", column.sizing.replicas, "replicas", least, rests_on),
        instances=_count(f"{key}.instances", fleet.instances, "instances", paid, rests_on),
        price=Figure(
            key=f"{key}.price",
            value=Decimal(fleet.price_per_hour),
            unit=f"{fleet.currency}/h",
            text=f"{fleet.price_per_hour} {fleet.currency}/h",
            mark=Mark.DERIVED if fleet.purchase == "owned" else Mark.PUBLISHED,
            rests_on=rests_on,
        ),
        per_year=planned,
        per_year_low=low,
        per_year_high=high,
        per_million=purse.figure(
            f"{key}.per_million", Decimal(column.per_million), bound=planned.bound, rests_on=rests_on, step=FINE
        ),
    )


def _count(key: str, value: int, unit: str, bound: Bound, rests_on: str) -> Figure:
    text = f"{bound} {many(value)}".strip()
    return Figure(key=key, value=value, unit=unit, text=text, mark=Mark.DERIVED, bound=bound, rests_on=rests_on)


def _change(question: str, change: ChangeDocument, one: ProjectionDocument, purse: Purse) -> ChangeFigures:
    key, rests_on = f"{question}.{change.name}", evidence_key(question, change.name)
    saving = _range(f"{key}.saving", change.saving_per_year, purse, rests_on)
    worth = _range(f"{key}.npv", change.npv, purse, rests_on)
    horizon = one.horizon_years
    doubled = _parallel_bound(one, change)
    paid_first = _OTHER[doubled]
    bound = bound_of(change.saving_per_year)
    sooner = _OTHER[bound]
    return ChangeFigures(
        change=change,
        saving_low=saving[0],
        saving=saving[1],
        saving_high=saving[2],
        one_off=purse.figure(f"{key}.one_off", change.one_off, mark=Mark.ASSUMED, rests_on=rests_on),
        parallel=purse.figure(f"{key}.parallel", change.parallel_running, bound=doubled, rests_on=rests_on),
        npv_low=worth[0],
        npv=worth[1],
        npv_high=worth[2],
        irr=_irr(f"{key}.irr", change, bound, rests_on),
        payback=_years(f"{key}.payback", change.payback_years, horizon, rests_on, bound=sooner),
        discounted_payback=_years(
            f"{key}.discounted_payback", change.discounted_payback_years, horizon, rests_on, bound=sooner
        ),
        flows=tuple(
            purse.figure(f"{key}.flow.{year}", flow, bound=bound if year else paid_first, rests_on=rests_on)
            for year, flow in enumerate(change.flows)
        ),
    )


def cash_bound(change: ChangeFigures, stay: FleetFigures, *, year: int) -> Bound:
    """Of all cash up to a year: today's fleet is saved in each, and may be paid beside the new one at first."""
    saving = change.saving.bound
    is_doubled = change.parallel.bound is not Bound.EXACT
    if not is_doubled:
        return saving if year else Bound.EXACT
    months = change.change.parallel_running
    return saving if months <= stay.column.cost_per_year.planned * year else _OTHER[saving]


def _parallel_bound(one: ProjectionDocument, change: ChangeDocument) -> Bound:
    """Where today's fleet is paid beside the new one and only a lower bound of its cost is known, so is this."""
    stay = one.columns[0].cost_per_year
    if stay.high is not None or not change.parallel_running:
        return Bound.EXACT
    instead = (column for column in one.columns if column.name is ColumnName.QUANTISE and column.gate != "rejected")
    costs = [column.cost_per_year for column in instead if column.cost_per_year.high is not None]
    is_capped = any(cost.planned <= stay.planned for cost in costs)
    return Bound.EXACT if is_capped else Bound.AT_LEAST


def _irr(key: str, change: ChangeDocument, bound: Bound, rests_on: str) -> Figure:
    told = f"none: {change.irr_reason or 'not told'}" if change.irr is None else a_year(change.irr)
    side = bound if told[:1] in "\N{MINUS SIGN}0123456789" else Bound.EXACT
    text = f"{side} {told}".strip()
    return Figure(key=key, value=change.irr, unit="1", text=text, mark=Mark.DERIVED, bound=side, rests_on=rests_on)


def _years(key: str, value: float | None, horizon: int, rests_on: str, *, bound: Bound) -> Figure:
    """A saving of at least so much pays back after so long at most."""
    side = bound if value else Bound.EXACT
    text = f"{side} {years(value, horizon)}".strip()
    return Figure(key=key, value=value, unit="years", text=text, mark=Mark.DERIVED, bound=side, rests_on=rests_on)


def _range(key: str, found: MoneyRange, purse: Purse, rests_on: str) -> tuple[Figure, Figure, Figure]:
    """The lower end, the planned amount and the upper end."""
    return (
        purse.figure(f"{key}_low", found.low, rests_on=rests_on),
        purse.figure(key, found.planned, bound=bound_of(found), rests_on=rests_on),
        purse.figure(f"{key}_high", found.high, rests_on=rests_on),
    )
