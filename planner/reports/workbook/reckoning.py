"""The sums of a calculation, exactly: what its formulas show before they round, and where the report says otherwise.

Sums are in the plan's currency; a result is rounded there, then converted at the stated rate and rounded again. What
the sums do not give stays as the report has it: counts are stated, hours are those that a fleet's cost was paid for,
and of amounts the difference is added, in a cell of its own.
"""

import math
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import pairwise

from planner.reports.calculation import Calculation, ChangeSum, FleetSum, Given
from planner.reports.figures import Figure
from planner.reports.workbook.number_formats import is_number
from planner.reports.workbook.rounding import decimals_of, exact, half_even, places_of

TOLERANCE = Decimal("1e-12")
"""Relative: 100 requests/s over replicas of 25 are four (`pricing.capacity.sizing`)."""
MILLION, MONTHS = 1_000_000, 12
_SAME = Decimal("1e-9")
_DIGITS = Context(prec=60)
_NOTHING = Decimal(0)
Amount = Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A result: the sums' amount with `added`, unrounded, in the plan's currency; None where only a text is known.

    `is_stated`: the sums do not give it, so it is an input.
    """

    figure: Figure
    amount: Amount
    added: Decimal = _NOTHING
    is_stated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReckonedFleet:
    """A fleet's results. `hours`: of each instance, a year; `running`: what is paid within a year."""

    fleet: FleetSum
    replicas: Settled
    instances: Settled
    hours: Amount
    are_hours_own: bool
    per_year: Settled
    running: Amount
    per_million: Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class ReckonedChange:
    """A change's results. `back_after`: of every year, when all was paid back for good, as far as that year shows."""

    change: ChangeSum
    saving: Settled
    twice: Amount
    flows: tuple[Settled, ...]
    running_sums: tuple[Amount, ...]
    back_after: tuple[Amount, ...]
    npv: Settled
    payback: Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """All of a calculation; fleets and changes by the key of the fleet."""

    calculation: Calculation
    fleets: dict[str, ReckonedFleet]
    changes: dict[str, ReckonedChange]

    @property
    def stay(self) -> ReckonedFleet:
        """Today's fleet."""
        return self.fleets[self.calculation.fleets[0].key]


def reckon(calculation: Calculation) -> Reckoned:
    """Every result of the sums, from the inputs as they were reckoned with."""
    fleets = {fleet.key: _fleet(calculation, fleet) for fleet in calculation.fleets}
    found = Reckoned(calculation=calculation, fleets=fleets, changes={})
    changes = {one.key: _change(found, one) for one in calculation.changes if one.key in fleets}
    return Reckoned(calculation=calculation, fleets=fleets, changes=changes)


def is_foreign(calculation: Calculation, figure: Figure) -> bool:
    """Whether an input is in the report's currency, and the sums are in another."""
    return calculation.exchange is not None and figure.unit.split("/")[0] == calculation.currency


def shown(calculation: Calculation, amount: Decimal, places: int) -> Decimal:
    """An amount of the sums as the report has it."""
    own, rate = half_even(amount, places), _rate(calculation)
    return own if rate is None else half_even(_DIGITS.multiply(own, rate), places)


def cash_in_all(found: "Reckoned", one: ReckonedChange) -> tuple[Decimal, ...]:
    """After every year, of flows to the cent; nothing where a flow is not known."""
    known = [half_even(flow.amount, 2) for flow in one.flows if flow.amount is not None]
    if len(known) < len(one.flows):
        return ()
    return tuple(shown(found.calculation, sum(known[: year + 1], _NOTHING), 2) for year in range(len(known)))


def times(*factors: Amount) -> Amount:
    """Their product; None where one is not known."""
    product = Decimal(1)
    for factor in factors:
        if factor is None:
            return None
        product = _DIGITS.multiply(product, factor)
    return product


def over(amount: Amount, divisor: Amount) -> Amount:
    """A quotient; None where there is none."""
    return None if amount is None or not divisor else _DIGITS.divide(amount, divisor)


def total(*amounts: Amount) -> Amount:
    """A sum."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, _NOTHING) if len(known) == len(amounts) else None


def less(amount: Amount, other: Amount) -> Amount:
    """A difference."""
    return None if amount is None or other is None else _DIGITS.subtract(amount, other)


def value_of(figure: Figure) -> Amount:
    """As it is written; None where it is not known, or is no number."""
    return exact(figure.value) if figure.value is not None and is_number(figure) else None


def _own(calculation: Calculation, given: Given | Figure) -> Amount:
    """An amount in the plan's currency."""
    figure = given.figure if isinstance(given, Given) else given
    value = value_of(figure)
    return over(value, _rate(calculation)) if is_foreign(calculation, figure) else value


def _rate(calculation: Calculation) -> Amount:
    return None if calculation.exchange is None else value_of(calculation.exchange.figure)


