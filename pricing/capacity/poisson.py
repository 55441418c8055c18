"""Poisson probabilities, and the walk of what full services leave over: what fixed service times are reckoned with."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Array = NDArray[np.float64]
MOST_COUNT = 16_383
_LOG_FACTORIALS: Array = gammaln(np.arange(MOST_COUNT + 1) + 1.0)
SATURATED = 1e-9
"""Below the capacity by less than this share, a queue grows for longer than any day."""
_NO_MEAN = 1e-300
"""Stands for 0, whose logarithm is none."""


def poisson_pmf(means: Array | float, counts: NDArray[np.int_]) -> Array:
    """P(Poisson(mean) = count), elementwise, for counts up to 16,383; 0 below zero counts."""
    mean = np.maximum(np.asarray(means, dtype=np.float64), _NO_MEAN)
    count = np.maximum(counts, 0)
    shares: Array = np.exp(count * np.log(mean) - mean - _LOG_FACTORIALS[count])
    return np.where(counts < 0, 0.0, shares)


def walk_decay(places: int, offered: float) -> float:
    """η > 0 with places·η = offered·(exp(η) − 1), by Newton's method from above; offered must be below places.

    What Poisson arrivals of that mean leave over services of so many places exceeds x with a probability that falls
    like exp(−ηx). Source: Asmussen, "Applied Probability and Queues", 2003, XIII.5.
    """
    found = 2.0 * math.log(places / offered)
    for _ in range(100):
        step = (offered * math.expm1(found) - places * found) / (offered * math.exp(found) - places)
        found -= step
        if step < 1e-13 * found:
            break
    return found


def stationary(moves: Array) -> Array:
    """The shares of time of a chain with one class of states, from its moves by row, shape (n, n); returns (n,)."""
    system = moves.T - np.eye(moves.shape[0])
    system[-1] = 1.0
    right = np.zeros(moves.shape[0])
    right[-1] = 1.0
    found: Array = np.maximum(np.linalg.solve(system, right), 0.0)
    found /= found.sum()
    return found
