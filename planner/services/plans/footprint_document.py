"""The part of a plan's document that tells energy and carbon: estimates for the cards of a fleet alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An estimate from low to high."""

    low: float
    point: float | None
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyDocument:
    """Energy of a year at the site's meter, from the load curve; null with the reason where power is not known.

    `most_kwh` is the same at the board's limit and the worst PUE, a bound. `is_least`: of the smallest fleet that could
    do, where only a bound of its rate is known. `idle_w`, `loaded_w` and `mean_w` are of one card, without PUE;
    `joules_per_request` is at the planned load, with PUE.
    """

    kwh: Estimate | None = None
    most_kwh: float | None = None
    joules_per_request: Estimate | None = None
    idle_w: Estimate | None = None
    loaded_w: Estimate | None = None
    busy_share: Estimate | None = None
    mean_w: Estimate | None = None
    pue: Estimate | None = None
    evidence: str | None = None
    source: str | None = None
    is_least: bool = False
    reason: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CarbonDocument:
    """What that energy emits, in kg of CO₂ equivalent, location-based: `basis` names place, year and factor."""

    kg: Estimate | None = None
    g_per_thousand_requests: Estimate | None = None
    g_per_kwh: Estimate | None = None
    basis: str | None = None
    place: str | None = None
    vintage: int | None = None
    source: str | None = None
    note: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbodiedDocument:
    """A year's part in what making the cards emitted, in kg of CO₂ equivalent: apart, in no other figure."""

    kg_per_year: float | None = None
    kg_per_device: float | None = None
    life_years: float | None = None
    source: str | None = None
    note: str | None = None
    reason: str | None = None
