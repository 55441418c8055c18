"""How an uncertain figure is distributed, as its quantile function. Arrays of levels in, arrays of values out.

A measured interval or a transferred band is a 90 % interval: 5 % lie below its low end and 5 % above its high end, half
below its point. Rates and ratios multiply, so each half is that of a lognormal law; the two widths need not be alike.
An assumption of low, likely and high is triangular: nothing is known but its ends and its most likely value, no further
parameter has to be believed, and of the usual choices it is the widest (a beta-PERT law has about half its variance).
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from pricing.errors import EvidenceError
from pricing.vocabulary import Range

Array = NDArray[np.float64]
_Z95 = 1.6448536269514722
"""Standard deviations below which 95 % of a normal law lie."""


class Law(Protocol):
    """A distribution."""

    @property
    def words(self) -> str:
        """Its name and why it was chosen, for people."""
        ...

    def at(self, levels: Array) -> Array:
        """Its quantiles: values below which those shares lie."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitLognormal:
    """Half below `point`, 5 % below `low`, 5 % above `high`; each half lognormal."""

    low: float
    point: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what no lognormal law has."""
        if not (0.0 < self.low <= self.point <= self.high < math.inf):
            raise EvidenceError(f"a rate from {self.low:.6g} by {self.point:.6g} to {self.high:.6g} cannot be drawn")

    @property
    def words(self) -> str:
        """For people."""
        return "lognormal on either side of its point: a 90 % interval, as figures that multiply have"

    def at(self, levels: Array) -> Array:
        """Its quantiles."""
        deviations = ndtri(levels)
        below, above = math.log(self.point / self.low), math.log(self.high / self.point)
        found: Array = self.point * np.exp(np.where(deviations < 0.0, below, above) / _Z95 * deviations)
        return found

    def deviations(self, values: Array) -> Array:
        """How many standard deviations of its half a value lies from the point; 0 in a half without a width."""
        from_point = np.log(values / self.point)
        width = np.where(from_point < 0.0, math.log(self.point / self.low), math.log(self.high / self.point)) / _Z95
        found: Array = np.divide(from_point, width, out=np.zeros_like(from_point), where=width > 0.0)
        return found

    def beyond(self, deviations: Array) -> Array:
        """The values that lie so many standard deviations from the point."""
        return self.at(ndtr(deviations))

    @property
    def width(self) -> float:
        """Half of its interval, in logarithms."""
        return 0.5 * math.log(self.high / self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triangular:
    """From `low` to `high` and never beyond, most often near `likely`."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        """Refuse ends that are none, and a span of nothing."""
        if not (math.isfinite(self.low) and self.low <= self.likely <= self.high < math.inf and self.low < self.high):
            raise EvidenceError(f"{self.low:.6g}, {self.likely:.6g} and {self.high:.6g} are no triangle")

    @property
    def words(self) -> str:
        """For people."""
        return "triangular from low to high: nothing is known of it but its ends and what is likely"

    def at(self, levels: Array) -> Array:
        """Its quantiles."""
        span, rise = self.high - self.low, self.likely - self.low
        up = self.low + np.sqrt(levels * (span * rise))
        down = self.high - np.sqrt((1.0 - levels) * (span * (self.high - self.likely)))
        return np.where(levels * span < rise, up, down)


def interval_law(spread: Range) -> SplitLognormal | None:
    """Of a rate or ratio with a 90 % interval; None where there is nothing to draw.

    Nothing is drawn of an exact figure, nor of one that is known by a bound: a low end of 0, or a high end without a
    limit. Without a point the median is the geometric mean of the ends.
    """
    if not (0.0 < spread.low < spread.high < math.inf):
        return None
    point = math.sqrt(spread.low * spread.high) if spread.point is None else spread.point
    return SplitLognormal(low=spread.low, point=point, high=spread.high)


def assumed_law(spread: Range) -> Triangular | None:
    """Of an assumption of low, likely and high; None where it is one figure."""
    if not (spread.low < spread.high < math.inf) or spread.point is None:
        return None
    return Triangular(low=spread.low, likely=spread.point, high=spread.high)
