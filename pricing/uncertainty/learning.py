"""What it is worth to learn one uncertain figure before deciding, from draws.

A decision takes the option of the highest expected value. Who knows a figure first decides for each of its values; what
that gains on average is the expected value of partial perfect information (EVPPI): Raiffa and Schlaifer, "Applied
Statistical Decision Theory", 1961. The expectation given the figure is estimated by sorting the draws by it into bins.
To choose and to value in the same draws would sell their noise as value, so half of the draws chooses and the other
half values what was chosen, and the other way round: what is left is unbiased, or too low by what bins are wide.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricing.uncertainty.laws import Array

_MOST_BINS = 32
_LEAST_IN_BIN = 25
_ERRORS = 3.0
"""Standard errors above which a value is told from nothing. Two would sell noise in one case of fourteen where options
are equally good, as either half then values what noise chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What learning one figure gains.

    Attributes:
        value: Expected, in the unit of the options; 0 where it is not told from nothing.
        error: Standard error of the estimate.
        is_told: Whether the estimate lies three standard errors above nothing.
        variance_share: Of the variance of an answer, what is owed to the figure.
        narrowing: By which share p10 to p90 of the answer would be narrower, on average.
    """

    value: float
    error: float
    is_told: bool
    variance_share: float
    narrowing: float


def perfect_value(options: Array) -> float:
    """What it is worth to learn everything: E[max] − max E, shape (options, draws); the ceiling of all other values."""
    return max(0.0, float(options.max(axis=0).mean() - options.mean(axis=1).max()))


def learn(figure: Array, options: Array, answer: Array) -> Learned:
    """What it is worth to learn a figure.

    Args:
        figure: Its draws, shape (n,).
        options: What each option is worth, shape (options, n).
        answer: The amount that would be narrower, shape (n,); NaN where it does not exist.
    """
    order = np.argsort(figure, kind="stable")
    bins = _bins(order.size)
    gains = _gains(options[:, order], bins)
    value, error = float(gains.mean()), float(gains.std() / np.sqrt(gains.size))
    is_told = value > _ERRORS * error and value > 0.0
    share, narrowing = _narrowed(answer, order, bins)
    return Learned(
        value=value if is_told else 0.0, error=error, is_told=is_told, variance_share=share, narrowing=narrowing
    )


def _bins(draws: int) -> int:
    return int(np.clip(draws // (2 * _LEAST_IN_BIN), 2, _MOST_BINS))


def _gains(options: Array, bins: int) -> Array:
    """What each draw gains over the best option for all, chosen by the draws of the other half."""
    draws = options.shape[1]
    labels = np.arange(draws) * bins // draws
    is_odd = np.arange(draws) % 2 == 1
    gains = np.empty(draws)
    for chooses in (is_odd, ~is_odd):
        values = ~chooses
        best = int(options[:, chooses].mean(axis=1).argmax())
        chosen = _best_by_bin(options[:, chooses], labels[chooses], bins)[labels[values]]
        valued = options[:, values]
        gains[values] = np.take_along_axis(valued, chosen[None, :], axis=0)[0] - valued[best]
    return gains


def _best_by_bin(options: Array, labels: NDArray[np.intp], bins: int) -> NDArray[np.intp]:
    sums = np.stack([np.bincount(labels, weights=row, minlength=bins) for row in options])
    found: NDArray[np.intp] = sums.argmax(axis=0)
    return found


def _narrowed(answer: Array, order: NDArray[np.intp], bins: int) -> tuple[float, float]:
    """The share of variance between bins, less what chance puts there, and by how much p10 to p90 of bins is narrower.

    Narrower than in bins of as many draws in no order: few draws have a narrower spread by themselves.
    """
    kept, mixed = (row[np.isfinite(row)] for row in (answer[order], answer))
    each = kept.size // bins
    if each < 2 or kept.var() <= 0.0:  # noqa: PLR2004 - one draw has no spread
        return 0.0, 0.0
    sorted_bins, any_bins = (row[: each * bins].reshape(bins, each) for row in (kept, mixed))
    within = float(sorted_bins.var(axis=1, ddof=1).mean())
    share = float(np.clip(1.0 - within / float(kept.var(ddof=1)), 0.0, 1.0))
    left, whole = (_width(table) for table in (sorted_bins, any_bins))
    return share, float(np.clip(1.0 - left / whole, 0.0, 1.0)) if whole > 0.0 else 0.0


def _width(table: Array) -> float:
    """From p10 to p90, the mean over bins."""
    low, high = np.quantile(table, (0.1, 0.9), axis=1)
    return float((high - low).mean())
