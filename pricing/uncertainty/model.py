"""A projection as a function of everything uncertain in it, on arrays: costs, savings and net present values.

`substituted` is the same question with one value for every uncertain figure: `project` of it and this function agree to
the cent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pricing.assumptions import Assumptions
from pricing.projection.changes import steps_of
from pricing.projection.columns import place_of
from pricing.projection.fleets import Fleets
from pricing.projection.model import Column, ColumnName, Projection, Question
from pricing.projection.projecting import beside_of
from pricing.uncertainty.counting import exactly, serving
from pricing.uncertainty.fleets import DrawnFleet, FleetRules
from pricing.uncertainty.inputs import Input, Inputs, find_inputs
from pricing.uncertainty.laws import Array
from pricing.vocabulary import Range, ServiceRate

_MONTH_S = 730 * 3600.0
_MONTHS = 12
_SCALING = "fleet.replica_scaling"
Values = Mapping[str, Array]
"""By the key of an input, shape (n,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnChange:
    """A change in every draw, shape (n,) each.

    Attributes:
        saving: A year.
        npv: Net present value.
        is_feasible: Whether both fleets keep the promise; elsewhere the two others mean nothing.
        lost: What was paid where the new fleet turns out not to keep it: its labour.
        rises_above: Whether the change is worth no less for every cost of today's fleet above what was drawn.
        falls_below: Whether it is worth no more for every cost below.
    """

    saving: Array
    npv: Array
    is_feasible: NDArray[np.bool_]
    lost: Array
    rises_above: NDArray[np.bool_]
    falls_below: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything in every draw.

    Attributes:
        fleets: By column.
        changes: By column.
        stay: What is worth most of what changes nothing: 0, or to pay for as many instances only as the load needs.
    """

    fleets: Mapping[ColumnName, DrawnFleet]
    changes: Mapping[ColumnName, DrawnChange]
    stay: Array


class Model:
    """The function.

    Args:
        projection: Of the question as it is.

    Raises:
        PricingError: if a rate or an offer cannot be found again.
    """

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.inputs: Inputs = find_inputs(projection)
        fleets = Fleets(projection.question, is_costing=True)
        self._rules = {column.name: _rules(fleets, column) for column in projection.columns}

    def rate(self, name: ColumnName, values: Values) -> Array:
        """What one replica of a column serves alone."""
        return self.inputs.rates[name].drawn(values)

    def outcome(self, values: Values, *, stay_costs: Callable[[Array], Array] | None = None) -> Outcome:
        """What every column costs, and every change is worth.

        Args:
            values: One for each draw and input.
            stay_costs: What today's fleet costs instead, given what it costs: to see what a bound of it decides.
        """
        fleets = {column.name: self._fleet(column, values) for column in self.projection.columns}
        stay = self.projection.columns[0]
        if stay_costs is not None:
            before = fleets[stay.name]
            fleets[stay.name] = replace(before, cost=stay_costs(before.cost), cash=stay_costs(before.cash))
        others = self.projection.columns[1:]
        changes = {column.name: self._change(column, fleets, values) for column in others}
        return Outcome(fleets=fleets, changes=changes, stay=self._right_sized(fleets[stay.name]))

    def _fleet(self, column: Column, values: Values) -> DrawnFleet:
        question, rates = self.projection.question, self.inputs.rates[column.name]
        share = None
        if rates.rate.replica.vcpus and not rates.rate.is_bound:
            share = _share(question.assumptions, values)
        served = serving(
            rates.rate,
            alone=rates.drawn(values),
            share=share,
            slo=question.slo,
            headroom=question.assumptions.headroom,
        )
        return self._rules[column.name].drawn(served, values)

    def _change(self, column: Column, fleets: Mapping[ColumnName, DrawnFleet], values: Values) -> DrawnChange:
        projection, assumptions = self.projection, self.projection.question.assumptions
        stay, new = fleets[ColumnName.STAY], fleets[column.name]
        quantises, moves = steps_of(projection.question, projection.columns[0], column)
        migration, none = assumptions.migration, np.zeros(1)
        labour = _of(values, "migration.quantise", migration.quantise) if quantises else none
        labour = labour + (_of(values, "migration.move", migration.move) if moves else none)
        months = none
        if moves:
            months = _of(values, "migration.parallel_running", migration.parallel_running_s) / _MONTH_S
        beside = beside_of(projection.columns, column)
        quantised = np.full(1, np.inf)
        if beside is not None:
            fleet = fleets[beside.name]
            quantised = np.where(fleet.is_feasible, fleet.cash, np.inf)
        is_brief = months / _MONTHS <= self._annuity
        npv = (
            (stay.cash - new.cash) * self._annuity
            - labour
            - np.minimum(stay.cash, quantised) * months / _MONTHS
            + self._bought(column, stay, new)
        )
        return DrawnChange(
            saving=stay.cost - new.cost,
            npv=npv,
            is_feasible=stay.is_feasible & new.is_feasible,
            lost=labour,
            rises_above=is_brief | (stay.cash >= quantised),
            falls_below=is_brief,
        )

    def _bought(self, column: Column, stay: DrawnFleet, new: DrawnFleet) -> Array:
        """Machines beyond those of the same target that serve today."""
        if new.bought is None:
            return np.zeros(1)
        today = self.projection.columns[0]
        is_there = today.machines is not None and today.target_id == column.target_id
        there = stay.instances if is_there else np.zeros(1, dtype=np.int64)
        more: Array = np.maximum(0, new.instances - there).astype(np.float64)
        return new.bought * more

    def _right_sized(self, stay: DrawnFleet) -> Array:
        today = self.projection.columns[0]
        if self._rules[today.name].today is None or today.is_bound or today.machines is not None:
            return np.zeros(1)
        saved: Array = np.where(stay.is_feasible, np.maximum(0.0, stay.cost - stay.needed), 0.0)
        return saved * self._annuity

    @property
    def _annuity(self) -> float:
        """What a dollar a year is worth now."""
        assumptions = self.projection.question.assumptions
        growth = 1.0 + assumptions.discount_rate
        return sum(growth**-year for year in range(1, assumptions.horizon_years + 1))


def substituted(question: Question, inputs: Inputs, values: Mapping[str, float]) -> Question:
    """The question with a value for every uncertain figure, as if it were known."""
    assumptions = question.assumptions
    arrays = {key: np.array([value]) for key, value in values.items()}

    def find(target_id: str, precision: str) -> ServiceRate:
        rate = question.find_rate(target_id, precision)
        found = next((one for one in inputs.rates.values() if one.rate == rate), None)
        return rate if found is None or found.law is None else exactly(rate, float(found.drawn(arrays)[0]))

    def known(name: str, spread: Range) -> Range:
        return Range.exactly(values[name]) if name in values else spread

    migration, energy, owning = assumptions.migration, assumptions.energy, assumptions.owning
    stated = replace(
        assumptions,
        replica_scaling=known(_SCALING, assumptions.replica_scaling),
        migration=replace(
            migration,
            quantise=known("migration.quantise", migration.quantise),
            move=known("migration.move", migration.move),
            parallel_running_s=known("migration.parallel_running", migration.parallel_running_s),
        ),
        energy=replace(
            energy, pue=known("energy.pue", energy.pue), price_per_kwh=known("energy.price", energy.price_per_kwh)
        ),
        owning=replace(
            owning,
            infrastructure_share=known("own.infrastructure", owning.infrastructure_share),
            support_share=known("own.support", owning.support_share),
            colocation_per_kw=known("own.colocation", owning.colocation_per_kw),
            staff_per_device=known("own.staff", owning.staff_per_device),
        ),
    )
    return replace(question, assumptions=stated, find_rate=find)


def _rules(fleets: Fleets, column: Column) -> FleetRules:
    assumptions = fleets.question.assumptions
    place, _ = place_of(assumptions, column.name)
    offers, owned = fleets.offers_at(replace(place, precision=""), place.target, column.rate.replica)
    today = assumptions.instances_today if column.name is ColumnName.STAY else None
    return FleetRules(assumptions=assumptions, offers=offers, owned=owned, today=today)


def _share(assumptions: Assumptions, values: Values) -> Array | None:
    """What a CPU replica keeps beside others; None where that is stated to be everything."""
    spread = assumptions.replica_scaling
    if _SCALING in values:
        return np.asarray(values[_SCALING], dtype=np.float64)
    return None if spread == Range.exactly(1.0) else np.array([_likely(spread)])


def _of(values: Values, name: str, spread: Range) -> Array:
    return values[name] if name in values else np.array([_likely(spread)])


def _likely(spread: Range) -> float:
    return spread.low if spread.point is None else spread.point


def medians(inputs: Inputs) -> dict[str, Array]:
    """Every input at its median, shape (1,)."""
    return {one.key: one.law.at(np.array([0.5])) for one in inputs.drawn}


def drawn(inputs: Inputs, *, draws: int, seed: int) -> dict[str, Array]:
    """So many draws of every input, each independent of the others; the same of the same seed."""
    levels = np.random.Generator(np.random.PCG64(seed)).random((len(inputs.drawn), draws))
    levels = np.clip(levels, 2.0**-53, 1.0 - 2.0**-53)  # no draw lies at infinity
    return {one.key: one.law.at(row) for one, row in zip(inputs.drawn, levels, strict=True)}


__all__ = ["DrawnChange", "Input", "Model", "Outcome", "drawn", "medians", "substituted"]
