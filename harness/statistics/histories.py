"""Judges the latest run of many histories together: steady, improved, regressed or suspected."""

from collections.abc import Sequence

from harness.statistics.confirmations import confirmed_changes
from harness.statistics.distributions import require_confidence
from harness.statistics.history import Finding, History
from harness.statistics.holm import holm
from harness.statistics.suspicions import Suspicion, suspicion
from harness.vocabulary.words import Trend


def judge_histories(histories: Sequence[History], *, confirm: int = 2, confidence: float = 0.95) -> tuple[Finding, ...]:
    """Judge every history, all of them together.

    Where nothing changed, none is called regressed with the given confidence, whatever the noise
    (`joint_steps`), and none suspected with the same confidence where the noise is about normal.

    Args:
        histories: one a figure.
        confirm: the consecutive runs in which a change must be there, at least 1.
        confidence: of all judgements together.

    Returns:
        One finding a history, in order. Those with fewer than five earlier runs are not judged.

    Raises:
        MeasurementError: if the confidence is out of range.
    """
    require_confidence(confidence)
    alpha = 1.0 - confidence
    changes = confirmed_changes(histories, confirm=confirm, alpha=alpha)
    suspicions = [suspicion(history, confirm=confirm) for history in histories]
    adjusted = iter(holm([one.p for one in suspicions if one is not None]))
    return tuple(
        _finding(history, change, found, p=1.0 if found is None else next(adjusted), alpha=alpha)
        for history, change, found in zip(histories, changes, suspicions, strict=True)
    )


def _finding(history: History, change: Finding | None, found: Suspicion | None, *, p: float, alpha: float) -> Finding:
    """A confirmed regression first, then a suspicion, then a confirmed improvement."""
    if change is not None and change.trend is Trend.REGRESSED:
        return change
    if found is None:
        return change or Finding(trend=Trend.NOT_ENOUGH_HISTORY, history=history.earlier)
    if p <= alpha and found.shift.point > history.tolerance:
        return Finding(
            trend=Trend.SUSPECTED,
            history=history.earlier,
            shift=found.shift,
            since=history.values.size - found.count,
            p=p,
            in_a_row=found.count,
        )
    return change or Finding(trend=Trend.STEADY, history=history.earlier, shift=found.latest)
