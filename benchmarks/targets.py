"""Whether a target was reached. Pure.

A figure meets a limit by its value. That something happens rarely is met by the interval of its rate, which must
include the limit or lie below it, and only in as many trials as were planned. `None` is never met.
"""

from benchmarks.result import Outcome, Quantity


def at_most(figure: float | None, limit: float) -> Outcome:
    """Met at the limit or below it; not identified where there is no figure."""
    if figure is None:
        return Outcome.NOT_IDENTIFIED
    return Outcome.MET if figure <= limit else Outcome.MISSED


def at_least(figure: float | None, limit: float) -> Outcome:
    """Met at the limit or above it; not identified where there is no figure."""
    if figure is None:
        return Outcome.NOT_IDENTIFIED
    return Outcome.MET if figure >= limit else Outcome.MISSED


def rate_is_at_most(rate: Quantity | None, limit: float, *, least_trials: int) -> Outcome:
    """Met where the interval of the rate includes the limit or lies below it: more is not claimed.

    Fewer trials than were planned identify nothing: a wide interval includes every limit.
    """
    if rate is None or rate.low is None or (rate.trials or 0) < least_trials:
        return Outcome.NOT_IDENTIFIED
    return Outcome.MET if rate.low <= limit else Outcome.MISSED


def rate_is_at_least(rate: Quantity | None, limit: float, *, least_trials: int) -> Outcome:
    """Met where the share itself reaches the limit, in as many trials as were planned."""
    if rate is None or (rate.trials or 0) < least_trials:
        return Outcome.NOT_IDENTIFIED
    return at_least(rate.value, limit)
