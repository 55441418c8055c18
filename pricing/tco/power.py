"""What accelerators draw: a power that rises with the busy share, summed over the hours of a day that repeats itself.

A card that waits still draws its idle power, so a request costs more energy where cards are less busy. An estimate
never leaves the span from idle power to the board's limit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pricing.errors import AssumptionError
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
        idle, loaded = self.idle_w, self.loaded_w
        if idle.low < 0 or not math.isfinite(loaded.high):
            raise AssumptionError(f"a power from {idle.low:g} to {loaded.high:g} W is none: give watts from 0 on")
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
        if not 0 <= self.busy.low <= self.busy.high <= self.devices:
            busy = f"{self.busy.low:g} to {self.busy.high:g}"
            raise AssumptionError(f"{busy} devices are busy of {self.devices:g} that are switched on")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyYear:
    """Energy of devices at a site's meter, in 8,760 hours: an estimate, without hosts and network.

    Attributes:
        draw: What one device draws.
        kwh: What all of them take, PUE included.
        most_kwh: The same at the limit and at the worst PUE: an upper bound.
        busy_share: Of all hours in which devices are on.
        mean_w: Of one device over the year, PUE not included.
        joules_per_request: At the planned load, PUE included.
        pue: All energy of the site over that of its machines.
    """

    draw: PowerDraw
    kwh: Range
    most_kwh: float
    busy_share: Range
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
        limit_w: Of the board; where a run measured more, that counts.
        requests: In the year.

    Raises:
        AssumptionError: if the day has no 24 hours or no device, the PUE is below 1, or there is no request.
    """
    if len(day) != _HOURS_PER_DAY:
        raise AssumptionError(f"a typical day has 24 hours, not {len(day)}")
    device_hours = math.fsum(hour.devices for hour in day)
    if not (device_hours > 0 and requests > 0 and pue.low >= 1):
        raise AssumptionError(
            f"{device_hours:g} hours of devices, {requests:g} requests and a PUE from {pue.low:g}: without devices and "
            "requests there is no energy to reckon, and a PUE is 1 or more"
        )
    watt_hours = _watt_hours(draw, day)
    per_year = _DAYS_PER_YEAR / _WATTS_PER_KW
    kwh = times(watt_hours, pue).scaled(per_year)
    return EnergyYear(
        draw=draw,
        kwh=kwh,
        most_kwh=max(limit_w, draw.loaded_w.high) * device_hours * per_year * pue.high,
        busy_share=_busy(day).scaled(1 / device_hours),
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
    on, busy, idle, loaded = math.fsum(hour.devices for hour in day), _busy(day), draw.idle_w, draw.loaded_w
    point = None
    if idle.point is not None and loaded.point is not None and busy.point is not None:
        point = idle.point * on + (loaded.point - idle.point) * busy.point
    return Range(
        low=idle.low * on + (loaded.low - idle.low) * busy.low,
        point=point,
        high=idle.high * on + (loaded.high - idle.high) * busy.high,
    )


def _busy(day: Sequence[PoweredHour]) -> Range:
    """Hours of busy devices; no more than there are hours of devices."""
    points = [hour.busy.point for hour in day if hour.busy.point is not None]
    return Range(
        low=math.fsum(hour.busy.low for hour in day),
        point=math.fsum(points) if len(points) == len(day) else None,
        high=math.fsum(hour.busy.high for hour in day),
    )
