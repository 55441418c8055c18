"""Many classes judged at once: Holm's tests and the limits that agree with them.

"The class with the smallest p at alpha/K, the next at alpha/(K-1) …" is a test. Limits taken at those
levels do not cover jointly, since the level depends on the data. The limits here do: they are the
ones compatible with Holm's procedure of Strassburger and Bretz (2008), "Compatible simultaneous
lower confidence bounds for the Holm procedure", Statistics in Medicine 27, 4914-4927, and
Guilbaud (2008), Biometrical Journal 50, 678-692.
"""

from collections.abc import Sequence

from harness.errors import MeasurementError
from harness.statistics.distributions import require_confidence
from harness.statistics.paired import PairedCounts, lower_limit, non_inferiority_p


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p-values, in the order given.

    The r-th smallest of K is multiplied by K - r + 1, made non-decreasing, and cut at 1.
    Source: Holm (1979), "A simple sequentially rejective multiple test procedure".

    Raises:
        MeasurementError: if a value is not in [0, 1].
    """
    if not all(0.0 <= p <= 1.0 for p in p_values):
        raise MeasurementError("A p-value lies outside [0, 1]: none can.")
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for place, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = largest
    return tuple(adjusted)


def holm_lower_limits(classes: Sequence[PairedCounts], *, margin: float, confidence: float = 0.95) -> tuple[float, ...]:
    """Simultaneous lower limits of the classes' differences, for non-inferiority within the margin.

    With alpha = 1 - confidence and m classes not proven non-inferior by Holm: such a class gets its
    one-sided limit at alpha/m, which lies below -margin; a proven one gets -margin itself, no more.
    If all are proven, each gets the larger of -margin and its limit at alpha/K. Hence "every limit is
    -margin or above" says exactly that Holm rejects every null hypothesis.

    Args:
        classes: paired outcomes, one entry a class; a class without samples gets -1.
        margin: the loss still accepted in each class, 0.06 for six points.
        confidence: one-sided, of all limits together. With upper limits beside them, both
            families hold together with twice the error.

    Raises:
        MeasurementError: if margin or confidence is out of range.
    """
    require_confidence(confidence)
    alpha = 1.0 - confidence
    adjusted = holm([non_inferiority_p(counts, margin=margin) for counts in classes])
    unproven = sum(p > alpha for p in adjusted)
    shared = 1.0 - alpha / max(1, unproven or len(classes))
    limits = [lower_limit(counts, confidence=shared) for counts in classes]
    if unproven == 0:
        return tuple(max(-margin, limit) for limit in limits)
    return tuple(-margin if p <= alpha else limit for p, limit in zip(adjusted, limits, strict=True))


def holm_upper_limits(classes: Sequence[PairedCounts], *, margin: float, confidence: float = 0.95) -> tuple[float, ...]:
    """Simultaneous upper limits of the classes' differences, to prove drops larger than the margin.

    The mirror image of `holm_lower_limits`. A class's drop beyond the margin is proven where its
    limit is -margin *or below*: a proven class among unproven ones gets -margin itself.

    Args:
        classes: paired outcomes, one entry a class; a class without samples gets 1.
        margin: the drop allowed in each class, 0.03 for three points.
        confidence: one-sided, of all limits together.

    Raises:
        MeasurementError: if margin or confidence is out of range.
    """
    mirrored = [PairedCounts(lost=c.gained, gained=c.lost, samples=c.samples) for c in classes]
    return tuple(-limit for limit in holm_lower_limits(mirrored, margin=-margin, confidence=confidence))
