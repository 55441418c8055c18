"""The SLO rate of every arm: levels of arrivals, the arms in turn, until each search has ended.

Only this module asks workers for levels. Arms alternate level by level, in mirrored orders, so that whatever changes
on the machine meets all of them. A level under foreign load is taken once more.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from harness.errors import HarnessError
from harness.loadgen.arrivals import level_seed
from harness.run_events import ArmFailed, RunEvent, ServerLevelMeasured, ServerRateFound, StageBegan
from harness.statistics.distributions import binomial_at_least
from harness.statistics.level_test import share_inflation
from harness.statistics.rate_search import conclude, next_rate, wants_repetition, why_ended
from harness.supervisor.failures import failure_of
from harness.supervisor.host_watch import HostWatch, is_contaminated
from harness.supervisor.patience import Patience
from harness.supervisor.process import WorkerProcess
from harness.supervisor.server_levels import LevelContext, level_from
from harness.vocabulary import (
    HostReading,
    Served,
    ServeOpenLoop,
    ServerLevel,
    ServerRate,
    ServerRules,
    ServiceTimed,
    Stage,
    TimeService,
)

CAPACITY_S = 1.0  # twice: a guess to start from, and what a request takes alone
_MOST_REQUESTS = 2**18  # of a level: 10 MB of raw samples in a message


def measure_server_rates(
    rules: ServerRules,
    workers: Mapping[str, WorkerProcess],
    *,
    seed: int,
    patience: Patience,
    done: Sequence[ServerLevel] = (),
    is_simulated: bool = False,
) -> Iterator[RunEvent]:
    """Search the SLO rate of every arm: `ServerLevelMeasured` and at last `ServerRateFound`, or `ArmFailed`.

    Args:
        rules: the promise, the server, and the budget of each arm.
        workers: loaded, by arm. One may be taken out between two events, as after `ArmFailed`.
        seed: of the run; levels of the same index have the same arrivals, stretched, in every arm.
        patience: how long a worker may be silent.
        done: levels that earlier attempts of the same run measured, of any arm; they are not taken again.
        is_simulated: whether the runtime is scripted, so that no load slows it.
    """
    searches = [
        _Search(
            arm=arm,
            rules=rules,
            workers=workers,
            seed=seed,
            patience=patience,
            is_simulated=is_simulated,
            levels=[level for level in done if level.arm == arm],
        )
        for arm in workers
    ]
    yield StageBegan(stage=Stage.SERVER, total=len(searches))
    for turn in itertools.count():
        running = [search for search in searches if not search.has_ended and search.arm in workers]
        if not running:
            return
        for search in running if turn % 2 == 0 else reversed(running):
            event = search.step()
            if isinstance(event, ServerLevel):
                spent_s = min(search.spent_s, rules.budget_s)
                yield ServerLevelMeasured(level=event, spent_s=spent_s, budget_s=rules.budget_s)
            elif isinstance(event, ServerRate):
                yield ServerRateFound(rate=event)
            else:
                yield event


@dataclass(slots=True)
class _Search:
    """One arm's search: a level a step, then its result."""

    arm: str
    rules: ServerRules
    workers: Mapping[str, WorkerProcess]
    seed: int
    patience: Patience
    is_simulated: bool
    levels: list[ServerLevel]
    has_ended: bool = False
    _capacity: ServiceTimed | None = field(default=None)
    _is_disturbed_alone: bool = False

    @property
    def spent_s(self) -> float:
        """Seconds of all levels so far."""
        return sum(level.duration_s for level in self.levels)

    def step(self) -> ServerLevel | ServerRate | ArmFailed:
        """The next level, or what the search has found, or that the worker was lost."""
        try:
            found = self._next()
        except HarnessError as error:
            self.has_ended = True
            return ArmFailed(failure=failure_of(self.arm, Stage.SERVER, error, self.workers[self.arm]))
        if isinstance(found, ServerRate):
            self.has_ended = True
        else:
            self.levels.append(found)
        return found

    def _next(self) -> ServerLevel | ServerRate:
        if self._capacity is None:
            self._capacity = self._time_service()
            if self._is_disturbed_alone and self._too_slow_alone(self._capacity):
                self._capacity = self._time_service()  # once more, as a level under foreign load is
        slow = self._too_slow_alone(self._capacity)
        if slow is not None:
            return self._concluded(slow, is_slow_alone=True)
        if self.spent_s >= self.rules.budget_s and not wants_repetition(self.levels):
            return self._concluded(f"the budget of {self.rules.budget_s:g} s is spent")
        rate_per_s = next_rate(self.levels, self.rules, capacity_per_s=self._capacity.saturated_per_s)
        if rate_per_s is None:
            return self._concluded(why_ended(self.levels, self.rules))
        return self._take_level(rate_per_s)

    def _concluded(self, ended: str, *, is_slow_alone: bool = False) -> ServerRate:
        return conclude(
            self.arm,
            self.levels,
            self.rules,
            ended=ended,
            is_slow_alone=is_slow_alone,
            is_disturbed_alone=is_slow_alone and self._is_disturbed_alone,
        )

    def _time_service(self) -> ServiceTimed:
        command = TimeService(rules=self.rules, seconds=CAPACITY_S)
        watch = HostWatch.begin(self.workers.values())
        timed = self._worker.ask(command, ServiceTimed, timeout_s=self.patience.with_block(2 * CAPACITY_S))
        self._is_disturbed_alone = self._is_disturbed(watch.end()[0])
        return timed

    def _too_slow_alone(self, timed: ServiceTimed) -> str | None:
        """The sentence to say where calls alone miss the limit: then no rate holds."""
        slo = self.rules.slo
        alone_s = np.frombuffer(timed.alone_ns, dtype="<i8") / 1e9
        is_late = alone_s > slo.limit_s
        late, inflation = int(is_late.sum()), share_inflation(is_late, np.arange(is_late.size))
        effective = alone_s.size / inflation
        if binomial_at_least(late / inflation, trials=effective, p=slo.allowed_share) > 1.0 - self.rules.confidence:
            return None
        return (
            f"no rate holds {slo.label}: {100 * late / alone_s.size:.3g} % of requests alone take longer (median "
            f"{1e3 * float(np.median(alone_s)):.3g} ms)"
        )

    def _take_level(self, rate_per_s: float) -> ServerLevel:
        index = max((level.index for level in self.levels), default=-1) + 1
        asked = ServeOpenLoop(
            rules=self.rules,
            rate_per_s=rate_per_s,
            seed=level_seed(self.seed, index),
            requests=min(_MOST_REQUESTS, max(1, round(rate_per_s * self.rules.level_s))),
        )
        started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        watch = HostWatch.begin(self.workers.values())
        served = self._worker.ask(asked, Served, timeout_s=self.patience.with_block(self.rules.level_s))
        host, _ = watch.end()
        flagged = self._is_disturbed(host)
        context = LevelContext(arm=self.arm, index=index, started_at=started_at, host=host, is_contaminated=flagged)
        return level_from(asked, served, context)

    def _is_disturbed(self, host: HostReading) -> bool:
        return is_contaminated(host, limit=self.rules.foreign_cpu_limit, is_simulated=self.is_simulated)

    @property
    def _worker(self) -> WorkerProcess:
        return self.workers[self.arm]
