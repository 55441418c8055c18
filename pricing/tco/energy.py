"""Electrical energy of machines that run all year, what it costs, and the carbon of making it.

Carbon is location-based: the grid's average factor, with its year. What building the machines emitted (embodied) stands
apart and is never derived from power.
"""

from dataclasses import dataclass
from decimal import Decimal

from pricing.errors import AssumptionError
from pricing.money import HOURS_PER_YEAR, Money, Number, exact
from pricing.tco.checks import at_least, not_negative

_KILO = Decimal("0.001")
_NO_DECLARATION = "not available: no maker's declaration was given, and it cannot be derived from power or price"


def energy_kwh(it_power_w: Number, *, pue: Number, hours: Number = HOURS_PER_YEAR) -> Decimal:
    """Energy at the meter, in kWh: IT power × hours × PUE (all energy of the site over that of its machines).

    Args:
        it_power_w: Watts that the machines draw on average, not their board limit where the mean is known.
        pue: 1 or more.
        hours: How long.

    Raises:
        AssumptionError: if the power or the hours are negative, or the PUE is below 1.
    """
    power = at_least(it_power_w, 0, name="IT power")
    return power * _KILO * at_least(hours, 0, name="hours") * at_least(pue, 1, name="PUE")


def energy_cost(it_power_w: Number, *, pue: Number, price_per_kwh: Money, hours: Number = HOURS_PER_YEAR) -> Money:
    """What that energy costs; of machines that are owned, as a rent contains its power.

    Raises:
        AssumptionError: if a figure or the price is negative, or the PUE is below 1.
    """
    price = not_negative(price_per_kwh, name="the price of a kWh")
    return price * energy_kwh(it_power_w, pue=pue, hours=hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarbonFactor:
    """Grams of CO₂ equivalent that a kWh of a place's grid emits.

    Attributes:
        g_per_kwh: The average of the grid.
        place: The country or region.
        vintage: The year that the average is of.
        source: Who stated it.
    """

    g_per_kwh: float
    place: str
    vintage: int
    source: str

    def __post_init__(self) -> None:
        """Refuse a factor below nothing."""
        at_least(self.g_per_kwh, 0, name=f"the carbon factor of {self.place:.40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carbon:
    """What an amount of energy emits: an estimate.

    Attributes:
        operational_kg: From the energy, in kg of CO₂ equivalent.
        factor: What it was reckoned with.
        embodied_kg: From building the machines, in kg; None where nobody declared it. Never added to the other.
        embodied_source: Who declared it, or why it is missing.
    """

    operational_kg: float
    factor: CarbonFactor
    embodied_kg: float | None
    embodied_source: str

    @property
    def basis(self) -> str:
        """As a report labels it."""
        return f"location-based, {self.factor.place} {self.factor.vintage}, {self.factor.g_per_kwh:g} g/kWh"


def carbon(
    kwh: Number, *, factor: CarbonFactor, embodied_kg: Number | None = None, embodied_source: str = ""
) -> Carbon:
    """The emissions of so much energy, and beside them what building the machines emitted, where it was declared.

    Raises:
        AssumptionError: if a figure is negative, or embodied emissions come without their source.
    """
    if embodied_kg is not None and not embodied_source.strip():
        raise AssumptionError("embodied carbon is given without its source: name the maker's declaration")
    energy = at_least(kwh, 0, name="the energy")
    return Carbon(
        operational_kg=float(energy * exact(factor.g_per_kwh) * _KILO),
        factor=factor,
        embodied_kg=None if embodied_kg is None else float(at_least(embodied_kg, 0, name="embodied carbon")),
        embodied_source=_NO_DECLARATION if embodied_kg is None else embodied_source,
    )
