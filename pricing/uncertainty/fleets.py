"""Fleets of one column in every draw: whole instances of the cheapest offer, and what they cost a year.

The same steps as in `pricing.fleet` and `pricing.projection.fleets`, on arrays: a test sets the one beside the other.
Costs are floats here; they are amounts to the cent again where they are told.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricing.assumptions import Assumptions
from pricing.fleet.instances import replicas_per_instance
from pricing.money import HOURS_PER_YEAR
from pricing.projection.fleets import UNSTOPPED
from pricing.projection.model import OwnedTerms
from pricing.tco.owning import Ownership
from pricing.uncertainty.counting import NEVER, Counts, Serving
from pricing.uncertainty.laws import Array
from pricing.vocabulary import Offer, Range

_DAYS_PER_YEAR = 365
_HOUR_S = 3600.0
_SAME = 1e-12
"""Relative: costs that are equal to the cent differ by the last digit of a float."""
Figures = Mapping[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedCosts:
    """One owned machine in every draw: a year with its purchase spread, its cash a year, what is paid to buy it."""

    total: Array
    cash: Array
    outlay: Array
    own: Ownership

    def bought(self, *, horizon_years: int, discount_rate: float) -> Array:
        """The present value of buying one, again after every life, and of what is sold: `projection.owned.purchases`.

        Negative: it is paid.
        """
        life, residual = float(self.own.life_years), _amount(self.own.residual)
        growth, worth, bought = 1.0 + discount_rate, np.zeros_like(self.outlay), 0
        while bought * life < horizon_years:
            worth = worth + ((residual if bought else 0.0) - self.outlay) / growth ** math.floor(bought * life)
            bought += 1
        age = min(1.0, horizon_years / life - (bought - 1))
        capex = float(self.own.capex.amount)
        sold = max(capex - (capex - residual) * age, residual)
        return worth + sold / growth**horizon_years


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFleet:
    """One column in every draw, shape (n,) or (1,).

    Attributes:
        needed: What the fleet that the load needs costs a year.
        cost: What is paid a year: where a count was stated, that of those.
        cash: What of that is cash: of owned machines no part of their purchase.
        instances: Paid for.
        is_feasible: Whether any fleet keeps the promise.
        bought: Of owned machines the present value of buying one; None of rented ones.
    """

    needed: Array
    cost: Array
    cash: Array
    instances: Counts
    is_feasible: NDArray[np.bool_]
    bought: Array | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRules:
    """How a column's fleet is put together.

    Attributes:
        assumptions: Of the question.
        offers: Among which the cheapest is taken.
        owned: Terms of owned machines, by the name of their offer.
        today: How many instances are paid for; None: as many as the load needs.
    """

    assumptions: Assumptions
    offers: tuple[Offer, ...]
    owned: dict[str, OwnedTerms]
    today: int | None

    def drawn(self, serving: Serving, figures: Figures) -> DrawnFleet:
        """The fleet in every draw.

        Args:
            serving: One of its replicas.
            figures: What is drawn of owning, by the name of the assumption.
        """
        replica = serving.rate.replica
        fits = [one for one in self.offers if one.is_rentable_alone and replicas_per_instance(one, replica)]
        usable = sorted(fits, key=lambda one: one.instance)
        held = [replicas_per_instance(one, replica) for one in usable]
        terms = [self.owned.get(one.instance) for one in usable]
        costs = [None if one is None else owned_costs(one.likely, self.assumptions, figures) for one in terms]
        prices = [
            np.array([float(offer.rate.amount) * HOURS_PER_YEAR]) if cost is None else cost.total
            for offer, cost in zip(usable, costs, strict=True)
        ]
        peak = self.assumptions.demand.peak_per_s
        replicas = serving.replicas(peak)
        is_feasible = replicas < NEVER
        at_peak = [self._instances(np.where(is_feasible, replicas, 1), each) for each in held]
        paid: list[Array] = [price * count for price, count in zip(prices, at_peak, strict=True)]
        if self.assumptions.autoscaling.is_on and not usable[0].purchase.startswith(UNSTOPPED):
            by_hour = self._by_hour(serving)
            hours = [_DAYS_PER_YEAR * sum(self._instances(row, each) for row in by_hour) for each in held]
            paid = [price / HOURS_PER_YEAR * count for price, count in zip(prices, hours, strict=True)]
        chosen = _cheapest(paid, at_peak)
        price, needed = _pick(prices, chosen), _pick(paid, chosen)
        count = _pick(at_peak, chosen).astype(np.int64)
        instances = count if self.today is None else np.full_like(count, self.today)
        cost = needed if self.today is None else price * self.today
        cash, bought = cost, None
        if costs[0] is not None:
            machines = [one for one in costs if one is not None]
            cash = _pick([one.cash for one in machines], chosen) * instances
            bought = _pick([self._bought(one) for one in machines], chosen)
        return DrawnFleet(
            needed=needed, cost=cost, cash=cash, instances=instances, is_feasible=is_feasible, bought=bought
        )

    def _bought(self, machine: OwnedCosts) -> Array:
        return machine.bought(
            horizon_years=self.assumptions.horizon_years, discount_rate=self.assumptions.discount_rate
        )

    def _instances(self, replicas: Counts, each: int) -> Counts:
        """Whole instances with N+1, the loss of a zone and spares: `pricing.fleet.instances`."""
        zones = self.assumptions.zones
        carried = -(-replicas // each) + self.assumptions.plus
        spread = carried if zones == 1 else -(-carried // (zones - 1)) * zones
        return spread + self.assumptions.spares

    def _by_hour(self, serving: Serving) -> list[Counts]:
        """Replicas in each of the 24 hours, those that start ahead included: `pricing.capacity.hours`."""
        demand = self.assumptions.demand
        hourly, busiest = demand.hourly_per_s, max(demand.hourly_per_s)
        by_rate = {rate: self._in_hour(serving, rate * demand.peak_per_s / busiest) for rate in set(hourly)}
        ahead = math.ceil(self.assumptions.autoscaling.lag_s / _HOUR_S)
        day = len(hourly)
        rows = []
        for hour in range(day):
            soon = {hourly[(hour + step) % day] for step in range(ahead + 1)}
            rows.append(by_rate[max(soon)])  # a higher rate never needs fewer
        return rows

    @staticmethod
    def _in_hour(serving: Serving, rate_per_s: float) -> Counts:
        if rate_per_s == 0.0:
            return np.ones(1, dtype=np.int64)
        found = serving.replicas(rate_per_s)
        return np.where(found < NEVER, found, 1)


def owned_costs(own: Ownership, assumptions: Assumptions, figures: Figures) -> OwnedCosts:
    """What one machine costs where all that owning costs is as drawn: `pricing.tco.owning.owned_year`."""

    def of(name: str, spread: Range) -> Array:
        return figures[name] if name in figures else np.array([spread.low if spread.point is None else spread.point])

    owning, energy = assumptions.owning, assumptions.energy
    capex, kilowatts = float(own.capex.amount), float(own.it_power_w) / 1000.0
    outlay = capex * (1.0 + of("own.infrastructure", owning.infrastructure_share))
    power = kilowatts * HOURS_PER_YEAR * of("energy.pue", energy.pue) * of("energy.price", energy.price_per_kwh)
    room = of("own.colocation", owning.colocation_per_kw) * kilowatts
    support = capex * of("own.support", owning.support_share)
    staff = of("own.staff", owning.staff_per_device) * own.devices
    cash = power + room + support + staff
    total = (outlay - _amount(own.residual)) / float(own.life_years) + cash
    return OwnedCosts(total=total, cash=cash, outlay=outlay, own=own)


def _amount(money: object) -> float:
    return float(getattr(money, "amount", 0))


def _cheapest(costs: list[Array], instances: list[Counts]) -> NDArray[np.intp]:
    """By offer: of equal costs the fewest instances, then the first by name."""
    if len(costs) == 1:
        return np.zeros(1, dtype=np.intp)
    table = np.stack(np.broadcast_arrays(*costs))
    counts = np.stack(np.broadcast_arrays(*instances, table[0])[:-1])
    is_least = table <= table.min(axis=0) * (1.0 + _SAME)
    found: NDArray[np.intp] = np.where(is_least, counts, np.iinfo(np.int64).max).argmin(axis=0)
    return found


def _pick(options: Sequence[Array | Counts], chosen: NDArray[np.intp]) -> Array:
    """Of each draw the option that was chosen in it."""
    if len(options) == 1:
        return options[0].astype(np.float64)
    table = np.stack(np.broadcast_arrays(*options, np.empty(chosen.shape))[:-1])
    found: Array = np.take_along_axis(table, chosen[None, :], axis=0)[0]
    return found
