"""When simulated requests arrive: Poisson, at one rate or by a profile, from a seed."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pricing.errors import CapacityError

MOST_REQUESTS = 50_000_000
"""Arrays of more no longer fit into the memory of a small machine."""


def generator_of(seed: int, *more: int) -> np.random.Generator:
    """Random numbers of a seed; of different streams where there are `more` figures.

    Raises:
        CapacityError: if the seed is below 0.
    """
    if seed < 0:
        raise CapacityError(f"a seed of {seed:.4g}: give a whole number from 0")
    return np.random.default_rng((seed, *more) if more else seed)


def poisson_arrivals_s(rate_per_s: float, *, requests: int, seed: int) -> NDArray[np.float64]:
    """Seconds from the start at which so many requests arrive, in order, shape (requests,).

    Raises:
        CapacityError: the rate, the count or the seed is none.
    """
    if not (math.isfinite(rate_per_s) and rate_per_s > 0.0):
        raise CapacityError(f"nothing arrives at {rate_per_s} requests/s: give a positive rate")
    if not 1 <= requests <= MOST_REQUESTS:
        raise CapacityError(f"{requests} requests cannot be simulated: give 1 to {MOST_REQUESTS:,}")
    return np.cumsum(generator_of(seed).exponential(1.0 / rate_per_s, requests))


def profile_arrivals_s(rates_per_s: Sequence[float], *, step_s: float, seed: int) -> NDArray[np.float64]:
    """Arrivals of a Poisson process whose rate is constant within each step, in order, shape (n,).

    Given how many came within a step they lie uniformly in it. Source: Ross, "Introduction to Probability Models",
    theorem 5.2.

    Args:
        rates_per_s: Of each step: 24 hourly rates of a day, or a finer profile.
        step_s: Length of a step: 3600 for hours.
        seed: Of the random numbers.

    Raises:
        CapacityError: a rate, step or seed that is none, or more requests than can be simulated.
    """
    rates = np.asarray(rates_per_s, dtype=np.float64)
    if rates.ndim != 1 or not rates.size or not np.all(np.isfinite(rates)) or rates.min() < 0.0:
        raise CapacityError("a profile of arrivals needs rates that are finite and not negative")
    if not (math.isfinite(step_s) and step_s > 0.0):
        raise CapacityError(f"a profile in steps of {step_s} s: give a positive time")
    if float(rates.sum()) * step_s > MOST_REQUESTS:
        raise CapacityError(f"a profile of more than {MOST_REQUESTS:,} requests: simulate a shorter part of it")
    generator = generator_of(seed)
    counts = generator.poisson(rates * step_s)
    within = generator.random(int(counts.sum()))
    return np.sort((np.repeat(np.arange(rates.size), counts) + within) * step_s)
