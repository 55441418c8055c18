"""A fleet: lines of instances, what they cost together, and what a year costs when instances follow the load."""

from collections.abc import Sequence
from dataclasses import dataclass

from pricing.errors import AssumptionError, CapacityError
from pricing.fleet.instances import FleetLine, is_whole
from pricing.money import Money
from pricing.vocabulary import Offer

_HOURS_PER_DAY = 24
_DAYS_PER_YEAR = 365  # 8,760 hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Lines of instances that serve together, all priced in one currency."""

    lines: tuple[FleetLine, ...]

    def __post_init__(self) -> None:
        """Refuse a fleet of nothing, and prices that cannot be added."""
        if not self.lines:
            raise CapacityError("a fleet has at least one line of instances")
        currencies = {line.offer.rate.currency for line in self.lines}
        if len(currencies) > 1:
            raise AssumptionError(f"a fleet is priced in one currency, not in {', '.join(sorted(currencies)):.60}")

    @property
    def instances(self) -> int:
        """All that are rented."""
        return sum(line.instances for line in self.lines)

    @property
    def per_hour(self) -> Money:
        """What all lines cost in an hour."""
        return _total([line.per_hour for line in self.lines])

    @property
    def per_year(self) -> Money:
        """What all lines cost in 8,760 hours."""
        return _total([line.per_year for line in self.lines])


def autoscaled_year(instances_by_hour: Sequence[int], offer: Offer, *, floor: int) -> Money:
    """What a year costs when the number of instances follows a typical day, hour by hour, billed by the hour.

    Args:
        instances_by_hour: Instances that each of the 24 hours needs, whatever starts early for the next hour included.
        offer: What is rented; a commitment is paid whether used or not, so its price does not belong here.
        floor: Instances that never stop.

    Raises:
        AssumptionError: if the day has no 24 hours, or a count is no whole number from 0.
    """
    if len(instances_by_hour) != _HOURS_PER_DAY:
        raise AssumptionError(f"a typical day has 24 hours, not {len(instances_by_hour)}")
    for count in (*instances_by_hour, floor):
        if not is_whole(count) or count < 0:
            raise AssumptionError(f"{count!r:.40} instances in an hour: a whole number from 0 is needed")
    hours_per_day = sum(max(count, floor) for count in instances_by_hour)
    return offer.rate.over(_DAYS_PER_YEAR, count=hours_per_day)


def _total(amounts: Sequence[Money]) -> Money:
    return sum(amounts[1:], start=amounts[0])
