"""Student's t distribution, for means of few values whose spread is estimated from them.

Without scipy; tails to about 1e-12 relative.
"""

import math

from harness.errors import MeasurementError
from harness.statistics.distributions import regularised_beta, require_confidence

_LARGEST = 1e9
_HALVINGS = 200


def student_above(t: float, *, freedom: float) -> float:
    """P(T > t), half of I_x(n/2, 1/2) at x = n/(n + t²) with n degrees of freedom (Abramowitz and Stegun 26.7.1).

    Raises:
        MeasurementError: if there is no degree of freedom.
    """
    if not freedom > 0.0:
        raise MeasurementError(f"Student's distribution needs degrees of freedom above 0, not {freedom}.")
    if math.isinf(t):
        return 0.0 if t > 0.0 else 1.0
    square = t * t
    if square < 1.0:  # near 0 the other tail of the beta keeps the digits
        tail = 0.5 * (1.0 - regularised_beta(square / (freedom + square), a=0.5, b=freedom / 2.0))
    else:
        tail = 0.5 * regularised_beta(freedom / (freedom + square), a=freedom / 2.0, b=0.5)
    return tail if t >= 0.0 else 1.0 - tail


def student_critical(confidence: float, *, freedom: float) -> float:
    """The t that lies within ±t with this two-sided confidence.

    Raises:
        MeasurementError: if the confidence is not in [0.5, 1), or there is no degree of freedom.
    """
    require_confidence(confidence)
    tail = (1.0 - confidence) / 2.0
    low, high = 0.0, 1.0
    while student_above(high, freedom=freedom) > tail and high < _LARGEST:
        low, high = high, 2.0 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if student_above(middle, freedom=freedom) > tail:
            low = middle
        else:
            high = middle
    return high
