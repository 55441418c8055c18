"""From the share of late requests to a latency quantile."""

import math
from collections.abc import Callable

from scipy.optimize import brentq

_CLOSE = 1e-7
_RARE = 1e-300
"""Stands for 0, whose logarithm is none."""


def time_exceeded(share_beyond: Callable[[float], float], late: float, *, least_s: float) -> float:
    """The smallest time from `least_s` on that at most `late` of all requests exceed.

    Tails fall like exponentials, so their logarithm is nearly straight, and few steps find it.
    """

    def excess(time_s: float) -> float:
        found = math.log(max(share_beyond(time_s), _RARE) / late)
        return 0.0 if abs(found) < _CLOSE else found

    low = high = least_s
    while (found := excess(high)) > 0.0:
        low, high = high, 2.0 * high
    if found == 0.0 or low == high:
        return high
    return float(brentq(excess, low, high, xtol=1e-12 * high, rtol=1e-9))
