"""The sums of one fleet: its inputs unrounded, from the plan's own prices, and its results as the plan has them."""

from dataclasses import dataclass
from decimal import Decimal

from planner.reports.calculation import FleetSum, Given
from planner.reports.figures import Mark, Number
from planner.services.reporting.named_inputs import NamedInputs
from planner.services.reporting.offers_again import hours_of
from planner.services.reporting.question_figures import FleetFigures
from planner.services.reporting.register import assumption_key
from pricing.assumptions import Assumptions
from pricing.money import HOURS_PER_YEAR, Money
from pricing.projection.model import ColumnName, OwnedTerms
from pricing.tco.owning import owned_year
from pricing.vocabulary import Offer

_QUEUE = "one queue"  # how the formula of replicas behind one queue begins
_LOAD = "for the load"


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedFleet:
    """A fleet with its offer; of owned machines with what one of them costs."""

    fleet: FleetFigures
    offer: Offer
    terms: OwnedTerms | None

    @property
    def name(self) -> ColumnName:
        """Which of the three."""
        return self.fleet.column.name

    @property
    def rests_on(self) -> str | None:
        """The row of its evidence."""
        return self.fleet.rate.rests_on


def fleet_sum(made: NamedInputs, priced: PricedFleet, assumptions: Assumptions) -> FleetSum:
    """The sums of a fleet.

    Raises:
        EvidenceError: if its hours cannot be told from what a year costs.
    """
    fleet, column, name = priced.fleet, priced.fleet.column, priced.name
    spares = sum(count for step, count in column.fleet.steps if step != _LOAD)
    return FleetSum(
        key=name,
        title=f"{name}: {column.target} · {column.variant}",
        rate_per_s=_rate(made, priced),
        headroom=made.assumed(
            f"{name}.headroom", f"{name}: share that stays free", assumptions.headroom, "1", assumption="fleet.headroom"
        ),
        replicas=fleet.replicas,
        are_replicas_counted=not column.sizing.formula.startswith(_QUEUE),
        replicas_per_instance=_derived(
            made,
            priced,
            "per_instance",
            label="replicas of one instance",
            value=column.fleet.replicas_per_instance,
            unit="replicas",
        ),
        spares=made.assumed(
            f"{name}.spares", f"{name}: instances beyond the load", spares, "instances", assumption="fleet.plus"
        ),
        instances=fleet.instances,
        are_instances_counted=name is not ColumnName.STAY or assumptions.instances_today is None,
        price_per_hour=_price(made, priced),
        running_per_year=_running(made, priced),
        per_year=fleet.per_year,
        per_million=fleet.per_million,
        hours_per_year=_hours(made, priced),
    )


def _derived(made: NamedInputs, priced: PricedFleet, what: str, *, label: str, value: Number, unit: str) -> Given:
    name = priced.name
    return made.given(f"{name}.{what}", f"{name}: {label}", value, unit, Mark.DERIVED, rests_on=priced.rests_on)


def _rate(made: NamedInputs, priced: PricedFleet) -> Given:
    """What it was sized with: the rate that is proven to hold; of a bound, the bound."""
    rate, name = priced.fleet.rate, priced.name
    return made.given(
        f"{name}.rate_used",
        f"{name}: requests a second of one replica",
        0.0 if rate.value is None else rate.value,
        "requests/s",
        rate.mark or Mark.ASSUMED,
        rests_on=priced.rests_on,
    )


def _price(made: NamedInputs, priced: PricedFleet) -> Given:
    """Of an instance and hour; of owned machines a year of one over its hours."""
    amount = priced.offer.rate.amount
    if priced.terms is not None:
        amount = (owned_year(priced.terms.likely).total / HOURS_PER_YEAR).amount
    name = priced.name
    return made.given(
        f"{name}.price_used",
        f"{name}: price of an instance and hour",
        amount,
        f"{made.currency}/h",
        priced.fleet.price.mark or Mark.PUBLISHED,
        rests_on=priced.rests_on,
    )


def _running(made: NamedInputs, priced: PricedFleet) -> Given | None:
    if priced.terms is None:
        return None
    cash = owned_year(priced.terms.likely).cash * priced.fleet.column.fleet.instances
    return _derived(made, priced, "running", label="cash a year", value=cash.amount, unit=made.currency)


def _hours(made: NamedInputs, priced: PricedFleet) -> Given | None:
    """Of one instance on average, where instances follow the day."""
    count = priced.fleet.column.fleet.instances
    if priced.terms is not None:
        return None
    hours = hours_of(priced.offer, priced.fleet.column)
    if hours == HOURS_PER_YEAR * count:
        return None
    each = (Money(Decimal(hours), made.currency) / count).amount
    name = priced.name
    label = f"{name}: hours that an instance is paid, on average"
    rests_on = assumption_key("fleet.autoscaling")
    return made.given(f"{name}.hours", label, each, "h", Mark.DERIVED, rests_on=rests_on)
