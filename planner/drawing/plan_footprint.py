"""Draws energy and carbon of a fleet's cards: estimates from low to high, and what they rest on."""

from collections.abc import Iterator
from enum import StrEnum

from planner.drawing.plan_figures import many
from planner.services.plans.document import ColumnDocument, ProjectionDocument
from planner.services.plans.footprint_document import CarbonDocument, EmbodiedDocument, EnergyDocument, Estimate
from planner.wording.quantities import ABSENT

_NO_POWER, _NO_GRID = "not known: power", "not known: grid"
_TONNE = 1000.0  # kg
_KILO = 1000.0
_MILLION = 1e6
_JOULES_PER_WH = 3600.0


class _Kind(StrEnum):
    """What a sentence is about, in the order in which they are told."""

    ENERGY = "energy"
    NOTE = "energy, too"
    CARBON = "carbon"
    EMBODIED = "embodied"


def energy_cell(column: ColumnDocument) -> str:
    """KWh a year; of a plan made before there was an estimate the bound alone."""
    if column.energy is None:
        return _NO_POWER if column.energy_kwh is None else f"≤ {many(column.energy_kwh.high)} kWh a year"
    found = column.energy
    return _NO_POWER if found.kwh is None else _spread(found.kwh, "kWh a year", is_least=found.is_least)


def request_cell(column: ColumnDocument) -> str:
    """Watt-hours of a million requests at the planned load."""
    found = column.energy
    if found is None or found.joules_per_request is None:
        return ABSENT
    watt_hours = _scaled(found.joules_per_request, _MILLION / _JOULES_PER_WH)
    return _kilo(watt_hours, "Wh", is_least=found.is_least)


def carbon_cell(column: ColumnDocument) -> str:
    """Tonnes a year, by the grid of the place."""
    if column.carbon is None or column.energy is None:
        return _NO_POWER if column.carbon_kg is None else f"≤ {many(column.carbon_kg.high / _TONNE)} t a year"
    if column.carbon.kg is None:
        return _NO_POWER if column.energy.kwh is None else _NO_GRID
    return _spread(_scaled(column.carbon.kg, 1 / _TONNE), "t a year", is_least=column.energy.is_least)


def request_carbon_cell(column: ColumnDocument) -> str:
    """Grams of a million requests at the planned load, by the grid of the place."""
    found = column.carbon
    if found is None or column.energy is None or found.g_per_thousand_requests is None:
        return ABSENT
    grams = _scaled(found.g_per_thousand_requests, _MILLION / _KILO)
    return f"{_kilo(grams, 'g', is_least=column.energy.is_least)}, location-based"


def embodied_cell(column: ColumnDocument) -> str:
    """Tonnes a year of making the cards, which are in no other figure."""
    if column.embodied is None or column.embodied.kg_per_year is None:
        return ABSENT
    least = "≥ " if column.energy is not None and column.energy.is_least else ""
    return f"{least}{many(column.embodied.kg_per_year / _TONNE)} t a year, apart"


def grounds(one: ProjectionDocument) -> Iterator[tuple[str, list[str]]]:
    """What they rest on, each with its kind of evidence, its year and its source; what is the same is told once."""
    told: dict[tuple[_Kind, str], list[str]] = {}
    for column in one.columns:
        for kind, sentence in _sentences(column):
            told.setdefault((kind, sentence), []).append(column.name)
    for kind in _Kind:
        for (of, sentence), names in told.items():
            if of is kind:
                yield f"{kind}: {', '.join(names)}", [sentence]


def _sentences(column: ColumnDocument) -> Iterator[tuple[_Kind, str]]:
    if column.energy is not None:
        yield _Kind.ENERGY, _energy(column.energy)
        for note in column.energy.notes:
            yield _Kind.NOTE, note
    if column.carbon is not None:
        yield _Kind.CARBON, _carbon(column.carbon)
    if column.embodied is not None:
        yield _Kind.EMBODIED, _embodied(column.embodied)


def _energy(found: EnergyDocument) -> str:
    idle, loaded, mean, busy = found.idle_w, found.loaded_w, found.mean_w, found.busy_share
    joules, pue = found.joules_per_request, found.pue
    if idle is None or loaded is None or mean is None or busy is None or joules is None or pue is None:
        return f"not known: {found.reason or 'the plan does not say why'}"
    bound = "" if found.most_kwh is None else f"; at the board's limit it would be {many(found.most_kwh)} kWh a year"
    return (
        f"{found.evidence}: a card draws {_spread(idle, 'W')} idle and {_spread(loaded, 'W')} busy; over the day it is "
        f"busy {_spread(_scaled(busy, 100), '%')} of the time and draws {_spread(mean, 'W')}; a request takes "
        f"{_spread(joules, 'J', is_least=found.is_least)} at the planned load, with a PUE of {_plain(pue)}{bound}; "
        f"{found.source}"
    )


def _carbon(found: CarbonDocument) -> str:
    if found.basis is None:
        return f"not known: {found.reason or 'the plan does not say why'}"
    return "; ".join(filter(None, (found.basis, found.source, found.note)))


def _embodied(found: EmbodiedDocument) -> str:
    if found.kg_per_device is None or found.life_years is None:
        return f"not known: {found.reason or 'the plan does not say why'}"
    spread_out = f"{many(found.kg_per_device)} kg a card over {found.life_years:g} years, in no other figure"
    return "; ".join(filter(None, (spread_out, found.source, found.note)))


def _spread(found: Estimate, unit: str, *, is_least: bool = False) -> str:
    """`1,200 kWh (800 to 1,500)`; `800 to 1,500 kWh` without a likely figure; `≥ 800 kWh` of the smallest fleet."""
    low, high = many(found.low), many(found.high)
    if is_least:
        return f"≥ {low} {unit}"
    if low == high:
        return f"{high} {unit}"
    return f"{low} to {high} {unit}" if found.point is None else f"{many(found.point)} {unit} ({low} to {high})"


def _kilo(found: Estimate, unit: str, *, is_least: bool) -> str:
    if found.high < _KILO:
        return _spread(found, unit, is_least=is_least)
    return _spread(_scaled(found, 1 / _KILO), f"k{unit}", is_least=is_least)


def _scaled(found: Estimate, factor: float) -> Estimate:
    point = None if found.point is None else found.point * factor
    return Estimate(low=found.low * factor, point=point, high=found.high * factor)


def _plain(found: Estimate) -> str:
    return f"{found.low:g}" if found.low == found.high else f"{found.low:g} to {found.high:g}"
