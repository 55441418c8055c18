"""Tails of the binomial and the normal distribution, without scipy.

Exact to about 1e-12 relative, far into the tail, for real-valued counts up to 1e7: an
effective sample size is not a whole number.
"""

import math
from statistics import NormalDist

from harness.errors import MeasurementError

_CONVERGED = 1e-15
_SMALLEST = 1e-300
_MOST_TERMS = 200_000
_SERIES_FROM = 15.0
"""Above it Stirling's series errs by less than 3e-16; below it `lgamma` loses nothing."""


def regularised_beta(x: float, *, a: float, b: float) -> float:
    """I_x(a, b), the regularised incomplete beta function.

    Source: the continued fraction DLMF 8.17.22, evaluated by Lentz's method; its prefactor
    is a binomial probability in the saddle-point form of Loader (2000), "Fast and accurate
    computation of binomial probabilities", which keeps its digits where `lgamma` loses them.

    Args:
        x: a probability.
        a: first shape, above zero.
        b: second shape, above zero.

    Raises:
        MeasurementError: if an argument is out of range or the fraction does not converge.
    """
    if not (0.0 <= x <= 1.0 and a > 0.0 and b > 0.0):
        raise MeasurementError(f"The incomplete beta function has no value at x={x}, a={a}, b={b}.")
    if x in (0.0, 1.0):
        return x
    front = _front(x, a, b)
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1.0 - x, b, a) / b


def binomial_at_most(k: float, *, trials: float, p: float) -> float:
    """P(X <= k) for X binomial with so many trials, by I_{1-p}(n - k, k + 1) (DLMF 8.17.5)."""
    if k < 0:
        return 0.0
    if k >= trials:
        return 1.0
    return regularised_beta(1.0 - p, a=trials - k, b=k + 1.0)


def binomial_at_least(k: float, *, trials: float, p: float) -> float:
    """P(X >= k) for X binomial with so many trials, by I_p(k, n - k + 1) (DLMF 8.17.5)."""
    if k <= 0:
        return 1.0
    if k > trials:
        return 0.0
    return regularised_beta(p, a=k, b=trials - k + 1.0)


def normal_above(z: float) -> float:
    """P(Z > z) for Z standard normal; the complementary error function keeps the tail's digits."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def critical_value(confidence: float) -> float:
    """The z that a standard normal stays below with this one-sided confidence.

    Raises:
        MeasurementError: if the confidence is not in [0.5, 1).
    """
    require_confidence(confidence)
    return -NormalDist().inv_cdf(1.0 - confidence)


def two_sided_critical_value(confidence: float) -> float:
    """The z that a standard normal stays within, on both sides, with this confidence.

    Raises:
        MeasurementError: if the confidence is not in [0.5, 1).
    """
    require_confidence(confidence)
    return -NormalDist().inv_cdf((1.0 - confidence) / 2.0)


def require_confidence(confidence: float) -> None:
    """Refuse a confidence that is none: a share in [0.5, 1) is asked for, not a percentage.

    Raises:
        MeasurementError: if it is anything else.
    """
    if not 0.5 <= confidence < 1.0:  # noqa: PLR2004 - a bound below one half would lie on the wrong side
        raise MeasurementError(f"Confidence {confidence} is not in [0.5, 1): pass 0.95 for 95 %.")


def _front(x: float, a: float, b: float) -> float:
    """x^a (1-x)^b / B(a, b)."""
    n = a + b
    exponent = _remainder(n) - _remainder(a) - _remainder(b) - _deviance(a, n * x) - _deviance(b, n * (1.0 - x))
    return math.exp(exponent) * math.sqrt(a * b / (2.0 * math.pi * n))


def _remainder(n: float) -> float:
    """What Stirling's formula leaves of ln Γ(n + 1)."""
    if n <= _SERIES_FROM:
        return math.lgamma(n + 1.0) - (n + 0.5) * math.log(n) + n - 0.5 * math.log(2.0 * math.pi)
    r = 1.0 / (n * n)
    return (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / n


def _deviance(x: float, mean: float) -> float:
    """X ln(x / mean) + mean - x, by a series where the terms would cancel."""
    if abs(x - mean) >= 0.1 * (x + mean):
        return x * math.log(x / mean) + mean - x
    v = (x - mean) / (x + mean)
    total, term, power = (x - mean) * v, 2.0 * x * v, 1
    while True:
        term *= v * v
        power += 2
        larger = total + term / power
        if larger == total:
            return total
        total = larger


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of I_x(a, b), for x below (a + 1) / (a + b + 2)."""
    c = 1.0
    d = 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        step = 1.0
        for numerator in (even, odd):
            d = 1.0 / _away_from_zero(1.0 + numerator * d)
            c = _away_from_zero(1.0 + numerator / c)
            step *= c * d
        value *= step
        if abs(step - 1.0) <= _CONVERGED:
            return value
    raise MeasurementError(f"The incomplete beta function did not converge at x={x}, a={a}, b={b}.")


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _SMALLEST else _SMALLEST
