"""Lays out the sums behind a question: inputs unrounded, results as the plan's document has them.

Inputs come from the stored request and the plan's own prices. Nothing is made up to fit: `check` reckons the sums anew,
and sums that do not come to what the document says are not shown.
"""

from dataclasses import dataclass
from decimal import Decimal

from planner.reports.calculation import Calculation, ChangeSum, FleetSum, Given
from planner.reports.figures import Bound, Figure, Mark, Number
from planner.services.plans.questions import Ground
from planner.services.reporting.keys import cell_name
from planner.services.reporting.offers_again import OffersAgain, hours_of
from planner.services.reporting.purse import Purse
from planner.services.reporting.question_figures import ChangeFigures, FleetFigures, QuestionFigures, mark_of
from planner.services.reporting.register import assumption_key
from planner.services.reporting.wording import minus
from pricing.assumptions import Assumptions
from pricing.money import HOURS_PER_YEAR, Money
from pricing.projection.model import ColumnName, OwnedTerms
from pricing.projection.owned import OWNED, purchases
from pricing.tco.owning import owned_year
from pricing.vocabulary import Gate, Offer, Range

_MONTH_S = 730 * 3600.0
_PLACES = 9  # of a price
_QUEUE = "one queue"  # how the formula of replicas behind one queue begins


@dataclass(frozen=True, slots=True, kw_only=True)
class _Priced:
    """A fleet with its offer."""

    fleet: FleetFigures
    offer: Offer
    terms: OwnedTerms | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inputs:
    """Makes the named inputs of one question."""

    question: str
    currency: str
    marks: dict[str, Mark]

    def given(self, name: str, label: str, value: Number, unit: str, mark: Mark, *, rests_on: str | None) -> Given:
        """One of them; `name` holds dots where its key does."""
        key = f"{self.question}.{name}"
        text = f"{_told(value)} {'' if unit == '1' else unit}".strip()
        figure = Figure(key=key, value=value, unit=unit, text=text, mark=mark, rests_on=rests_on)
        return Given(name=cell_name(self.question, *name.split(".")), label=label, figure=figure)

    def assumed(self, name: str, label: str, value: Number, unit: str, *, assumption: str) -> Given:
        """An assumption of the register."""
        mark = self.marks.get(assumption, Mark.ASSUMED)
        return self.given(name, label, value, unit, mark, rests_on=assumption_key(assumption))


def calculation_of(asked: QuestionFigures, ground: Ground) -> Calculation:
    """The sums of a question.

    Raises:
        PricingError: if its inputs cannot be found again.
    """
    one, assumptions = asked.one, ground.assumed()
    offers = OffersAgain(ground, assumptions, one)
    priced = []
    for fleet in asked.fleets:
        offer, terms = offers.find(fleet.column)
        priced.append(_Priced(fleet=fleet, offer=offer, terms=terms))
    marks = {stated.name: mark_of(stated.evidence.kind) for stated in one.assumptions}
    made = _Inputs(question=asked.key, currency=asked.purse.own, marks=marks)
    exchange = asked.purse.exchange
    return Calculation(
        key=asked.key,
        title=one.title,
        currency=asked.purse.currency,
        peak_per_s=made.assumed(
            "peak", "requests a second at the peak", one.peak_per_s, "requests/s", assumption="demand.peak"
        ),
        requests_per_year=made.assumed(
            "requests", "requests a year", one.requests_per_year, "requests", assumption="demand.profile"
        ),
        hours_per_year=made.given("hours", "hours of a year", HOURS_PER_YEAR, "h", Mark.DERIVED, rests_on=None),
        discount_rate=made.assumed(
            "discount", "discount rate a year", one.discount_rate, "1", assumption="money.discount_rate"
        ),
        horizon_years=one.horizon_years,
        exchange=None
        if exchange is None
        else made.given(
            "exchange",
            f"{exchange.currency} for one {asked.purse.own}",
            exchange.rate,
            f"{exchange.currency}/{asked.purse.own}",
            Mark.ASSUMED,
            rests_on=None,
        ),
        fleets=tuple(_fleet(made, each, assumptions) for each in priced),
        changes=tuple(_change(made, change, asked, priced, assumptions) for change in asked.changes),
    )


