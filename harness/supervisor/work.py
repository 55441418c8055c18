"""The parent's side of counting a model's work: in a process of its own, within a time, as foreign files are read."""

import contextlib
from pathlib import Path

from harness.errors import UnavailableError, WorkerError, WorkloadError
from harness.events import CountWork, WorkCounted
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.process import WorkerProcess, WorkerRefusedError
from harness.vocabulary import ModelWork

_LOG = "counting.log"


def count_model(command: CountWork, *, logs: Path, patience: Patience | None = None) -> tuple[ModelWork, ...]:
    """What a call of a model has to do, by batch size.

    Raises:
        WorkloadError: it may not be opened or does not fit the data, or reading it crashes, hangs or needs too much
            memory.
        UnavailableError: the package onnx is not here.
    """
    patience = patience or read_patience()
    name = Path(command.model).name
    with contextlib.closing(WorkerProcess(f"counting {name}", log=logs / _LOG)) as worker:
        try:
            # Texts are read and made ready, which is as long as an evaluation may be silent.
            return worker.ask(command, WorkCounted, timeout_s=patience.with_evaluating()).work
        except WorkerRefusedError as error:
            if error.kind == UnavailableError.__name__:
                raise UnavailableError(str(error)) from error
            raise WorkloadError(str(error)) from error
        except WorkerError as error:
            raise WorkloadError(f"the operations of {name} cannot be counted: {error} (log: {logs / _LOG})") from error
