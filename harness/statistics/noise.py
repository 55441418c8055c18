"""How small an effect this machine can show: the baseline measured against itself."""

import math

import numpy.typing as npt

from harness.statistics.distributions import two_sided_critical_value
from harness.statistics.ratio import LEAST_PAIRS, correlation_inflation
from harness.statistics.series import Series, as_series
from harness.statistics.signed_rank import centre
from harness.vocabulary.findings import NoiseReport
from harness.vocabulary.words import NoiseClass

_LIMITS = ((0.01, NoiseClass.QUIET), (0.03, NoiseClass.USABLE), (0.10, NoiseClass.NOISY))
_DETECTABLE = 2.8
"""z(0.975) + z(0.80): found with 80 % power by a two-sided test at 5 %."""
_CONFIDENCE = 0.95


def noise_of(z_aa: npt.ArrayLike) -> NoiseReport:
    """Spread of the A/A log ratio and the smallest effect that would be found.

    The effect is 2.8·sigma/√n, with n divided by the inflation that correlation causes. Where the baseline differs
    from itself by more than chance, nothing smaller than that offset can be shown, however little it spreads.

    Args:
        z_aa: log ratios of the baseline against itself in time order, shape (pairs,).

    Returns:
        Unfit, with the reason and no figures, for fewer than 6 pairs.

    Raises:
        MeasurementError: if a log ratio is not finite.
    """
    series = as_series(z_aa, least=0)
    pairs = series.size
    if pairs < LEAST_PAIRS:
        reason = f"{pairs} A/A pairs show no noise: at least {LEAST_PAIRS} are needed"
        return NoiseReport(noise_class=NoiseClass.UNFIT, sigma=None, minimal_effect=None, pairs=pairs, reason=reason)
    sigma = rank_sigma(series)
    inflation = correlation_inflation(series)
    effect = max(_DETECTABLE * sigma * math.sqrt(inflation / pairs), _proven_offset(series, inflation))
    return NoiseReport(noise_class=noise_class_of(effect), sigma=sigma, minimal_effect=effect, pairs=pairs, reason=None)


def _proven_offset(series: Series, inflation: float) -> float:
    """How far the A/A lies from zero; 0 where its interval holds zero."""
    found = centre(series, confidence=_CONFIDENCE, inflation=inflation)
    return abs(found.point) if found is not None and (found.lower > 0.0 or found.upper < 0.0) else 0.0


def rank_sigma(series: Series) -> float:
    """The sigma that the signed-rank interval feels: √n times its half-width over z.

    For normal noise it is the standard deviation, 2 % more; at 12 pairs 15 % more and at 6 half
    more, as the interval of so few pairs is wider too. Rare spikes blow up the plain standard
    deviation though they hardly move the paired interval, and the median absolute deviation is
    blind to a tail that the interval does feel; this follows the interval in both cases.

    Source: Lehmann (1963), "Nonparametric confidence intervals for a shift parameter".

    Args:
        series: log ratios, shape (n,), n at least 6.
    """
    found = centre(series, confidence=_CONFIDENCE)
    if found is None:
        return math.inf
    return math.sqrt(series.size) * (found.upper - found.lower) / (2.0 * two_sided_critical_value(_CONFIDENCE))


def noise_class_of(minimal_effect: float) -> NoiseClass:
    """The class by minimal detectable effect: quiet to 1 %, usable to 3 %, noisy to 10 %, else unfit."""
    return next((noise_class for limit, noise_class in _LIMITS if minimal_effect <= limit), NoiseClass.UNFIT)
