"""The same question with one thing varied, and the cheapest of its columns.

No latency is predicted for the variations, as it decides nothing. Today's count of instances holds for today's load
alone, so that a fleet for another load is sized anew.
"""

from dataclasses import dataclass, replace
from datetime import date

from pricing.errors import PricingError
from pricing.money import Money
from pricing.projection.columns import place_of
from pricing.projection.fleets import Fleets, used_rate
from pricing.projection.model import Column, ColumnName, Question
from pricing.vocabulary import BatchCurve, Demand, Range, ServiceRate


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """Planned yearly costs by column, in the order of columns, and why others have none."""

    costs: dict[ColumnName, Money]
    reasons: tuple[str, ...]

    @property
    def cheapest(self) -> ColumnName | None:
        """Of equal ones the smaller change; None where today's fleet cannot be priced."""
        if ColumnName.STAY not in self.costs:
            return None
        return min(self.costs, key=lambda name: self.costs[name].amount)


class Variations:
    """Varies one question; prices are looked up, and rates found, once.

    Args:
        question: As it is.
        names: The columns among which is chosen.
    """

    def __init__(self, question: Question, names: tuple[ColumnName, ...]) -> None:
        self.names = names
        self._question = _settled(question)
        self._fleets = Fleets(self._question, is_costing=True)

    def as_is(self) -> Priced:
        """With today's count of instances, where it was stated."""
        return _priced(self._fleets, self.names)

    def at_load(self, ratio: float) -> Priced:
        """With the demand in every hour, and at the peak, times that."""
        assumptions = self._question.assumptions
        demand = assumptions.demand
        scaled = Demand(
            hourly_per_s=tuple(rate * ratio for rate in demand.hourly_per_s),
            peak_per_s=demand.peak_per_s * ratio,
            evidence=demand.evidence,
        )
        asked = replace(self._question, assumptions=replace(assumptions, demand=scaled, instances_today=None))
        return _priced(self._fleets.asking(asked), self.names)

    def at_rate(self, column: Column, factor: float) -> Priced:
        """With the rate of that column's replica times that, wherever it serves."""
        varied = (column.target_id, column.asked_precision)

        def find(target_id: str, precision: str) -> ServiceRate:
            rate = self._question.find_rate(target_id, precision)
            return _scaled(rate, factor) if (target_id, precision) == varied else rate

        return _priced(self._fleets.asking(replace(self._question, find_rate=find)), self.names)

    def on_day(self, as_of: date) -> Priced:
        """At the prices of that day."""
        asked = replace(self._question, assumptions=replace(self._question.assumptions, as_of=as_of))
        return _priced(self._fleets.asking(asked), self.names)


def _priced(fleets: Fleets, names: tuple[ColumnName, ...]) -> Priced:
    assumptions = fleets.question.assumptions
    costs, reasons = {}, []
    for name in names:
        place, precision = place_of(assumptions, name)
        try:
            fleet = fleets.size(place, place.target, precision=precision)
        except PricingError as error:
            reasons.append(f"{name}: {error}")
            continue
        today = assumptions.instances_today if name is ColumnName.STAY else None
        costs[name] = fleet.per_year if today is None else fleets.cost_of(fleet, today)
    return Priced(costs=costs, reasons=tuple(reasons))


def _settled(question: Question) -> Question:
    """With rates as they are used, each found once."""
    known: dict[tuple[str, str], ServiceRate] = {}

    def find(target_id: str, precision: str) -> ServiceRate:
        key = (target_id, precision)
        if key not in known:
            known[key] = used_rate(question.find_rate(target_id, precision), question)
        return known[key]

    assumptions = replace(question.assumptions, replica_scaling=Range.exactly(1.0))
    return replace(question, assumptions=assumptions, find_rate=find)


def _scaled(rate: ServiceRate, factor: float) -> ServiceRate:
    curve = rate.curve
    if curve is not None:
        curve = BatchCurve(
            fixed_s=curve.fixed_s / factor, per_sample_s=curve.per_sample_s / factor, max_batch=curve.max_batch
        )
    return replace(rate, per_s=rate.per_s.scaled(factor), curve=curve)
