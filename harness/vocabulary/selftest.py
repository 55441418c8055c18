"""What `planner selftest` finds: the harness's own error rates on one machine, as a dated certificate.

Every line has a figure with its interval, what is promised, and whether the promise is kept. A line
without a promise is there to be seen and decides nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from harness.errors import MeasurementError
from harness.vocabulary.words import NoiseClass


class SelfTestKind(StrEnum):
    """How much time the self-test was given."""

    QUICK = "quick"
    FULL = "full"


class SelfCheck(StrEnum):
    """What is checked, in the order in which it is told."""

    AA_VERDICTS = "aa-verdicts"
    AA_INTERVALS = "aa-intervals"
    CONTROL_INTERVALS = "control-intervals"
    AA_OFFSET = "aa-offset"
    CONTROL_OFFSET = "control-offset"
    POWER = "power"
    FIRST_LOOK_POWER = "first-look-power"
    SLOW_DOWN_FOUND = "slow-down-found"
    RATIO_COVERAGE = "ratio-coverage"
    P90_COVERAGE = "p90-coverage"
    P99_COVERAGE = "p99-coverage"
    MEMORY_PEAK = "memory-peak"
    CLOCK_STEP = "clock-step"
    CLOCK_READING = "clock-reading"
    ADDED_TO_P50 = "added-to-p50"
    QUERY_COST = "query-cost"
    WALL_OVER_TIMED = "wall-over-timed"
    PARENT_CPU = "parent-cpu"


class Unit(StrEnum):
    """What a figure is counted in."""

    SHARE = "share"
    CHANGE = "relative change"
    SECONDS = "seconds"
    RATIO = "ratio"
    CPU = "CPU seconds per second"


class Mark(StrEnum):
    """Whether a promise is kept. What cannot be told is never called kept."""

    KEPT = "kept"
    NOT_KEPT = "not kept"
    NOT_IDENTIFIED = "not identified"


class Ending(StrEnum):
    """Why recording ended: with all that was wanted, when its time was up, or by whoever watched."""

    COMPLETE = "complete"
    TIME_IS_UP = "time is up"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryProbe:
    """One allocation of known size, and by how much the meter saw the peak rise; `None` with a reason."""

    size_bytes: int
    hold_s: float
    seen_bytes: int | None
    page_bytes: int
    reason: str | None = None

    @property
    def error_pages(self) -> float | None:
        """Pages by which the meter is off; below 0 it saw too little."""
        return None if self.seen_bytes is None else (self.seen_bytes - self.size_bytes) / self.page_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockProbe:
    """What timing costs, in nanoseconds. `added_ns` and `query_ns` hold one figure a block of null calls.

    `step_ns` is the smallest step the clock was seen to take, `reading_ns` the time of one reading. `added_ns`
    is a block's recorded p50 less the call's own cost, `query_ns` the whole time of a query less that cost.
    """

    step_ns: int
    reading_ns: float
    added_ns: tuple[float, ...]
    query_ns: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentProbe:
    """CPU seconds the supervisor used while a worker timed one long block of so many seconds."""

    cpu_s: float
    block_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestLine:
    """One line of the certificate. `hits` of `trials` is what a share counts; `limit` is the promise as a number."""

    check: SelfCheck
    unit: Unit
    figure: float | None
    lower: float | None
    upper: float | None
    detail: str
    hits: int | None = None
    trials: int | None = None
    limit: float | None = None
    promise: str | None = None
    mark: Mark | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        """Refuse a promise without an answer, and an answer without a reason where it is not simply yes."""
        if (self.promise is None) != (self.mark is None):
            raise MeasurementError(f"{self.check} has a promise or a mark, but not both")
        if self.mark in {Mark.NOT_KEPT, Mark.NOT_IDENTIFIED} and not self.reason:
            raise MeasurementError(f"{self.check} is {self.mark} and does not say why")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadConditions:
    """What else the machine did meanwhile. Shares are of all cores; contaminated rounds were set aside."""

    rounds: int
    contaminated_rounds: int
    pairs: int
    foreign_cpu_share: float | None
    largest_foreign_cpu_share: float | None
    noise: NoiseClass
    pair_sigma: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """The certificate. `finished_at` is ISO 8601 in UTC; `versions` are packages with their versions.

    `call_s` is the median time of a call of the model it was made with, `block_s` the length of a block.
    """

    kind: SelfTestKind
    ending: Ending
    finished_at: str
    wall_s: float
    host_id: str
    cpu: str
    planner_version: str
    versions: tuple[tuple[str, str], ...]
    workload: str
    workload_digest: str
    runtime: str
    threads: int
    seed: int
    block_s: float
    call_s: float | None
    is_simulated: bool
    load: LoadConditions
    lines: tuple[SelfTestLine, ...]
    notes: tuple[str, ...] = ()

    def line(self, check: SelfCheck) -> SelfTestLine | None:
        """The line of that check, where there is one."""
        return next((one for one in self.lines if one.check is check), None)

    def marked(self, mark: Mark) -> tuple[SelfTestLine, ...]:
        """Every line with that mark."""
        return tuple(one for one in self.lines if one.mark is mark)
