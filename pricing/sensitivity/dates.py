"""The answer on every day on which a price in question began to hold."""

from datetime import date

from pricing.assumptions import Place
from pricing.projection.model import Question
from pricing.projection.owned import OWNED
from pricing.sensitivity.points import DateLine
from pricing.sensitivity.variations import Variations

MOST_DAYS = 40
"""The latest are told: a book of one's own may hold a price a day."""


def date_lines(question: Question, variations: Variations) -> tuple[DateLine, ...]:
    """Not later than the plan's day, the earliest first."""
    return tuple(_on(variations, day) for day in sorted(_days(question))[-MOST_DAYS:])


def _days(question: Question) -> set[date]:
    assumptions, book = question.assumptions, question.book
    wanted = {key for place in (assumptions.stay, assumptions.move) for key in _keys(place)}
    rented = {
        offer.as_of
        for offer in book.offers
        if (offer.provider, offer.region, offer.purchase, offer.target_id) in wanted
    }
    owned = {one.as_of for one in book.owned if (OWNED, one.target_id) in wanted}
    return {day for day in rented | owned if day <= assumptions.as_of}


def _keys(place: Place) -> tuple[tuple[str | None, ...], ...]:
    if place.purchase == OWNED:
        return ((OWNED, place.target),)
    return ((place.provider, place.region, place.purchase, place.target),)


def _on(variations: Variations, day: date) -> DateLine:
    priced = variations.on_day(day)
    return DateLine(
        as_of=day,
        costs=tuple(priced.costs.items()),
        cheapest=None if priced.reasons else priced.cheapest,
        reason="; ".join(priced.reasons) or None,
    )
