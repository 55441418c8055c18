"""The two forms of the self-test, what it tells while it runs, and what it leaves."""

from dataclasses import dataclass
from enum import StrEnum

from harness.statistics.stopping import LEAST_PAIRS_TO_DECIDE
from harness.vocabulary import Plan, Round
from harness.vocabulary.selftest import (
    ClockProbe,
    Ending,
    MemoryProbe,
    ParentProbe,
    SelfCheck,
    SelfTestKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestForm:
    """How much is recorded. `ends_s` counts from the beginning of everything; `None` lets the pairs decide.

    `unpromised` are checks that so short a recording cannot judge: it shows them and promises nothing.
    """

    kind: SelfTestKind
    block_s: float
    wanted_pairs: int
    ends_s: float | None = None
    parent_blocks: int = 1
    unpromised: frozenset[SelfCheck] = frozenset()


QUICK = SelfTestForm(
    kind=SelfTestKind.QUICK,
    block_s=0.005,  # the shortest block that is ever timed: four times the pairs in the same time
    wanted_pairs=100 * LEAST_PAIRS_TO_DECIDE,
    ends_s=46.0,  # of 60: the conclusion, the store and the start of Python take a few seconds
    unpromised=frozenset({SelfCheck.AA_INTERVALS, SelfCheck.CONTROL_INTERVALS, SelfCheck.P99_COVERAGE}),
)
FULL = SelfTestForm(kind=SelfTestKind.FULL, block_s=0.02, wanted_pairs=1000 * LEAST_PAIRS_TO_DECIDE, parent_blocks=5)


class SelfTestStep(StrEnum):
    """What the self-test is busy with."""

    MEMORY = "memory"
    LOAD = "load"
    CLOCK = "clock"
    WARM_UP = "warm-up"
    RECORD = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestStepBegan:
    """A step begins."""

    step: SelfTestStep


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPeaksProbed:
    """What the memory peak saw of every allocation."""

    probes: tuple[MemoryProbe, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostsProbed:
    """What the clock and the supervisor cost."""

    clock: ClockProbe
    parents: tuple[ParentProbe, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingTaken:
    """A round is recorded; `pairs` of `wanted` are clean. `left_s` is what is still to come, by the rate so far."""

    round: Round
    pairs: int
    wanted: int
    elapsed_s: float
    left_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingEnded:
    """Nothing more is recorded."""

    ending: Ending


SelfTestEvent = SelfTestStepBegan | MemoryPeaksProbed | CostsProbed | RecordingTaken | RecordingEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Everything a self-test has measured. The plan's arms are the model, itself again, and itself slowed down."""

    plan: Plan
    form: SelfTestForm
    rounds: tuple[Round, ...] = ()
    memory: tuple[MemoryProbe, ...] = ()
    clock: ClockProbe | None = None
    parents: tuple[ParentProbe, ...] = ()
    ending: Ending = Ending.INTERRUPTED
