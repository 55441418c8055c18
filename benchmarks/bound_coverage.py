"""5. Whether a nominal 99 % bound of a percentile holds, on windows of a recorded trace of a real model.

LoadGen's rule is applied to contiguous windows, as it measures, and to the same spread windows as ours. A window's
truth is the percentile of all the rest of its trace.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from statistics import median

import numpy as np

from benchmarks.arms import block, flagship_sides, nanoseconds, serving
from benchmarks.comparison import Context, Found
from benchmarks.early_stopping import early_stopping_estimate
from benchmarks.figures import rate
from benchmarks.result import Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import rate_is_at_least
from harness.statistics.coverage import bound_coverage
from harness.statistics.quantiles import quantile_estimate, samples_floor
from harness.statistics.series import Series

_PERCENTILES = (0.90, 0.99)
_LEAST = 0.97
_BLOCK_CALLS = 10  # 10 to 20 ms of the flagship: the length of a block of a run
_RECORDED_S = 90.0  # of each model: the FP32 one has 7 windows of 662 blocks in it
_FLOORS = 2  # a window is as long as those of `harness.statistics.coverage`
_LEAST_WINDOWS = 20
Bound = Callable[[Series, float], float | None]


def run(context: Context) -> Found:
    """Record both models, then cut."""
    found = Found()
    seconds = context.sized(_RECORDED_S, 8.0)
    context.narrate(f"recording {2 * seconds:.0f} s of the flagship")
    sides = flagship_sides(context.folder("flagship"))
    with serving(sides) as workers:
        traces = [nanoseconds(block(workers[side.arm.name], seconds).latencies_ns) / 1e9 for side in sides]
    for p in _PERCENTILES:
        found.rows.extend(_rows(traces, p))
    return found


def _rows(traces: Sequence[Series], p: float) -> list[Row]:
    blocks = [np.array_split(trace, max(1, trace.size // _BLOCK_CALLS)) for trace in traces]
    ours = bound_coverage(blocks, p)
    held = rate(ours.held, ours.identified)
    name = f"p{100 * p:.0f}"
    inflation = None if ours.inflation is None else Quantity(value=ours.inflation, unit=Unit.RATIO)
    theirs, truths = _contiguous(traces, p, lambda window, at: early_stopping_estimate(window.tolist(), at))
    ours_close, _ = _contiguous(traces, p, lambda window, at: quantile_estimate(window, at).upper)
    loadgen = rate(*_held(theirs, truths))
    outcome = rate_is_at_least(held, _LEAST, least_trials=_LEAST_WINDOWS)
    bounds = [(bound, truth) for bound, truth in zip(theirs, truths, strict=True) if bound is not None]
    return [
        Row(
            what=f"99 % bounds of {name} that hold",
            ours=held,
            peer=loadgen,
            peer_name="LoadGen's early stopping, contiguous windows",
            target="≥ 97 %",
            outcome=outcome,
            note=f"{name}: {ours.windows - ours.identified} of our {ours.windows} windows are not identified: no bound",
            in_readme=True,
        ),
        Row(
            what=f"bound of {name} over the true {name}, median",
            ours=inflation,
            peer=Quantity(value=median(b / t for b, t in bounds), unit=Unit.RATIO) if bounds else None,
            peer_name="LoadGen's early stopping, contiguous windows",
            in_readme=True,
        ),
        Row(
            what=f"99 % bounds of {name} that hold, contiguous windows",
            ours=rate(*_held(ours_close, truths)),
            peer=loadgen,
            peer_name="LoadGen's early stopping",
            note="a window that is one stretch of time cannot know what happens outside it, with any rule",
        ),
    ]


def _held(bounds: Sequence[float | None], truths: Sequence[float]) -> tuple[int, int]:
    given = [(bound, truth) for bound, truth in zip(bounds, truths, strict=True) if bound is not None]
    return sum(bound >= truth for bound, truth in given), len(given)


def _contiguous(traces: Sequence[Series], p: float, bound: Bound) -> tuple[list[float | None], list[float]]:
    windows = list(_windows(traces, _FLOORS * samples_floor(p)))
    return [bound(window, p) for window, _ in windows], [float(np.quantile(rest, p)) for _, rest in windows]


def _windows(traces: Sequence[Series], length: int) -> Iterator[tuple[Series, Series]]:
    """Stretches of so many calls that share none, each with the rest of its trace."""
    for trace in traces:
        for start in range(0, trace.size - length + 1, length):
            yield trace[start : start + length], np.concatenate([trace[:start], trace[start + length :]])


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
