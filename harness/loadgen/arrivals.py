"""When requests arrive: Poisson, made beforehand from a seed. Pure.

The same seed at another rate gives the same pattern, stretched: arms that are held under levels of the
same index meet the same crowds.
"""

import math

import numpy as np
from numpy.typing import NDArray

from harness.errors import MeasurementError

_SEED_BITS = 63  # what JSON and every database keep as a whole number


def poisson_arrivals(seed: int, *, rate_per_s: float, count: int) -> NDArray[np.int64]:
    """Nanoseconds from the start at which `count` requests arrive, in order.

    Gaps are exponential by inversion of PCG64's uniform doubles: numpy keeps that stream the same over its
    versions, while its own exponential generator may change (NEP 19).

    Raises:
        MeasurementError: the rate is not positive, or nobody arrives.
    """
    if not (math.isfinite(rate_per_s) and rate_per_s > 0):
        raise MeasurementError(f"no requests arrive at {rate_per_s} a second: a positive rate is needed")
    if count < 1:
        raise MeasurementError(f"{count} requests are no level: at least one is needed")
    uniform = np.random.Generator(np.random.PCG64(seed)).random(count)
    gaps_ns = -np.log1p(-uniform) * (1e9 / rate_per_s)
    return np.cumsum(gaps_ns).astype(np.int64)


def level_seed(seed: int, index: int) -> int:
    """The seed of a level's arrivals: another for each level of a run, the same for all arms."""
    words = np.random.SeedSequence((seed, index)).generate_state(1, np.uint64)
    return int(words[0]) >> (64 - _SEED_BITS)
