"""One pure reducer: events in, what there is to show out. The command line and the terminal app render the same.

Estimates are honest: known steps by their own rate, timing by its budget as an upper bound,
and nothing where nothing is known yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch

from harness.run_events import (
    ArmAdvanced,
    ArmFailed,
    ArmLoaded,
    ArmPredicted,
    ArmProved,
    ArmWarmedUp,
    ArtifactReady,
    EnergyMeasured,
    MemoryMeasured,
    PipelineMeasured,
    RoundFinished,
    RunEvent,
    ServerLevelMeasured,
    ServerRateFound,
    StageBegan,
    Standing,
)
from harness.vocabulary import Failure, LoadPoint, Stage

_LEAST_SHARE = 0.05  # an estimate from less than a twentieth of the work is a guess


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands. Moments are seconds since its start."""

    stage: Stage | None = None
    batch: int | None = None
    concurrency: int = 1
    stage_began_s: float = 0.0
    now_s: float = 0.0
    done: float = 0.0
    total: float = 0.0
    within: dict[str, float] = field(default_factory=dict)
    standings: tuple[Standing, ...] = ()
    pairs: int = 0
    contaminated: int = 0
    rounds: int = 0
    failures: tuple[Failure, ...] = ()

    @property
    def load(self) -> LoadPoint | None:
        """What the stage is about, where it is about one load."""
        return LoadPoint(batch=self.batch, concurrency=self.concurrency) if self.batch is not None else None

    @property
    def share(self) -> float:
        """How much of the stage is done, 0 to 1."""
        if not self.total:
            return 1.0
        return min(1.0, (self.done + sum(self.within.values())) / self.total)

    @property
    def stage_left_s(self) -> float | None:
        """Seconds the stage still takes: by its own rate, or for timing at most; `None` while unknown."""
        if self.stage is Stage.TIME:
            return max(0.0, self.total - self.done)
        elapsed = self.now_s - self.stage_began_s
        if self.share < _LEAST_SHARE or elapsed <= 0:
            return None
        return elapsed * (1.0 - self.share) / self.share


def timing_left_s(
    progress: Progress, *, loads: Sequence[LoadPoint], budget_s: float, launches: int = 1
) -> float | None:
    """Seconds that timing still takes at most: of this load, and of those that come after it in the same launch."""
    left_s = progress.stage_left_s
    if progress.stage is not Stage.TIME or left_s is None:
        return None
    order = sorted(loads, key=lambda one: one.concurrency)
    later = len(order) - 1 - order.index(progress.load) if progress.load in order else 0
    return left_s + later * budget_s / (len(order) * launches)


def reduce(progress: Progress, event: RunEvent, *, now_s: float) -> Progress:
    """The progress after an event that came `now_s` seconds after the run began."""
    return _after(event, replace(progress, now_s=now_s))


@singledispatch
def _after(event: RunEvent, now: Progress) -> Progress:  # noqa: ARG001 - the case of events that change nothing
    return now


@_after.register
def _(event: StageBegan, now: Progress) -> Progress:
    fresh = replace(now, stage=event.stage, batch=event.batch, concurrency=event.concurrency)
    fresh = replace(fresh, stage_began_s=now.now_s, done=0.0, total=float(event.total), within={})
    if event.stage is not Stage.TIME:
        return fresh
    return replace(fresh, standings=(), pairs=0, rounds=0, contaminated=0)


@_after.register
def _(event: ArmAdvanced, now: Progress) -> Progress:
    return replace(now, within={**now.within, event.arm: event.done / max(1, event.total)})


@_after.register(ArtifactReady)
@_after.register(ArmLoaded)
@_after.register(ArmProved)
@_after.register(ArmPredicted)
@_after.register(MemoryMeasured)
@_after.register(EnergyMeasured)
def _(
    event: ArtifactReady | ArmLoaded | ArmProved | ArmPredicted | MemoryMeasured | EnergyMeasured, now: Progress
) -> Progress:
    return _one_step(now, event.arm)


@_after.register
def _(event: PipelineMeasured, now: Progress) -> Progress:
    return _one_step(now, event.timing.arm)


@_after.register
def _(event: ArmWarmedUp, now: Progress) -> Progress:
    return replace(now, within={**now.within, event.samples.arm: 1.0})  # it may warm up again: still one step


@_after.register
def _(event: RoundFinished, now: Progress) -> Progress:
    return replace(
        now,
        done=min(event.elapsed_s, event.budget_s),
        total=event.budget_s,
        standings=event.standings,
        pairs=event.pairs,
        rounds=now.rounds + 1,
        contaminated=now.contaminated + event.round.is_contaminated,
    )


@_after.register
def _(event: ServerLevelMeasured, now: Progress) -> Progress:
    share = min(1.0, event.spent_s / event.budget_s)
    return replace(now, within={**now.within, event.level.arm: share})


@_after.register
def _(event: ServerRateFound, now: Progress) -> Progress:
    return _one_step(now, event.rate.arm)


@_after.register
def _(event: ArmFailed, now: Progress) -> Progress:
    return _one_step(replace(now, failures=(*now.failures, event.failure)), event.failure.arm)


def _one_step(now: Progress, arm: str) -> Progress:
    if now.stage is Stage.TIME:  # counts seconds, not arms
        return now
    within = {name: share for name, share in now.within.items() if name != arm}
    return replace(now, done=min(now.total, now.done + 1), within=within)
