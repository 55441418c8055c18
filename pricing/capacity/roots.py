"""From the share of late requests to a latency quantile."""

from collections.abc import Callable

from scipy.optimize import brentq


def time_exceeded(share_beyond: Callable[[float], float], late: float, *, least_s: float) -> float:
    """The smallest time from `least_s` on that at most `late` of all requests exceed."""
    if share_beyond(least_s) <= late:
        return least_s
    low, high = least_s, 2.0 * least_s
    while share_beyond(high) > late:
        low, high = high, 2.0 * high
    return float(brentq(lambda time_s: share_beyond(time_s) - late, low, high, xtol=1e-12 * high, rtol=1e-9))
