"""Lays out the sums behind a question: inputs unrounded, results as the plan's document has them.

Inputs come from the stored request and the plan's own prices. Nothing is made up to fit: `checking` reckons the sums
anew, and sums that do not come to what the document says are not shown.
"""

from collections.abc import Sequence

from planner.reports.calculation import Calculation, ChangeSum, Given
from planner.reports.figures import Figure, Mark
from planner.services.plans.questions import Ground
from planner.services.reporting.fleet_sums import PricedFleet, fleet_sum
from planner.services.reporting.named_inputs import NamedInputs
from planner.services.reporting.offers_again import OffersAgain
from planner.services.reporting.purse import Purse
from planner.services.reporting.question_figures import ChangeFigures, QuestionFigures, mark_of
from pricing.assumptions import Assumptions
from pricing.money import HOURS_PER_YEAR, Money
from pricing.projection.model import ColumnName
from pricing.projection.owned import OWNED, purchases
from pricing.vocabulary import Gate, Range

_MONTH_S = 730 * 3600.0


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
        priced.append(PricedFleet(fleet=fleet, offer=offer, terms=terms))
    marks = {stated.name: mark_of(stated.evidence.kind) for stated in one.assumptions}
    made = NamedInputs(question=asked.key, currency=asked.purse.own, marks=marks)
    peak, requests, discount = one.peak_per_s, one.requests_per_year, one.discount_rate
    return Calculation(
        key=asked.key,
        title=one.title,
        currency=asked.purse.currency,
        peak_per_s=made.assumed("peak", "requests a second at the peak", peak, "requests/s", assumption="demand.peak"),
        requests_per_year=made.assumed(
            "requests", "requests a year", requests, "requests", assumption="demand.profile"
        ),
        hours_per_year=made.given("hours", "hours of a year", HOURS_PER_YEAR, "h", Mark.DERIVED, rests_on=None),
        discount_rate=made.assumed("discount", "discount rate a year", discount, "1", assumption="money.discount_rate"),
        horizon_years=one.horizon_years,
        exchange=_exchange(made, asked.purse),
        fleets=tuple(fleet_sum(made, each, assumptions) for each in priced),
        changes=tuple(_change(made, change, asked, priced, assumptions) for change in asked.changes),
    )


def _exchange(made: NamedInputs, purse: Purse) -> Given | None:
    if purse.exchange is None:
        return None
    unit, label = f"{purse.currency}/{purse.own}", f"{purse.currency} for one {purse.own}"
    return made.given("exchange", label, purse.exchange.rate, unit, Mark.ASSUMED, rests_on=None)


def _change(
    made: NamedInputs,
    change: ChangeFigures,
    asked: QuestionFigures,
    priced: Sequence[PricedFleet],
    assumptions: Assumptions,
) -> ChangeSum:
    name = change.change.name
    stay, after = priced[0], next(each for each in priced if each.name is name)
    labour, months = _outlays(made, stay, after, assumptions)
    return ChangeSum(
        key=name,
        labour=labour,
        parallel_months=months,
        beside=_beside(name, asked),
        bought=_bought(made, stay, after, horizon=asked.one.horizon_years),
        saving_per_year=change.saving,
        flows=change.flows,
        npv=change.npv,
        payback_years=change.payback,
    )


def _outlays(made: NamedInputs, stay: PricedFleet, after: PricedFleet, assumptions: Assumptions) -> tuple[Given, Given]:
    """Labour once, and for how many months both fleets are paid; as the projection takes them."""
    name, migration = after.name, assumptions.migration
    quantises, moves = _steps(stay, after)
    labour = (_point(migration.quantise) if quantises else 0.0) + (_point(migration.move) if moves else 0.0)
    months = _point(migration.parallel_running_s) / _MONTH_S if moves else 0.0
    of = "migration.move" if moves else "migration.quantise"
    label = f"{name}: months in which both fleets are paid"
    return (
        made.assumed(f"{name}.labour", f"{name}: labour, once", labour, made.currency, assumption=of),
        made.assumed(f"{name}.months", label, months, "months", assumption="migration.parallel_running"),
    )


def _steps(stay: PricedFleet, after: PricedFleet) -> tuple[bool, bool]:
    """Whether a change is a quantisation, and whether it is a migration."""
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


def _bought(made: NamedInputs, stay: PricedFleet, after: PricedFleet, *, horizon: int) -> tuple[Figure, ...]:
    """Purchases and sales of owned machines, beyond those of the same target that serve today."""
    before, then, purse = stay.fleet.column, after.fleet.column, Purse(own=made.currency)
    flows: tuple[Money, ...] = (Money.of(0, made.currency),) * (horizon + 1)
    if after.terms is not None:
        there = before.fleet.instances if stay.terms is not None and before.target == then.target else 0
        count = max(0, then.fleet.instances - there)
        flows = purchases(after.terms.likely, count, horizon_years=horizon, is_sold_by_age=True)
    return tuple(
        Figure(
            key=f"{made.question}.{after.name}.bought.{year}",
            value=flow.amount,
            unit=made.currency,
            text=purse.text(flow.amount),
            mark=Mark.DERIVED,
            rests_on=after.rests_on,
        )
        for year, flow in enumerate(flows)
    )


def _point(spread: Range) -> float:
    return spread.low if spread.point is None else spread.point
