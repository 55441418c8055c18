"""Where the saving of a move comes from: each cause's share, averaged over every order in which they could be made."""

from pricing.assumptions import Place
from pricing.errors import PricingError
from pricing.money import Money
from pricing.projection.fleets import cost_of, size_fleet
from pricing.projection.model import Question, Share
from pricing.projection.shapley import shapley

QUANTISATION = "quantisation"
TARGET = "target"
PURCHASE = "place and purchase"
RIGHT_SIZING = "right-sizing"


def decompose(question: Question) -> tuple[tuple[Share, ...], str | None]:
    """The shares of the saving of the move, which sum to it; or none, and why it cannot be taken apart.

    A fleet with some of the changes and not the others must be priced for this: where a combination has no price or
    no rate, there are no shares.
    """
    causes = _causes(question)
    if not causes:
        return (), "nothing changes"
    known: dict[frozenset[str], Money] = {}

    def saved(made: frozenset[str]) -> Money:
        if made not in known:
            known[made] = _cost(question, made)
        return known[frozenset()] - known[made]

    try:
        known[frozenset()] = _cost(question, frozenset())
        shares = shapley(saved, causes)
    except PricingError as error:
        return (), f"a fleet with only a part of the changes cannot be priced: {error}"
    return tuple(Share(cause=cause, amount=shares[cause]) for cause in causes), None


def _causes(question: Question) -> tuple[str, ...]:
    stay, move = question.assumptions.stay, question.assumptions.move
    differs = {
        QUANTISATION: stay.precision != move.precision,
        TARGET: stay.target != move.target,
        PURCHASE: (stay.provider, stay.region, stay.purchase) != (move.provider, move.region, move.purchase),
        RIGHT_SIZING: question.assumptions.instances_today is not None,
    }
    return tuple(cause for cause, is_so in differs.items() if is_so)


def _cost(question: Question, made: frozenset[str]) -> Money:
    stay, move = question.assumptions.stay, question.assumptions.move
    device, terms = (move if TARGET in made else stay), (move if PURCHASE in made else stay)
    place = Place(
        target=device.target,
        precision="",
        provider=terms.provider,
        region=terms.region,
        purchase=terms.purchase,
        instance=device.instance,
    )
    precision = (move if QUANTISATION in made else stay).precision
    fleet = size_fleet(question, place, device.target, precision)
    today = question.assumptions.instances_today
    if today is None or RIGHT_SIZING in made:
        return fleet.per_year
    needed = size_fleet(question, stay, stay.target, stay.precision).line.instances
    return cost_of(fleet.line.offer, -(-fleet.line.instances * today // needed))
