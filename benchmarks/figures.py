"""Quantities from repeats: medians with their range, rates with exact intervals, ratios of paired repeats. Pure."""

from collections.abc import Sequence
from statistics import median

import numpy as np

from benchmarks.result import BenchmarkError, Quantity, Unit
from harness.statistics.proportion import rate_of
from harness.statistics.ratio import LEAST_PAIRS, paired_ratio


def of_repeats(values: Sequence[float], unit: Unit) -> Quantity:
    """Their median, with the range they span.

    Raises:
        BenchmarkError: there are none.
    """
    if not values:
        raise BenchmarkError("no repeat was made: there is nothing to take the median of")
    if len(values) == 1:
        return Quantity(value=values[0], unit=unit)
    return Quantity(
        value=median(values), unit=unit, low=min(values), high=max(values), spread=f"range of {len(values)}"
    )


def rate(hits: int, trials: int) -> Quantity | None:
    """A share with its exact 95 % interval (Clopper and Pearson); `None` without trials.

    Raises:
        MeasurementError: there are more hits than trials.
    """
    found = rate_of(hits, trials)
    if found.share is None:
        return None
    return Quantity(
        value=found.share, unit=Unit.SHARE, low=found.lower, high=found.upper, spread="95 %", trials=found.trials
    )


def ratio_of(ours: Sequence[float], peer: Sequence[float]) -> Quantity | None:
    """Ours over the peer's, from repeats made in turns: the harness's own paired interval from six pairs on.

    With fewer, the median of the ratios with their range; `None` where one side has none.
    """
    pairs = [(a, b) for a, b in zip(ours, peer, strict=False) if a > 0 and b > 0]
    if not pairs:
        return None
    if len(pairs) >= LEAST_PAIRS:
        found = paired_ratio([float(np.log(a) - np.log(b)) for a, b in pairs])
        if found is not None:
            return Quantity(
                value=found.point,
                unit=Unit.RATIO,
                low=found.lower,
                high=found.upper,
                spread=f"95 %, {found.pairs} pairs",
            )
    return of_repeats([a / b for a, b in pairs], Unit.RATIO)


def value_of(quantity: Quantity | None) -> float | None:
    """Its value, where there is one."""
    return None if quantity is None else quantity.value
