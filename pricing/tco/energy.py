"""Electrical energy of machines that run at one power, and what it costs."""

from decimal import Decimal

from pricing.money import HOURS_PER_YEAR, Money, Number
from pricing.tco.checks import at_least, not_negative

_KILO = Decimal("0.001")


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
