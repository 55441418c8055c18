"""Choices and tasks for the cheapest mix, and the cheapest mix by trying all of them."""

import itertools
import math
import random
from collections.abc import Iterator, Sequence

from helpers.price_rows import make_offer
from helpers.projections import rate

from pricing.fleet.instances import Redundancy
from pricing.money import HOURS_PER_YEAR
from pricing.optimising.model import Choice, Level, Task
from pricing.vocabulary import Slo

SLO = Slo(quantile=0.99, limit_s=0.05)
ALL_DAY = tuple(range(24))


def make_choice(name: str, price: float, per_s: float, *, is_unstopped: bool = False) -> Choice:
    """An instance of one replica without headroom."""
    offer = make_offer(price, instance=name, purchase="committed_1y" if is_unstopped else "on_demand")
    return Choice(
        offer=offer,
        rate=rate("t4", "int8", per_s),
        replicas=1,
        per_s=per_s,
        is_unstopped=is_unstopped,
        year=offer.rate.over(HOURS_PER_YEAR),
    )


def make_task(*levels: Level, plus: int = 0, zones: int = 1, spares: int = 0, most_kinds: int = 2) -> Task:
    """What must be carried, without headroom."""
    redundancy = Redundancy(plus=plus, zones=zones, spares=spares)
    return Task(levels=levels, redundancy=redundancy, most_kinds=most_kinds, slo=SLO, headroom=0.0)


def random_instance(seed: int) -> tuple[list[Choice], Task]:
    """A few offers of various sizes and a load all day, or two loads where instances may be stopped."""
    source = random.Random(seed)
    follows = source.random() < 0.5
    choices = [
        make_choice(
            f"i{number}",
            source.randint(5, 60) / 10,
            10.0 * source.choice([1, 1.5, 2, 3, 4, 5, 8]),
            is_unstopped=follows and source.random() < 0.4,
        )
        for number in range(source.randint(2, 4))
    ]
    night = Level(need_per_s=float(source.choice([0, 5, 15])), hours=ALL_DAY[:9])
    day = Level(need_per_s=float(source.randint(16, 90)), hours=ALL_DAY[9:])
    flat = Level(need_per_s=float(source.randint(1, 200)), hours=ALL_DAY)
    task = make_task(
        *((night, day) if follows else (flat,)),
        plus=source.choice([0, 1, 1, 1, 2]),
        zones=source.choice([1, 1, 2, 3]),
        spares=source.choice([0, 0, 1, 2]),
        most_kinds=2 if follows else source.choice([1, 2, 2, 3]),
    )
    return choices, task


def least_daily_cost(choices: Sequence[Choice], task: Task) -> float:
    """Dollars a day of the cheapest mix: every set of kinds, and every number of instances of each."""
    sets = (found for size in range(1, task.most_kinds + 1) for found in itertools.combinations(choices, size))
    return min(_least_of(kinds, task, max(one.per_s for one in choices)) for kinds in sets)


def _least_of(kinds: Sequence[Choice], task: Task, largest: float) -> float:
    is_fixed = [one.is_unstopped or len(task.levels) == 1 for one in kinds]
    fixed = [one for one, stays in zip(kinds, is_fixed, strict=True) if stays]
    rest = [one for one, stays in zip(kinds, is_fixed, strict=True) if not stays]
    costs = []
    for counts in _counts(fixed, task, largest):
        standing = list(zip(fixed, counts, strict=True))
        costs.append(_paid(standing, 24) + sum(_least_beside(standing, rest, task, level) for level in task.levels))
    biggest = max(one.per_s for one in kinds)
    spare = min(one.price for one in kinds if one.per_s == biggest)
    return min(costs) + task.redundancy.spares * spare * 24


def _least_beside(standing: list[tuple[Choice, int]], rest: Sequence[Choice], task: Task, level: Level) -> float:
    largest = max(one.per_s for one in (*rest, *(one for one, _ in standing)))
    running = (list(zip(rest, counts, strict=True)) for counts in _counts(rest, task, largest))
    enough = (found for found in running if _is_enough([*standing, *found], task, level))
    return min((_paid(found, len(level.hours)) for found in enough), default=math.inf)


def _counts(kinds: Sequence[Choice], task: Task, largest: float) -> Iterator[tuple[int, ...]]:
    """Numbers in equal parts in each zone, up to what one kind alone would need beside the largest failures."""
    zones, plus = task.redundancy.zones, task.redundancy.plus
    left = max(1, zones - 1)
    need = max(level.need_per_s for level in task.levels) + max(0, plus - 1) * largest
    most = [math.ceil((math.ceil(need / one.per_s) + 1 + plus) / left) for one in kinds]
    return itertools.product(*(range(0, zones * (many + 1), zones) for many in most))


def _is_enough(fleet: Sequence[tuple[Choice, int]], task: Task, level: Level) -> bool:
    zones, plus = task.redundancy.zones, task.redundancy.plus
    left = [one.per_s for one, count in fleet for _ in range(count if zones == 1 else count - count // zones)]
    if len(left) <= plus:
        return False
    return sum(left) - plus * max(left) >= level.need_per_s


def _paid(fleet: Sequence[tuple[Choice, int]], hours: int) -> float:
    return sum(count * one.price * hours for one, count in fleet)
