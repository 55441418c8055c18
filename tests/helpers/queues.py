"""Queues whose every figure is known: paths of M/M/1 and M/D/1, and the exact share of late requests."""

import math
from decimal import Decimal, localcontext
from typing import Literal

import numpy as np

from harness.statistics.level_test import LevelSamples
from harness.statistics.queueing import lindley_waits

Kind = Literal["M/M/1", "M/D/1"]
SERVICE_S = 1e-3  # mean


def late_share(kind: Kind, *, load: float, limit_s: float) -> float:
    """The share of requests whose wait and service together take longer than the limit.

    Sources: M/M/1, sojourns are exponential with the rate μ - λ; M/D/1, Erlang (1909), in 60 digits because its terms
    alternate.
    """
    if kind == "M/M/1":
        return math.exp(-limit_s / SERVICE_S * (1.0 - load))
    if limit_s < SERVICE_S:
        return 1.0
    with localcontext() as context:
        context.prec = 60
        rate, wait = Decimal(load), Decimal(limit_s / SERVICE_S - 1.0)
        return float(1 - (1 - rate) * sum(_term(k, rate * (k - wait)) for k in range(int(wait) + 1)))


def limit_of(kind: Kind, *, load: float, share: float) -> float:
    """The limit in seconds that exactly this share of requests exceeds."""
    low, high = 0.0, 60 * SERVICE_S
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if late_share(kind, load=load, limit_s=middle) > share else (low, middle)
    return high


def slo_rate(*, limit_s: float, share: float) -> float:
    """The rate at which exactly this share of the requests to an M/D/1 server is late."""
    low, high = 0.01, 0.99
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if late_share("M/D/1", load=middle, limit_s=limit_s) < share else (low, middle)
    return high / SERVICE_S


def level_path(kind: Kind, *, load: float, requests: int, randomness: np.random.Generator) -> LevelSamples:
    """What such a server does to so many requests, one at a time."""
    arrivals = np.cumsum(randomness.exponential(SERVICE_S / load, requests))
    services = np.full(requests, SERVICE_S)
    if kind == "M/M/1":
        services = randomness.exponential(SERVICE_S, requests)
    waits = lindley_waits(arrivals, services)
    return LevelSamples(
        arrivals_ns=(arrivals * 1e9).astype(np.int64),
        latencies_ns=((waits + services) * 1e9).astype(np.int64),
        waits_ns=(waits * 1e9).astype(np.int64),
        batch_sizes=np.ones(requests, dtype=np.int64),
    )


def _term(k: int, x: Decimal) -> Decimal:
    return (x**k if k else Decimal(1)) / math.factorial(k) * (-x).exp()
