"""The latest run against what its history foretells: a first sighting, which another run would confirm.

Student's prediction interval. The spread between launches comes from the history; only what the run's own
interval is wider than theirs is added. It supposes noise that is about normal: with heavier tails it
suspects more often, which costs a rerun and never a verdict.
"""

from dataclasses import dataclass

import numpy as np

from harness.statistics.confirmations import level_before_reference
from harness.statistics.history import History, Indices, in_a_row
from harness.statistics.steps import LEAST_HISTORY, Newcomer, Shift, level_starts, newcomer

_LEAST_TO_FORETELL = 3
"""Runs of a level that began a short while ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """How far the last `count` runs lie above the level; `p` counts every look that was taken.

    `latest` is the last run alone.
    """

    count: int
    shift: Shift
    p: float
    latest: Shift


def suspicion(history: History, *, confirm: int) -> Suspicion | None:
    """Look at the last run, at the last two, and so on up to `confirm`: a second bad run must not hide in the first.

    Returns:
        `None` where fewer than five runs went before.
    """
    if history.earlier < LEAST_HISTORY:
        return None
    n = history.values.size
    looks: dict[int, Newcomer] = {}
    for count in range(1, 1 + (confirm if history.reference is None else min(confirm, n - history.reference))):
        past = _past(history, count)
        if past.size >= _LEAST_TO_FORETELL:
            looks[count] = _foretold(history, past, count)
    if not looks:
        return None
    suspect = {
        count: look
        for count, look in looks.items()
        if in_a_row(history.values[n - count :] - look.shift.before, history.tolerance) == count
    }
    count = min(suspect or looks, key=lambda one: looks[one].p)
    p = min(1.0, len(looks) * looks[count].p) if suspect else 1.0
    return Suspicion(count=count, shift=looks[count].shift, p=p, latest=looks[min(looks)].shift)


def _past(history: History, count: int) -> Indices:
    """The runs of the present level, without the last ones."""
    if history.reference is not None:
        return level_before_reference(history)
    n = history.values.size
    return np.arange(level_starts(history.values, floor=history.floor)[-1], n - count)


def _foretold(history: History, past: Indices, count: int) -> Newcomer:
    n = history.values.size
    known = [one for index in past if (one := history.variances[index]) is not None]
    latest = [one for one in history.variances[n - count :] if one is not None]
    excess = sum(latest) / len(latest) - sum(known) / len(known) if latest and known else 0.0
    values = history.values
    return newcomer(values[past], values[n - count :], floor=history.floor, own_variance=max(0.0, excess))
