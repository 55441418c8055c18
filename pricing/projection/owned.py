"""Machines of one's own behind a column: priced by the hour to size them, and paid in cash.

A year of owning spreads the purchase over a life; cash does not. So a column carries both: what it costs a year, for
comparison with a rent, and the machines, from which cash flows are made. Of a fleet that serves today the purchase is
spent: no change brings it back.
"""

import math
from collections.abc import Callable
from datetime import date

from pricing.assumptions import Assumptions
from pricing.book import OwnedOffer, PriceBook, cheapest_per_device, per_device_hour
from pricing.errors import BookError, EvidenceError
from pricing.money import Money
from pricing.projection.model import CostRange, Machines, OwnedTerms
from pricing.tco.owning import OwnedYear, Ownership, break_even_utilisation, owned_year
from pricing.tco.renting import per_hour
from pricing.vocabulary import Offer, Range, Replica, Target, TargetKind

OWNED = "owned"
"""The purchase of what is bought."""
OWN = "own hardware"
_WATTS_PER_KW = 1000


def owned_offers(
    book: PriceBook, assumptions: Assumptions, target: Target, *, replica: Replica, name: str | None
) -> tuple[tuple[Offer, OwnedTerms], ...]:
    """Machines that each hold one replica, priced by the hour like a rent: a year of owning one over 8,760 hours.

    Args:
        book: With hardware of one's own; of each name the latest price not later than the plan's day counts.
        assumptions: Of what owning costs beside the purchase.
        target: What the hardware is.
        replica: How many devices one machine must have.
        name: Only the hardware of this name.

    Raises:
        BookError: where no such hardware was priced by that day.
        EvidenceError: where its power is not known, or it is a CPU, whose threads no price of hardware states.
    """
    if target.kind is not TargetKind.GPU or replica.vcpus:
        raise EvidenceError(f"owned hardware is counted in accelerators, and {target.name} is none: price it as rented")
    if target.board_power_w is None:
        raise EvidenceError(f"the power of {target.name} is not known, so what owning it costs is not either")
    devices = max(1, math.ceil(replica.devices))
    found = []
    for one in _latest(book, assumptions.as_of, target.target_id, name):
        terms = _terms(one, assumptions, devices=devices, power_w=target.board_power_w)
        found.append((_offer(one, terms, devices=devices), terms))
    return tuple(found)


def cost_of_machines(machines: Machines) -> CostRange:
    """A year of owning them, the purchase spread over their life."""
    return _spread(machines, lambda year: year.total)


def cash_of_machines(machines: Machines) -> CostRange:
    """What running them takes in cash a year."""
    return _spread(machines, lambda year: year.cash)


def _spread(machines: Machines, part: Callable[[OwnedYear], Money]) -> CostRange:
    low, planned, high = (
        part(owned_year(own)) for own in (machines.terms.cheap, machines.terms.likely, machines.terms.dear)
    )
    return CostRange(
        low=low * machines.fewest,
        planned=planned * machines.count,
        high=None if machines.most is None else high * machines.most,
    )


def purchases(own: Ownership, count: int, *, horizon_years: int, is_sold_by_age: bool) -> tuple[Money, ...]:
    """What buying `count` machines pays now and gives back at the end of every year, horizon + 1 amounts.

    At the end of their life they are sold for their residual and bought anew; in a year that ends later than their
    life does, this is counted at its start. At the end of the horizon those that are there are sold: for what their
    age leaves of the price, in a straight line to the residual, or for no more than the residual.
    """
    nothing = own.capex * 0
    flows = [nothing] * (horizon_years + 1)
    residual = own.residual or nothing
    life = float(own.life_years)
    bought = 0
    while bought * life < horizon_years:
        index = math.floor(bought * life)
        flows[index] += (residual if bought else nothing) - own.outlay
        bought += 1
    age = min(1.0, horizon_years / life - (bought - 1))
    by_age = own.capex - (own.capex - residual) * age
    flows[-1] += max(by_age, residual) if is_sold_by_age else residual
    return tuple(flow * count for flow in flows)


