"""The offers behind a plan's fleets, from its own price book: prices unrounded, and of owned machines their terms."""

from typing import NoReturn

from planner.services.plans.document import ColumnDocument, ProjectionDocument
from planner.services.plans.questions import Ground
from pricing.assumptions import Assumptions, Place
from pricing.errors import BookError, EvidenceError
from pricing.money import Money
from pricing.projection.fleets import Fleets
from pricing.projection.model import OwnedTerms, Question
from pricing.projection.owned import OWNED
from pricing.vocabulary import ModelFacts, Offer, Replica, Slo


class OffersAgain:
    """Finds each fleet's offer as the plan found it. Rates are not asked for: the document has them.

    Args:
        ground: What the plan was asked with.
        assumptions: What it assumes.
        one: The question.
    """

    def __init__(self, ground: Ground, assumptions: Assumptions, one: ProjectionDocument) -> None:
        model = ModelFacts(name=one.model, parameters=one.parameters, flop_per_sample=one.flop_per_sample, source="")
        limit_s = assumptions.limit_s or 1.0  # no price depends on the promise
        self._fleets = Fleets(
            Question(
                assumptions=assumptions,
                model=model,
                slo=Slo(quantile=assumptions.quantile, limit_s=limit_s),
                book=ground.book,
                targets=ground.targets,
                find_rate=_no_rate,
            )
        )

    def find(self, column: ColumnDocument) -> tuple[Offer, OwnedTerms | None]:
        """The offer, and of owned machines what one of them costs.

        Raises:
            PricingError: if the plan's prices do not have it.
        """
        fleet = column.fleet
        place = Place(
            target=column.target,
            precision="",
            provider=fleet.provider,
            region=fleet.region,
            purchase=fleet.purchase,
            instance=fleet.instance if fleet.purchase == OWNED else None,
        )
        replica = Replica(target_id=column.target, devices=column.rate.replica_devices, vcpus=column.rate.replica_vcpus)
        offers, terms = self._fleets.offers_at(place, column.target, replica)
        found = next((offer for offer in offers if offer.instance == fleet.instance), None)
        if found is None:
            raise BookError(f"the prices of the plan have no {fleet.instance:.60} for {column.target:.60}")
        return found, terms.get(found.instance)


def hours_of(offer: Offer, column: ColumnDocument) -> int:
    """Instance-hours of a year: of the 24 hours of a day, each with whole instances, all days alike.

    Raises:
        EvidenceError: if no such number makes what the plan says of a year.
    """
    per_day = offer.rate.over(365)
    paid = Money(column.cost_per_year.planned, offer.rate.currency)
    if per_day.amount:
        each = round(paid.ratio(per_day))
        if (per_day * each).cents == paid.cents:
            return 365 * each
    elif not paid.amount:
        return 0
    raise EvidenceError(f"a year of {column.name} is not made of whole hours of {offer.instance:.60}")


def _no_rate(target_id: str, precision: str) -> NoReturn:
    raise EvidenceError(f"the rate of {precision} on {target_id} is not asked for again")
