"""A run against its history as people and scripts read it: one document, drawn as a table, JSON or JUnit.

The JSON form is an API: `schema` names its version. Seconds, bytes, shares; a change is relative where
`is_relative`, else a difference of shares.
"""

from dataclasses import dataclass

from harness.environment import EnvironmentDifference
from harness.vocabulary import Gate, Speed, Trend
from planner.services.exit_codes import ExitCode
from planner.services.followed_figures import Figure
from planner.services.like_runs import LeftOut

SCHEMA = "planner.regress/1"
_CODES = {
    Trend.REGRESSED: ExitCode.REJECTED_OR_SLOWER,
    Trend.SUSPECTED: ExitCode.UNDECIDED,
    Trend.UNLIKE: ExitCode.UNDECIDED,
    Trend.NOT_ENOUGH_HISTORY: ExitCode.UNDECIDED,
    Trend.IMPROVED: ExitCode.ACCEPTED_AND_FASTER,
    Trend.STEADY: ExitCode.ACCEPTED_AND_FASTER,
}
_WORST_FIRST = tuple(_CODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run of the history. `started_at` is ISO 8601 in UTC."""

    run: str
    started_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastFigure:
    """A figure in one run, with the run's own interval where it has one; of a verdict, its words."""

    run: str
    value: float | None
    lower: float | None
    upper: float | None
    speed: Speed | None
    gate: Gate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFinding:
    """One figure of one arm, and what became of it.

    `history` counts the runs it is compared with. `before` is the level it is compared with, `now` the present
    one, and `change` from one to the other has its interval `lower` to `upper` where runs scatter. `since` is the first
    run of the new level, `previous` the run before it. `p` holds for all figures together.
    """

    figure: Figure
    arm: str
    threads: int
    batch: int | None
    baseline: str | None
    is_higher_better: bool
    is_relative: bool
    is_exact: bool
    tolerance: float
    points: tuple[PastFigure, ...]
    state: Trend
    reason: str
    history: int
    before: float | None = None
    now: float | None = None
    change: float | None = None
    lower: float | None = None
    upper: float | None = None
    confidence: float | None = None
    p: float | None = None
    since: str | None = None
    previous: str | None = None

    @property
    def name(self) -> str:
        """Unique within a document: `speed-up of onnxruntime/int8-static:per-channel at batch 1`."""
        return f"{self.figure} of {self.arm}" + (f" at batch {self.batch}" if self.batch is not None else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionChange:
    """What differs between the run before a change and the first run that shows it."""

    run: str
    previous: str
    differences: tuple[EnvironmentDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressDocument:
    """A run against its history. `reference` is the run with which the history ends, where one was named.

    `left_out` are runs of the same workload that are unlike, and why.
    """

    schema: str
    run: str
    workload: str
    workload_digest: str
    started_at: str
    cpu: str
    any_host: bool
    confirm: int
    confidence: float
    reference: str | None
    state: Trend
    exit_code: int
    runs: tuple[PastRun, ...]
    left_out: tuple[LeftOut, ...]
    figures: tuple[FigureFinding, ...]
    changes: tuple[ConditionChange, ...]
    advice: tuple[str, ...]


def worst_state(states: list[Trend]) -> Trend:
    """The state of a run: that of its worst figure; a regression that is certain before what is not."""
    return min(states, key=_WORST_FIRST.index, default=Trend.NOT_ENOUGH_HISTORY)


def code_of_state(state: Trend) -> ExitCode:
    """0 steady or improved, 1 regressed, 3 whatever another run would tell."""
    return _CODES[state]