def _fleet(made: _Inputs, priced: _Priced, assumptions: Assumptions) -> FleetSum:
    fleet, column = priced.fleet, priced.fleet.column
    name, rests_on = column.name, fleet.rate.rests_on
    is_stated = name is ColumnName.STAY and assumptions.instances_today is not None
    spares = sum(count for step, count in column.fleet.steps if step != "for the load")
    rate = fleet.rate.value
    running = None if priced.terms is None else owned_year(priced.terms.likely).cash * column.fleet.instances
    hours = HOURS_PER_YEAR * column.fleet.instances if priced.terms is not None else hours_of(priced.offer, column)
    follows = hours != HOURS_PER_YEAR * column.fleet.instances
    price = (
        priced.offer.rate.amount
        if priced.terms is None
        else (owned_year(priced.terms.likely).total / HOURS_PER_YEAR).amount
    )
    of = f"{name}: "
    return FleetSum(
        key=name,
        title=f"{name}: {column.target} · {column.variant}",
        rate_per_s=made.given(
            f"{name}.rate_used",
            f"{of}requests a second of one replica",
            0.0 if rate is None else rate,
            "requests/s",
            fleet.rate.mark or Mark.ASSUMED,
            rests_on=rests_on,
        ),
        headroom=made.assumed(
            f"{name}.headroom", f"{of}share that stays free", assumptions.headroom, "1", assumption="fleet.headroom"
        ),
        replicas=fleet.replicas,
        are_replicas_counted=not column.sizing.formula.startswith(_QUEUE),
        replicas_per_instance=made.given(
            f"{name}.per_instance",
            f"{of}replicas of one instance",
            column.fleet.replicas_per_instance,
            "replicas",
            Mark.DERIVED,
            rests_on=rests_on,
        ),
        spares=made.assumed(
            f"{name}.spares", f"{of}instances beyond the load", spares, "instances", assumption="fleet.plus"
        ),
        instances=fleet.instances,
        are_instances_counted=not is_stated,
        price_per_hour=made.given(
            f"{name}.price_used",
            f"{of}price of an instance and hour",
            price,
            f"{made.currency}/h",
            fleet.price.mark or Mark.PUBLISHED,
            rests_on=rests_on,
        ),
        running_per_year=None
        if running is None
        else made.given(
            f"{name}.running", f"{of}cash a year", running.amount, made.currency, Mark.DERIVED, rests_on=rests_on
        ),
        per_year=fleet.per_year,
        per_million=fleet.per_million,
        hours_per_year=made.given(
            f"{name}.hours",
            f"{of}hours that an instance is paid on average",
            (Money(Decimal(hours), made.currency) / column.fleet.instances).amount,
            "h",
            Mark.DERIVED,
            rests_on=assumption_key("fleet.autoscaling"),
        )
        if follows
        else None,
    )


def _change(
    made: _Inputs,
    change: ChangeFigures,
    asked: QuestionFigures,
    priced: list[_Priced],
    assumptions: Assumptions,
) -> ChangeSum:
    name, migration = change.change.name, assumptions.migration
    stay, after = priced[0], next(each for each in priced if each.fleet.column.name is name)
    quantises, moves = _steps(stay, after)
    labour = (_point(migration.quantise) if quantises else 0.0) + (_point(migration.move) if moves else 0.0)
    months = _point(migration.parallel_running_s) / _MONTH_S if moves else 0.0
    bought = _bought(stay, after, horizon=asked.one.horizon_years)
    return ChangeSum(
        key=name,
        labour=made.assumed(
            f"{name}.labour",
            f"{name}: labour, once",
            labour,
            made.currency,
            assumption="migration.move" if moves else "migration.quantise",
        ),
        parallel_months=made.assumed(
            f"{name}.months",
            f"{name}: months in which both fleets are paid",
            months,
            "months",
            assumption="migration.parallel_running",
        ),
        beside=_beside(name, asked),
        bought=tuple(
            Figure(
                key=f"{asked.key}.{name}.bought.{year}",
                value=amount.amount,
                unit=made.currency,
                text=Purse(own=made.currency).text(amount.amount, bound=Bound.EXACT),
                mark=Mark.DERIVED,
                rests_on=after.fleet.rate.rests_on,
            )
            for year, amount in enumerate(bought)
        ),
        saving_per_year=change.saving,
        flows=change.flows,
        npv=change.npv,
        payback_years=change.payback,
    )


def _steps(stay: _Priced, after: _Priced) -> tuple[bool, bool]:
    """Whether a change is a quantisation, and whether it is a migration; as the projection takes it."""
    before, then = stay.fleet.column, after.fleet.column
    is_same = before.variant == then.variant or before.asked == then.asked
    where = [(one.target, one.fleet.provider, one.fleet.region) for one in (before, then)]
    is_owned = {one.fleet.purchase == OWNED for one in (before, then)}
    return not is_same, then.name is ColumnName.MOVE and (where[0] != where[1] or len(is_owned) > 1)


def _beside(name: ColumnName, asked: QuestionFigures) -> str | None:
    """The quantised fleet in place, for a move: none where quality rejects it or only a bound is known of it."""
    quantised = asked.fleet(ColumnName.QUANTISE)
    if name is not ColumnName.MOVE or quantised is None:
        return None
    is_usable = not quantised.column.rate.is_bound and quantised.column.gate != Gate.REJECTED
    return ColumnName.QUANTISE if is_usable else None


def _bought(stay: _Priced, after: _Priced, *, horizon: int) -> tuple[Money, ...]:
    """Purchases and sales of owned machines, beyond those of the same target that serve today."""
    before, then = stay.fleet.column, after.fleet.column
    if after.terms is None:
        return (Money.of(0, after.offer.rate.currency),) * (horizon + 1)
    there = before.fleet.instances if stay.terms is not None and before.target == then.target else 0
    count = max(0, then.fleet.instances - there)
    return purchases(after.terms.likely, count, horizon_years=horizon, is_sold_by_age=True)


def _told(value: Number) -> str:
    """Without digits that no bill has; the value itself keeps them."""
    if isinstance(value, Decimal):
        places = value.as_tuple().exponent
        is_long = isinstance(places, int) and places < -_PLACES
        return minus(f"{value:,.{_PLACES}f}" if is_long else f"{value:,f}")
    return minus(f"{value:,.12g}")


def _point(spread: Range) -> float:
    return spread.low if spread.point is None else spread.point