def _fleet(calculation: Calculation, fleet: FleetSum) -> ReckonedFleet:
    replicas = _count(fleet.replicas, _replicas(calculation, fleet) if fleet.are_replicas_counted else None)
    instances = _count(fleet.instances, _instances(fleet, replicas) if fleet.are_instances_counted else None)
    price = _own(calculation, fleet.price_per_hour)
    hours = value_of((fleet.hours_per_year or calculation.hours_per_year).figure)
    per_year = times(price, hours, instances.amount)
    are_own = per_year is None or not _gives(calculation, per_year, fleet.per_year)
    if are_own:
        hours = _hours(calculation, fleet, over_hour=times(price, instances.amount))
        per_year = times(price, hours, instances.amount)
    settled = _money(calculation, fleet.per_year, per_year)
    million = over(times(settled.amount, Decimal(MILLION)), value_of(calculation.requests_per_year.figure))
    running = fleet.running_per_year
    return ReckonedFleet(
        fleet=fleet,
        replicas=replicas,
        instances=instances,
        hours=hours,
        are_hours_own=are_own,
        per_year=settled,
        running=settled.amount if running is None else _own(calculation, running),
        per_million=_money(calculation, fleet.per_million, million),
    )


def _replicas(calculation: Calculation, fleet: FleetSum) -> Amount:
    free = less(Decimal(1), value_of(fleet.headroom.figure))
    needed = over(value_of(calculation.peak_per_s.figure), times(value_of(fleet.rate_per_s.figure), free))
    return None if needed is None else Decimal(max(1, math.ceil(needed * (1 - TOLERANCE))))


def _instances(fleet: FleetSum, replicas: Settled) -> Amount:
    held = over(replicas.amount, value_of(fleet.replicas_per_instance.figure))
    whole = None if held is None else Decimal(math.ceil(held * (1 - TOLERANCE)))
    return total(whole, value_of(fleet.spares.figure))


def _hours(calculation: Calculation, fleet: FleetSum, *, over_hour: Amount) -> Amount:
    """Of each instance: those that the stated cost was paid for; a fleet's hours together are a whole number."""
    paid = over(_own(calculation, fleet.per_year), over_hour)
    instances = value_of(fleet.instances)
    together = times(paid, instances)
    if paid is None or together is None:
        return None
    whole = over(together.to_integral_value(), instances)
    cost = times(whole, over_hour)
    return whole if cost is not None and _gives(calculation, cost, fleet.per_year) else paid


def _change(found: Reckoned, change: ChangeSum) -> ReckonedChange:
    calculation, stay, after = found.calculation, found.stay, found.fleets[change.key]
    other = found.fleets.get(change.beside or "", stay).running
    beside = None if stay.running is None or other is None else min(stay.running, other)
    twice = over(times(beside, value_of(change.parallel_months.figure)), Decimal(MONTHS))
    saved = less(stay.running, after.running)
    bought = [_own(calculation, one) for one in change.bought]
    start = less(_NOTHING, total(_own(calculation, change.labour), twice))
    paid = [total(start if year == 0 else saved, one) for year, one in enumerate(bought)]
    flows = tuple(_money(calculation, figure, amount) for figure, amount in zip(change.flows, paid, strict=True))
    amounts = [one.amount for one in flows]
    sums = tuple(total(*amounts[: year + 1]) for year in range(len(amounts)))
    back = _back_after(amounts, sums)
    worth = _worth(amounts, value_of(calculation.discount_rate.figure))
    return ReckonedChange(
        change=change,
        saving=_money(calculation, change.saving_per_year, less(stay.per_year.amount, after.per_year.amount)),
        twice=twice,
        flows=flows,
        running_sums=sums,
        back_after=back,
        npv=_money(calculation, change.npv, worth),
        payback=_payback(change.payback_years, back[-1]),
    )


def _back_after(flows: list[Amount], sums: tuple[Amount, ...]) -> tuple[Amount, ...]:
    """As `pricing.tco.returns.payback_years`, year by year."""
    back: list[Amount] = [_NOTHING if sums[0] is not None and sums[0] >= 0 else None]
    for year, (before, now) in enumerate(pairwise(sums), start=1):
        if before is None or now is None or now < 0:
            back.append(None)
        elif before < 0:
            back.append(total(Decimal(year - 1), over(-before, flows[year])))
        else:
            back.append(back[-1])
    return tuple(back)


def _worth(flows: list[Amount], rate: Amount) -> Amount:
    if rate is None or rate <= -1:
        return None
    return total(*(over(flow, _DIGITS.power(1 + rate, year)) for year, flow in enumerate(flows)))


def _count(figure: Figure, amount: Amount) -> Settled:
    value = value_of(figure)
    return Settled(figure=figure, amount=value, is_stated=amount is None or amount != value)


def _payback(figure: Figure, back: Amount) -> Settled:
    value = value_of(figure)
    if back is None or value is None:
        return Settled(figure=figure, amount=value, is_stated=back is not None or value is not None)
    places = places_of(value)
    is_same = abs(back - value) <= _SAME if places is None else half_even(back, places) == value
    return Settled(figure=figure, amount=back if is_same else value, added=_NOTHING if is_same else value - back)


def _money(calculation: Calculation, figure: Figure, amount: Amount) -> Settled:
    value = value_of(figure)
    if value is None:
        return Settled(figure=figure, amount=None, is_stated=True)
    own = over(value, _rate(calculation)) if calculation.exchange else value
    if amount is None or own is None:
        return Settled(figure=figure, amount=own, is_stated=True)
    if _gives(calculation, amount, figure):
        return Settled(figure=figure, amount=amount)
    return Settled(figure=figure, amount=own, added=own - amount)


def _gives(calculation: Calculation, amount: Decimal, figure: Figure) -> bool:
    return figure.value is not None and shown(calculation, amount, decimals_of(figure.value)) == figure.value
