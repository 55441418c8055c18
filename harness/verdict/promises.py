"""Whether a promise is kept, from a figure's interval: yes, no, or not to be told by so few trials.

A miss is never hidden, and a promise is never called kept because too little was seen to break it.
"""

from harness.statistics.proportion import Rate
from harness.verdict.wording import effect
from harness.vocabulary.selftest import Mark

Judged = tuple[Mark, str | None]
"""The mark, and why where it is not kept."""

_TELLING = 3.0
"""An error is told by so many trials as exclude three times the error that is promised."""


def judge_nominal_error(rate: Rate, *, nominal: float) -> Judged:
    """An error that is to happen in the share named: kept where the interval holds it or lies below.

    Args:
        rate: how often the error was made.
        nominal: the share that the method promises, 0.05 for 5 %.
    """
    if not rate.trials:
        return Mark.NOT_IDENTIFIED, "no trial was completed"
    if rate.lower > nominal:
        return Mark.NOT_KEPT, f"at least {effect(rate.lower)} at {effect(rate.confidence)} confidence"
    if rate.upper > _TELLING * nominal:
        return Mark.NOT_IDENTIFIED, f"so few trials leave up to {effect(rate.upper)} open"
    return Mark.KEPT, None


def judge_least_share(rate: Rate, *, least: float) -> Judged:
    """A share that is to be reached: kept where the figure reaches it and the trials can tell.

    Args:
        rate: how often it went well.
        least: the share promised, 0.9 for 90 %.
    """
    if not rate.trials or rate.share is None:
        return Mark.NOT_IDENTIFIED, "no trial was completed"
    if rate.upper < least:
        return Mark.NOT_KEPT, f"at most {effect(rate.upper)} at {effect(rate.confidence)} confidence"
    if rate.share < least:
        return Mark.NOT_IDENTIFIED, f"missed here, but up to {effect(rate.upper)} is possible by so few trials"
    if rate.missed.upper > _TELLING * (1.0 - least):
        return Mark.NOT_IDENTIFIED, f"so few trials leave as little as {effect(rate.lower)} open"
    return Mark.KEPT, None


def judge_magnitude(lower: float | None, upper: float | None, *, most: float) -> Judged:
    """A difference that is to be small either way: kept where the whole interval is within ±most."""
    if lower is None or upper is None:
        return Mark.NOT_IDENTIFIED, "too few pairs for an interval"
    if lower > most or upper < -most:
        return Mark.NOT_KEPT, f"the whole interval lies beyond {effect(most)}"
    if lower < -most or upper > most:
        return Mark.NOT_IDENTIFIED, f"the interval reaches beyond {effect(most)}"
    return Mark.KEPT, None


def judge_cost(figure: float | None, lower: float | None, upper: float | None, *, most: float) -> Judged:
    """A cost that is to stay below a limit; without an interval the figure alone is judged."""
    if figure is None:
        return Mark.NOT_IDENTIFIED, "it was not measured"
    least_cost, most_cost = (figure if lower is None else lower), (figure if upper is None else upper)
    if least_cost > most:
        return Mark.NOT_KEPT, "the whole interval lies above" if lower is not None else "the figure lies above"
    if most_cost > most:
        return Mark.NOT_IDENTIFIED, "the interval reaches above"
    return Mark.KEPT, None
