"""The cheapest mix of given choices: fleets of one kind, then the programme in each market that could beat them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from pricing.errors import CapacityError
from pricing.optimising.checking import fault_of, require_valid
from pricing.optimising.model import Choice, Key, Market, Mix, Task, mix_of
from pricing.optimising.programme import solve
from pricing.optimising.pruning import least_cost, pruned
from pricing.optimising.singles import singles

_DAYS_PER_YEAR = 365
_SAFE = 1e-9  # of a cost: what sums of floats may be off by
_MOST_COUNTED = 100_000  # instances of one kind in a programme
_TIGHTENINGS = (0.0, 1e-9, 1e-7)
"""Shares by which the load is raised where an answer holds inside the solver's tolerance alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much was looked at: choices in all, those that remained after pruning, programmes solved."""

    choices: int
    programmed: int
    programmes: int


def cheapest(choices: Sequence[Choice], task: Task) -> tuple[Mix, Effort]:
    """The mix of least cost, verified; of equal ones that of fewer kinds, then of fewer instances.

    Raises:
        CapacityError: if there is nothing to choose from, or no fleet carries the load.
    """
    if not choices:
        raise CapacityError("no offer is left to choose from")
    best = require_valid(min(singles(choices, task), key=lambda mix: mix.order), task)
    return _searched(choices, task, best, using=None)


def cheaper(choices: Sequence[Choice], task: Task, than: Mix, *, using: Collection[Key]) -> Mix:
    """The cheapest mix with at least one of certain offers, where it is cheaper than a known mix; else the known one.

    Raises:
        CapacityError: if no fleet carries the load.
    """
    wanted = [one for one in choices if one.key in using]
    best = min((than, *singles(wanted, task)), key=lambda mix: mix.order)
    return _searched(choices, task, best, using=using)[0]


def _searched(choices: Sequence[Choice], task: Task, best: Mix, *, using: Collection[Key] | None) -> tuple[Mix, Effort]:
    programmed = programmes = 0
    gap = 0.0
    for market in _by_bound(choices, task):
        programmed += len(market)
        wanted = [place for place, one in enumerate(market) if using is None or one.key in using]
        if not wanted or len(market) == 1 or task.most_kinds == 1:
            continue  # what is pruned is in no cheapest mix, and of one choice there is none
        if least_cost(market, task) > _daily(best) * (1 + _SAFE):
            continue
        if _is_huge(market, task):
            gap = max(gap, 1.0 - least_cost(market, task) / _daily(best))
            continue
        programmes += 1
        found, found_gap = _programmed(market, task, best, including=wanted if using is not None else ())
        gap = max(gap, found_gap)
        if found is not None and found.order < best.order:
            best = found
    effort = Effort(choices=len(choices), programmed=programmed, programmes=programmes)
    return replace(best, gap=gap), effort


def _programmed(
    market: Sequence[Choice], task: Task, best: Mix, *, including: Sequence[int]
) -> tuple[Mix | None, float]:
    """What the programme finds at no more than the best so far, verified; and how far it is from proof."""
    limit = _daily(best)
    bound = limit
    for tightened in _TIGHTENINGS:
        solved = solve(market, task, below=limit * (1 + _SAFE), including=including, tightened=tightened)
        if not solved.lines:
            return None, max(solved.gap, 1.0 - bound / limit)
        mix = mix_of(solved.lines, task.levels)
        if not tightened:
            bound = _daily(mix) * (1.0 - solved.gap)  # of the load as it is: nothing is cheaper
        if fault_of(mix, task) is None:
            return mix, max(0.0, 1.0 - bound / _daily(mix))
    return None, 1.0 - bound / limit


def _is_huge(market: Sequence[Choice], task: Task) -> bool:
    """Whether counts would reach what the solver's tolerances confuse; so large a fleet gains nothing from a mix."""
    return task.levels[task.busiest].need_per_s > _MOST_COUNTED * min(one.per_s for one in market)


def _by_bound(choices: Iterable[Choice], task: Task) -> list[tuple[Choice, ...]]:
    """The choices that are left of each market, the most promising market first."""
    markets: dict[Market, list[Choice]] = defaultdict(list)
    for choice in choices:
        markets[choice.market].append(choice)
    left = [pruned(found, task) for found in markets.values()]
    return sorted(left, key=lambda market: (least_cost(market, task), market[0].market))


def _daily(mix: Mix) -> float:
    return float(mix.per_year.amount) / _DAYS_PER_YEAR
