"""At which price, load, rate and date does the cheapest fleet change? By yearly cost as planned, outlays apart."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pricing.assumptions import Place
from pricing.errors import PricingError
from pricing.money import Money
from pricing.projection.columns import columns
from pricing.projection.fleets import size_fleet
from pricing.projection.model import Column, ColumnName, Projection, Question
from pricing.vocabulary import Demand, Gate, Range, ServiceRate

_SPAN = 1000.0  # loads from a thousandth to a thousand times the plan's are tried
_LOADS = 61  # in equal ratios: ten a decade
_RATES = 64.0  # rates from a 64th to 64 times the evidence's are tried
_STEPS = 40


class FlipKind(StrEnum):
    """What is varied, all else as it is."""

    PRICE = "price"
    LOAD = "load"
    RATE = "rate"
    BASELINE = "rate of the baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One point at which the cheapest fleet changes.

    Attributes:
        kind: What is varied.
        subject: Of what: an offer, the demand, a column's replica.
        now: Its value in the plan.
        at: Its value where the answer changes; None: it does not, in the span tried.
        unit: Of both.
        before: The cheapest column as things are.
        after: Beyond the point.
        span: What was tried, for people.
    """

    kind: FlipKind
    subject: str
    now: float
    at: float | None
    unit: str
    before: ColumnName
    after: ColumnName | None
    span: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """The answer at the prices of one day: yearly costs by column, and the cheapest; or why there is none."""

    as_of: date
    costs: tuple[tuple[ColumnName, Money], ...]
    cheapest: ColumnName | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """All points found, and the answer on every day on which a price in question changed."""

    points: tuple[Flip, ...]
    dates: tuple[DateLine, ...]


def find_flips(projection: Projection) -> Flips:
    """Vary one thing at a time."""
    allowed = [column for column in projection.columns if column.rate.gate is not Gate.REJECTED]
    if len(allowed) < 2:  # noqa: PLR2004 - nothing to change to
        return Flips(points=(), dates=())
    ranked = sorted(allowed, key=lambda column: column.cost.planned.amount)
    question = _light(projection.question)
    points = [_price(ranked[0], ranked[1]), *_loads(question, ranked[0]), _rate(question, ranked[0], ranked[1])]
    return Flips(points=tuple(points), dates=_dates(question))


def _price(best: Column, second: Column) -> Flip:
    """A fleet's cost is its price times its instances, so the point is where their costs meet."""
    now = float(best.line.offer.rate.amount)
    return Flip(
        kind=FlipKind.PRICE,
        subject=f"{best.line.offer.provider} {best.line.offer.instance}",
        now=now,
        at=now * second.cost.planned.ratio(best.cost.planned),
        unit=f"{best.line.offer.rate.currency}/h",
        before=best.name,
        after=second.name,
        span="any price",
    )


def _loads(question: Question, best: Column) -> tuple[Flip, ...]:
    """The nearest load above and below the plan's at which another column is the cheapest."""
    peak = question.assumptions.demand.peak_per_s
    ratios = [_SPAN ** (step / (_LOADS - 1)) for step in range(1, _LOADS)]
    found = []
    for side in (ratios, [1 / ratio for ratio in ratios]):
        nearest, other = None, None
        for ratio in side:
            cheapest = _cheapest(_at_load(question, ratio))
            if cheapest is not None and cheapest is not best.name:
                nearest, other = peak * ratio, cheapest
                break
        found.append(
            Flip(
                kind=FlipKind.LOAD,
                subject="the peak",
                now=peak,
                at=nearest,
                unit="requests/s",
                before=best.name,
                after=other,
                span=f"{'up' if side is ratios else 'down'} to {peak * side[-1]:,.4g} requests/s, 20 steps a decade",
            )
        )
    return tuple(found)


