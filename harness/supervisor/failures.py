"""Turns the error that ended an arm into a stored failure with a next step."""

from harness.errors import (
    ArtifactError,
    GpuLostError,
    GpuMemoryError,
    HarnessError,
    NothingToQuantizeError,
    QuantizeError,
    UnavailableError,
    WorkloadError,
)
from harness.supervisor.log_excerpt import shown_log, without_scratch
from harness.supervisor.patience import VARIABLE
from harness.supervisor.process import WorkerProcess, WorkerRefusedError, WorkerSilentError
from harness.vocabulary import Failure, Stage, trial_name

_HINTS = {
    WorkloadError.__name__: "check the model and data files the workload names",
    NothingToQuantizeError.__name__: "measure it as it is: planner bench --variants fp32",
    QuantizeError.__name__: "mend what it names, or measure other variants alone (--variants)",
    UnavailableError.__name__: "run `planner doctor` to see what is missing",
    ArtifactError.__name__: "free space, or set PLANNER_CACHE to another folder",
    GpuLostError.__name__: "look at `nvidia-smi` and at the kernel's log (`dmesg | grep -i xid`): the GPU may need a "
    "reset (`nvidia-smi --gpu-reset`) or the machine a restart; then `planner resume`",
    GpuMemoryError.__name__: "use a smaller --batch, or fewer variants at once: all of them share the GPU's memory; "
    "`nvidia-smi` shows what else is in it",
    OSError.__name__: "look whether a disk is full: that of the artifact cache (PLANNER_CACHE), or of temporary files",
    WorkerSilentError.__name__: "look whether the model can end at all (a loop, a step that grows without bound); if "
    f"it is only slow, {VARIABLE}=4 waits four times as long",
    MemoryError.__name__: "use a smaller batch or fewer variants at once",
}
_SAYS_ALL = {NothingToQuantizeError.__name__}  # beside it a log holds what other libraries remarked on their way
_ELSE = "run this variant alone to see whether it repeats, then `planner resume`"


def failure_of(arm: str, stage: Stage, error: HarnessError | None, worker: WorkerProcess | None) -> Failure:
    """What happened, what to try, and the last lines the worker wrote."""
    kind = error.kind if isinstance(error, WorkerRefusedError) else type(error).__name__
    log_tail = worker.log_tail() if worker is not None and kind not in _SAYS_ALL else ""
    return Failure(
        arm=arm,
        stage=stage,
        message=without_scratch(str(error)) or kind,
        hint=_HINTS.get(kind, f"read the log below; {_ELSE}" if shown_log(log_tail) else _ELSE),
        log_tail=log_tail,
    )


def failure_of_batch(arm: str, batch: int, message: str) -> Failure:
    """Of one batch size alone, which did not fit into a GPU's memory: named as a trial, so that the arm goes on."""
    return Failure(
        arm=trial_name(arm, batch),
        stage=Stage.LOAD,
        message=without_scratch(message),
        hint=_HINTS[GpuMemoryError.__name__],
        log_tail="",
    )
