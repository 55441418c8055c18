"""From assumptions to what must be carried, hour by hour: as the columns of a plan are sized."""

import math
from collections import defaultdict

from pricing.fleet.instances import Redundancy
from pricing.optimising.model import HOURS, Level, Task
from pricing.projection.model import Question

_HOUR_S = 3600.0


def task_of(question: Question, *, most_kinds: int) -> Task:
    """The peak all day; where instances follow the day, each hour, and what must be up for the hours after it.

    Inside an hour the rate rises above its mean as the peak stands above the busiest hour
    (see `pricing.capacity.replicas_by_hour`).
    """
    assumptions = question.assumptions
    return Task(
        levels=_levels(question),
        redundancy=Redundancy(plus=assumptions.plus, zones=assumptions.zones, spares=assumptions.spares),
        most_kinds=most_kinds,
        slo=question.slo,
        headroom=assumptions.headroom,
    )


def _levels(question: Question) -> tuple[Level, ...]:
    assumptions = question.assumptions
    demand, scaling = assumptions.demand, assumptions.autoscaling
    if not scaling.is_on:
        return (Level(need_per_s=demand.peak_per_s, hours=tuple(range(HOURS))),)
    busiest = max(demand.hourly_per_s)
    needs = [rate * demand.peak_per_s / busiest for rate in demand.hourly_per_s]
    ahead = math.ceil(scaling.lag_s / _HOUR_S)
    by_need: dict[float, list[int]] = defaultdict(list)
    for hour in range(HOURS):
        by_need[max(needs[(hour + step) % HOURS] for step in range(ahead + 1))].append(hour)
    return tuple(Level(need_per_s=need, hours=tuple(hours)) for need, hours in sorted(by_need.items()))
