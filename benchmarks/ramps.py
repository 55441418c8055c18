"""Slow first calls, to be multiplied into a recorded trace, and the rules by which tools leave warm-up out. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.statistics.series import Series
from harness.statistics.warmup import warm_up

SHAPES = ("ramp", "step")
_TRTEXEC_NS = 200e6


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUpRule:
    """How many calls a tool leaves out of these latencies in nanoseconds, and where that is described."""

    name: str
    source: str
    discard: Callable[[Series], int]


def with_slow_start(latencies: Series, *, calls: int, shape: str, slower_by: float) -> Series:
    """The trace with its first calls slower: by a share that falls to 0 (`ramp`), or by the same share (`step`)."""
    if not calls:
        return latencies
    fade = 1.0 - np.arange(calls) / calls if shape == "ramp" else np.ones(calls)
    slowed = latencies.copy()
    slowed[:calls] *= 1.0 + slower_by * fade
    return slowed


def _calls_within(latencies: Series, nanoseconds: float) -> int:
    return min(int(np.searchsorted(np.cumsum(latencies), nanoseconds)), latencies.size - 1)


OURS = WarmUpRule(
    name="planner", source="harness.statistics.warmup", discard=lambda latencies: warm_up(latencies).discard
)
OTHERS = (
    WarmUpRule(
        name="benchmark_app, 1 call", source="OpenVINO benchmark_app: the first inference apart", discard=lambda _: 1
    ),
    WarmUpRule(
        name="Olive and optimum-benchmark, 10 calls",
        source="Olive latency metric warmup_num 10; optimum-benchmark warmup_runs 10",
        discard=lambda _: 10,
    ),
    WarmUpRule(
        name="trtexec, 200 ms",
        source="trtexec --warmUp=200 (its default)",
        discard=lambda latencies: _calls_within(latencies, _TRTEXEC_NS),
    ),
)
