"""What accelerators draw: a power that rises with the busy share, summed over the hours of a day that repeats itself.

A card that waits still draws its idle power, so a request costs more energy where cards are less busy. An estimate
never leaves the span from idle power to the board's limit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pricing.errors import AssumptionError
from pricing.tco.checks import above_zero, at_least
from pricing.vocabulary import Evidence, Range

_DAYS_PER_YEAR = 365
_HOURS_PER_DAY = 24
_JOULES_PER_KWH = 3.6e6
_WATTS_PER_KW = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerDraw:
    """What one device draws, in watts, without what its site adds.

    Attributes:
        idle_w: Ready to serve, with its model loaded, and no request.
        loaded_w: Busy all the time.
        evidence: A run that measured both, or the shares of the board's limit that are assumed.
    """

    idle_w: Range
    loaded_w: Range
    evidence: Evidence

    def __post_init__(self) -> None:
        """Refuse a device that draws less when it works, and what is no power."""
        at_least(self.idle_w.low, 0, name="idle power")
        at_least(self.loaded_w.high, 0, name="loaded power")  # a power without a limit is none either
        idle, loaded = self.idle_w, self.loaded_w
        for idle_w, loaded_w in ((idle.low, loaded.low), (idle.point, loaded.point), (idle.high, loaded.high)):
            if idle_w is not None and loaded_w is not None and idle_w > loaded_w:
                raise AssumptionError(f"idle power, {idle_w:g} W, is above loaded power, {loaded_w:g} W: exchange them")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoweredHour:
    """One hour of the day: devices that are switched on, and how many of them are busy on average."""

    devices: float
    busy: Range

    def __post_init__(self) -> None:
        """Refuse more busy devices than there are."""
        at_least(self.busy.low, 0, name="the busy devices")
        if self.busy.high > self.devices:
            raise AssumptionError(f"{self.busy.high:g} devices are busy of {self.devices:g} that are switched on")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyYear:
    """Energy of devices at a site's meter, in 8,760 hours: an estimate, without hosts and network.

    Attributes:
        draw: What one device draws.
        kwh: What all of them take, PUE included.
        most_kwh: The same at the board's limit and at the worst PUE: an upper bound.
        mean_w: Of one device over the year, PUE not included.
        joules_per_request: At the planned load, PUE included.
        pue: All energy of the site over that of its machines.
    """

    draw: PowerDraw
    kwh: Range
    most_kwh: float
    mean_w: Range
    joules_per_request: Range
    pue: Range


def energy_year(
    draw: PowerDraw, day: Sequence[PoweredHour], *, pue: Range, limit_w: float, requests: float
) -> EnergyYear:
    """Σ over the hours of idle · devices + (loaded − idle) · busy devices, times 365 days and the PUE.

    As power is linear in the busy share, it does not matter how a load is spread over the devices that are on.

    Args:
        draw: What one device draws.
        day: Its 24 hours.
        pue: 1 or more.
        limit_w: Of the board.
        requests: In the year.

    Raises:
        AssumptionError: if the day has no 24 hours or no device, the PUE is below 1, or there is no request.
    """
    if len(day) != _HOURS_PER_DAY:
        raise AssumptionError(f"a typical day has 24 hours, not {len(day)}")
    at_least(pue.low, 1, name="PUE")
    above_zero(requests, name="the requests of a year")
    device_hours = math.fsum(hour.devices for hour in day)
    above_zero(device_hours, name="the hours of devices")
    watt_hours = _watt_hours(draw, day)
    per_year = _DAYS_PER_YEAR / _WATTS_PER_KW
    kwh = times(watt_hours, pue).scaled(per_year)
    return EnergyYear(
        draw=draw,
        kwh=kwh,
        most_kwh=limit_w * device_hours * per_year * pue.high,
        mean_w=watt_hours.scaled(1 / device_hours),
        joules_per_request=kwh.scaled(_JOULES_PER_KWH / requests),
        pue=pue,
    )


def times(one: Range, other: Range) -> Range:
    """The product of two ranges that are not negative; without a point where one of them has none."""
    point = None if one.point is None or other.point is None else one.point * other.point
    return Range(low=one.low * other.low, point=point, high=one.high * other.high)


def _watt_hours(draw: PowerDraw, day: Sequence[PoweredHour]) -> Range:
    """Of one day, all that is uncertain on the same side."""
    idle, loaded = draw.idle_w, draw.loaded_w
    busy_points = [hour.busy.point for hour in day if hour.busy.point is not None]
    point = None
    if idle.point is not None and loaded.point is not None and len(busy_points) == len(day):
        point = _sum(day, busy_points, idle_w=idle.point, loaded_w=loaded.point)
    return Range(
        low=_sum(day, [hour.busy.low for hour in day], idle_w=idle.low, loaded_w=loaded.low),
        point=point,
        high=_sum(day, [hour.busy.high for hour in day], idle_w=idle.high, loaded_w=loaded.high),
    )


def _sum(day: Sequence[PoweredHour], busy: Sequence[float], *, idle_w: float, loaded_w: float) -> float:
    return math.fsum(
        idle_w * hour.devices + (loaded_w - idle_w) * devices for hour, devices in zip(day, busy, strict=True)
    )
