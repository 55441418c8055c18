"""Erlang's formulas and the queue M/M/c: Poisson arrivals, exponential service, c servers, one queue. Exact.

Throughout, `offered` is the load in erlangs (arrivals a second times mean service seconds), and the servers must
outweigh it.
"""

import math

from scipy.optimize import brentq
from scipy.special import gammaln, pdtr

from pricing.errors import CapacityError

MOST_SERVERS = 10_000_000
"""More are a mistake in a unit."""
_RECURSION = 1000
"""Up to here Erlang's recursion, exact to the last digits; above, the same ratio of Poisson probabilities."""


def erlang_b(servers: int, offered: float) -> float:
    """The share of requests that find every server busy where none may wait (M/M/c/c and M/G/c/c).

    B(0) = 1, B(k) = a·B(k−1) / (k + a·B(k−1)). Source: Erlang (1917); Cooper, "Introduction to Queueing Theory", 1981.

    Raises:
        CapacityError: no such system.
    """
    _check(servers, offered)
    if servers > _RECURSION:
        log_pmf = servers * math.log(offered) - offered - float(gammaln(servers + 1)) if offered else -math.inf
        return min(1.0, math.exp(log_pmf) / float(pdtr(servers, offered)))
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked


def erlang_c(servers: int, offered: float) -> float:
    """The share of requests that wait, M/M/c: C = cB / (c − a(1 − B)); 1 where the load is not carried.

    Source: Erlang (1917); Kleinrock, "Queueing Systems I", 1975, eq. 3.43.

    Raises:
        CapacityError: no such system.
    """
    blocked = erlang_b(servers, offered)
    load = offered / servers
    return blocked / (1.0 - load * (1.0 - blocked)) if load < 1.0 else 1.0


def mmc_wait_s(servers: int, *, rate_per_s: float, service_s: float) -> float:
    """The mean wait of M/M/c, C·S / (c − a); infinite where the load is not carried."""
    offered = rate_per_s * service_s
    waiting = erlang_c(servers, offered)
    return waiting * service_s / (servers - offered) if offered < servers else math.inf


def mmc_wait_quantile_s(servers: int, *, rate_per_s: float, service_s: float, quantile: float) -> float:
    """That quantile of the wait of M/M/c, from P(W > t) = C·exp(−(cμ − λ)t)."""
    offered = rate_per_s * service_s
    if offered >= servers:
        return math.inf
    waiting = erlang_c(servers, offered)
    late = 1.0 - quantile
    return 0.0 if waiting <= late else math.log(waiting / late) * service_s / (servers - offered)


def mmc_late_share(servers: int, *, rate_per_s: float, service_s: float, limit_s: float) -> float:
    """The share of requests whose wait and service together exceed the limit, M/M/c.

    Source: the convolution of P(W > t) with an exponential service; Gross and Harris, "Fundamentals of Queueing
    Theory", 1998, section 2.3.
    """
    offered = rate_per_s * service_s
    if offered >= servers:
        return 1.0
    waiting = erlang_c(servers, offered)
    served, drained = 1.0 / service_s, (servers - offered) / service_s
    if math.isclose(served, drained, rel_tol=1e-9):
        return math.exp(-served * limit_s) * (1.0 + waiting * served * limit_s)
    both = (served * math.exp(-drained * limit_s) - drained * math.exp(-served * limit_s)) / (served - drained)
    return (1.0 - waiting) * math.exp(-served * limit_s) + waiting * both


def mmc_sojourn_quantile_s(servers: int, *, rate_per_s: float, service_s: float, quantile: float) -> float:
    """That quantile of wait and service together, M/M/c; infinite where the load is not carried."""
    if rate_per_s * service_s >= servers:
        return math.inf
    late = 1.0 - quantile

    def excess(limit_s: float) -> float:
        return mmc_late_share(servers, rate_per_s=rate_per_s, service_s=service_s, limit_s=limit_s) - late

    high = mmc_wait_quantile_s(servers, rate_per_s=rate_per_s, service_s=service_s, quantile=1.0 - late / 2)
    high += service_s * math.log(2.0 / late)  # one of the two is late where their sum is
    return float(brentq(excess, 0.0, high, xtol=1e-15 * high, rtol=1e-12))


def _check(servers: int, offered: float) -> None:
    if not 0 <= servers <= MOST_SERVERS:
        raise CapacityError(f"{servers} servers: give 0 to {MOST_SERVERS:,}")
    if not (math.isfinite(offered) and offered >= 0.0):
        raise CapacityError(f"a load of {offered} erlangs: give a finite load that is not negative")
