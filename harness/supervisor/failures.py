"""Turns the error that ended an arm into a stored failure with a next step."""

from harness.errors import HarnessError, QuantizeError, UnavailableError, WorkloadError
from harness.supervisor.process import WorkerProcess, WorkerRefusedError
from harness.vocabulary import Failure, Stage

_HINTS = {
    WorkloadError.__name__: "check the model and data files the workload names",
    QuantizeError.__name__: "check the nodes left out, or try another recipe",
    UnavailableError.__name__: "run `planner doctor` to see what is missing",
    MemoryError.__name__: "use a smaller batch or fewer variants at once",
}
_DIED = "read the log below; run this variant alone to see whether it repeats, then `planner resume`"


def failure_of(arm: str, stage: Stage, error: HarnessError | None, worker: WorkerProcess | None) -> Failure:
    """What happened, what to try, and the last lines the worker wrote."""
    kind = error.kind if isinstance(error, WorkerRefusedError) else type(error).__name__
    return Failure(
        arm=arm,
        stage=stage,
        message=str(error) or kind,
        hint=_HINTS.get(kind, _DIED),
        log_tail=worker.log_tail() if worker is not None else "",
    )
