"""What other promises would take: replicas and instances of each fleet over a sweep of limits of latency.

By the curve of service times behind a rate, without simulation, and never where there is none. Between the promised
limit and another the rate changes in proportion to what the curve serves inside both; the promised one is the plan's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pricing.capacity import count_replicas, highest_rate
from pricing.errors import CapacityError, PricingError
from pricing.fleet.instances import Redundancy, instances_for
from pricing.projection.model import Column, ColumnName, Projection, Question
from pricing.vocabulary import BatchCurve, Range, ServiceRate, Slo

FACTORS = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
"""Of the promised limit."""
MOST_BATCH = 40
"""Of a batch here: larger ones take a library that spreads over all cores, and serve little more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a promise takes; None: no fleet keeps it.

    Attributes:
        limit_s: Of the latency.
        replicas: Without redundancy.
        instances: With redundancy, on the plan's own offer.
    """

    limit_s: float
    replicas: int | None
    instances: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """One fleet over all limits.

    Attributes:
        name: Which.
        needs: By limit, the strictest first; empty where nothing can be told.
        is_bound: Whether only a bound of its rate is known: it depends on no promise, and takes at least that.
        reason: Why nothing can be told.
    """

    name: ColumnName
    needs: tuple[Need, ...]
    is_bound: bool = False
    reason: str | None = None


def sweep_promises(projection: Projection, *, factors: Sequence[float] = FACTORS) -> tuple[PromiseLine, ...]:
    """What every fleet of a projection would take under other limits at the same quantile.

    Args:
        projection: Its columns say what serves, and on what.
        factors: Of the promised limit, from small to large.
    """
    return tuple(_line(projection.question, column, factors) for column in projection.columns)


def _line(question: Question, column: Column, factors: Sequence[float]) -> PromiseLine:
    promised = question.slo
    if column.is_bound:
        needs = (_need(question, column, column.sizing.replicas, factor * promised.limit_s) for factor in factors)
        return PromiseLine(name=column.name, needs=tuple(needs), is_bound=True)
    if column.rate.curve is None:
        return PromiseLine(name=column.name, needs=(), reason="only a rate is known, and no curve of service times")
    try:
        return PromiseLine(name=column.name, needs=tuple(_needs(question, column, column.rate.curve, factors)))
    except PricingError as error:
        return PromiseLine(name=column.name, needs=(), reason=str(error))


def _needs(question: Question, column: Column, curve: BatchCurve, factors: Sequence[float]) -> Iterator[Need]:
    promised = question.slo
    here = 1.0 if column.sizing.is_shared_queue else _served(curve, promised)
    for factor in factors:
        limit_s = factor * promised.limit_s
        replicas: int | None = column.sizing.replicas
        if factor != 1.0:
            replicas = _replicas(question, column, replace(promised, limit_s=limit_s), here=here)
        yield _need(question, column, replicas, limit_s)


def _replicas(question: Question, column: Column, slo: Slo, *, here: float) -> int | None:
    """None: no number of them keeps it."""
    assumptions, rate, curve = question.assumptions, column.rate, column.rate.curve
    if curve is None:
        return None
    try:
        there = here if column.sizing.is_shared_queue else _served(curve, slo)
        scaled: ServiceRate = replace(rate, per_s=Range.exactly(rate.sizing_per_s * there / here), slo=None)
        return count_replicas(
            scaled,
            peak_per_s=assumptions.demand.peak_per_s,
            slo=slo,
            headroom=assumptions.headroom,
            service_cv2=column.sizing.service_cv2,
        ).replicas
    except CapacityError:
        return None


def _served(curve: BatchCurve, slo: Slo) -> float:
    found = highest_rate(replace(curve, max_batch=min(curve.max_batch, MOST_BATCH)), slo).per_s
    if found <= 0.0:
        raise CapacityError(f"by its curve one replica serves nothing inside {slo.label}")
    return found


def _need(question: Question, column: Column, replicas: int | None, limit_s: float) -> Need:
    if replicas is None:
        return Need(limit_s=limit_s, replicas=None, instances=None)
    assumptions, line = question.assumptions, column.line
    redundancy = Redundancy(plus=assumptions.plus, zones=assumptions.zones, spares=assumptions.spares)
    whole = instances_for(replicas, offer=line.offer, replica=line.replica, redundancy=redundancy)
    return Need(limit_s=limit_s, replicas=replicas, instances=whole.instances)
