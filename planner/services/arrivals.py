"""What a run says beyond single calls: offline throughput, and the rate of random arrivals that keeps the promise."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.statistics.rate_search import ratio_of_rates
from harness.vocabulary import (
    LatencyQuantile,
    LevelOutcome,
    LoadPoint,
    Measurement,
    RatioInterval,
    Scenario,
    ServerLevel,
    ServerRate,
    ServerRatio,
    ServerRules,
)
from planner.store.records import StoredRun


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineFigures:
    """An arm's highest throughput among the loads that were timed, in samples a second.

    `ratio` is over its runtime's baseline, each at its own best load. `interval` is there where the two loads are the
    same, which `is_like_baseline` says, and pairs of blocks sufficed.
    """

    arm: str
    load: LoadPoint
    throughput: float
    baseline: str | None
    ratio: float | None
    interval: RatioInterval | None
    is_like_baseline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFigures:
    """An arm under one rate of arrivals, as `ServerLevel` without raw samples."""

    index: int
    rate_per_s: float
    outcome: LevelOutcome
    reason: str
    requests: int
    exceedance_share: float
    quantile: LatencyQuantile
    mean_wait_s: float
    mean_wait_lower_s: float | None
    mean_wait_upper_s: float | None
    predicted_wait_s: float | None
    prediction_reason: str | None
    utilisation: float
    mean_batch: float
    issue_p99_s: float
    backlog_growth_per_s: float
    duration_s: float
    seed: int
    is_contaminated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedArm:
    """An arm's rate, how it compares with its runtime's baseline, and every level behind it."""

    arm: str
    rate: ServerRate
    against_baseline: ServerRatio | None
    levels: tuple[LevelFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFigures:
    """The server scenario of a run."""

    rules: ServerRules
    arms: tuple[ServedArm, ...]


def offline_figures(run: StoredRun) -> tuple[OfflineFigures, ...]:
    """Every arm's best load, in the plan's order; nothing where the scenario was not asked for."""
    if Scenario.OFFLINE not in run.plan.scenarios:
        return ()
    return tuple(_offline(run))


def server_figures(run: StoredRun) -> ServerFigures | None:
    """The rates that were found; `None` where the scenario was not asked for."""
    if run.plan.server is None:
        return None
    rates = {rate.arm: rate for rate in run.server_rates}
    served = []
    for arm in run.plan.arms:
        if arm.name not in rates:
            continue
        baseline = run.plan.baseline_of(arm)
        theirs = rates.get(baseline.name) if baseline else None
        against = ratio_of_rates(rates[arm.name], theirs) if theirs else None
        levels = tuple(level_figures(one) for one in run.server_levels if one.arm == arm.name)
        served.append(ServedArm(arm=arm.name, rate=rates[arm.name], against_baseline=against, levels=levels))
    return ServerFigures(rules=run.plan.server, arms=tuple(served))


def _offline(run: StoredRun) -> Iterator[OfflineFigures]:
    best: dict[str, Measurement] = {}
    for one in run.measurements:
        if one.arm not in best or one.throughput > best[one.arm].throughput:
            best[one.arm] = one
    for arm in run.plan.arms:
        mine, baseline = best.get(arm.name), run.plan.baseline_of(arm)
        if mine is None:
            continue
        theirs = best.get(baseline.name) if baseline else None
        compared = (one for one in run.comparisons if (one.candidate, one.load) == (arm.name, mine.load))
        is_like = theirs is not None and theirs.load == mine.load
        interval = next(compared, None) if is_like else None
        yield OfflineFigures(
            arm=arm.name,
            load=mine.load,
            throughput=mine.throughput,
            baseline=baseline.name if baseline else None,
            ratio=mine.throughput / theirs.throughput if theirs else None,
            interval=interval.deciding if interval else None,
            is_like_baseline=is_like,
        )


def level_figures(one: ServerLevel) -> LevelFigures:
    """A level without its raw samples."""
    return LevelFigures(
        index=one.index,
        rate_per_s=one.rate_per_s,
        outcome=one.outcome,
        reason=one.reason,
        requests=one.judged,
        exceedance_share=one.exceedance_share,
        quantile=one.quantile,
        mean_wait_s=one.mean_wait_s,
        mean_wait_lower_s=one.mean_wait_lower_s,
        mean_wait_upper_s=one.mean_wait_upper_s,
        predicted_wait_s=one.predicted_wait_s,
        prediction_reason=one.prediction_reason,
        utilisation=one.utilisation,
        mean_batch=one.mean_batch,
        issue_p99_s=one.issue_p99_s,
        backlog_growth_per_s=one.backlog_growth_per_s,
        duration_s=one.duration_s,
        seed=one.seed,
        is_contaminated=one.is_contaminated,
    )
