"""Which card serves a language model, how its weights are stored, over how many cards it is split, and what that costs.

Rates are bounds, so every amount here is "at least": no fleet that does this work costs less at these prices. Who is
the cheapest among bounds need not be the cheapest in life, and no saving is proven by them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pricing.assumptions import Assumptions, Place
from pricing.book import PriceBook
from pricing.book.attached import with_hosts
from pricing.errors import AssumptionError, BookError, CapacityError, EvidenceError
from pricing.fleet.instances import FleetLine, Redundancy, cheapest_line, replicas_per_instance
from pricing.llm import Decoder, Fit, Limit, ServingAsk, Speed, Variant, fit, speed_bound
from pricing.llm.fitting import DEGREES
from pricing.money import HourlyRate
from pricing.projection.owned import OWNED
from pricing.targets import Targets
from pricing.vocabulary import Offer, Replica, Target

HOUR_S = 3600.0
MILLION = 1e6
_MOST_REPLICAS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingQuestion:
    """What is asked.

    Attributes:
        decoder: The model.
        ask: What is to be served at one time.
        variants: Of its weights.
        cards: Target ids; empty: every card that is priced there.
        peak_per_s: Requests in the busiest hour, where they were stated: then whole fleets are counted.
        assumptions: Where it is rented, redundancy, headroom, the day; today's card is the baseline.
        book: Prices.
        targets: Data sheets.
    """

    decoder: Decoder
    ask: ServingAsk
    variants: tuple[Variant, ...]
    cards: tuple[str, ...]
    peak_per_s: float | None
    assumptions: Assumptions
    book: PriceBook
    targets: Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A variant on cards of an instance that hold all that is asked.

    Attributes:
        fit: What the cards hold.
        speed: Bounds of one replica.
        offer: What is rented.
        replicas_per_instance: That one instance holds.
        per_million_requests: At least, with every replica of the instance busy.
        line: The fleet for the stated demand; None where none was stated.
    """

    fit: Fit
    speed: Speed
    offer: Offer
    replicas_per_instance: int
    per_million_requests: HourlyRate
    line: FleetLine | None

    @property
    def replica_rate(self) -> HourlyRate:
        """An hour of one replica's share of the instance."""
        return self.offer.rate.per(self.replicas_per_instance)

    def per_million(self, per_s: float) -> HourlyRate:
        """What a million cost at least, of what comes at that rate at most."""
        return self.replica_rate.times(MILLION / (per_s * HOUR_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A card with a variant: the cheapest way that holds what is asked, or what comes nearest, and why not.

    Attributes:
        fit: Of the choice, or the most that the instances hold.
        choice: None where nothing holds it, or no instance of the card is priced.
        is_priced: Whether an instance of the card is.
        room: On as many cards as the baseline needs: what the change of card and weights does to the tokens.
    """

    fit: Fit
    choice: Choice | None
    is_priced: bool
    room: Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """The answer.

    Attributes:
        question: What was asked, with its region.
        baseline: FP16 on today's card.
        cells: Every card with every variant, by card.
        choices: Those that hold what is asked, the cheapest first.
    """

    question: ServingQuestion
    baseline: Cell
    cells: tuple[Cell, ...]
    choices: tuple[Choice, ...]


def serve(question: ServingQuestion) -> Serving:
    """Set every card against every variant.

    Raises:
        AssumptionError: if the context is longer than the model's, owned machines are asked for, or the prices there
            are in several currencies.
        BookError: if nothing is priced there on that day.
        TargetError: if a card is not known.
        EvidenceError: if a named card states no memory or bandwidth.
    """
    longest = question.decoder.context
    if question.ask.context > longest:
        raise AssumptionError(
            f"a context of {question.ask.context:,} tokens is asked for, and {question.decoder.name} is made for "
            f"{longest:,}: keep to that, or name a model with a longer one"
        )
    question, offers = _priced(question)
    today = question.targets.find(question.assumptions.stay.target)
    split = _baseline_split(question, today)
    cards = [question.targets.find(name) for name in question.cards] or _cards(question, offers)
    cells = tuple(
        _cell(question, card, variant, offers=offers[card.target_id], split=split)
        for card in cards
        for variant in question.variants
    )
    found = [cell.choice for cell in cells if cell.choice is not None]
    return Serving(
        question=question,
        baseline=_cell(question, today, Variant.FP16, offers=offers[today.target_id], split=split),
        cells=cells,
        choices=tuple(sorted(found, key=cost_order)),
    )


def _priced(question: ServingQuestion) -> tuple[ServingQuestion, defaultdict[str, list[Offer]]]:
    """The question with its region, and what can be rented there, by target."""
    place, as_of = question.assumptions.stay, question.assumptions.as_of
    if place.purchase == OWNED:
        raise AssumptionError("language models are planned on rented instances: name another --purchase than owned")
    if place.region is None:
        everywhere = question.book.require(as_of, provider=place.provider, purchase=place.purchase)
        count = Counter(offer.region for offer in everywhere if offer.target_id)
        if not count:
            raise BookError(f"{place.provider} has no {place.purchase} price of a card that is known: name another")
        place = replace(place, region=max(count, key=lambda name: (count[name], name)))
        question = replace(question, assumptions=replace(question.assumptions, stay=place))
    offers: defaultdict[str, list[Offer]] = defaultdict(list)
    for offer in _rentable(question, place):
        if offer.target_id is not None:
            offers[offer.target_id].append(offer)
    currencies = sorted({one.rate.currency for found in offers.values() for one in found if one.devices})
    if len(currencies) > 1:
        raise AssumptionError(
            f"{place.provider} {place.region} has prices in {', '.join(currencies):.60}: what costs least cannot be "
            "told, give the prices of cards in one currency"
        )
    return question, offers


def _rentable(question: ServingQuestion, place: Place) -> Iterator[Offer]:
    market = question.book.require(
        question.assumptions.as_of, provider=place.provider, region=place.region, purchase=place.purchase
    )
    for offer in market:
        for one in (offer,) if offer.is_rentable_alone else with_hosts(offer, market):
            if place.instance is None or place.instance == one.instance:
                yield one


def _cards(question: ServingQuestion, offers: defaultdict[str, list[Offer]]) -> list[Target]:
    """Every accelerator of which one or more whole ones are priced there, the smallest memory first."""
    ids = [name for name, found in offers.items() if any(one.devices >= 1 for one in found)]
    cards = [card for name in ids if (card := question.targets.get(name)) is not None and card.memory_bytes]
    if not cards:
        place = question.assumptions.stay
        raise BookError(f"{place.provider} {place.region} has no {place.purchase} price of a whole card that is known")
    return sorted(cards, key=lambda card: (card.memory_bytes or 0, card.target_id))


def _baseline_split(question: ServingQuestion, today: Target) -> int:
    """The fewest of today's cards that hold the weights in FP16; the most that are tried where none do."""
    for cards in DEGREES:
        found = fit(question.decoder, Variant.FP16, today, cards=cards, ask=question.ask)
        if found.limit not in (Limit.WEIGHTS, Limit.HEADS):
            return cards
    return DEGREES[-1]


def _cell(question: ServingQuestion, card: Target, variant: Variant, *, offers: Sequence[Offer], split: int) -> Cell:
    decoder, ask = question.decoder, question.ask
    if card.bandwidth_bytes_per_s is None:
        raise EvidenceError(f"no data sheet states the bandwidth of {card.name}: language models are planned for cards")
    largest = max((one.devices for one in offers), default=0.0)
    fits = [fit(decoder, variant, card, cards=n, ask=ask) for n in DEGREES if n <= largest or not largest]
    choices = [choice for one in fits if one.limit is None for choice in _choices(question, one, offers)]
    best = min(choices, key=cost_order, default=None)
    if best is not None:
        shown = best.fit
    else:
        shown = next((one for one in fits if one.limit is None), None) or max(
            fits or [fit(decoder, variant, card, cards=1, ask=ask)],
            key=lambda one: (one.sequences, one.tokens, one.cards),
        )
    room = fit(decoder, variant, card, cards=split, ask=ask)
    return Cell(fit=shown, choice=best, is_priced=bool(fits) and largest >= 1, room=room)


def _choices(question: ServingQuestion, found: Fit, offers: Sequence[Offer]) -> Iterator[Choice]:
    """One for each instance; with a demand the one instance whose fleet is the cheapest."""
    replica = Replica(target_id=found.target.target_id, devices=float(found.cards))
    usable = [one for one in offers if replicas_per_instance(one, replica)]
    if not usable:
        return
    speed = speed_bound(question.decoder, found.variant, found.target, cards=found.cards, ask=question.ask)
    line = None if question.peak_per_s is None else _fleet(question, speed, usable, replica)
    for offer in usable if line is None else [line.offer]:
        each = replicas_per_instance(offer, replica)
        cost = offer.rate.per(each).times(MILLION / (speed.requests_per_s * HOUR_S))
        yield Choice(
            fit=found,
            speed=speed,
            offer=offer,
            replicas_per_instance=each,
            per_million_requests=cost,
            line=line,
        )


def _fleet(question: ServingQuestion, speed: Speed, offers: Sequence[Offer], replica: Replica) -> FleetLine:
    """Whole instances for the peak, with headroom and redundancy as in every plan; at least so many."""
    assumptions, peak = question.assumptions, question.peak_per_s or 0.0
    needed = peak / (speed.requests_per_s * (1.0 - assumptions.headroom))
    if needed > _MOST_REPLICAS:
        raise CapacityError(f"{peak:g} requests/s ask for more than {_MOST_REPLICAS:,} replicas: lower the demand")
    redundancy = Redundancy(plus=assumptions.plus, zones=assumptions.zones, spares=assumptions.spares)
    return cheapest_line(max(1, -int(-needed // 1)), offers, replica=replica, redundancy=redundancy)


def cost_order(choice: Choice) -> tuple[object, ...]:
    """The fleet's where a demand was stated, else a request's; then fewer cards, then the smaller instance."""
    first = choice.per_million_requests.amount if choice.line is None else choice.line.per_hour.amount
    # Splitting over more cards at the same price a card leaves the bound of a request as it is, but for rounding.
    return round(first, 9), choice.fit.cards, choice.offer.rate.amount, choice.offer.instance, choice.fit.variant
