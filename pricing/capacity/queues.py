"""c replicas without batching before one queue, Poisson arrivals, any service time: means and quantiles by formula.

M/M/c is exact, and so is M/D/c up to 4,000 servers. The rest are approximations that each function names, and that the
tests set beside simulation.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from pricing.capacity.erlang import erlang_c, mmc_late_share, mmc_sojourn_quantile_s, mmc_wait_s
from pricing.capacity.fixed_queue import MOST_SERVERS_EXACT, FixedQueue
from pricing.capacity.poisson import SATURATED, walk_decay
from pricing.capacity.roots import time_exceeded

_SERVICE_POINTS = 400
"""Quantiles of a service time between which a wait is averaged."""
_NO_TIME = 1e-9
"""Of a mean service: less is none."""
EXACT_MMC = "M/M/c, exact"
EXACT_MDC = "M/D/c, exact (Crommelin)"
COSMETATOS = "M/D/c: mean wait by Cosmetatos, exact decay of its tail"
ALLEN_CUNNEEN = "M/G/c: mean wait by Allen and Cunneen, exponential wait of those who wait"


def pollaczek_khinchine_wait_s(rate_per_s: float, *, service_s: float, service_cv2: float) -> float:
    """The mean wait at one server, exact: λS²(1 + cs²) / (2(1 − λS)); infinite where the load is not carried.

    Source: Pollaczek (1930), Khinchine (1932); Kleinrock, "Queueing Systems I", 1975, eq. 5.106.

    Args:
        rate_per_s: Of Poisson arrivals.
        service_s: Mean service.
        service_cv2: Variance of service over its squared mean: 0 fixed, 1 exponential.
    """
    load = rate_per_s * service_s
    return load * service_s * (1.0 + service_cv2) / (2.0 * (1.0 - load)) if load < 1.0 else math.inf


def mdc_wait_s(servers: int, *, rate_per_s: float, service_s: float) -> float:
    """The mean wait of M/D/c: half of M/M/c's, with Cosmetatos' correction, exact for one server.

    Source: Cosmetatos (1975), "Approximate explicit formulae for the average queueing time in the processes (M/D/r) and
    (D/M/r)", INFOR 13.
    """
    load = rate_per_s * service_s / servers
    if load <= 0.0 or load >= 1.0:
        return 0.0 if load <= 0.0 else math.inf
    correction = (1.0 - load) * (servers - 1) * (math.sqrt(4.0 + 5.0 * servers) - 2.0) / (16.0 * load * servers)
    return 0.5 * mmc_wait_s(servers, rate_per_s=rate_per_s, service_s=service_s) * (1.0 + correction)


def allen_cunneen_wait_s(
    servers: int, *, rate_per_s: float, service_s: float, service_cv2: float, arrival_cv2: float = 1.0
) -> float:
    """The mean wait of G/G/c: M/M/c's times (ca² + cs²)/2; exact for M/M/c and M/G/1.

    Source: Allen, "Probability, Statistics and Queueing Theory", 1990, section 6.3.
    """
    return 0.5 * (arrival_cv2 + service_cv2) * mmc_wait_s(servers, rate_per_s=rate_per_s, service_s=service_s)


def mdc_late_share(servers: int, *, rate_per_s: float, service_s: float, limit_s: float) -> float:
    """The share of requests whose wait and service exceed the limit, M/D/c: exact up to 4,000 servers.

    Above: P(W > t) = θ·E[W]·exp(−θt) with the exact decay θ = cη/S, cη = a(exp(η) − 1), and Cosmetatos' mean. Source of
    the decay: Tijms, "A First Course in Stochastic Models", 2003, section 9.6.
    """
    offered = rate_per_s * service_s
    if limit_s < service_s or offered >= servers * (1.0 - SATURATED):
        return 1.0
    if servers <= MOST_SERVERS_EXACT:
        return FixedQueue(servers=servers, rate_per_s=rate_per_s, service_s=service_s).late_share(limit_s)
    decay = servers * walk_decay(servers, offered) / service_s
    mean_s = mdc_wait_s(servers, rate_per_s=rate_per_s, service_s=service_s)
    return min(1.0, decay * mean_s * math.exp(-decay * (limit_s - service_s)))


def mgc_late_share(servers: int, *, rate_per_s: float, service_s: float, service_cv2: float, limit_s: float) -> float:
    """The share of requests whose wait and service exceed the limit, M/G/c; approximate.

    Whoever waits (Erlang's C) waits exponentially, with Allen and Cunneen's mean; service follows a gamma law of its
    two moments. Source: Whitt (1993), "Approximations for the GI/G/m queue", section 4, in its simplest form.
    """
    offered = rate_per_s * service_s
    if offered >= servers:
        return 1.0
    waiting = erlang_c(servers, offered)
    mean_s = allen_cunneen_wait_s(servers, rate_per_s=rate_per_s, service_s=service_s, service_cv2=service_cv2)
    spare_s = limit_s - gamma_points_s(service_s, cv2=service_cv2)
    waits = waiting * np.exp(-np.maximum(spare_s, 0.0) * waiting / max(mean_s, 1e-300))
    return float(np.where(spare_s < 0.0, 1.0, waits).mean())


def gamma_points_s(mean_s: float, *, cv2: float) -> NDArray[np.float64]:
    """Service times of a gamma law, as equally likely points, shape (400,)."""
    return mean_s * cv2 * _gamma_points(1.0 / cv2)


@lru_cache(maxsize=64)  # a search for flip points asks tens of thousands of times for one or two shapes
def _gamma_points(shape: float) -> NDArray[np.float64]:
    """At scale 1, read-only as many share them."""
    levels = (np.arange(_SERVICE_POINTS) + 0.5) / _SERVICE_POINTS
    points: NDArray[np.float64] = np.asarray(gammaincinv(shape, levels), dtype=np.float64)
    points.flags.writeable = False
    return points


def late_share(servers: int, *, rate_per_s: float, service_s: float, limit_s: float, service_cv2: float = 0.0) -> float:
    """The share of requests later than the limit, by the formula that `formula_of` names."""
    if service_cv2 == 0.0:
        return mdc_late_share(servers, rate_per_s=rate_per_s, service_s=service_s, limit_s=limit_s)
    if service_cv2 == 1.0:
        return mmc_late_share(servers, rate_per_s=rate_per_s, service_s=service_s, limit_s=limit_s)
    return mgc_late_share(servers, rate_per_s=rate_per_s, service_s=service_s, limit_s=limit_s, service_cv2=service_cv2)


def sojourn_quantile_s(
    servers: int, *, rate_per_s: float, service_s: float, quantile: float, service_cv2: float = 0.0
) -> float:
    """That quantile of wait and service, by the formula that `formula_of` names; infinite where not carried."""
    if rate_per_s * service_s >= servers * (1.0 - SATURATED):
        return math.inf
    if service_cv2 == 1.0:
        return mmc_sojourn_quantile_s(servers, rate_per_s=rate_per_s, service_s=service_s, quantile=quantile)
    if service_cv2 == 0.0 and servers <= MOST_SERVERS_EXACT:
        queue = FixedQueue(servers=servers, rate_per_s=rate_per_s, service_s=service_s)
        return time_exceeded(queue.late_share, 1.0 - quantile, least_s=service_s)
    return time_exceeded(
        lambda limit_s: late_share(
            servers, rate_per_s=rate_per_s, service_s=service_s, limit_s=limit_s, service_cv2=service_cv2
        ),
        1.0 - quantile,
        least_s=service_s if service_cv2 == 0.0 else _NO_TIME * service_s,
    )


def formula_of(service_cv2: float, servers: int) -> str:
    """Which formula answers for a service of that squared coefficient of variation."""
    if service_cv2 == 0.0:
        return EXACT_MDC if servers <= MOST_SERVERS_EXACT else COSMETATOS
    return EXACT_MMC if service_cv2 == 1.0 else ALLEN_CUNNEEN
