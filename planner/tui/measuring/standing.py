"""Where a run stands, from its lines: what the live screen draws. Knows nothing of screens."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from harness.run_events import Standing
from harness.vocabulary import RunState, Stage
from planner.services.live import Began, Ended, Line, Moved, Said
from planner.services.progress import Progress

_MOST_POINTS = 400  # a plot has fewer columns
_MOST_SENTENCES = 1000


class Phase(StrEnum):
    """Of a run."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class LiveRun:
    """One run. `medians`: by arm, the seconds of its median call in each round of the load that is timed now."""

    arguments: tuple[str, ...]
    phase: Phase = Phase.WAITING
    began: Began | None = None
    progress: Progress = field(default_factory=Progress)
    standings: dict[str, tuple[Standing, ...]] = field(default_factory=dict)
    medians: dict[str, deque[float]] = field(default_factory=dict)
    said: deque[Said] = field(default_factory=lambda: deque(maxlen=_MOST_SENTENCES))
    disturbed: int = 0
    ended: Ended | None = None
    trouble: str = ""
    log: str = ""

    def take(self, line: Line) -> None:
        """Another line."""
        match line:
            case Began():
                self.began, self.phase = line, Phase.RUNNING
            case Moved():
                self._move(line)
            case Said():
                self.said.append(line)
            case Ended():
                self.ended = line
                is_whole = line.state is RunState.COMPLETED
                self.phase = Phase.DONE if is_whole else Phase.CANCELLED

    def fail(self, reason: str, *, log: str) -> None:
        """It ended without saying how."""
        self.phase, self.trouble, self.log = Phase.FAILED, reason, log

    def _move(self, line: Moved) -> None:
        before, self.progress = self.progress, line.progress
        load = line.progress.load
        if load is not None and line.progress.stage is Stage.TIME:
            if before.load != load:
                self.medians.clear()
            if line.progress.standings:
                self.standings[load.label] = line.progress.standings
        self.disturbed += line.is_contaminated
        for one in line.medians:
            self.medians.setdefault(one.arm, deque(maxlen=_MOST_POINTS)).append(one.median_s)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.phase in {Phase.DONE, Phase.CANCELLED, Phase.FAILED}

    @property
    def title(self) -> str:
        """What is measured, in brief."""
        if self.began is not None:
            return self.began.workload
        named = [value for option, value in zip(self.arguments, self.arguments[1:], strict=False) if option in _NAMES]
        return named[0] if named else "a workload"


_NAMES = {"--workload", "--model"}
