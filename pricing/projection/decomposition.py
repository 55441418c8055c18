"""Where the saving of a move comes from: each cause's share, averaged over every order in which they could be made."""

from dataclasses import replace

from pricing.assumptions import Place
from pricing.errors import PricingError
from pricing.money import Money
from pricing.projection.fleets import Fleets
from pricing.projection.model import Question, Share
from pricing.projection.owned import OWNED
from pricing.projection.shapley import shapley

QUANTISATION = "quantisation"
TARGET = "target"
PURCHASE = "place and purchase"
TARGET_AND_PURCHASE = "target, place and purchase"
RIGHT_SIZING = "right-sizing"


def decompose(fleets: Fleets) -> tuple[tuple[Share, ...], str | None]:
    """The shares of the saving of the move, which sum to it; or none, and why it cannot be taken apart.

    A fleet with some of the changes and not the others must be priced for this. Where the old device cannot be had on
    the new terms, or the new one on the old, device and terms are one cause. Where a combination has no rate, there
    are no shares. Right-sizing is what separates as many instances as are stated from as many as the load needs, in
    the proportion of today's fleet; it is negative where fewer are stated.
    """
    causes = _causes(fleets.question)
    if not causes:
        return (), "nothing changes"
    try:
        return _shares(fleets, causes), None
    except PricingError as error:
        reason = str(error)
    if TARGET in causes and PURCHASE in causes:
        joined = tuple(TARGET_AND_PURCHASE if cause == TARGET else cause for cause in causes if cause != PURCHASE)
        try:
            return _shares(fleets, joined), None
        except PricingError as error:
            reason = str(error)
    return (), f"a fleet with only a part of the changes cannot be priced: {reason}"


def _shares(fleets: Fleets, causes: tuple[str, ...]) -> tuple[Share, ...]:
    today = _cost(fleets, frozenset())
    shares = shapley(lambda made: today - _cost(fleets, made), causes)
    return tuple(Share(cause=cause, amount=shares[cause]) for cause in causes)


def _causes(question: Question) -> tuple[str, ...]:
    stay, move = question.assumptions.stay, question.assumptions.move
    differs = {
        QUANTISATION: stay.precision != move.precision,
        TARGET: stay.target != move.target,
        PURCHASE: _terms(stay, move) != _terms(move, move),
        RIGHT_SIZING: question.assumptions.instances_today is not None,
    }
    return tuple(cause for cause, is_so in differs.items() if is_so)


def _terms(place: Place, other: Place) -> tuple[str | None, ...]:
    """Of the same device the instance is a matter of terms; of another it goes with the device."""
    instance = place.instance if place.target == other.target else None
    return place.provider, place.region, place.purchase, instance


def _cost(fleets: Fleets, made: frozenset[str]) -> Money:
    assumptions = fleets.question.assumptions
    stay, move, today = assumptions.stay, assumptions.move, assumptions.instances_today
    place = _place(stay, move, made)
    fleet = fleets.size(place, place.target, precision=(move if QUANTISATION in made else stay).precision)
    if today is None or RIGHT_SIZING in made:
        return fleet.per_year
    needed = fleets.size(stay, stay.target, precision=stay.precision).line.instances
    return fleets.cost_of(fleet, -(-fleet.line.instances * today // needed))


def _place(stay: Place, move: Place, made: frozenset[str]) -> Place:
    """The place with these changes and no others; whole ones as they were stated."""
    device = move if made & {TARGET, TARGET_AND_PURCHASE} else stay
    terms = move if made & {PURCHASE, TARGET_AND_PURCHASE} else stay
    if stay.target == move.target:
        return terms
    if device is terms:
        return device
    is_named_so = device.provider == terms.provider and (device.purchase == OWNED) is (terms.purchase == OWNED)
    return replace(terms, target=device.target, instance=device.instance if is_named_so else None)
