"""What a GPU did while it was measured: its state, its energy, and what watching it cost.

A figure that could not be had is `None`, and `missing` beside it says why.
"""

from dataclasses import dataclass
from enum import StrEnum

from harness.vocabulary.findings import RatioInterval


class ClockLimit(StrEnum):
    """Why a GPU's clocks are lower than they could be: NVML's "clocks event reasons", in words."""

    IDLE = "idle"
    SETTING = "clocks set by the user"
    POWER_CAP = "software power cap"
    HW_SLOWDOWN = "hardware slowdown"
    SYNC_BOOST = "sync boost"
    SW_THERMAL = "software thermal slowdown"
    HW_THERMAL = "hardware thermal slowdown"
    POWER_BRAKE = "power brake"
    DISPLAY = "display clocks"
    OTHER = "another reason"


THROTTLING = frozenset({ClockLimit.HW_SLOWDOWN, ClockLimit.SW_THERMAL, ClockLimit.HW_THERMAL, ClockLimit.POWER_BRAKE})
"""What slows a card below what it is built to hold. The software power cap is not of them: to run at its power limit is
normal for a small card under load (a T4 does), and is shown as such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessMemory:
    """Device memory of one process. `pid` is the driver's, which in a container may not be ours."""

    pid: int
    used_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuState:
    """One look at a card, by the watch's clock. `utilisation` is the share of time in which a kernel ran.

    `held_s`: seconds since the driver was loaded that each reason held the clocks down, where the driver counts them.
    """

    at_s: float
    power_w: float | None
    sm_clock_hz: float | None
    memory_clock_hz: float | None
    temperature_c: int | None
    limits: tuple[ClockLimit, ...] | None
    utilisation: float | None
    used_bytes: int | None
    processes: tuple[ProcessMemory, ...] | None
    missing: tuple[tuple[str, str], ...] = ()
    held_s: tuple[tuple[ClockLimit, float], ...] | None = None

    @property
    def is_throttled(self) -> bool:
        """Whether something holds the clocks down that ought not to."""
        return not THROTTLING.isdisjoint(self.limits or ())

    @property
    def is_power_capped(self) -> bool:
        """Whether the card runs at its power limit."""
        return ClockLimit.POWER_CAP in (self.limits or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuReading:
    """A card over a stretch, from `samples` looks at random moments and, for `energy_j`, its counter.

    `limits` holds each reason with the share of looks that saw it; `throttled_turns` and `capped_turns` number the
    blocks of a round, by their place in it, beside which such a look was taken, or the driver's counters grew between
    two looks. `held_s` are the seconds that those counters grew by in the stretch. `process_peaks` are the highest
    memory of each process that was seen: peaks between two looks are missed.
    """

    gpu: str
    uuid: str
    wall_s: float
    samples: int
    energy_j: float | None
    power_w: float | None
    sm_clock_hz: float | None
    least_sm_clock_hz: float | None
    memory_clock_hz: float | None
    first_temperature_c: int | None
    last_temperature_c: int | None
    most_temperature_c: int | None
    utilisation: float | None
    peak_bytes: int | None
    limits: tuple[tuple[ClockLimit, float], ...] = ()
    process_peaks: tuple[ProcessMemory, ...] = ()
    throttled_turns: tuple[int, ...] = ()
    capped_turns: tuple[int, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    held_s: tuple[tuple[ClockLimit, float], ...] = ()

    @property
    def is_throttled(self) -> bool:
        """Whether the clocks were seen or counted to be held down by what ought not to."""
        return any(limit in THROTTLING for limit, _ in (*self.limits, *self.held_s))

    @property
    def is_power_capped(self) -> bool:
        """Whether the card was seen or counted at its power limit."""
        return any(limit is ClockLimit.POWER_CAP for limit, _ in (*self.limits, *self.held_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchCost:
    """What watching cost this process: CPU time, its share of one core, and how long one look takes."""

    samples: int
    cpu_s: float
    wall_s: float
    longest_s: float

    @property
    def share(self) -> float:
        """CPU time over wall time: 0.01 for one hundredth of a core."""
        return self.cpu_s / self.wall_s if self.wall_s > 0.0 else 0.0

    @property
    def mean_s(self) -> float:
        """CPU time of one look."""
        return self.cpu_s / self.samples if self.samples else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyRatio:
    """How much less energy a candidate takes than its baseline: baseline's joules over the candidate's.

    Above 1 the candidate saves. `net` leaves out what the idle card draws.
    """

    candidate: str
    baseline: str
    gross: RatioInterval | None
    net: RatioInterval | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuSummary:
    """One arm's GPU over a run: which it was, how its energy was read, and what the watch saw beside its blocks.

    `peak_bytes` is the highest memory of the arm's process that a look saw, or None with a reason; `card_peak_bytes`
    that of the whole card. Power, clocks, temperature and utilisation are those of looks at the card beside the arm's
    blocks; `held_s` are seconds by what held the card's clocks down in the whole run, as the driver counts them.
    """

    arm: str
    name: str
    uuid: str
    energy_source: str
    blocks: int
    throttled_blocks: int
    capped_blocks: int
    limits: tuple[ClockLimit, ...]
    most_temperature_c: int | None
    peak_bytes: int | None
    peak_reason: str | None
    cost: WatchCost
    power_w: float | None = None
    sm_clock_hz: float | None = None
    least_sm_clock_hz: float | None = None
    memory_clock_hz: float | None = None
    first_temperature_c: int | None = None
    utilisation: float | None = None
    card_peak_bytes: int | None = None
    held_s: tuple[tuple[ClockLimit, float], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
