"""What renting costs a year, and what a yearly amount is by the hour."""

from pricing.errors import AssumptionError
from pricing.money import HOURS_PER_YEAR, HourlyRate, Money, Number
from pricing.tco.checks import above_zero, at_least


def rent_per_year(
    rate: HourlyRate, *, count: Number = 1, hours: Number = HOURS_PER_YEAR, energy: Money | None = None
) -> Money:
    """What so many rented things cost in a year.

    Args:
        rate: Of one of them.
        count: How many.
        hours: Of the year in which they are rented.
        energy: A cost of energy on top; there is none, as a rent contains its power.

    Raises:
        AssumptionError: if energy is counted on top of the rent (rule R9), or a count is negative.
    """
    if energy is not None and energy.amount != 0:
        raise AssumptionError(
            f"{energy.cents} {energy.currency} of energy are counted on top of a rent: power is inside the price"
            " (rule R9). Leave it out, or price the machines as owned"
        )
    return rate.over(at_least(hours, 0, name="hours of rent"), count=at_least(count, 0, name="the count rented"))


def per_hour(yearly: Money, *, count: Number = 1) -> HourlyRate:
    """A yearly amount for so many things as a price per hour of one of them: over 8,760 hours.

    Raises:
        AssumptionError: if the count is not above 0.
    """
    share = yearly / (above_zero(count, name="the count") * HOURS_PER_YEAR)
    return HourlyRate(share.amount, share.currency)
