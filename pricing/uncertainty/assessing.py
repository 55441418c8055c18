"""Puts an assessment together: draws, quantiles, chances, tornado, and what each measurement would be worth."""

from dataclasses import replace

import numpy as np

from pricing.errors import AssumptionError
from pricing.fleet.instances import is_whole
from pricing.projection.changes import steps_of
from pricing.projection.judging import quality_condition
from pricing.projection.model import Change, Column, ColumnName, Projection
from pricing.projection.projecting import beside_of
from pricing.uncertainty.model import DrawnChange, Model, Outcome, drawn
from pricing.uncertainty.quantiles import chance_of, quantiles_of
from pricing.uncertainty.result import AssessedChange, Assessment, DrawnColumn, Side
from pricing.uncertainty.tornado import sobol, tornado
from pricing.uncertainty.valuing import decide, measurables
from pricing.vocabulary import Gate

DRAWS = 10_000
"""By default: the chance of a saving is then known to half a point."""
LEAST_DRAWS, MOST_DRAWS = 100, 1_000_000
_REJECTED = "quality does not allow it: no saving is available until the gate accepts a variant"
_NEVER = "in no draw do both fleets keep the promise"


def assess(projection: Projection, *, draws: int = DRAWS, seed: int = 1, with_sobol: bool = False) -> Assessment:
    """How sure a projection is: every uncertain figure drawn, and every fleet sized to what was drawn.

    Args:
        projection: With at least today's column.
        draws: 100 to a million.
        seed: The same seed gives the same draws.
        with_sobol: Whether Sobol indices are reckoned, too: it takes some ten times as long.

    Raises:
        AssumptionError: if the number of draws or the seed is none.
        PricingError: if a rate or an offer cannot be found again.
    """
    if not is_whole(draws) or not LEAST_DRAWS <= draws <= MOST_DRAWS:
        raise AssumptionError(f"{draws!r:.40} draws: use a whole number from {LEAST_DRAWS} to {MOST_DRAWS:,}")
    if not is_whole(seed) or seed < 0:
        raise AssumptionError(f"a seed of {seed!r:.40}: use a whole number from 0")
    model = Model(projection)
    values = drawn(model.inputs, draws=draws, seed=seed)
    outcome = model.outcome(values)
    decision = decide(model, outcome, draws=draws)
    changes = []
    for column, change in zip(projection.columns[1:], projection.changes, strict=True):
        assessed = _change(model, column, change, outcome, draws=draws)
        if with_sobol and assessed.reason is None:
            assessed = replace(assessed, indices=sobol(model, column.name, draws=draws, seed=seed))
        changes.append(assessed)
    return Assessment(
        draws=draws,
        seed=seed,
        inputs=model.inputs.drawn,
        columns=tuple(_column(model, column, outcome, draws=draws) for column in projection.columns),
        changes=tuple(changes),
        best=decision.names[decision.best],
        expected=float(decision.options[decision.best].mean()),
        ceiling=decision.ceiling,
        measurables=measurables(model, decision, outcome, values),
    )


def _column(model: Model, column: Column, outcome: Outcome, *, draws: int) -> DrawnColumn:
    fleet = outcome.fleets[column.name]
    is_feasible = np.broadcast_to(fleet.is_feasible, draws)
    return DrawnColumn(
        name=column.name,
        cost=quantiles_of(np.broadcast_to(fleet.cost, draws), is_feasible),
        side=_side(model, column),
        infeasible=1.0 - float(is_feasible.mean()),
    )


def _side(model: Model, column: Column) -> Side:
    """On which side a year's cost is bounded: a rate that may be lower costs more, one that may be higher less."""
    if column.costs_at_least:
        return Side.AT_LEAST
    is_stated = column.name is ColumnName.STAY and model.projection.question.assumptions.instances_today is not None
    return Side.AT_MOST if model.inputs.rates[column.name].is_at_least and not is_stated else Side.BOTH


def _change(model: Model, column: Column, change: Change, outcome: Outcome, *, draws: int) -> AssessedChange:
    found = outcome.changes[column.name]
    is_feasible = np.broadcast_to(found.is_feasible, draws)
    reason = _REJECTED if change.gate is Gate.REJECTED else None if is_feasible.any() else _NEVER
    saving, npv = np.broadcast_to(found.saving, draws), np.broadcast_to(found.npv, draws)
    saving_side, npv_side = _sides(model, column, found)
    is_told = reason is None
    return AssessedChange(
        name=column.name,
        saving=quantiles_of(saving, is_feasible) if is_told else None,
        npv=quantiles_of(npv, is_feasible) if is_told else None,
        saving_side=saving_side,
        npv_side=npv_side,
        saves=chance_of(is_feasible & (saving > 0.0)) if is_told and saving_side is not Side.OPEN else None,
        pays=chance_of(is_feasible & (npv > 0.0)) if is_told and npv_side is not Side.OPEN else None,
        infeasible=1.0 - float(is_feasible.mean()),
        condition=quality_condition(change, column),
        reason=reason,
        bars=tornado(model, column.name) if is_told else (),
        indices=None,
    )


def _sides(model: Model, column: Column, found: DrawnChange) -> tuple[Side, Side]:
    """Of the saving and of the net present value: today's cost less the other's.

    Where today's fleet is paid beside the new one for longer than the horizon saves it, a dearer one is worth less: no
    side holds then.
    """
    today, new = _side(model, model.projection.columns[0]), _side(model, column).other
    saving = npv = today.beside(new)
    _, moves = steps_of(model.projection.question, model.projection.columns[0], column)
    beside = beside_of(model.projection.columns, column) if moves else None
    if beside is not None:
        npv = npv.beside(_side(model, beside).other)
    holds = {Side.AT_LEAST: found.rises_above, Side.AT_MOST: found.falls_below}.get(today)
    return saving, Side.OPEN if holds is not None and not bool(np.all(holds)) else npv
