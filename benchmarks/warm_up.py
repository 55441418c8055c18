"""10. Whether warm-up is left out, no less and no more: slow first calls put into a recorded trace of a warm model.

0 to 500 slow calls, as a ramp and as a step, 30 % and 200 % slower, in windows of 1,000 calls. The bias of a rule is
how far the median of what it keeps lies from the median of the window as it was recorded.
"""

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.arms import block, flagship_sides, nanoseconds, serving
from benchmarks.comparison import Context, Found
from benchmarks.ramps import OTHERS, OURS, SHAPES, WarmUpRule, with_slow_start
from benchmarks.result import Outcome, Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from harness.statistics.series import Series

_SLOW_CALLS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500)
_SLOWER_BY = (0.3, 2.0)
_WINDOW = 1000
_MOST_BIAS, _MOST_DISCARDED = 0.005, 0.10
_MOST_WINDOWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A rule over all windows: its worst mean bias, the slow start that caused it, and the most it left out of none."""

    bias: float
    worst: str
    discarded: float


def run(context: Context) -> Found:
    """Record the INT8 flagship for half a minute, then put ramps into its windows."""
    found = Found()
    context.narrate("recording the flagship, warm")
    _, side = flagship_sides(context.folder("flagship"))
    with serving([side]) as workers:
        block(workers[side.arm.name], context.sized(2.0, 0.5))
        trace = nanoseconds(block(workers[side.arm.name], context.sized(30.0, 4.0)).latencies_ns)
    windows = [trace[at : at + _WINDOW] for at in range(0, trace.size - _WINDOW + 1, _WINDOW)]
    windows = windows[: context.times(_MOST_WINDOWS, 2)]
    context.narrate(f"{len(windows)} windows with slow starts")
    ours = judge(OURS, windows)
    for rule in OTHERS:
        theirs = judge(rule, windows)
        found.rows.append(_bias_row(ours, theirs, rule))
    found.rows.append(
        Row(
            what="most left out where nothing was slow",
            ours=None if ours is None else Quantity(value=ours.discarded, unit=Unit.SHARE),
            target="≤ 10 %",
            outcome=at_most(None if ours is None else ours.discarded, _MOST_DISCARDED),
            note=f"of {len(windows)} windows of {_WINDOW:,} calls",
            in_readme=True,
        )
    )
    return found


def judge(rule: WarmUpRule, windows: Sequence[Series]) -> Judged | None:
    """The rule over every slow start in every window; `None` without windows."""
    if not windows:
        return None
    medians = [float(np.median(window)) for window in windows]
    biases = {}
    for calls, shape, slower_by in itertools.product(_SLOW_CALLS, SHAPES, _SLOWER_BY):
        kept = []
        for window, median in zip(windows, medians, strict=True):
            slowed = with_slow_start(window, calls=calls, shape=shape, slower_by=slower_by)
            kept.append(float(np.median(slowed[rule.discard(slowed) :])) / median - 1.0)
        biases[f"{calls} calls, a {shape} of {100 * slower_by:.0f} %"] = float(np.mean(kept))
    worst = max(biases, key=lambda start: abs(biases[start]))
    return Judged(
        bias=abs(biases[worst]),
        worst=worst,
        discarded=max(rule.discard(window) / window.size for window in windows),
    )


def _bias_row(ours: Judged | None, theirs: Judged | None, rule: WarmUpRule) -> Row:
    has_both = ours is not None and theirs is not None and theirs.bias > 0.0
    return Row(
        what="bias of the median, worst of all slow starts",
        ours=None if ours is None else Quantity(value=ours.bias, unit=Unit.SHARE),
        peer=None if theirs is None else Quantity(value=theirs.bias, unit=Unit.SHARE),
        peer_name=rule.name,
        ratio=Quantity(value=ours.bias / theirs.bias, unit=Unit.RATIO) if has_both and ours and theirs else None,
        target="< 0.5 %",
        outcome=Outcome.NOT_IDENTIFIED if ours is None else at_most(ours.bias, _MOST_BIAS),
        note=None if ours is None or theirs is None else f"worst {theirs.worst}; ours {ours.worst}; {rule.source}",
        in_readme=True,
    )


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
