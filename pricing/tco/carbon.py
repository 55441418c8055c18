"""What energy emits, by the average of the grid at its place; and apart from it, what making the devices emitted.

Location-based: the grid's average with its year, whatever the operator buys on the market. What making them emitted
(embodied) stands beside it, is never added, and is never derived from power or price.
"""

from dataclasses import dataclass

from pricing.errors import AssumptionError
from pricing.tco.checks import above_zero, at_least
from pricing.tco.power import times
from pricing.vocabulary import Range

_KG_PER_G = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class CarbonFactor:
    """Grams of CO₂ equivalent that a kWh of a place's grid emits on average.

    Attributes:
        g_per_kwh: From low to high where sources differ.
        place: The country or region; None where only the figure was stated.
        vintage: The year that the average is of; None where nobody said.
        source: Who stated it.
        note: What a reader must know.
    """

    g_per_kwh: Range
    place: str | None
    vintage: int | None
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a factor below nothing."""
        at_least(self.g_per_kwh.low, 0, name=f"the carbon factor of {self.place or 'the grid':.40}")

    @property
    def basis(self) -> str:
        """As every figure of it is labelled."""
        where = "as stated" if self.place is None else self.place
        year = "" if self.vintage is None else f" {self.vintage}"
        low, high = self.g_per_kwh.low, self.g_per_kwh.high
        return f"location-based, {where}{year}, {low:g}{'' if low == high else f' to {high:g}'} g/kWh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carbon:
    """What an amount of energy emits: an estimate, in kg of CO₂ equivalent."""

    kg: Range
    factor: CarbonFactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What making one device emitted, in kg of CO₂ equivalent, and who said so."""

    kg_per_device: float
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a figure that nobody stands behind."""
        at_least(self.kg_per_device, 0, name="embodied carbon")
        if not self.source.strip():
            raise AssumptionError("embodied carbon is given without its source: name the maker's declaration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Embodied:
    """The part of one year in what making the devices emitted, spread evenly over their life. Never added to `Carbon`.

    Attributes:
        kg_per_year: Of all devices.
        life_years: Over which it is spread.
        declaration: Of one device.
    """

    kg_per_year: float
    life_years: float
    declaration: Declaration


def carbon(kwh: Range, *, factor: CarbonFactor) -> Carbon:
    """The emissions of so much energy at that place.

    Raises:
        AssumptionError: if the energy is negative.
    """
    at_least(kwh.low, 0, name="the energy")
    return Carbon(kg=times(kwh, factor.g_per_kwh).scaled(_KG_PER_G), factor=factor)


def embodied(declaration: Declaration, *, device_years: float, life_years: float) -> Embodied:
    """What devices that are held for so long carry of their making: kg × device-years / life.

    Raises:
        AssumptionError: if the life is none, or the time is negative.
    """
    above_zero(life_years, name="the life in years")
    at_least(device_years, 0, name="the years of devices")
    per_year = declaration.kg_per_device * device_years / life_years
    return Embodied(kg_per_year=per_year, life_years=life_years, declaration=declaration)
