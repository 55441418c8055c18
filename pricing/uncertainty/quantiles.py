"""Quantiles and shares of draws, with the error that their number leaves."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricing.uncertainty.laws import Array

_LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """Of an amount: one draw in ten lies below p10, half below p50, one in ten above p90."""

    p10: float
    p50: float
    p90: float

    @property
    def width(self) -> float:
        """From p10 to p90."""
        return self.p90 - self.p10


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A share of draws and its standard error, which is never 0: no number of draws makes anything certain."""

    share: float
    error: float


def quantiles_of(values: Array, is_counted: NDArray[np.bool_]) -> Quantiles | None:
    """Of the draws that count; each is a value that was drawn, so that a cost is one of a real fleet.

    Returns:
        None where no draw counts.
    """
    kept = values[is_counted]
    if not kept.size:
        return None
    p10, p50, p90 = np.quantile(kept, _LEVELS, method="inverted_cdf")
    return Quantiles(p10=float(p10), p50=float(p50), p90=float(p90))


def chance_of(events: NDArray[np.bool_]) -> Chance:
    """How often it is so. The error is that of (k + 1) in (n + 2), Laplace's rule, so that it is never nothing."""
    hits, draws = int(events.sum()), events.size
    likely = (hits + 1) / (draws + 2)
    return Chance(share=hits / draws, error=math.sqrt(likely * (1.0 - likely) / draws))
