"""From a level's raw samples to what is said of it. Pure: the same samples give the same figures."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harness.errors import MeasurementError
from harness.loadgen.arrivals import poisson_arrivals
from harness.statistics.level_test import Judgement, LevelSamples, LevelTest
from harness.statistics.quantiles import quantile_estimate
from harness.statistics.queueing import mean_interval, wait_by_stretches_s
from harness.vocabulary import (
    HostReading,
    LatencyQuantile,
    LevelEnd,
    LevelOutcome,
    Served,
    ServeOpenLoop,
    ServerLevel,
    ServerRules,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelContext:
    """Whose level it is, and when and amid what it was taken."""

    arm: str
    index: int
    started_at: str
    host: HostReading
    is_contaminated: bool


def level_from(asked: ServeOpenLoop, served: Served, context: LevelContext) -> ServerLevel:
    """Everything that is said of one level.

    Raises:
        MeasurementError: nothing was served, or the samples do not fit one another.
    """
    rules = asked.rules
    samples = _samples(asked, served)
    test = LevelTest(rules=rules, rate_per_s=asked.rate_per_s, requests=asked.requests)
    look = served.judged_at or test.looks[-1]
    judged = samples.first(look)
    judgement = _with_end(test.judge(judged, look=look), served.end, rules)
    waits_s = judged.waits_ns[judged.settled :] / 1e9
    wait = mean_interval(waits_s, confidence=rules.confidence, starts=judged.starts)
    services_s = samples.services_ns / 1e9
    delays_s = _numbers(served.issue_delays_ns) / 1e9
    predicted_s, prediction_reason = _prediction(rules, asked.rate_per_s, services_s, delays_s)
    return ServerLevel(
        arm=context.arm,
        index=context.index,
        rate_per_s=asked.rate_per_s,
        seed=asked.seed,
        started_at=context.started_at,
        scheduled=asked.requests,
        completed=int(samples.latencies_ns.size),
        judged=judgement.judged,
        duration_s=served.duration_ns / 1e9,
        quantile=_quantile(judged, judgement, rules),
        exceedances=judgement.exceedances,
        mean_wait_s=wait.point,
        mean_wait_lower_s=None if wait.lower is None else max(0.0, wait.lower),  # nobody waits less
        mean_wait_upper_s=wait.upper,
        mean_service_s=float(services_s.mean()),
        mean_square_service_s2=float((services_s**2).mean()),
        predicted_wait_s=predicted_s,
        prediction_reason=prediction_reason,
        utilisation=float(services_s.sum()) / (rules.instances * max(served.duration_ns, 1) / 1e9),
        mean_batch=float(samples.batch_sizes.mean()),
        issue_p50_s=float(np.quantile(delays_s, 0.5)),
        issue_p99_s=float(np.quantile(delays_s, 0.99)),
        issue_max_s=float(delays_s.max()),
        backlog_growth_per_s=judgement.growth_per_s,
        backlog_reason=_backlog(judgement),
        outcome=judgement.outcome,
        reason=judgement.reason,
        host=context.host,
        is_contaminated=context.is_contaminated,
        latencies_ns=served.latencies_ns,
        waits_ns=served.waits_ns,
        batch_sizes=served.batch_sizes,
    )


def _samples(asked: ServeOpenLoop, served: Served) -> LevelSamples:
    latencies, waits, sizes = (_numbers(raw) for raw in (served.latencies_ns, served.waits_ns, served.batch_sizes))
    calls = _numbers(served.issue_delays_ns).size
    fits = 0 < latencies.size == waits.size == sizes.sum() <= asked.requests and sizes.min() > 0 and calls == sizes.size
    if not fits:
        raise MeasurementError(
            f"a level of {asked.requests} requests came back with {latencies.size} latencies, {waits.size} waits and "
            f"{sizes.size} calls: they do not fit one another"
        )
    arrivals = poisson_arrivals(asked.seed, rate_per_s=asked.rate_per_s, count=asked.requests)
    return LevelSamples(
        arrivals_ns=arrivals[: latencies.size],
        latencies_ns=latencies,
        waits_ns=waits,
        batch_sizes=sizes,
    )


def _with_end(judgement: Judgement, end: LevelEnd, rules: ServerRules) -> Judgement:
    """A level that was given up misses: twice as many requests as allowed were late, with the rest still to come."""
    if end is not LevelEnd.BACKLOG:
        return judgement
    reason = (
        "given up: requests waited ten times the limit, and already more are late than twice what "
        f"{rules.slo.label} allows in the whole level"
    )
    return replace(judgement, outcome=LevelOutcome.MISSES, reason=reason)


def _quantile(judged: LevelSamples, judgement: Judgement, rules: ServerRules) -> LatencyQuantile:
    latencies_s = judged.latencies_ns[judged.settled :] / 1e9
    found = quantile_estimate(
        latencies_s, rules.slo.quantile, confidence=rules.confidence, least_inflation=judgement.inflation
    )
    return LatencyQuantile(
        p=found.p,
        point_s=found.point,
        lower_s=found.lower,
        upper_s=found.upper,
        confidence=found.confidence,
        samples=found.samples,
        effective_samples=found.effective_samples,
        reason=found.reason,
    )


def _prediction(
    rules: ServerRules, rate_per_s: float, services_s: NDArray[np.float64], delays_s: NDArray[np.float64]
) -> tuple[float | None, str | None]:
    """The mean wait that theory expects: a request keeps the server from when its call could begin until it ends."""
    if rules.max_batch > 1:
        return None, "Pollaczek and Khinchine's queue serves one at a time: not in batches"
    if rules.instances > 1:
        return None, "Pollaczek and Khinchine's queue has one server: not several instances"
    found = wait_by_stretches_s(rate_per_s, services_s + delays_s)
    if found is None:
        return None, "for a stretch of the level more arrived than could be served: how long one waits has no mean then"
    return found + float(delays_s.mean()), None


def _backlog(judgement: Judgement) -> str:
    load = judgement.load
    if load is None or load.lower is None or load.upper is None:
        return "calls were hardly ever full: there is room"
    share = f"{100 * load.point:.3g} % ({100 * load.lower:.3g} to {100 * load.upper:.3g} %)"
    what = "the queue grows" if judgement.growth_per_s > 0.0 else "no growth is proven"
    return f"arriving work is {share} of what can be served: {what}"


def _numbers(raw: bytes) -> NDArray[np.int64]:
    return np.frombuffer(raw, dtype="<i8").astype(np.int64)
