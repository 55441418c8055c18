"""Fleets of one kind, counted as the columns of a plan are: for shared queues, too, whose capacity is no sum."""

from collections.abc import Iterable

from pricing.capacity import Sizing, count_replicas
from pricing.fleet.instances import Redundancy, instances_for
from pricing.optimising.model import Choice, Mix, MixLine, Task, mix_of
from pricing.vocabulary import ServiceRate


def singles(choices: Iterable[Choice], task: Task) -> tuple[Mix, ...]:
    """Of each choice the fleet that consists of it alone.

    Raises:
        CapacityError: if a replica does not keep the SLO, or more are needed than any fleet has.
    """
    counted: dict[int, tuple[Sizing, ...]] = {}
    found = []
    for choice in choices:
        rate = choice.rate
        if id(rate) not in counted:  # offers of one target share one rate
            counted[id(rate)] = replicas_by_level(rate, task)
        found.append(_single(choice, counted[id(rate)], task))
    return tuple(found)


def replicas_by_level(rate: ServiceRate, task: Task) -> tuple[Sizing, ...]:
    """How many replicas each level needs; an hour without requests is told by that of the smallest load.

    Raises:
        CapacityError: likewise.
    """
    least = min((level.need_per_s for level in task.levels if level.need_per_s > 0), default=1.0)
    return tuple(
        count_replicas(rate, peak_per_s=level.need_per_s or least, slo=task.slo, headroom=task.headroom)
        for level in task.levels
    )


def _single(choice: Choice, sized: tuple[Sizing, ...], task: Task) -> Mix:
    redundancy = task.redundancy
    spread = Redundancy(plus=redundancy.plus, zones=redundancy.zones)
    counts = tuple(
        instances_for(
            one.replicas if level.need_per_s else 1, offer=choice.offer, replica=choice.rate.replica, redundancy=spread
        ).instances
        for one, level in zip(sized, task.levels, strict=True)
    )
    line = MixLine(
        choice=choice,
        counts=(max(counts),) * len(counts) if choice.is_unstopped else counts,
        spares=redundancy.spares,
    )
    return mix_of((line,), task.levels, is_shared_queue=sized[0].is_shared_queue)
