"""What the quality gate asks for: the command line's word first, then the workload's, then the default."""

from dataclasses import dataclass

from harness.vocabulary import GateRules
from harness.workloads.workload import Workload

_DEFAULTS = GateRules()
_ANSWERS = {"top-1": 1, "top-5": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityAsked:
    """Thresholds as a user gives them, shares from 0 to 1; `None` leaves them to the workload."""

    max_relative_loss: float | None = None
    max_class_drop: float | None = None
    min_worst_class: float | None = None
    judge_points: bool = False


def gate_rules(workload: Workload, asked: QualityAsked) -> GateRules:
    """The rules of a run. What an interval must exclude is twice what a point may lose.

    Raises:
        UsageError: a threshold that is no share.
        WorkloadError: the workload names a class that its data do not have.
    """
    described = workload.described.quality
    loss = _first(asked.max_relative_loss, described.max_relative_loss, _DEFAULTS.overall_loss)
    drop = _first(asked.max_class_drop, described.max_class_drop, _DEFAULTS.class_drop)
    return GateRules(
        overall_loss=loss,
        overall_limit=min(1.0, 2 * loss),
        class_drop=drop,
        class_limit=min(1.0, 2 * drop),
        worst_class=asked.min_worst_class if asked.min_worst_class is not None else described.min_worst_class,
        judge_points=asked.judge_points,
        classes=workload.classes_that_matter if workload.has_labels else (),
        best_of=_ANSWERS[described.metric],
    )


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)
