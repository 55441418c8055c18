"""The footprint of a sized fleet: energy of its cards from the load curve, its grid, and what making the cards took.

Power follows the hours of the day: the load that was sized for, over what one replica carries, is the busy share. Where
a batch curve is known, the same load keeps a card busy for longer in batches of one than in the largest.
"""

import math

from pricing.errors import AssumptionError
from pricing.files import shown
from pricing.projection.fleets import SizedFleet, target_of
from pricing.projection.model import Question
from pricing.projection.owned import OWNED
from pricing.tco.carbon import Carbon, CarbonFactor, Declaration, Embodied, carbon, embodied
from pricing.tco.carbon_tables import shipped_carbon
from pricing.tco.footprint import Footprint
from pricing.tco.power import EnergyYear, PowerDraw, PoweredHour, energy_year
from pricing.vocabulary import Evidence, Offer, Provenance, Range, ServiceRate, Target

_HYPERSCALE = ("aws", "azure", "gcp")  # whose sites the low PUE is told of
_DAYS_PER_YEAR, _HOURS_PER_DAY = 365, 24
_THREADS = "hardware threads are rented, a share of a machine: what they draw of its power is not known"
_WAITING = "a card that waits draws its idle power: a request takes more where cards are busy for less of the time"
_PART = "a part of a card is rented: what it draws of the whole is not known"


def footprint_of(question: Question, fleet: SizedFleet, instances_today: int | None) -> Footprint:
    """What the cards of a fleet take and emit in a year at the planned load.

    Args:
        question: What is asked.
        fleet: As sized.
        instances_today: Of a fleet whose number was stated: it runs all day.

    Raises:
        AssumptionError: if `energy.place` is no place of the table.
    """
    counts = fleet.instances_by_hour if instances_today is None else (instances_today,) * _HOURS_PER_DAY
    devices = tuple(count * fleet.line.offer.devices for count in counts)
    found = _energy(question, fleet, devices, is_stated=instances_today is not None)
    emitted = _carbon(question, fleet.line.offer, found)
    making = _embodied(question, fleet, device_hours=math.fsum(devices) * _DAYS_PER_YEAR)
    return Footprint(
        energy=found if isinstance(found, EnergyYear) else None,
        energy_reason=found if isinstance(found, str) else None,
        carbon=emitted if isinstance(emitted, Carbon) else None,
        carbon_reason=emitted if isinstance(emitted, str) else None,
        embodied=making if isinstance(making, Embodied) else None,
        embodied_reason=making if isinstance(making, str) else None,
        notes=_notes(fleet),
    )


def _energy(question: Question, fleet: SizedFleet, devices: tuple[float, ...], *, is_stated: bool) -> EnergyYear | str:
    rate, offer = fleet.rate, fleet.line.offer
    target = target_of(question, rate.replica.target_id)
    if rate.replica.vcpus:
        return _THREADS
    if offer.devices < 1 or offer.devices != int(offer.devices) or rate.replica.devices < 1:
        return _PART
    draw = question.find_power(target.target_id, rate.variant) or _assumed(question, target)
    if draw is None:
        return f"the power limit of {target.name} is not known"
    demand = question.assumptions.demand
    day = tuple(
        PoweredHour(devices=on, busy=_busy(rate, per_s, on, is_stated=is_stated))
        for per_s, on in zip(demand.hourly_per_s, devices, strict=True)
    )
    limit_w = target.board_power_w or 0.0
    return energy_year(draw, day, pue=_pue(question, offer), limit_w=limit_w, requests=demand.per_year)


def _assumed(question: Question, target: Target) -> PowerDraw | None:
    limit_w, energy = target.board_power_w, question.assumptions.energy
    if limit_w is None:
        return None
    told = f"shares of the board's {limit_w:g} W, energy.idle_share and energy.load_share"
    return PowerDraw(
        idle_w=energy.idle_share.scaled(limit_w),
        loaded_w=energy.load_share.scaled(limit_w),
        evidence=Evidence(kind=Provenance.ASSUMED, source=told),
    )


def _busy(rate: ServiceRate, per_s: float, devices: float, *, is_stated: bool) -> Range:
    """How many devices a load keeps busy: no more than are on."""
    each = rate.replica.devices
    planned = min(devices, per_s / rate.sizing_per_s * each)
    if rate.is_bound:  # a stated fleet has a real rate below the bound, so that it is busier than this
        return Range(low=planned, point=None, high=devices) if is_stated and per_s else Range.exactly(planned)
    if rate.curve is None:
        return Range(low=min(planned, per_s / rate.per_s.high * each), point=planned, high=planned)
    most = rate.curve.max_batch
    full = min(devices, per_s * rate.curve.seconds(most) / most * each)
    alone = min(devices, per_s * rate.curve.seconds(1) * each)
    return Range(low=full, point=min(max(planned, full), alone), high=alone)


def _pue(question: Question, offer: Offer) -> Range:
    energy = question.assumptions.energy
    return energy.pue_hyperscale if offer.provider in _HYPERSCALE else energy.pue


def _carbon(question: Question, offer: Offer, energy: EnergyYear | str) -> Carbon | str:
    factor = _factor(question, offer)
    if isinstance(factor, str):
        return factor
    return "the energy is not known" if isinstance(energy, str) else carbon(energy.kwh, factor=factor)


def _factor(question: Question, offer: Offer) -> CarbonFactor | str:
    """What was stated, the grid of the region, or that of the stated place; never another's."""
    energy, tables = question.assumptions.energy, shipped_carbon()
    if energy.place is not None and energy.place not in tables.places:
        there = ", ".join(sorted(tables.places))
        raise AssumptionError(f"energy.place is {shown(energy.place)}: the table of grids has {there}")
    if energy.carbon_g_per_kwh is not None:
        source = next((one.evidence.source for one in question.assumptions.stated if one.name == "energy.carbon"), "")
        return CarbonFactor(g_per_kwh=energy.carbon_g_per_kwh, place=None, vintage=None, source=source)
    factor = tables.of_region(offer.provider, offer.region)
    if factor is None and energy.place is not None:
        factor = tables.places[energy.place]
    where = f"{offer.provider} {offer.region}".strip()
    return factor or f"no figure of the grid of {where:.60} is known: state energy.carbon or energy.place"


def _embodied(question: Question, fleet: SizedFleet, *, device_hours: float) -> Embodied | str:
    energy, target_id = question.assumptions.energy, fleet.rate.replica.target_id
    if fleet.rate.replica.vcpus:
        return "of rented hardware threads nobody declares it"
    declared = shipped_carbon().devices.get(target_id)
    if declared is None and energy.embodied_kg is not None and energy.embodied_source is not None:
        declared = Declaration(kg_per_device=energy.embodied_kg, source=energy.embodied_source)
    if declared is None:
        return f"nobody's declaration of {target_id} is known: state energy.embodied_per_device with its source"
    life = energy.device_life_years if fleet.terms is None else float(fleet.terms.likely.life_years)
    return embodied(declared, device_years=device_hours / (_DAYS_PER_YEAR * _HOURS_PER_DAY), life_years=life)


def _notes(fleet: SizedFleet) -> tuple[str, ...]:
    notes = [_WAITING]
    if fleet.rate.curve is not None:
        notes.append("low with the largest batches, high with batches of one, which keep a card busy for longer")
    if fleet.line.offer.purchase == OWNED:
        notes.append("the electricity that owned cards are charged with is that of the board's limit, an upper bound")
    return tuple(notes)
