"""Replicas by the hour: what an autoscaler runs that needs a while to start a replica."""

import math
from collections.abc import Sequence

from pricing.capacity.sizing import Sizing, count_replicas
from pricing.errors import CapacityError

_HOURS = 24
_HOUR_S = 3600.0


def replicas_by_hour(
    sizing: Sizing, *, hourly_per_s: Sequence[float], lag_s: float = 0.0, least: int = 1
) -> tuple[int, ...]:
    """How many replicas run in each hour of a day that repeats itself.

    Each hour is sized like the peak was. Inside an hour the rate rises above its mean as the peak stands above the
    busiest hour. A replica that takes `lag_s` to start must be up when the next hour begins, so it runs, and is paid,
    in the hours before that the lag reaches into; replicas are given back only when their hour is over.

    Args:
        sizing: Of the peak.
        hourly_per_s: Mean rate of each of the 24 hours.
        lag_s: From the decision to start a replica until it serves.
        least: Replicas that always run.

    Raises:
        CapacityError: a profile that is no day or lies above the peak, a lag above a day, or an hour that cannot be
            sized.
    """
    busiest = _busiest(hourly_per_s)
    if busiest > sizing.peak_per_s * (1.0 + 1e-12):
        raise CapacityError(f"the busiest hour, {busiest:.6g} requests/s, is above the peak that was sized for")
    if not (math.isfinite(lag_s) and 0.0 <= lag_s <= _HOURS * _HOUR_S):
        raise CapacityError(f"a lag of {lag_s} s for a new replica: give 0 s to a day")
    if least < 0:
        raise CapacityError(f"at least {least} replicas: give 0 or more")
    needed = [_needed(sizing, rate * sizing.peak_per_s / busiest, least) for rate in hourly_per_s]
    ahead = math.ceil(lag_s / _HOUR_S)
    return tuple(max(needed[(hour + step) % _HOURS] for step in range(ahead + 1)) for hour in range(_HOURS))


def _needed(sizing: Sizing, rate_per_s: float, least: int) -> int:
    if rate_per_s == 0.0:
        return least
    sized = count_replicas(
        sizing.rate,
        peak_per_s=rate_per_s,
        slo=sizing.slo,
        headroom=sizing.headroom,
        service_cv2=sizing.service_cv2,
    )
    return max(least, sized.replicas)


def _busiest(hourly_per_s: Sequence[float]) -> float:
    if len(hourly_per_s) != _HOURS:
        raise CapacityError(f"a daily profile has 24 hours, not {len(hourly_per_s)}")
    if any(not (math.isfinite(rate) and rate >= 0.0) for rate in hourly_per_s) or max(hourly_per_s) <= 0.0:
        raise CapacityError("a daily profile needs rates that are finite and not negative, one of them above 0")
    return max(hourly_per_s)
