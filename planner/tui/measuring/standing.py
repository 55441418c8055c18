"""Where a run stands, from its lines: what the live screen draws. Knows nothing of screens."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from harness.run_events import Standing
from harness.vocabulary import Gate, HostReading, LoadPoint, RunState, Stage
from planner.services.live import ArmAhead, Began, Ended, Judged, Line, Moved, Said
from planner.services.progress import Progress, timing_left_s

_MOST_POINTS = 400  # a plot has fewer columns
_MOST_SENTENCES = 1000
_NAMES = {"--workload", "--model"}
TIMED = frozenset({Stage.WARM_UP, Stage.TIME, Stage.SERVER})
"""Stages in which painting would take time from what is measured."""


class Phase(StrEnum):
    """Of a run."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ArmState(StrEnum):
    """How far an arm has come."""

    WAITING = "waiting"
    MADE = "model ready"
    LOADED = "loaded"
    PROVED = "proved"
    ANSWERED = "answered"
    WARM = "warm"
    TIMED = "timed"
    FAILED = "failed"


_STATES = {
    "ArtifactReady": ArmState.MADE,
    "ArmLoaded": ArmState.LOADED,
    "ArmProved": ArmState.PROVED,
    "ArmPredicted": ArmState.ANSWERED,
    "ArmWarmedUp": ArmState.WARM,
    "ArmFailed": ArmState.FAILED,
}


@dataclass(slots=True, kw_only=True)
class ArmNow:
    """An arm: how far it is, the median call of its last round, its quality so far, why it failed."""

    ahead: ArmAhead
    state: ArmState = ArmState.WAITING
    share: float | None = None
    median_s: float | None = None
    accuracy: float | None = None
    gate: Gate | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A round: seconds of each arm's median call, and whether it was disturbed."""

    medians: dict[str, float]
    is_disturbed: bool


@dataclass(slots=True, kw_only=True)
class LiveRun:
    """One run. `points` are of the load that is timed now; `standings` of every load, by its label."""

    arguments: tuple[str, ...]
    is_replay: bool = False
    phase: Phase = Phase.WAITING
    began: Began | None = None
    progress: Progress = field(default_factory=Progress)
    arms: dict[str, ArmNow] = field(default_factory=dict)
    standings: dict[str, tuple[Standing, ...]] = field(default_factory=dict)
    points: deque[Point] = field(default_factory=lambda: deque(maxlen=_MOST_POINTS))
    host: HostReading | None = None
    said: deque[Said] = field(default_factory=lambda: deque(maxlen=_MOST_SENTENCES))
    said_count: int = 0
    ended: Ended | None = None
    trouble: str = ""
    log: str = ""
    _load: LoadPoint | None = None

    def take(self, line: Line) -> None:
        """Another line."""
        match line:
            case Began():
                self.began = line
                self.phase = Phase.RUNNING if self.phase is Phase.WAITING else self.phase
                self.arms = {arm.name: ArmNow(ahead=arm) for arm in line.arms}
            case Moved():
                self._move(line)
            case Judged():
                self._judge(line)
            case Said():
                self.say(line)
            case Ended():
                self.ended = line
                self.phase = Phase.DONE if line.state is RunState.COMPLETED else Phase.CANCELLED

    def say(self, line: Said) -> None:
        """A sentence for the log."""
        self.said.append(line)
        self.said_count += 1

    def fail(self, reason: str, *, log: str, said: Iterable[str] = ()) -> None:
        """It ended without saying how. `said`: its last lines on standard error, for the log."""
        self.phase, self.trouble, self.log = Phase.FAILED, reason, log
        for line in said:
            self.say(Said(at_s=self.progress.now_s, text=line))

    def _judge(self, line: Judged) -> None:
        arm = self.arms.get(line.arm)
        if arm is None:
            return
        arm.accuracy, arm.gate = line.accuracy, line.gate or arm.gate
        arm.reason = line.reason or arm.reason
        if line.gate is not None:
            tone = {Gate.ACCEPTED: "good", Gate.REJECTED: "bad"}.get(line.gate, "caution")
            self.say(Said(at_s=self.progress.now_s, text=f"{line.arm}: {line.gate} so far: {line.reason}", tone=tone))

    def _move(self, line: Moved) -> None:
        self.progress = line.progress
        load = line.progress.load
        if load is not None and line.progress.stage in {Stage.WARM_UP, Stage.TIME} and load != self._load:
            self._load = load
            self.points.clear()
            for one in self.arms.values():
                one.median_s = None
        if load is not None and line.progress.stage is Stage.TIME and line.progress.standings:
            self.standings[load.label] = line.progress.standings
        arm = self.arms.get(line.arm)
        if arm is not None:
            arm.state = _STATES.get(line.event, arm.state)
            arm.share = line.progress.within.get(line.arm) if line.event == "ArmAdvanced" else None
        if line.host is not None:
            self.host = line.host
            self._point(line)

    def _point(self, line: Moved) -> None:
        medians = {one.arm: one.median_s for one in line.medians}
        self.points.append(Point(medians=medians, is_disturbed=line.is_contaminated))
        for name, median_s in medians.items():
            if name in self.arms:
                self.arms[name].median_s, self.arms[name].state = median_s, ArmState.TIMED

    @property
    def load(self) -> LoadPoint | None:
        """What `points` are of."""
        return self._load

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.phase in {Phase.DONE, Phase.CANCELLED, Phase.FAILED}

    @property
    def is_timed(self) -> bool:
        """Whether something is being timed now, which painting would disturb."""
        return not self.is_replay and not self.is_over and self.progress.stage in TIMED

    @property
    def timing_left_s(self) -> float | None:
        """Seconds that timing takes at most; None while nothing is timed."""
        if self.began is None:
            return None
        began = self.began
        return timing_left_s(self.progress, loads=began.loads, budget_s=began.budget_s, launches=began.launches)

    @property
    def is_more_than_half_done(self) -> bool:
        """Whether less than half of the run is ahead, as far as that can be told: only of its timing."""
        left_s = self.timing_left_s
        late = {Stage.MEMORY, Stage.ENERGY, Stage.PIPELINE, Stage.SERVER}
        return self.progress.stage in late or (left_s is not None and left_s < self.progress.now_s)

    @property
    def title(self) -> str:
        """What is measured, in brief."""
        if self.began is not None:
            return self.began.workload
        named = [value for option, value in zip(self.arguments, self.arguments[1:], strict=False) if option in _NAMES]
        return named[0] if named else " ".join(self.arguments[:2]) or "a run"
