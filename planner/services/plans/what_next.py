"""Which measurement of a stored plan comes next, over all of its questions. Read from its document alone."""

from dataclasses import dataclass
from decimal import Decimal

from planner.errors import StoreError
from planner.services.plans.document import PlanDocument
from planner.services.plans.uncertain_document import MeasurementDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedMeasurement:
    """One measurement, and the question that it is for."""

    question: str
    currency: str
    measurement: MeasurementDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAdvice:
    """What one question says in a sentence."""

    question: str
    advice: str
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatNext:
    """All measurements, the most valuable first, and a sentence for each question."""

    plan: str | None
    advice: tuple[QuestionAdvice, ...]
    measurements: tuple[RankedMeasurement, ...]


def what_next_of(document: PlanDocument) -> WhatNext:
    """What decides first, then by value, then by how much narrower the answer would be.

    Raises:
        StoreError: if no question of the plan has draws.
    """
    drawn = [(one, one.uncertainty) for one in document.projections if one.uncertainty is not None]
    if not document.projections:
        raise StoreError(
            f"plan {document.plan} is about a language model: nothing is drawn of it; name another plan, as "
            "`planner plans list` shows them"
        )
    if not drawn:
        raise StoreError(
            f"plan {document.plan} says nothing of uncertainty: an earlier planner made it; make it again with "
            "`planner plan`, and ask for that one"
        )
    ranked = [
        RankedMeasurement(question=one.title, currency=one.currency, measurement=measurement)
        for one, sure in drawn
        for measurement in sure.measurements
    ]
    advice = [
        QuestionAdvice(
            question=one.title,
            advice=sure.advice,
            is_settled=not any(what.decides or what.value for what in sure.measurements),
        )
        for one, sure in drawn
    ]
    return WhatNext(plan=document.plan, advice=tuple(advice), measurements=tuple(sorted(ranked, key=_rank)))


def _rank(one: RankedMeasurement) -> tuple[bool, Decimal, float]:
    told = one.measurement
    return (not told.decides, -(told.value or Decimal(0)), -told.narrowing)
