"""What owning machines costs a year, by its parts, and where it meets a rent."""

from dataclasses import dataclass

from pricing.errors import AssumptionError
from pricing.money import HOURS_PER_YEAR, HourlyRate, Money, Number, exact
from pricing.tco.checks import above_zero, at_least, not_negative
from pricing.tco.energy import energy_cost
from pricing.tco.renting import per_hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Machines of one's own: all amounts are for all of them together, in one currency.

    Attributes:
        capex: What they cost to buy.
        infrastructure_share: Racks, network and cooling bought with them, as a share of that.
        life_years: Over how many years the purchase is spread.
        residual: What they are sold for at the end of their life.
        it_power_w: Watts that they draw on average.
        pue: All energy of the site over theirs; 1 or more.
        price_per_kwh: Of electricity.
        colocation_per_year: Rent of the room, where its price does not contain the power.
        support_per_year: Maintenance contracts.
        staff_per_year: Labour of running them.
        devices: Accelerators inside; the hours that are delivered are theirs.
    """

    capex: Money
    infrastructure_share: Number = 0
    life_years: Number
    residual: Money | None = None
    it_power_w: Number
    pue: Number
    price_per_kwh: Money
    colocation_per_year: Money | None = None
    support_per_year: Money | None = None
    staff_per_year: Money | None = None
    devices: int = 1

    def __post_init__(self) -> None:
        """Refuse a life, a share or a residual that no machine has."""
        at_least(self.infrastructure_share, 0, name="the share of infrastructure")
        above_zero(self.life_years, name="the life in years")
        above_zero(self.devices, name="the number of devices")
        not_negative(self.capex, name="the purchase")
        for name in ("residual", "colocation_per_year", "support_per_year", "staff_per_year"):
            if (amount := getattr(self, name)) is not None:
                not_negative(amount, name=name.replace("_", " "))
        if self.residual is not None and self.residual > self.outlay:
            raise AssumptionError("the residual is above the purchase: machines are not sold for more than they cost")

    @property
    def outlay(self) -> Money:
        """Paid at once for machines and infrastructure: the purchase in cash flows."""
        return self.capex * (1 + exact(self.infrastructure_share))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedYear:
    """One year of owning, by its parts.

    Attributes:
        purchase: The outlay spread over the life: no cash of any one year.
        residual: What the sale at the end gives back, spread alike; not negative.
        energy: IT power × 8,760 h × PUE × price.
        colocation: Rent of the room.
        support: Maintenance contracts.
        staff: Labour.
    """

    purchase: Money
    residual: Money
    energy: Money
    colocation: Money
    support: Money
    staff: Money

    @property
    def total(self) -> Money:
        """For comparison with a rent."""
        return self.purchase - self.residual + self.cash

    @property
    def cash(self) -> Money:
        """What is paid within the year: the running cost in cash flows, beside the outlay at the start."""
        return self.energy + self.colocation + self.support + self.staff


def owned_year(own: Ownership) -> OwnedYear:
    """capex·(1 + infrastructure)/life − residual/life + kW·8,760·PUE·$/kWh + colocation + support + staff.

    Raises:
        AssumptionError: if the power is negative or the PUE below 1.
        UnitError: if the amounts are in different currencies.
    """
    nothing = own.capex * 0
    year = OwnedYear(
        purchase=own.outlay / own.life_years,
        residual=nothing if own.residual is None else own.residual / own.life_years,
        energy=energy_cost(own.it_power_w, pue=own.pue, price_per_kwh=own.price_per_kwh),
        colocation=own.colocation_per_year or nothing,
        support=own.support_per_year or nothing,
        staff=own.staff_per_year or nothing,
    )
    _ = year.total  # two currencies are refused here, not where the year is read
    return year


def per_delivered_hour(own: Ownership, *, utilisation: Number = 1) -> HourlyRate:
    """What one hour of one accelerator costs that does work: the year over 8,760 h × devices × utilisation.

    Args:
        own: The machines.
        utilisation: The share of hours that are delivered, above 0 up to 1. It is a result of load and SLO.

    Raises:
        AssumptionError: if the share is none.
    """
    share = above_zero(utilisation, name="utilisation")
    if share > 1:
        raise AssumptionError(f"utilisation is {utilisation!s:.40}: it is a share, above 0 up to 1")
    return per_hour(owned_year(own).total, count=share * own.devices)


def break_even_utilisation(yearly: Money, *, rent: HourlyRate) -> float:
    """The share of the year from which owning costs less than renting by the hour: annual_own/(8,760·rent).

    Args:
        yearly: What owning costs.
        rent: Of the same machines together: the rent of one times their number.

    Returns:
        Above 1 where renting all year is the cheaper way.

    Raises:
        UnitError: if the rent is nothing or in another currency.
    """
    return yearly.ratio(rent.over(HOURS_PER_YEAR))
