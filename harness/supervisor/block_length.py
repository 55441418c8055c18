"""How long a block of a run is: as short as its calls allow, so that a pair of blocks meets the same machine. Pure.

On a machine whose pace changes within tens of milliseconds a pair of long blocks meets two paces, which no number of
calls within them averages away.
"""

from harness.statistics.stopping import LookSchedule
from harness.vocabulary import Plan

_SHORTEST_S = 0.005  # below it the exchange with the worker and the uncounted first call take most of the time
_LEAST_CALLS = 3  # of the slowest arm: one pre-emption is then not the median


def block_length_s(plan: Plan, *, slowest_call_s: float, concurrency: int) -> float:
    """Three calls of the slowest arm, at least 5 ms and at most what the plan says.

    Simulated (pace of 1 or 1.35 for 20 ms on average, calls of 1.8 and 0.8 ms), a speed-up was known within ±2 % after
    10 s with blocks of 20 ms, 5.7 s with 10 ms and 2.5 s with 5.4 ms, and the 95 % interval held in 98 to 100 % of
    runs; where the pace is steady, in 1 s with each. Source: blocking, Fisher (1935), "The Design of Experiments", §26.

    The plan's length stays on GPUs, whose clocks follow the load, for several calls in flight, whose mean throughput is
    compared, and on a scripted clock.
    """
    rules = plan.timing
    if plan.is_simulated or concurrency > 1 or any(arm.is_on_gpu for arm in plan.arms):
        return rules.block_s
    return min(rules.block_s, max(_SHORTEST_S, _LEAST_CALLS * slowest_call_s))


def looks_at(block_s: float, *, planned_s: float) -> LookSchedule:
    """As many looks as always, after the same time: at more pairs where blocks are shorter than planned."""
    return LookSchedule(first=LookSchedule().first * max(1, int(planned_s / block_s)))
