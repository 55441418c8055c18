"""The server scenario: what is promised, how its rate is looked for, and what levels and searches yield.

Requests arrive by themselves (open loop), so a latency counts from the scheduled arrival. A level is one
rate of arrivals held for a while; the SLO rate lies between the highest that holds and the lowest that misses.
"""

import math
from dataclasses import dataclass

from harness.errors import MeasurementError, UsageError
from harness.vocabulary.findings import LatencyQuantile
from harness.vocabulary.samples import HostReading
from harness.vocabulary.words import LevelOutcome

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo:
    """What a service promises: a share `quantile` of all requests is answered within `limit_s`."""

    quantile: float
    limit_s: float

    def __post_init__(self) -> None:
        """Refuse a promise that cannot be tested."""
        if not 0.5 <= self.quantile < 1.0:  # noqa: PLR2004 - a promise to fewer than half is none
            raise UsageError(f"an SLO on quantile {self.quantile}: use 0.5 to below 1, for example 0.99 for p99")
        if not (math.isfinite(self.limit_s) and self.limit_s > 0):
            raise UsageError(f"an SLO of {self.limit_s} s: the limit must be a positive time")

    @property
    def label(self) -> str:
        """As it is read: `p99 ≤ 20 ms`."""
        size, unit = next((one for one in _UNITS if self.limit_s >= one[0]), _UNITS[-1])
        return f"p{100 * self.quantile:.6g} ≤ {self.limit_s / size:.6g} {unit}"

    @property
    def allowed_share(self) -> float:
        """The share of requests that may exceed the limit; without the digits that 1 - 0.99 adds."""
        return round(1.0 - self.quantile, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRules:
    """The server, and how its SLO rate is looked for. Sources: the reasons beside each default."""

    slo: Slo
    max_batch: int = 1  # no batching: what a client sees of the model itself, and what theory predicts
    max_delay_s: float = 0.0  # a batch takes who is there: waiting for company pays only where batches are cheap
    instances: int = 1
    level_s: float = 20.0  # p99 takes 300 crowds of late requests that did not come, of some 20 requests near the limit
    budget_s: float = 120.0  # an arm: some ten levels, most of which end at an early look
    confidence: float = 0.95  # of the outcome of a level, on each side, over all its looks
    target_width: float = 0.03  # between held and missed: closer than rates of two runs on one machine agree
    foreign_cpu_limit: float = 0.06  # as for rounds of timed blocks

    def __post_init__(self) -> None:
        """Refuse rules under which nothing can be served or found."""
        for name in ("level_s", "budget_s", "target_width", "foreign_cpu_limit"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise UsageError(f"{name} is {value}: it must be a positive number")
        for name in ("max_batch", "instances"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}: at least one is needed")
        if not (math.isfinite(self.max_delay_s) and self.max_delay_s >= 0):
            raise UsageError(f"max_delay_s is {self.max_delay_s}: it must be a time, or 0")
        if self.max_delay_s >= self.slo.limit_s:
            raise UsageError(
                f"a batch may wait {self.max_delay_s:g} s, and {self.slo.label} is promised: wait for less"
            )
        if not 0.5 <= self.confidence < 1.0:  # noqa: PLR2004 - below a half it would doubt the likelier side
            raise UsageError(f"a confidence of {self.confidence} is not between 0.5 and 1: write for example 0.95")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLevel:
    """One arm under one rate of arrivals, the raw samples kept.

    `judged` requests decided, the first `completed` of them in order of arrival, less the first tenth while the
    queue fills; `exceedances` of them took longer than the limit. `quantile` is of the same requests. Waits end
    where the call begins. `predicted_wait_s` is Pollaczek and Khinchine's, stretch by stretch, from the times for which
    requests kept the server (their call, and the harness's issue delay), beside the interval of the mean wait; where it
    does not apply it is `None` and `prediction_reason` says why. `mean_service_s` and `mean_square_service_s2` are of
    calls alone. Issue delays are the harness's own: how much later than it could a call
    began. `backlog_growth_per_s` is how many more arrive than could be served, 0 where that is not proven.
    Raw samples are little-endian signed 64-bit: latencies and waits in nanoseconds, one a completed request in order
    of arrival; `batch_sizes` one a call.
    """

    arm: str
    index: int
    rate_per_s: float
    seed: int
    started_at: str
    scheduled: int
    completed: int
    judged: int
    duration_s: float
    quantile: LatencyQuantile
    exceedances: int
    mean_wait_s: float
    mean_wait_lower_s: float | None
    mean_wait_upper_s: float | None
    mean_service_s: float
    mean_square_service_s2: float
    predicted_wait_s: float | None
    prediction_reason: str | None
    utilisation: float
    mean_batch: float
    issue_p50_s: float
    issue_p99_s: float
    issue_max_s: float
    backlog_growth_per_s: float
    backlog_reason: str
    outcome: LevelOutcome
    reason: str
    host: HostReading
    is_contaminated: bool
    latencies_ns: bytes
    waits_ns: bytes
    batch_sizes: bytes

    def __post_init__(self) -> None:
        """Refuse counts that contradict one another."""
        if not 0 <= self.exceedances <= self.judged <= self.completed <= self.scheduled:
            raise MeasurementError(
                f"of {self.scheduled} requests to {self.arm} {self.completed} were served, {self.judged} judged and "
                f"{self.exceedances} too late: one count is wrong"
            )

    @property
    def exceedance_share(self) -> float:
        """Share of the judged requests that took longer than the limit."""
        return self.exceedances / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRate:
    """An arm's SLO rate: the highest rate proven to hold, the lowest proven to miss, and a point between.

    `held_rate_per_s` is what a fleet is sized with: 0 where no rate was proven to hold. `missed_rate_per_s` is
    `None` where none was proven to miss; `point_per_s` is `None` where no crossing was seen. `binds` says what
    limits the rate.
    """

    arm: str
    slo: Slo
    held_rate_per_s: float
    missed_rate_per_s: float | None
    point_per_s: float | None
    binds: str
    reason: str
    levels: int
    is_contaminated: bool

    def __post_init__(self) -> None:
        """Refuse bounds in the wrong order."""
        above = math.inf if self.missed_rate_per_s is None else self.missed_rate_per_s
        if not 0.0 <= self.held_rate_per_s < above:
            raise MeasurementError(f"{self.arm} cannot hold {self.held_rate_per_s}/s and miss {above}/s")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRatio:
    """A candidate's SLO rate over its baseline's; above 1 it serves more. A bound that is not known is `None`."""

    candidate: str
    baseline: str
    point: float | None
    lower: float | None
    upper: float | None
    reason: str | None
