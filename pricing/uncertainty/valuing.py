"""Which measurement would be worth most: of every figure that is drawn, and every rate known by a bound only.

The decision is the one that a projection takes: staying, or a change that quality allows and whose cost is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pricing.projection.columns import choices
from pricing.projection.model import Column, ColumnName
from pricing.uncertainty.inputs import InputKind, RateInputs
from pricing.uncertainty.laws import Array
from pricing.uncertainty.learning import Learned, learn, perfect_value
from pricing.uncertainty.model import Model, Outcome, Values
from pricing.uncertainty.result import Measurable
from pricing.vocabulary import Gate

_RAISES = "only a bound is known of it, on the safe side: to know it can only raise the saving, the decision stands"
_DECIDES = (
    "only a bound is known of it, and at that bound no change pays: how far beyond the bound it lies decides, and no "
    "law is known by which that could be valued"
)
_CHOOSES = "only a bound is known of it, and which change is the best one depends on how far beyond the bound it lies"
_MOST = "only a bound is known of it: the value is what it would be worth if the bound were reached, and at most that"
_OPEN_GATES = (Gate.UNPROVEN, Gate.NOT_MEASURED)
_RULED_OUT = "only a bound is known of it, and even at that bound it is not the best choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What can be chosen, and what each choice is worth in every draw.

    Attributes:
        names: Staying first.
        options: Shape (choices, draws).
        answer: The net present value that is uncertain: of the best of the changes.
    """

    names: tuple[ColumnName, ...]
    options: Array
    answer: Array

    @property
    def best(self) -> int:
        """Of the highest expected value; of equal ones the smaller change."""
        return int(self.options.mean(axis=1).argmax())

    @property
    def ceiling(self) -> float:
        """What it is worth to learn everything that is drawn."""
        return perfect_value(self.options)


def decide(model: Model, outcome: Outcome, *, draws: int) -> Decision:
    """Staying against the changes that are allowed and known; one that keeps no promise loses its labour."""
    allowed = choices(model.projection.columns)[1:]
    rows = [np.broadcast_to(outcome.stay, draws)]
    rows += [worth_of(outcome, column.name, draws=draws) for column in allowed]
    options = np.stack(rows)
    names = (ColumnName.STAY, *(column.name for column in allowed))
    answer = np.zeros(draws)
    if allowed:
        told = outcome.changes[names[1 + int(options[1:].mean(axis=1).argmax())]]
        answer = np.where(told.is_feasible, np.broadcast_to(told.npv, draws), np.nan)
    return Decision(names=names, options=options, answer=answer)


def worth_of(outcome: Outcome, name: ColumnName, *, draws: int) -> Array:
    """Of a change as an option, shape (draws,)."""
    change = outcome.changes[name]
    return np.broadcast_to(np.where(change.is_feasible, change.npv, -change.lost), draws)


def measurables(model: Model, decision: Decision, outcome: Outcome, values: Values) -> tuple[Measurable, ...]:
    """Every figure that could be learnt: what decides first, then by value, then by how much it narrows the answer."""
    found = [*_quality(model, decision), *_drawn(model, decision, values), *_bounds(model, decision, outcome, values)]
    return tuple(sorted(found, key=_rank))


def _rank(one: Measurable) -> tuple[bool, float, float, str]:
    return (not one.decides, -(one.value or 0.0), -one.narrowing, one.key)


def _quality(model: Model, decision: Decision) -> Iterator[Measurable]:
    """Of the best choice, where its saving depends on a quality that nobody has proven."""
    column = model.projection.column(decision.names[decision.best])
    change = model.projection.change(decision.names[decision.best])
    if column is None or change is None:
        return
    if change.gate in _OPEN_GATES:
        rate = column.rate
        yield Measurable(
            kind=InputKind.QUALITY,
            key=f"quality {rate.variant}",
            subject=f"the quality of {rate.model} in {rate.variant}",
            target_id=column.target_id,
            variant=rate.variant,
            value=None,
            decides=True,
            note=f"the saving is there on condition that {rate.variant} keeps its quality: no law is known by which "
            "that could be valued",
        )


def _drawn(model: Model, decision: Decision, values: Values) -> Iterator[Measurable]:
    """A transferred rate is measured as it is, not by the ratio that it was reckoned with."""
    for one in model.inputs.drawn:
        if one.kind is not InputKind.RATIO:
            blank = Measurable(
                kind=one.kind,
                key=one.key,
                subject=one.subject,
                target_id=one.target_id,
                variant=one.variant,
                value=0.0,
            )
            yield _with(blank, learn(values[one.key], decision.options, decision.answer))
    products = {rates.key: rates for rates in model.inputs.rates.values() if _is_product(rates, values)}
    for name, rates in ((name, rates) for name, rates in model.inputs.rates.items() if rates.key in products):
        del products[rates.key]
        blank = replace(_blank_rate(rates), value=0.0)
        yield _with(blank, learn(model.rate(name, values), decision.options, decision.answer))


def _is_product(rates: RateInputs, values: Values) -> bool:
    return rates.law is not None and rates.key not in values


def _blank_rate(rates: RateInputs) -> Measurable:
    rate = rates.rate
    target_id = rate.replica.target_id
    subject = f"one replica of {target_id} in {rate.variant}"
    return Measurable(
        kind=InputKind.RATE, key=rates.key, subject=subject, target_id=target_id, variant=rate.variant, value=None
    )


def _with(blank: Measurable, learned: Learned) -> Measurable:
    return replace(
        blank,
        value=learned.value,
        error=learned.error,
        narrowing=learned.narrowing,
        variance_share=learned.variance_share,
    )


def _bounds(model: Model, decision: Decision, outcome: Outcome, values: Values) -> Iterator[Measurable]:
    """Rates of which only a bound is known, where the cost of their fleet hangs on it."""
    stay, *others = model.projection.columns
    if stay.costs_at_least:
        yield _bounded_stay(model, decision, values)
    for column in others:
        if column.costs_at_least and column.rate.gate is not Gate.REJECTED:
            yield _bounded_change(model, column, decision, outcome)


def _bounded_stay(model: Model, decision: Decision, values: Values) -> Measurable:
    blank = _blank_rate(model.inputs.rates[ColumnName.STAY])
    if decision.best == 0:
        return replace(blank, decides=len(decision.names) > 1, note=_DECIDES)
    draws = decision.options.shape[1]
    dearer = model.outcome(values, stay_costs=lambda costs: costs + _dearest(model, values))
    worth = [float(worth_of(dearer, name, draws=draws).mean()) for name in decision.names[1:]]
    stands = int(np.argmax(worth)) + 1 == decision.best
    return replace(blank, value=0.0 if stands else None, decides=not stands, note=_RAISES if stands else _CHOOSES)


def _dearest(model: Model, values: Values) -> float:
    """So much that today's fleet is no longer the cheaper one to pay beside another."""
    fleets = model.outcome(values).fleets
    return max(float(np.max(fleet.cash)) for fleet in fleets.values())


def _bounded_change(model: Model, column: Column, decision: Decision, outcome: Outcome) -> Measurable:
    """Worth at most what the change is above the best choice where its rate reaches the bound."""
    blank = _blank_rate(model.inputs.rates[column.name])
    draws = decision.options.shape[1]
    ahead = worth_of(outcome, column.name, draws=draws) - decision.options[decision.best]
    most = float(np.maximum(ahead, 0.0).mean())
    return replace(blank, value=most, at_most=most > 0.0, note=_MOST if most > 0.0 else _RULED_OUT)
