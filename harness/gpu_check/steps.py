"""Carries steps out, each within a time of its own, and keeps what there is after every row."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import FrameType

from harness.errors import HarnessError
from harness.foreign_errors import telling_sentence
from harness.gpu_check.findings import Report, Row, RowState

_LEAST_S = 2.0
"""A step that is given less is not begun."""
_AGAIN_S = 5.0


class StepOverError(HarnessError):
    """A step's time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to measure. `rows` is told the moment, by the same clock, at which its time is over."""

    name: str
    limit_s: float
    rows: Callable[[float], Iterator[Row]]


def carry_out(
    steps: Sequence[Step],
    report: Report,
    *,
    budget_s: float,
    clock: Callable[[], float],
    keep: Callable[[Report], None],
) -> Report:
    """Run the steps in their order until the budget is spent; a step that fails ends alone.

    Args:
        steps: what to do.
        report: to be added to.
        budget_s: of all of them.
        clock: seconds.
        keep: given the report after every row, so that nothing is lost where it is interrupted.

    Raises:
        KeyboardInterrupt: after what there is was kept.
    """
    began = clock()
    for step in steps:
        left_s = began + budget_s - clock()
        if left_s < _LEAST_S:
            row = Row(step=step.name, subject="all of it", state=RowState.SKIPPED, reason="the check's time is over")
            report = report.with_row(row, took_s=clock() - began)
            keep(report)
            continue
        for row in _guarded(step, min(step.limit_s, left_s), clock):
            report = report.with_row(row, took_s=clock() - began)
            keep(report)
    report = replace(report, is_complete=True, took_s=clock() - began)
    keep(report)
    return report


def _guarded(step: Step, limit_s: float, clock: Callable[[], float]) -> Iterator[Row]:
    """A step's rows, and one more where it ended before its end."""
    try:
        with _alarm(limit_s, step.name):
            yield from step.rows(clock() + limit_s)
    except StepOverError as error:
        yield Row(step=step.name, subject="the rest of it", state=RowState.SKIPPED, reason=str(error))
    except HarnessError as error:
        yield Row(step=step.name, subject="the rest of it", state=RowState.FAILED, reason=str(error))
    except Exception as error:  # noqa: BLE001 - the outermost door of a step: the others go on
        reason = f"{type(error).__name__}: {telling_sentence(error)}"
        yield Row(step=step.name, subject="the rest of it", state=RowState.FAILED, reason=reason)


@contextlib.contextmanager
def _alarm(limit_s: float, name: str) -> Iterator[None]:
    """End what runs after so long, compilers included, which may take the first word for a failure of their own.

    Only a main thread of Unix can be told.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise StepOverError(f"{name} took longer than the {limit_s:.0f} s that it was given")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit_s, _AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
