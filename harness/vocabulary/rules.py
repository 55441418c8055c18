"""The rules of a run: how it is timed, under which loads, and what quality a candidate must keep."""

import math
from dataclasses import dataclass

from harness.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LoadPoint:
    """What is timed at once: calls of `batch` samples, `concurrency` of them always in flight (a closed loop)."""

    batch: int
    concurrency: int = 1

    def __post_init__(self) -> None:
        """Refuse a load that asks for nothing."""
        if self.batch < 1:
            raise UsageError(f"batch sizes are positive whole numbers, not {self.batch}")
        if self.concurrency < 1:
            raise UsageError(f"--concurrency {self.concurrency}: at least one call is in flight")

    @property
    def label(self) -> str:
        """In words: `batch 8`, `batch 8, 2 at once`."""
        return f"batch {self.batch}" if self.concurrency == 1 else f"batch {self.batch}, {self.concurrency} at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingRules:
    """Warm-up, blocks, order, stopping rule and budget. Sources: the reasons beside each default."""

    block_s: float = 0.02  # long enough that one pre-emption is not the median of a 1 ms model
    round_s: float = 0.5  # host counters tick every 10 ms: shorter rounds cannot see foreign CPU
    warm_up_s: float = 0.25
    target_half_width: float = 0.01
    equivalence: float = 0.02  # a difference below 2 % is not worth a migration
    confidence: float = 0.95
    budget_s: float = 20.0
    foreign_cpu_limit: float = 0.06  # measured: above it A/A rounds spread visibly
    memory_launches: int = 3  # peak memory of some runtimes is bimodal over launches
    launches: int = 1  # each starts every process anew; from five on, claims are about the machine
    affinity: str = "auto"

    def __post_init__(self) -> None:
        """Refuse rules under which nothing can be measured."""
        positive = {
            "block_s": self.block_s,
            "round_s": self.round_s,
            "warm_up_s": self.warm_up_s,
            "target_half_width": self.target_half_width,
            "equivalence": self.equivalence,
            "budget_s": self.budget_s,
            "foreign_cpu_limit": self.foreign_cpu_limit,
        }
        for name, value in positive.items():
            if not (math.isfinite(value) and value > 0):
                raise UsageError(f"{name} is {value}: it must be a positive number")
        if self.memory_launches < 1:
            raise UsageError(f"memory_launches is {self.memory_launches}: at least one is needed")
        if self.launches < 1:
            raise UsageError(f"--launches {self.launches}: at least one is needed")
        _require_confidence(self.confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """The quality a candidate must keep. All losses are baseline minus candidate.

    Relative limits are shares of the baseline's overall accuracy; class limits are points of
    recall as fractions (0.03 = 3 points). `judge_points` ignores the intervals and says so. `classes` are
    those that matter, by name: only they are judged; empty for all. `best_of` answers count as one: 5 for top-5.
    """

    overall_loss: float = 0.01
    overall_limit: float = 0.02
    class_drop: float = 0.03
    class_limit: float = 0.06
    worst_class: float | None = None
    confidence: float = 0.95
    judge_points: bool = False
    classes: tuple[str, ...] = ()
    best_of: int = 1

    def __post_init__(self) -> None:
        """Refuse thresholds outside what a share can be."""
        shares = (self.overall_loss, self.overall_limit, self.class_drop, self.class_limit)
        if not all(math.isfinite(share) and 0 <= share <= 1 for share in shares):
            raise UsageError("quality thresholds are shares between 0 and 1, for example 0.01 for 1 %")
        if self.worst_class is not None and not 0 <= self.worst_class <= 1:
            raise UsageError(f"--min-worst-class {self.worst_class}: a share between 0 and 1 is needed")
        if self.best_of < 1:
            raise UsageError(f"best_of {self.best_of}: at least one answer counts")
        _require_confidence(self.confidence)

    def judges(self, class_name: str) -> bool:
        """Whether the gate looks at this class: at all of them, unless some are named."""
        return not self.classes or class_name in self.classes


def _require_confidence(confidence: float) -> None:
    if not 0.5 <= confidence < 1.0:  # noqa: PLR2004 - below a half it would doubt the likelier side
        raise UsageError(f"a confidence of {confidence} is not between 0.5 and 1: write for example 0.95")
