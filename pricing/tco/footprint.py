"""What a fleet takes of electricity and emits in a year, each part with the reason where it is not known."""

from dataclasses import dataclass

from pricing.tco.carbon import Carbon, Embodied
from pricing.tco.power import EnergyYear


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Estimates for the cards of a fleet alone. Energy of rented cards is inside the price, and never added to it.

    Attributes:
        energy: From the load curve; None where power is not known.
        energy_reason: Why not.
        carbon: Of that energy, location-based; None where energy or grid is not known.
        carbon_reason: Why not.
        embodied: Of making the cards, apart; None where nobody declared it.
        embodied_reason: Why not.
        notes: What a reader must know.
    """

    energy: EnergyYear | None
    energy_reason: str | None
    carbon: Carbon | None
    carbon_reason: str | None
    embodied: Embodied | None
    embodied_reason: str | None
    notes: tuple[str, ...] = ()