def owning_notes(
    book: PriceBook, machines: Machines, target_id: str, as_of: date, *, is_today: bool
) -> tuple[str, ...]:
    """A year of owning by its parts, and from which utilisation it beats the cheapest rent of that target."""
    own, count = machines.terms.likely, machines.count
    year = owned_year(own)
    parts = {
        "purchase": year.purchase,
        "resale": -year.residual,
        "electricity": year.energy,
        "colocation": year.colocation,
        "support": year.support,
        "staff": year.staff,
    }
    told = ", ".join(f"{name} {(amount * count).cents:,}" for name, amount in parts.items() if amount.amount)
    notes = [
        f"owned, {own.capex.currency} a year: {told}",
        "power is that of the boards at their limit, without the rest of their servers",
        _break_even(book, machines, target_id, as_of),
    ]
    if is_today:
        notes.append("what was paid for today's hardware is spent: of a change, cash flows count its running cost only")
    return tuple(notes)


def _break_even(book: PriceBook, machines: Machines, target_id: str, as_of: date) -> str:
    own = machines.terms.likely
    yearly = owned_year(own).total
    hourly = per_hour(yearly, count=own.devices)
    currency = own.capex.currency
    markets = cheapest_per_device(book, target_id, as_of, currency=currency).values()
    priced = [(price, offer) for offer in markets if (price := per_device_hour(offer)) is not None]
    costs = f"owning costs {hourly.amount:,.4f} {currency} for each device and hour of the year"
    if not priced:
        return f"{costs}; nobody rents {target_id} out on demand as of {as_of}, so there is no break-even"
    rent, offer = min(priced, key=lambda one: (one[0].amount, one[1].provider, one[1].region))
    share = break_even_utilisation(yearly, rent=rent.times(own.devices))
    where = f"the cheapest rent, {rent.amount:,.4f} at {offer.provider} in {offer.region} as of {offer.as_of}"
    return (
        f"{costs}; against {where}, it pays for devices that are needed in more than {100 * share:.1f} % of the hours"
        if share <= 1
        else f"{costs}: more than {where}, costs for all the year"
    )


def _latest(book: PriceBook, as_of: date, target_id: str, name: str | None) -> list[OwnedOffer]:
    latest: dict[str, OwnedOffer] = {}
    for one in book.owned:
        if one.target_id == target_id and one.as_of <= as_of and name in {None, one.name}:
            known = latest.get(one.name)
            latest[one.name] = one if known is None or known.as_of < one.as_of else known
    if not latest:
        there = sorted({one.name for one in book.owned if one.target_id == target_id})
        told = f"there is {', '.join(there):.120}" if there else "a TOML file of prices gives one as a table [[owned]]"
        wanted = f" named {name:.60}" if name else ""
        raise BookError(f"no price of owned {target_id} hardware{wanted} is known by {as_of}: {told}")
    return list(latest.values())


def _terms(one: OwnedOffer, assumptions: Assumptions, *, devices: int, power_w: float) -> OwnedTerms:
    def of(pick: str) -> Ownership:
        owning, energy = assumptions.owning, assumptions.energy
        capex = one.capex * devices
        it_power_w = power_w * devices
        return Ownership(
            capex=capex,
            infrastructure_share=_at(owning.infrastructure_share, pick),
            life_years=one.life_years,
            residual=one.residual * devices,
            it_power_w=it_power_w,
            pue=_at(energy.pue, pick),
            price_per_kwh=Money.of(_at(energy.price_per_kwh, pick)),
            colocation_per_year=Money.of(_at(owning.colocation_per_kw, pick)) * (it_power_w / _WATTS_PER_KW),
            support_per_year=capex * _at(owning.support_share, pick),
            staff_per_year=Money.of(_at(owning.staff_per_device, pick)) * devices,
            devices=devices,
        )

    return OwnedTerms(cheap=of("low"), likely=of("point"), dear=of("high"))


def _at(spread: Range, pick: str) -> float:
    if pick == "low":
        return spread.low
    return spread.high if pick == "high" or spread.point is None else spread.point


def _offer(one: OwnedOffer, terms: OwnedTerms, *, devices: int) -> Offer:
    return Offer(
        provider=OWN,
        region="",
        instance=one.name,
        target_id=one.target_id,
        device=one.name,
        devices=float(devices),
        vcpus=None,
        memory_gib=None,
        is_rentable_alone=True,
        purchase=OWNED,
        rate=per_hour(owned_year(terms.likely).total),
        as_of=one.as_of,
        source=one.source,
    )
