"""How often something happens: a count with the interval that so many trials allow."""

from dataclasses import dataclass

from harness.errors import MeasurementError
from harness.statistics.distributions import binomial_at_least, require_confidence

_PRECISION = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`hits` of `trials`, with a two-sided interval; without trials no share, and [0, 1]."""

    hits: int
    trials: int
    lower: float
    upper: float
    confidence: float

    @property
    def share(self) -> float | None:
        """The share of hits."""
        return self.hits / self.trials if self.trials else None

    @property
    def missed(self) -> "Rate":
        """The same of what did not happen."""
        return Rate(
            hits=self.trials - self.hits,
            trials=self.trials,
            lower=1.0 - self.upper,
            upper=1.0 - self.lower,
            confidence=self.confidence,
        )


def rate_of(hits: int, trials: int, *, confidence: float = 0.95) -> Rate:
    """The exact interval of Clopper and Pearson: it covers in at least the share of cases that it names.

    Source: Clopper and Pearson (1934), "The use of confidence or fiducial limits illustrated in the case of
    the binomial", Biometrika 26, 404-413.

    Raises:
        MeasurementError: if there are more hits than trials, or the confidence is not in [0.5, 1).
    """
    require_confidence(confidence)
    if not 0 <= hits <= trials:
        raise MeasurementError(f"{hits} of {trials} cannot be: a share is of trials that were made.")
    tail = (1.0 - confidence) / 2.0
    return Rate(
        hits=hits,
        trials=trials,
        lower=_lower(hits, trials, tail),
        upper=1.0 - _lower(trials - hits, trials, tail),
        confidence=confidence,
    )


def _lower(hits: int, trials: int, tail: float) -> float:
    """The share at which so many hits or more are as likely as the tail: bisection, as that grows with it."""
    if not hits:
        return 0.0
    low, high = 0.0, 1.0
    while high - low > _PRECISION:
        middle = (low + high) / 2.0
        if binomial_at_least(hits, trials=trials, p=middle) < tail:
            low = middle
        else:
            high = middle
    return low
