"""What an offer can be: the purchase options, hardware of one's own, and the price of one device in an offer."""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pricing.errors import BookError
from pricing.money import HourlyRate, Money
from pricing.vocabulary import Offer

ON_DEMAND = "on_demand"
PURCHASES = (
    ON_DEMAND,
    "spot",
    "spot_estimate",
    "committed_1y",
    "committed_3y",
    "reserved_1y_no_upfront",
    "reserved_1y_partial_upfront",
    "reserved_1y_all_upfront",
    "reserved_3y_no_upfront",
    "reserved_3y_partial_upfront",
    "reserved_3y_all_upfront",
    "savings_plan_1y",
    "savings_plan_3y",
    "contract",
)
"""How one pays for an hour; `contract` is a price of one's own. Bought hardware is an `OwnedOffer`."""

MOST_PARTS = 16
"""Of a device: providers rent halves, thirds, sixths, and down to an eighth; written 0.1667 a sixth is meant."""

_SAME = 1e-9
_LONGEST_LIFE_YEARS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedOffer:
    """One device of one's own, by what it costs to buy; the arithmetic of owning is `tco`'s.

    Attributes:
        name: What the owner calls it.
        target_id: The target that it is.
        capex: What one device costs to buy, with its share of a server if that is how it was reckoned.
        life_years: Over how many years it is used.
        residual: What it is worth afterwards.
        as_of: The day on which the price was stated.
        source: Who stated it.
    """

    name: str
    target_id: str
    capex: Money
    life_years: float
    residual: Money
    as_of: date
    source: str

    def __post_init__(self) -> None:
        """Refuse what nobody can own."""
        if not (math.isfinite(self.life_years) and 0 < self.life_years <= _LONGEST_LIFE_YEARS):
            raise BookError(f"a life of {self.life_years:g} years is none: use up to {_LONGEST_LIFE_YEARS}")
        if self.capex.currency != self.residual.currency:
            raise BookError("the capital price and the residual value must be in one currency")
        if self.capex.amount <= 0 or not 0 <= self.residual.amount <= self.capex.amount:
            raise BookError("the capital price must be positive, and the residual value between nothing and that price")


def per_device_hour(offer: Offer) -> HourlyRate | None:
    """The price of one whole device for an hour; None for a CPU instance, which has no devices.

    A sixth of a card for $0.454 is $2.724 an hour: the fraction is exact, so the price is.
    """
    if offer.devices <= 0:
        return None
    share = as_fraction(offer.devices)
    return HourlyRate(offer.rate.amount * Decimal(share.denominator) / Decimal(share.numerator), offer.rate.currency)


def as_fraction(devices: float) -> Fraction:
    """The number of devices as the exact number that was meant."""
    near = Fraction(devices).limit_denominator(MOST_PARTS)
    return near if abs(float(near) - devices) <= _SAME else Fraction(str(devices))
