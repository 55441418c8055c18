"""Raw samples as the workers gave them: kept whole, never cleaned."""

from dataclasses import dataclass

from harness.vocabulary.gpu import GpuReading
from harness.vocabulary.rules import LoadPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One block of one arm: consecutive calls, the first of the turn already left out.

    `latencies_ns` are little-endian signed 64-bit integers, one a call, in time order; where several calls are in
    flight, those of one stream after those of another.
    `wall_ns` and `cpu_ns` are of the whole turn, the uncounted first call included. A control
    turn repeats the baseline in the same cycle: baseline against itself is the A/A.
    """

    arm: str
    cycle: int
    is_control: bool
    latencies_ns: bytes
    cpu_ns: int
    wall_ns: int
    voluntary_switches: int
    involuntary_switches: int

    @property
    def calls(self) -> int:
        """How many calls the block timed."""
        return len(self.latencies_ns) // 8


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReading:
    """The machine over one round; `None` where this machine does not tell.

    Shares are of all cores over the round's wall time. `foreign_cpu_share` is the time that
    neither the parent nor the workers used, with steal. `gpus` holds a reading of each GPU that was measured on.
    """

    foreign_cpu_share: float | None
    steal_share: float | None
    pressure_share: float | None
    frequency_hz: float | None
    parent_cpu_s: float
    gpus: tuple[GpuReading, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A group of cycles long enough for the host's counters, committed whole.

    `launch` counts process generations: a resumed run measures with new processes.
    """

    batch: int
    index: int
    launch: int
    started_at: str
    wall_s: float
    turns: tuple[Turn, ...]
    host: HostReading
    is_contaminated: bool
    concurrency: int = 1

    @property
    def load(self) -> LoadPoint:
        """What was timed at once."""
        return LoadPoint(batch=self.batch, concurrency=self.concurrency)

    @property
    def timed_s(self) -> float:
        """Seconds of the round that were spent inside turns."""
        return sum(turn.wall_ns for turn in self.turns) / 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUpSamples:
    """The first calls of an arm at a batch size, and how many the change-point fit discards."""

    arm: str
    batch: int
    launch: int
    latencies_ns: bytes
    discard: int
    is_stable: bool
    concurrency: int = 1