def _rate(question: Question, column: Column, second: Column) -> Flip:
    """The least rate of its replica at which the cheapest column still wins. Of a bound this is the baseline's own."""
    now, target = column.rate.sizing_per_s, second.cost.planned

    def cost(factor: float) -> Money:
        return size_fleet(
            _with_rate(question, column, factor), _place(question, column), column.target_id, column.asked_precision
        ).per_year

    at = _last(lambda factor: cost(factor) <= target)
    return Flip(
        kind=FlipKind.BASELINE if column.is_bound else FlipKind.RATE,
        subject=f"one replica of {column.target_id} in {column.precision}",
        now=now,
        at=None if at is None else now * at,
        unit="requests/s",
        before=column.name,
        after=second.name,
        span=f"down to a {_RATES:.0f}th",
    )


def _last(wins: Callable[[float], bool]) -> float | None:
    """The smallest factor below 1 at which it still wins; None where it wins down to the end of the span."""
    low, high = 1 / _RATES, 1.0
    if wins(low):
        return None
    for _ in range(_STEPS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if wins(middle) else (middle, high)
    return high


def _light(question: Question) -> Question:
    """The same, without the latency that a batch curve predicts at each load: it decides nothing here."""

    def find(target_id: str, precision: str) -> ServiceRate:
        rate = question.find_rate(target_id, precision)
        is_batching = rate.curve is not None and rate.curve.max_batch > 1
        return replace(rate, curve=None) if is_batching else rate

    return replace(question, find_rate=find)


def _with_rate(question: Question, column: Column, factor: float) -> Question:
    def find(target_id: str, precision: str) -> ServiceRate:
        rate = question.find_rate(target_id, precision)
        if (target_id, precision) != (column.target_id, column.asked_precision):
            return rate
        point = None if rate.per_s.point is None else rate.per_s.point * factor
        scaled = Range(low=rate.per_s.low * factor, point=point, high=rate.per_s.high * factor)
        return replace(rate, per_s=scaled)

    return replace(question, find_rate=find)


def _place(question: Question, column: Column) -> Place:
    return question.assumptions.move if column.name is ColumnName.MOVE else question.assumptions.stay


def _at_load(question: Question, ratio: float) -> Question:
    demand = question.assumptions.demand
    scaled = Demand(
        hourly_per_s=tuple(rate * ratio for rate in demand.hourly_per_s),
        peak_per_s=demand.peak_per_s * ratio,
        evidence=demand.evidence,
    )
    return replace(question, assumptions=replace(question.assumptions, demand=scaled, instances_today=None))


def _cheapest(question: Question) -> ColumnName | None:
    try:
        found, _ = columns(question)
    except PricingError:
        return None
    allowed = [column for column in found if column.rate.gate is not Gate.REJECTED]
    return min(allowed, key=lambda column: column.cost.planned.amount).name


def _dates(question: Question) -> tuple[DateLine, ...]:
    """Every day not later than the plan's on which a price of a place in question begins to hold."""
    places = {(place.provider, place.region) for place in (question.assumptions.stay, question.assumptions.move)}
    targets = {question.assumptions.stay.target, question.assumptions.move.target}
    days = sorted(
        {
            offer.as_of
            for offer in question.book.offers
            if (offer.provider, offer.region) in places
            and offer.target_id in targets
            and offer.as_of <= question.assumptions.as_of
        }
    )
    return tuple(_on(question, day) for day in days)


def _on(question: Question, day: date) -> DateLine:
    asked = replace(question, assumptions=replace(question.assumptions, as_of=day))
    try:
        found, absences = columns(asked)
    except PricingError as error:
        return DateLine(as_of=day, costs=(), cheapest=None, reason=str(error))
    costs = tuple((column.name, column.cost.planned) for column in found)
    allowed = [column for column in found if column.rate.gate is not Gate.REJECTED]
    cheapest = min(allowed, key=lambda column: column.cost.planned.amount).name
    return DateLine(as_of=day, costs=costs, cheapest=cheapest, reason="; ".join(one.reason for one in absences) or None)
