"""Tries a mix again, by itself: every instance that may fail, every zone, counts, kinds, and its cost in decimals.

Shares no formula with the programme: it takes instances away and adds up what is left.
"""

import math
from collections.abc import Sequence
from decimal import Decimal

from pricing.capacity import count_replicas
from pricing.errors import CapacityError
from pricing.fleet.instances import is_whole
from pricing.optimising.model import HOURS, Level, Mix, MixLine, Task

_ROUNDING = 1e-11
_YEAR_DAYS = 365


def fault_of(mix: Mix, task: Task) -> str | None:
    """What is wrong with a mix; None: it holds under every loss that it must survive, and costs what it says."""
    for check in (_shape, _spares, _cost):
        fault = check(mix, task)
        if fault is not None:
            return fault
    return next(filter(None, (_load(mix, task, place) for place in range(len(task.levels)))), None)


def require_valid(mix: Mix, task: Task) -> Mix:
    """The mix, if it holds.

    Raises:
        CapacityError: if it does not.
    """
    fault = fault_of(mix, task)
    if fault is not None:
        raise CapacityError(f"a mix was found that does not hold: {fault}; it is not used")
    return mix


def _shape(mix: Mix, task: Task) -> str | None:
    zones = task.redundancy.zones
    if not 1 <= len(mix.lines) <= task.most_kinds:
        return f"it has {len(mix.lines)} kinds of offers"
    if len({line.choice.market for line in mix.lines}) > 1:
        return "it stands in more than one market"
    for line in mix.lines:
        if len(line.counts) != len(task.levels) or any(not is_whole(n) or n < 0 or n % zones for n in line.counts):
            return f"{line.choice.offer.instance:.40} is not there in whole and equal numbers in each zone"
        if line.choice.is_unstopped and len(set(line.counts)) > 1:
            return f"{line.choice.offer.instance:.40} is committed, and stopped"
    return None


def _spares(mix: Mix, task: Task) -> str | None:
    if sum(line.spares for line in mix.lines) != task.redundancy.spares:
        return "the spares are not as many as were asked for"
    largest = max(line.choice.per_s for line in mix.lines)
    if any(line.spares and line.choice.per_s < largest * (1 - _ROUNDING) for line in mix.lines):
        return "a spare is smaller than what it must stand for"
    return None


def _load(mix: Mix, task: Task, place: int) -> str | None:
    level, zones, plus = task.levels[place], task.redundancy.zones, task.redundancy.plus
    for lost_zone in range(zones):
        sizes: list[tuple[float, int]] = []
        for line in mix.lines:
            per_zone = [line.counts[place] // zones] * zones
            if zones > 1:
                per_zone[lost_zone] = 0
            sizes.append((line.choice.per_s, sum(per_zone)))
        fault = _survives(mix, task, level, _without_largest(sizes, plus))
        if fault is not None:
            return fault
    return None


def _without_largest(sizes: Sequence[tuple[float, int]], plus: int) -> list[tuple[float, int]]:
    """Take the largest instances away, one after the other."""
    left = []
    for capacity, count in sorted(sizes, reverse=True):
        gone = min(plus, count)
        plus -= gone
        left.append((capacity, count - gone))
    return left


def _survives(mix: Mix, task: Task, level: Level, left: Sequence[tuple[float, int]]) -> str | None:
    instances = sum(count for _, count in left)
    if instances < 1:
        return "nothing is left when instances fail"
    if mix.is_shared_queue:
        choice = mix.lines[0].choice
        if not level.need_per_s:
            return None
        sized = count_replicas(choice.rate, peak_per_s=level.need_per_s, slo=task.slo, headroom=task.headroom)
        is_enough = instances * choice.replicas >= sized.replicas
    else:
        is_enough = math.fsum(capacity * count for capacity, count in left) >= level.need_per_s * (1 - _ROUNDING)
    return None if is_enough else f"{level.need_per_s:,.6g} requests/s are not carried when instances fail"


def _cost(mix: Mix, task: Task) -> str | None:
    whole = sum((_line_cost(line, task) for line in mix.lines), start=Decimal(0))
    return None if abs(whole - mix.per_year.amount) < Decimal("0.005") else f"it costs {whole:.2f} a year"


def _line_cost(line: MixLine, task: Task) -> Decimal:
    hourly = line.choice.offer.rate.amount
    hours = sum((count + line.spares) * len(level.hours) for count, level in zip(line.counts, task.levels, strict=True))
    if line.choice.is_unstopped:
        hours = HOURS * (max(line.counts) + line.spares)
    return hourly * hours * _YEAR_DAYS
