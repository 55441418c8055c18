"""Leaves out choices that no cheapest mix needs, where that can be proven with failures, zones and spares counted.

In any mix each instance of a dominated choice can be replaced by one or several of the dominating one: no dearer, no
less carried after the worst failure, no more kinds.
"""

import math
from collections.abc import Iterable, Sequence

from pricing.optimising.model import Choice, Task

_ROUNDING = 1e-12


def pruned(choices: Iterable[Choice], task: Task) -> tuple[Choice, ...]:
    """The choices of one market that may stand in a cheapest mix. Of equal ones the first by name is kept."""
    kept: list[Choice] = []
    for choice in sorted(choices, key=lambda one: (one.price / one.per_s, one.per_s, one.is_unstopped, one.key)):
        if not any(_dominates(other, choice, task) for other in kept):
            kept = [other for other in kept if not _dominates(choice, other, task)]
            kept.append(choice)
    return tuple(kept)


def least_cost(choices: Sequence[Choice], task: Task) -> float:
    """Dollars a day below which no mix of these choices is: as if parts of instances could be rented."""
    left, zones = task.zone_share
    smallest = min(one.per_s for one in choices)
    lost = task.redundancy.plus * smallest
    cheapest = min(one.price / one.per_s for one in choices) * zones / left
    return cheapest * sum((level.need_per_s + lost) * len(level.hours) for level in task.levels)


def _dominates(one: Choice, other: Choice, task: Task) -> bool:
    """Whether `one` can stand for `other` in every mix.

    Several that are smaller lose less when one fails. One that is larger loses more, and yet leaves no less: without
    the largest n of each, what is left is compared piece by piece. That needs the loss to be counted exactly, which
    it is for one failing instance (`pricing.optimising.programme`). Spares are of the largest kind: with spares, only
    instances of the same rate are compared.
    """
    if one.is_unstopped and not other.is_unstopped and len(task.levels) > 1:
        return False
    if math.isclose(one.per_s, other.per_s, rel_tol=_ROUNDING):
        return one.per_s >= other.per_s and one.price <= other.price
    if task.redundancy.spares:
        return False
    if one.per_s > other.per_s:
        return task.redundancy.plus <= 1 and one.price <= other.price
    return math.ceil(other.per_s / one.per_s * (1.0 - _ROUNDING)) * one.price <= other.price
