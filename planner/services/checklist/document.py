"""A checklist as people and scripts read it. Its JSON form is an API: `schema` names its version.

The ten points are those that practitioners ask for before an INT8 model serves users. A point is derived from stored
evidence where it can be; where it cannot, a named person vouches for it, or it is open.
"""

from dataclasses import dataclass
from enum import StrEnum

SCHEMA = "planner.checklist/1"


class Point(StrEnum):
    """The ten points, by the words that the command line takes."""

    FP32_ACCURACY = "fp32-accuracy"
    CALIBRATION = "calibration"
    TARGET_HARDWARE = "target-hardware"
    ACCURACY_LOSS = "accuracy-loss"
    PER_CLASS = "per-class"
    LATENCY = "latency"
    MEMORY = "memory"
    MONITORING = "monitoring"
    CI = "ci"
    ROLLBACK = "rollback"


TITLES = {
    Point.FP32_ACCURACY: "FP32 accuracy documented",
    Point.CALIBRATION: "calibration set prepared (500 or more representative samples)",
    Point.TARGET_HARDWARE: "conversion tested on the target hardware",
    Point.ACCURACY_LOSS: "accuracy loss measured and acceptable (below 1 % for most tasks)",
    Point.PER_CLASS: "per-class accuracy validated",
    Point.LATENCY: "latency gain measured (2 to 4 times, confirmed or not)",
    Point.MEMORY: "memory reduction verified",
    Point.MONITORING: "monitoring configured",
    Point.CI: "CI integration complete",
    Point.ROLLBACK: "rollback plan documented and tested",
}


class State(StrEnum):
    """Where a point stands. Nobody's word turns `refuted` into anything else: it stands beside it."""

    EVIDENCED = "evidenced"
    ATTESTED = "attested"
    OPEN = "open"
    REFUTED = "refuted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the evidence says of a point: never `attested`.

    Attributes:
        state: Evidenced, refuted or open.
        sentence: What is known, with its figures.
        rests_on: The run, arms and figures that it is read from.
        todo: What to do where it is open or refuted, with the command.
    """

    state: State
    sentence: str
    rests_on: tuple[str, ...] = ()
    todo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedBy:
    """A person's word: who, when (ISO 8601, UTC), and what they noted. `candidate` None: of the whole run."""

    by: str
    moment: str
    note: str
    candidate: str | None

    @property
    def day(self) -> str:
        """The date alone."""
        return self.moment[:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRecord:
    """One point. `attested` stands beside the evidence, whatever that says."""

    point: Point
    title: str
    state: State
    sentence: str
    rests_on: tuple[str, ...]
    todo: str | None
    attested: AttestedBy | None

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in {State.EVIDENCED, State.ATTESTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The ten points for one candidate of one run.

    Attributes:
        schema: The version of this form.
        run: Its identifier.
        workload: What was measured.
        candidate: The arm that would be deployed; None where the run has none.
        baseline: The arm that it is held against.
        device: What the run ran on, in words.
        plan: The plan whose targets were asked about; None: no plan.
        notes: What must be known of the run as a whole.
        points: All ten, in order.
        exit_code: What a process that shows it ends with.
    """

    schema: str
    run: str
    workload: str
    candidate: str | None
    baseline: str | None
    device: str
    plan: str | None
    notes: tuple[str, ...]
    points: tuple[PointRecord, ...]
    exit_code: int

    def count(self, state: State) -> int:
        """How many points are in a state."""
        return sum(one.state is state for one in self.points)

    @property
    def summary(self) -> str:
        """`7 of 10 points are done: 6 evidenced, 1 attested; 2 open, 1 refuted`."""
        done = sum(one.is_done for one in self.points)
        counts = {state: self.count(state) for state in State}
        left = ", ".join(f"{counts[state]} {state}" for state in (State.OPEN, State.REFUTED) if counts[state])
        kinds = f"{counts[State.EVIDENCED]} evidenced, {counts[State.ATTESTED]} attested"
        return f"{done} of {len(self.points)} points are done: {kinds}{f'; {left}' if left else ''}"
