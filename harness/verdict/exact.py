"""Exact limits of one share, and how many samples would prove it above a floor."""

import math

from harness.statistics.distributions import binomial_at_least, critical_value

_HALVINGS = 50
"""Enough for a probability to 1e-15."""


def lower_share_limit(hits: int, samples: int, *, confidence: float) -> float:
    """The one-sided lower limit of a share: the p at which so many hits or more have probability 1 - confidence.

    Source: Clopper and Pearson (1934), "The use of confidence or fiducial limits illustrated in the
    case of the binomial", Biometrika 26, 404-413. Without samples it is 0.

    Args:
        hits: samples with the property.
        samples: samples in all.
        confidence: one-sided.
    """
    if hits == 0:
        return 0.0
    low, high = 0.0, hits / samples
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if binomial_at_least(hits, trials=samples, p=middle) > 1.0 - confidence:
            high = middle
        else:
            low = middle
    return low


def upper_share_limit(hits: int, samples: int, *, confidence: float) -> float:
    """The one-sided upper limit of a share, the mirror of `lower_share_limit`. Without samples it is 1."""
    return 1.0 - lower_share_limit(samples - hits, samples, confidence=confidence)


def samples_to_prove_share(share: float, *, floor: float, confidence: float, power: float = 0.8) -> int | None:
    """How many samples put the share's limit on its own side of the floor, if the share seen is the true one.

    ((z·√(f(1-f)) + z_power·√(s(1-s)))/(s - f))², the size of a one-sample test of a proportion.
    Source: Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", §2.5.

    Args:
        share: as seen, above or below the floor.
        floor: the share to be told from.
        confidence: one-sided.
        power: the chance that so many samples will do.

    Returns:
        `None` where the share is the floor: no number would help.
    """
    if share == floor:
        return None
    z, z_power = critical_value(confidence), critical_value(power)
    spread = z * math.sqrt(floor * (1.0 - floor)) + z_power * math.sqrt(share * (1.0 - share))
    return max(1, math.ceil((spread / (share - floor)) ** 2))
