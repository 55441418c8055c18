"""Turns the footprint of a fleet into its documents."""

from planner.services.plans.footprint_document import CarbonDocument, EmbodiedDocument, EnergyDocument, Estimate
from pricing.projection.model import Column
from pricing.vocabulary import Range

_G_PER_KG = 1000.0
_THOUSAND = 1000.0


def energy_of(column: Column) -> EnergyDocument:
    """Energy of a year, or why it is not known."""
    found = column.footprint.energy
    if found is None:
        return EnergyDocument(reason=column.footprint.energy_reason)
    return EnergyDocument(
        kwh=_estimate(found.kwh),
        most_kwh=found.most_kwh,
        joules_per_request=_estimate(found.joules_per_request),
        idle_w=_estimate(found.draw.idle_w),
        loaded_w=_estimate(found.draw.loaded_w),
        busy_share=_estimate(found.busy_share),
        mean_w=_estimate(found.mean_w),
        pue=_estimate(found.pue),
        evidence=found.draw.evidence.kind,
        source=found.draw.evidence.source,
        is_least=column.costs_at_least,
        notes=column.footprint.notes,
    )


def carbon_of(column: Column, *, requests: float) -> CarbonDocument:
    """What that energy emits, a year and for a thousand of so many requests, or why it is not known."""
    found = column.footprint.carbon
    if found is None:
        return CarbonDocument(reason=column.footprint.carbon_reason)
    return CarbonDocument(
        kg=_estimate(found.kg),
        g_per_thousand_requests=_estimate(found.kg.scaled(_G_PER_KG * _THOUSAND / requests)),
        g_per_kwh=_estimate(found.factor.g_per_kwh),
        basis=found.factor.basis,
        place=found.factor.place,
        vintage=found.factor.vintage,
        source=found.factor.source,
        note=found.factor.note,
    )


def embodied_of(column: Column) -> EmbodiedDocument:
    """A year's part in what making the cards emitted, or why it is not known."""
    found = column.footprint.embodied
    if found is None:
        return EmbodiedDocument(reason=column.footprint.embodied_reason)
    return EmbodiedDocument(
        kg_per_year=found.kg_per_year,
        kg_per_device=found.declaration.kg_per_device,
        life_years=found.life_years,
        source=found.declaration.source,
        note=found.declaration.note,
    )


def _estimate(spread: Range) -> Estimate:
    return Estimate(low=spread.low, point=spread.point, high=spread.high)
