"""Reckons the sums of a report anew from their inputs, as a workbook does, and says where they differ from the plan."""

import math
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from planner.reports.calculation import Calculation, ChangeSum, FleetSum, Given
from planner.reports.figures import Figure, Number
from planner.services.reporting.purse import CENT, FINE

_SUMS = Context(prec=60, rounding=ROUND_HALF_EVEN)
_MILLION = 1_000_000
_MONTHS = 12
_TOLERANCE = 1e-12  # of a division's last digit
_CLOSE = 1e-9  # relative, of years


def differences(sums: Calculation) -> tuple[str, ...]:
    """Which results the inputs do not come to; none: every amount is the same to the cent."""
    return tuple(_differences(sums))


def _differences(sums: Calculation) -> Iterator[str]:
    rate = None if sums.exchange is None else _exact(sums.exchange.figure.value)
    per_year = {fleet.key: _per_year(sums, fleet) for fleet in sums.fleets}
    running = {
        fleet.key: per_year[fleet.key] if fleet.running_per_year is None else _of(fleet.running_per_year)
        for fleet in sums.fleets
    }
    requests = _of(sums.requests_per_year)
    for fleet in sums.fleets:
        yield from _counts(sums, fleet)
        yield from _amount(fleet.per_year, per_year[fleet.key], rate)
        million = _SUMS.divide(_SUMS.multiply(per_year[fleet.key], Decimal(_MILLION)), requests)
        yield from _amount(fleet.per_million, million, rate, step=FINE)
    stay = sums.fleets[0].key
    for change in sums.changes:
        yield from _amount(change.saving_per_year, per_year[stay] - per_year[change.key], rate)
        flows = _flows(sums, change, running, stay=stay)
        for figure, flow in zip(change.flows, flows, strict=True):
            yield from _amount(figure, flow, rate)
        yield from _amount(change.npv, _worth(flows, _of(sums.discount_rate)), rate)
        yield from _years(change.payback_years, _payback(flows))


def _counts(sums: Calculation, fleet: FleetSum) -> Iterator[str]:
    replicas, instances = fleet.replicas.value, fleet.instances.value
    if fleet.are_replicas_counted:
        needed = float(_of(sums.peak_per_s)) / (float(_of(fleet.rate_per_s)) * (1.0 - float(_of(fleet.headroom))))
        found = max(1, math.ceil(needed * (1.0 - _TOLERANCE)))
        if found != replicas:
            yield f"{fleet.replicas.key}: {replicas} in the plan, {found} reckoned anew"
    if fleet.are_instances_counted and replicas is not None:
        found = -(-int(replicas) // int(_of(fleet.replicas_per_instance))) + int(_of(fleet.spares))
        if found != instances:
            yield f"{fleet.instances.key}: {instances} in the plan, {found} reckoned anew"


def _per_year(sums: Calculation, fleet: FleetSum) -> Decimal:
    hours = _of(fleet.hours_per_year or sums.hours_per_year)
    return _SUMS.multiply(_SUMS.multiply(_exact(fleet.instances.value), _of(fleet.price_per_hour)), hours)


def _flows(sums: Calculation, change: ChangeSum, running: dict[str, Decimal], *, stay: str) -> list[Decimal]:
    beside = running[stay] if change.beside is None else min(running[stay], running[change.beside])
    twice = _SUMS.divide(_SUMS.multiply(beside, _of(change.parallel_months)), Decimal(_MONTHS))
    bought = [_exact(figure.value) for figure in change.bought]
    saved = running[stay] - running[change.key]
    years = [saved + bought[year] for year in range(1, sums.horizon_years + 1)]
    return [-(_of(change.labour) + twice) + bought[0], *years]


def _worth(flows: Sequence[Decimal], discount: Decimal) -> Decimal:
    growth = 1 + discount
    return sum((_SUMS.divide(flow, growth**year) for year, flow in enumerate(flows)), Decimal(0))


def _payback(flows: Sequence[Decimal]) -> float | None:
    total = flows[0]
    back: float | None = 0.0 if total >= 0 else None
    for year, flow in enumerate(flows[1:], start=1):
        if total + flow < 0:
            back = None
        elif total < 0:
            back = year - 1 + float(-total / flow)
        total += flow
    return back


def _amount(figure: Figure, amount: Decimal, rate: Decimal | None, *, step: Decimal = CENT) -> Iterator[str]:
    found = amount.quantize(step, context=_SUMS)
    if rate is not None:
        found = _SUMS.multiply(found, rate).quantize(step, context=_SUMS)
    if found != figure.value:
        yield f"{figure.key}: {figure.value} in the plan, {found} reckoned anew"


def _years(figure: Figure, found: float | None) -> Iterator[str]:
    told = figure.value
    if told is None or found is None:
        is_same = told is found
    else:
        is_same = math.isclose(float(told), found, rel_tol=_CLOSE, abs_tol=_CLOSE)
    if not is_same:
        yield f"{figure.key}: {told} in the plan, {found} reckoned anew"


def _of(given: Given) -> Decimal:
    return _exact(given.figure.value)


def _exact(value: Number | None) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))
