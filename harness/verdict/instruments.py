"""The lines of a self-test's certificate about what it measures with: bounds of quantiles, memory, clock, cost."""

from collections.abc import Iterator, Sequence

import numpy as np

from harness.statistics.coverage import bound_coverage
from harness.statistics.proportion import rate_of
from harness.statistics.series import Series
from harness.statistics.signed_rank import centre
from harness.verdict.promises import Judged, judge_cost, judge_least_share
from harness.vocabulary import Round
from harness.vocabulary.selftest import (
    ClockProbe,
    Mark,
    MemoryProbe,
    ParentProbe,
    SelfCheck,
    SelfTestLine,
    Unit,
)

LEAST_COVERAGE = 0.97
MOST_ADDED_S = 150e-9
MOST_QUERY_S = 1e-6
MOST_PARENT_CPU = 0.01
_CONFIDENCE = 0.95
_UNSEEN = 0.02
"""An allocation counts as seen where the peak is off by less: the kernel counts pages in batches of each CPU."""


def coverage_lines(traces: Sequence[Sequence[Series]]) -> Iterator[SelfTestLine]:
    """How often the upper bounds of p90 and p99 hold, in windows against the rest of their trace."""
    for check, p in ((SelfCheck.P90_COVERAGE, 0.90), (SelfCheck.P99_COVERAGE, 0.99)):
        yield _coverage(check, traces, p)


def _coverage(check: SelfCheck, traces: Sequence[Sequence[Series]], p: float) -> SelfTestLine:
    found = bound_coverage(traces, p)
    rate = rate_of(found.held, found.identified)
    mark, reason = judge_least_share(rate, least=LEAST_COVERAGE)
    if not found.identified and found.windows:
        reason = "no window could bound it: too few independent samples"
    inflation = "" if found.inflation is None else f"; the bound is {found.inflation:.2f} times the quantile"
    return SelfTestLine(
        check=check,
        unit=Unit.SHARE,
        figure=rate.share,
        lower=rate.lower if rate.trials else None,
        upper=rate.upper if rate.trials else None,
        detail=f"{found.held} of {found.identified} upper bounds (99 %) held, "
        f"{found.windows - found.identified} of {found.windows} windows not identified{inflation}",
        hits=found.held,
        trials=found.identified,
        limit=LEAST_COVERAGE,
        promise="at least 97 %",
        mark=mark,
        reason=reason,
    )


def memory_line(probes: Sequence[MemoryProbe]) -> SelfTestLine:
    """How many short-lived allocations the memory peak saw: all of them is the promise."""
    known = [one for one in probes if one.seen_bytes is not None]
    seen = [one for one in known if abs((one.seen_bytes or 0) - one.size_bytes) <= _UNSEEN * one.size_bytes]
    errors = [one.error_pages for one in known if one.error_pages is not None]
    rate = rate_of(len(seen), len(probes) if known else 0)
    off = f"; off by {min(errors):+.0f} to {max(errors):+.0f} pages" if errors else ""
    mark, reason = _all_seen(probes, known=len(known), seen=len(seen))
    return SelfTestLine(
        check=SelfCheck.MEMORY_PEAK,
        unit=Unit.SHARE,
        figure=rate.share,
        lower=rate.lower if known else None,
        upper=rate.upper if known else None,
        detail=f"{len(seen)} of {len(probes)} allocations{_held(probes)} seen{off}",
        hits=rate.hits,
        trials=rate.trials,
        limit=1.0,
        promise="every one",
        mark=mark,
        reason=reason,
    )


def _all_seen(probes: Sequence[MemoryProbe], *, known: int, seen: int) -> Judged:
    if not known:
        return Mark.NOT_IDENTIFIED, next((one.reason for one in probes if one.reason), "nothing was allocated")
    if seen == len(probes):
        return Mark.KEPT, None
    return Mark.NOT_KEPT, f"{len(probes) - seen} of {len(probes)} were not seen"


def _held(probes: Sequence[MemoryProbe]) -> str:
    if not probes:
        return ""
    held = "/".join(f"{1e3 * hold:g}" for hold in dict.fromkeys(one.hold_s for one in probes))
    return f" of {probes[0].size_bytes / 2**20:g} MiB for {held} ms"


def clock_lines(probe: ClockProbe | None) -> Iterator[SelfTestLine]:
    """The clock's step and reading, and what timing adds to a call that does nothing."""
    if probe is not None:
        yield _figure(SelfCheck.CLOCK_STEP, probe.step_ns / 1e9, "the smallest step the clock took")
        yield _figure(SelfCheck.CLOCK_READING, probe.reading_ns / 1e9, "one reading of the clock")
    added = probe.added_ns if probe else ()
    query = probe.query_ns if probe else ()
    blocks = f"{len(added)} blocks of a call that does nothing, less the call's own cost"
    yield _cost(SelfCheck.ADDED_TO_P50, added, MOST_ADDED_S, promise="at most 150 ns", detail=f"in {blocks}")
    yield _cost(SelfCheck.QUERY_COST, query, MOST_QUERY_S, promise="at most 1 µs", detail=f"mean of {blocks}")


def _cost(check: SelfCheck, values_ns: Sequence[float], most: float, *, promise: str, detail: str) -> SelfTestLine:
    found = centre(np.asarray(values_ns, dtype=np.float64) / 1e9, confidence=_CONFIDENCE) if values_ns else None
    figure, lower, upper = (found.point, found.lower, found.upper) if found else (None, None, None)
    mark, reason = judge_cost(figure, lower, upper, most=most)
    return SelfTestLine(
        check=check,
        unit=Unit.SECONDS,
        figure=figure,
        lower=lower,
        upper=upper,
        detail=detail,
        limit=most,
        promise=promise,
        mark=mark,
        reason=reason,
    )


def _figure(check: SelfCheck, value: float, detail: str, unit: Unit = Unit.SECONDS) -> SelfTestLine:
    return SelfTestLine(check=check, unit=unit, figure=value, lower=None, upper=None, detail=detail)


def cost_lines(rounds: Sequence[Round], parents: Sequence[ParentProbe]) -> Iterator[SelfTestLine]:
    """What a stage takes beside its blocks, and what the supervisor uses while a worker works."""
    wall_s = sum(max(one.wall_s, one.timed_s) for one in rounds)
    timed_s = sum(one.timed_s for one in rounds)
    if timed_s:
        detail = "wall time of the rounds over that of their counted blocks"
        yield _figure(SelfCheck.WALL_OVER_TIMED, wall_s / timed_s, detail, Unit.RATIO)
    block_s = sum(one.block_s for one in parents)
    figure = sum(one.cpu_s for one in parents) / block_s if block_s else None
    mark, reason = judge_cost(figure, None, None, most=MOST_PARENT_CPU)
    in_rounds = f"; with the work between blocks {_in_rounds(rounds, wall_s):.3f}" if wall_s else ""
    yield SelfTestLine(
        check=SelfCheck.PARENT_CPU,
        unit=Unit.CPU,
        figure=figure,
        lower=None,
        upper=None,
        detail=f"the supervisor's CPU time over {block_s:.1f} s of blocks{in_rounds}",
        limit=MOST_PARENT_CPU,
        promise="at most 0.01",
        mark=mark,
        reason=reason,
    )


def _in_rounds(rounds: Sequence[Round], wall_s: float) -> float:
    return sum(one.host.parent_cpu_s for one in rounds) / wall_s
