"""Sets two stored runs of the same workload side by side.

Within a run, blocks alternate and a ratio has an interval. Between runs nothing is paired: time
has passed, and the machine may be another. So the ratio of two medians stands here without one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from harness.environment import EnvironmentDifference
from harness.errors import UsageError
from harness.runtimes.base import PARAMETERS_SHA256
from harness.vocabulary import LatencyQuantile, LoadPoint, RatioInterval, RunState, Verdict
from planner.services.conditions import differences_between
from planner.store.records import StoredRun
from planner.store.repository import Store

SCHEMA = "planner.compare/2"
MEDIAN = 0.5
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRun:
    """Which run stands on a side. `started_at` is ISO 8601 in UTC."""

    run: str
    workload: str
    state: RunState
    started_at: str
    planner_version: str
    cpu: str
    is_simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingPair:
    """An arm's median latency in both runs. `ratio` is first over second, above 1: the second is faster."""

    arm: str
    load: LoadPoint
    first: LatencyQuantile | None
    second: LatencyQuantile | None
    ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePair:
    """A candidate's speed-up within each run, and the verdicts on it. Without `load`: in the server scenario."""

    candidate: str
    baseline: str
    load: LoadPoint | None
    first: RatioInterval | None
    second: RatioInterval | None
    do_intervals_overlap: bool | None
    first_verdict: Verdict | None
    second_verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPair:
    """An arm's accuracy in both runs; `difference` is second minus first."""

    arm: str
    first: float | None
    second: float | None
    difference: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsCompared:
    """Two runs of one workload. `are_like` is False where a difference decides speed or precision."""

    schema: str
    first: ComparedRun
    second: ComparedRun
    are_like: bool
    timings: tuple[TimingPair, ...]
    candidates: tuple[CandidatePair, ...]
    qualities: tuple[QualityPair, ...]
    differences: tuple[EnvironmentDifference, ...]


def compare_stored(store: Store, name: str, other: str | None) -> RunsCompared:
    """Compare two runs by name, or one with the latest other run of the same workload.

    Raises:
        UsageError: the two are one run, ask for different things, or there is no other.
        StoreError: a name means no run, or several.
    """
    first = store.load(store.resolve(name))
    second = store.load(_latest_like(store, first) if other is None else store.resolve(other))
    return compare_runs(first, second)


def compare_runs(first: StoredRun, second: StoredRun) -> RunsCompared:
    """Everything that both runs found, side by side.

    Raises:
        UsageError: the two are one run, or ask for different things.
    """
    if first.run_id == second.run_id:
        raise UsageError(f"{first.run_id} is one run: name two to compare")
    if first.plan.workload_digest != second.plan.workload_digest:
        raise UsageError(
            f"{first.run_id} and {second.run_id} cannot be compared: the model, data or input of "
            f"{_name(first)!r} and {_name(second)!r} differ, so their figures answer different questions"
        )
    differences = differences_between(
        first,
        second,
        artifacts=(_artifacts(first), _artifacts(second)),
        modules=(_module(first), _module(second)),
    )
    return RunsCompared(
        schema=SCHEMA,
        first=side_of(first),
        second=side_of(second),
        are_like=not any(one.makes_unlike for one in differences),
        timings=tuple(_timings(first, second)),
        candidates=tuple(_candidates(first, second)),
        qualities=tuple(_qualities(first, second)),
        differences=differences,
    )


def _latest_like(store: Store, run: StoredRun) -> str:
    alike = [
        one.run_id
        for one in store.runs()
        if one.workload_digest == run.plan.workload_digest and one.run_id != run.run_id
    ]
    if not alike:
        raise UsageError(
            f"no other run of {_name(run)!r} is stored: `planner bench` makes one; beside what others published it "
            "stands alone with --published"
        )
    return alike[0]


def _name(run: StoredRun) -> str:
    return run.plan.workload_name or run.plan.workload


def side_of(run: StoredRun) -> ComparedRun:
    """What a comparison says of the run itself."""
    return ComparedRun(
        run=run.run_id,
        workload=_name(run),
        state=run.state,
        started_at=run.started_at.isoformat(),
        planner_version=run.planner_version,
        cpu=run.environment.cpu.model,
        is_simulated=run.plan.is_simulated,
    )


def _timings(first: StoredRun, second: StoredRun) -> Iterator[TimingPair]:
    before, after = _medians(first), _medians(second)
    for arm, load in _both(before, after):
        one, other = before.get((arm, load)), after.get((arm, load))
        ratio = one.point_s / other.point_s if one and other and other.point_s > 0 else None
        yield TimingPair(arm=arm, load=load, first=one, second=other, ratio=ratio)


def _medians(run: StoredRun) -> dict[tuple[str, LoadPoint], LatencyQuantile]:
    return {
        (one.arm, one.load): quantile for one in run.measurements for quantile in one.quantiles if quantile.p == MEDIAN
    }


def _candidates(first: StoredRun, second: StoredRun) -> Iterator[CandidatePair]:
    before, after = _ratios(first), _ratios(second)
    verdicts, later_verdicts = _verdicts(first), _verdicts(second)
    for key in _both({**before, **verdicts}, {**after, **later_verdicts}):
        one, other = before.get(key), after.get(key)
        yield CandidatePair(
            candidate=key[0],
            baseline=key[1],
            load=key[2],
            first=one,
            second=other,
            do_intervals_overlap=one.lower <= other.upper and other.lower <= one.upper if one and other else None,
            first_verdict=verdicts.get(key),
            second_verdict=later_verdicts.get(key),
        )


def _ratios(run: StoredRun) -> dict[tuple[str, str, LoadPoint | None], RatioInterval | None]:
    return {(one.candidate, one.baseline, one.load): one.ratio for one in run.comparisons}


def _verdicts(run: StoredRun) -> dict[tuple[str, str, LoadPoint | None], Verdict]:
    return {(one.candidate, one.baseline, one.load): one for one in run.verdicts}


def _qualities(first: StoredRun, second: StoredRun) -> Iterator[QualityPair]:
    before, after = _accuracies(first), _accuracies(second)
    for arm in _both(before, after):
        one, other = before.get(arm), after.get(arm)
        gained = None if one is None or other is None else other - one
        yield QualityPair(arm=arm, first=one, second=other, difference=gained)


def _accuracies(run: StoredRun) -> dict[str, float]:
    return {arm.name: arm.quality.accuracy for arm in run.arms if arm.quality is not None}


def _both(before: Iterable[_Key], after: Iterable[_Key]) -> tuple[_Key, ...]:
    """The keys of either, the first run's order first."""
    return tuple(dict.fromkeys((*before, *after)))


def _artifacts(run: StoredRun) -> dict[str, str]:
    return {arm.name: arm.artifact.digest for arm in run.arms if arm.artifact is not None}


def _module(run: StoredRun) -> str:
    """What the function of a PyTorch model made, as the sessions found it; empty where there is none."""
    return ", ".join(sorted({arm.settings[PARAMETERS_SHA256] for arm in run.arms if PARAMETERS_SHA256 in arm.settings}))
