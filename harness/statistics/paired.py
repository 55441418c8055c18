"""Two classifiers on the same samples: how far apart, and whether the candidate may replace the other.

Only samples on which exactly one of the two is right carry information: `lost` where the
baseline alone is right, `gained` where the candidate alone is. Differences are candidate minus
baseline, (gained - lost)/samples.
"""

import math
from dataclasses import dataclass

from harness.errors import MeasurementError
from harness.statistics.distributions import (
    binomial_at_most,
    critical_value,
    normal_above,
    two_sided_critical_value,
)

_PRECISION = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """Outcomes on the same samples: `lost` by the candidate, `gained` by it, out of `samples`."""

    lost: int
    gained: int
    samples: int

    def __post_init__(self) -> None:
        """Refuse counts that no data can have."""
        if min(self.lost, self.gained) < 0 or self.lost + self.gained > self.samples:
            raise MeasurementError(f"{self.lost} lost and {self.gained} gained of {self.samples} samples cannot be.")

    @property
    def difference(self) -> float | None:
        """Accuracy of the candidate minus that of the baseline; `None` without samples."""
        return (self.gained - self.lost) / self.samples if self.samples else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceInterval:
    """A difference of accuracies with its interval; without samples no point, and [-1, 1]."""

    point: float | None
    lower: float
    upper: float
    confidence: float


def mcnemar_exact(lost: int, gained: int) -> float:
    """The exact two-sided McNemar p-value, min(1, 2·P(Bin(lost + gained, ½) <= min)).

    Raises:
        MeasurementError: if a count is below zero.
    """
    counts = PairedCounts(lost=lost, gained=gained, samples=lost + gained)
    return min(1.0, 2.0 * binomial_at_most(min(lost, gained), trials=counts.samples, p=0.5))


def paired_difference_interval(counts: PairedCounts, *, confidence: float = 0.95) -> DifferenceInterval:
    """Tango's score interval for the difference of paired accuracies.

    Source: Tango (1998), "Equivalence test and confidence interval for the difference in
    proportions for the paired-sample design", Statistics in Medicine 17, 891-908.

    Args:
        counts: the paired outcomes.
        confidence: two-sided.

    Raises:
        MeasurementError: if the confidence is not in [0.5, 1).
    """
    z = two_sided_critical_value(confidence)
    mirrored = _mirror(counts)
    return DifferenceInterval(
        point=counts.difference,
        lower=_lower_limit(counts, z),
        upper=-_lower_limit(mirrored, z),
        confidence=confidence,
    )


def lower_limit(counts: PairedCounts, *, confidence: float) -> float:
    """The one-sided lower limit of the difference, by Tango's score test."""
    return _lower_limit(counts, critical_value(confidence))


def non_inferiority_p(counts: PairedCounts, *, margin: float) -> float:
    """One-sided p-value of Tango's score test against "the difference is -margin or less".

    At most alpha exactly where the one-sided lower limit at 1 - alpha is -margin or above.

    Args:
        counts: the paired outcomes.
        margin: the loss still accepted, 0.02 for two points; below zero it asks for a gain.

    Returns:
        1 without samples: nothing speaks against the loss.

    Raises:
        MeasurementError: if the margin is not inside (-1, 1).
    """
    require_margin(margin)
    return normal_above(_score(counts, -margin)) if counts.samples else 1.0


def samples_to_decide(
    counts: PairedCounts, *, margin: float, confidence: float = 0.95, power: float = 0.8
) -> int | None:
    """How many samples put the lower limit above -margin, if the rates seen so far are the true ones.

    ((z·σ₀ + z_power·σ₁)/(d + margin))², with σ₀² the variance of one sample's difference under the
    constraint d = -margin, and σ₁² under the rates seen. At a power of one half it is the size at
    which the same rates would just pass. Source: Liu et al. (2002), "Tests for equivalence or
    non-inferiority for paired binary data", Statistics in Medicine 21, 231-245.

    Args:
        counts: the paired outcomes so far.
        margin: the loss still accepted.
        confidence: of the two-sided interval whose lower limit is meant.
        power: the chance that so many samples will do.

    Returns:
        The samples in all, not in addition; those in hand where they decide already. `None` where
        the point itself misses the margin, or without samples: no number would help.

    Raises:
        MeasurementError: if margin, confidence or power is out of range.
    """
    require_margin(margin)
    z, z_power = two_sided_critical_value(confidence), critical_value(power)
    difference = counts.difference
    if difference is None or difference <= -margin:
        return None
    if _score(counts, -margin) >= z:
        return counts.samples
    seen = math.sqrt((counts.lost + counts.gained) / counts.samples - difference**2)
    needed = ((z * _constrained_sigma(counts, -margin) + z_power * seen) / (difference + margin)) ** 2
    return max(math.ceil(needed), counts.samples + 1)


def require_margin(margin: float) -> None:
    """Refuse a margin that is not a difference of shares.

    Raises:
        MeasurementError: if it is not inside (-1, 1).
    """
    if not -1.0 < margin < 1.0:
        raise MeasurementError(f"Margin {margin} is not inside (-1, 1): pass 0.02 for two points.")


def _mirror(counts: PairedCounts) -> PairedCounts:
    return PairedCounts(lost=counts.gained, gained=counts.lost, samples=counts.samples)


def _lower_limit(counts: PairedCounts, z: float) -> float:
    """The difference at which the score is z: bisection, since the score falls as the difference rises."""
    point = counts.difference
    if point is None:
        return -1.0
    low, high = -1.0, point
    while high - low > _PRECISION:
        middle = (low + high) / 2.0
        if _score(counts, middle) > z:
            low = middle
        else:
            high = middle
    return high


def _score(counts: PairedCounts, difference: float) -> float:
    """Tango's score statistic of the hypothesis that the true difference is the one given."""
    distance = counts.gained - counts.lost - counts.samples * difference
    if distance == 0.0:
        return 0.0
    sigma = _constrained_sigma(counts, difference)
    return distance / (sigma * math.sqrt(counts.samples)) if sigma > 0.0 else math.copysign(math.inf, distance)


def _constrained_sigma(counts: PairedCounts, difference: float) -> float:
    """Standard deviation of one sample's difference, at the likeliest rates that have this difference.

    The rate q of lost samples solves 2n·q² + B·q + C = 0; the root is taken in the form that does
    not cancel. Source: Tango (1998).
    """
    lost, gained, n = counts.lost, counts.gained, counts.samples
    b = (2 * n - gained + lost) * difference - gained - lost
    c = -lost * difference * (1.0 - difference)
    root = math.sqrt(max(0.0, b * b - 8.0 * n * c))
    q = (root - b) / (4.0 * n) if b <= 0.0 else -2.0 * c / (root + b)
    return math.sqrt(max(0.0, 2.0 * q + difference * (1.0 - difference)))
