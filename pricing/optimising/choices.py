"""From prices and evidence to choices: each offer in scope with the variant that serves most on it, or why not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from pricing.book.attached import with_hosts
from pricing.errors import BookError, CapacityError, EvidenceError
from pricing.fleet.instances import replicas_per_instance
from pricing.money import HOURS_PER_YEAR, Money
from pricing.optimising.model import Choice, Scope, Task
from pricing.optimising.singles import replicas_by_level
from pricing.projection.fleets import UNSTOPPED, require_memory, target_of, used_rate
from pricing.projection.model import Question
from pricing.projection.owned import OWNED, owned_offers
from pricing.tco.owning import owned_year
from pricing.vocabulary import Gate, Offer, ServiceRate

_OPEN = {
    Gate.UNPROVEN: "keeps its quality, which was measured and is not proven",
    Gate.NOT_MEASURED: "keeps its quality, which was not measured",
}


class Cause(StrEnum):
    """Why something is not chosen from, the most telling first."""

    QUALITY = "quality does not allow it"
    MEMORY = "the model does not fit, or one request takes too long"
    BOUND = "only a bound of its rate is known"
    NO_RATE = "no rate is known"
    NO_PRICE = "no price"
    CURRENCY = "priced in another currency"
    SIZE = "holds no whole replica, or cannot be rented alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A target, or offers of one, that were not chosen from."""

    subject: str
    cause: Cause
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What is chosen from, and what not."""

    choices: tuple[Choice, ...]
    left_out: tuple[LeftOut, ...]


def gather(question: Question, scope: Scope, task: Task, *, currency: str) -> Gathered:
    """Every offer in scope that is priced in the currency and whose rate is more than a bound.

    A target is looked at in what serves today and in what the plan changes to; a rate counts as in the plan's columns.
    """
    offers = _offers(question, scope)
    choices: list[Choice] = []
    left: list[LeftOut] = []
    for target_id in scope.targets or sorted(offers):
        found = offers.get(target_id, ())
        if not found and OWNED not in scope.purchases:
            left.append(LeftOut(subject=target_id, cause=Cause.NO_PRICE, reason="no offer in scope has it"))
            continue
        rates, why_not = _rates(question, target_id, task)
        if not rates:
            left.append(min(why_not, key=lambda one: list(Cause).index(one.cause)))
            continue
        made, missed = _choices(question, scope, target_id, found, rates, currency=currency)
        choices.extend(made)
        left.extend(missed)
    return Gathered(choices=tuple(choices), left_out=tuple(left))


def _offers(question: Question, scope: Scope) -> Mapping[str, Sequence[Offer]]:
    """By target, those of the plan's day that are in scope; accelerators to attach with each of their hosts."""
    current = question.book.current(question.assumptions.as_of)
    found: dict[str, list[Offer]] = defaultdict(list)
    for offer in current:
        is_there = scope.markets is None or (offer.provider, offer.region) in scope.markets
        if offer.target_id is None or not is_there or (scope.purchases and offer.purchase not in scope.purchases):
            continue
        if offer.is_rentable_alone:
            found[offer.target_id].append(offer)
        else:
            found[offer.target_id].extend(with_hosts(offer, current) or (offer,))
    return found


def _rates(
    question: Question, target_id: str, task: Task
) -> tuple[list[tuple[ServiceRate, str | None]], list[LeftOut]]:
    """What may serve there, with what its quality waits for; and of the rest why not."""
    stay, move = question.assumptions.stay.precision, question.assumptions.move.precision
    found: list[tuple[ServiceRate, str | None]] = []
    left = []
    for word in dict.fromkeys((move, stay)):
        try:
            rate = used_rate(question.find_rate(target_id, word), question)
        except EvidenceError as error:
            left.append(LeftOut(subject=target_id, cause=Cause.NO_RATE, reason=str(error)))
            continue
        fault = _fault(question, rate, task)
        if fault is not None:
            left.append(LeftOut(subject=target_id, cause=fault[0], reason=f"{rate.variant}: {fault[1]}"))
            continue
        waits = None if word == stay else _OPEN.get(rate.gate)
        found.append((rate, None if waits is None else f"{rate.variant} {waits}"))
    return found, left


def _fault(question: Question, rate: ServiceRate, task: Task) -> tuple[Cause, str] | None:
    if rate.gate is Gate.REJECTED:
        return Cause.QUALITY, "rejected by the quality gate"
    if rate.is_bound:
        return Cause.BOUND, f"at most {rate.per_s.high:,.6g} requests/s ({rate.method})"
    try:
        require_memory(question, rate)
        replicas_by_level(rate, task)
    except CapacityError as error:
        return Cause.MEMORY, str(error)
    return None


def _choices(
    question: Question,
    scope: Scope,
    target_id: str,
    offers: Iterable[Offer],
    rates: Sequence[tuple[ServiceRate, str | None]],
    *,
    currency: str,
) -> tuple[list[Choice], list[LeftOut]]:
    priced = [(offer, offer.rate.over(HOURS_PER_YEAR)) for offer in offers]
    if OWNED in scope.purchases:
        priced.extend(_owned(question, target_id, rates[0][0]))
    headroom = question.assumptions.headroom
    made = []
    missed: dict[Cause, list[str]] = defaultdict(list)
    for offer, year in priced:
        if year.currency != currency:
            missed[Cause.CURRENCY].append(offer.instance)
            continue
        held = [one for rate, waits in rates if (one := _choice(offer, year, rate, waits, headroom=headroom))]
        if held:
            made.append(max(held, key=lambda one: one.per_s))
        else:
            missed[Cause.SIZE].append(offer.instance)
    left = [
        LeftOut(subject=target_id, cause=cause, reason=", ".join(sorted(set(names)))) for cause, names in missed.items()
    ]
    return made, left


def _choice(offer: Offer, year: Money, rate: ServiceRate, waits: str | None, *, headroom: float) -> Choice | None:
    replicas = replicas_per_instance(offer, rate.replica) if offer.is_rentable_alone else 0
    if not replicas:
        return None
    return Choice(
        offer=offer,
        rate=rate,
        replicas=replicas,
        per_s=replicas * rate.sizing_per_s * (1.0 - headroom),
        is_unstopped=offer.purchase.startswith(UNSTOPPED),
        year=year,
        waits=waits,
    )


def _owned(question: Question, target_id: str, rate: ServiceRate) -> list[tuple[Offer, Money]]:
    """Machines of one's own, where the book has the hardware and its power is known."""
    with suppress(BookError, EvidenceError):
        found = owned_offers(
            question.book,
            question.assumptions,
            target_of(question, target_id),
            replica=rate.replica,
            name=None,
        )
        return [(offer, owned_year(terms.likely).total) for offer, terms in found]
    return []
