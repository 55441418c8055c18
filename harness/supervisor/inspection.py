"""The parent's side of looking at a model file: in a process of its own, within a time.

A file that crashes a parser, or that it never finishes, is an answer about the file.
"""

import contextlib
from pathlib import Path

from harness.errors import UnavailableError, WorkerError, WorkloadError
from harness.events import Inspect, Inspected
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.process import WorkerProcess, WorkerRefusedError
from harness.vocabulary import ModelCard

_LOG = "inspection.log"


def inspect_model(path: Path, *, logs: Path, patience: Patience | None = None) -> ModelCard:
    """What an ONNX file says of itself.

    Args:
        path: the file.
        logs: a folder for what libraries say meanwhile.
        patience: how long to wait; the machine's where none is given.

    Raises:
        WorkloadError: it is no model that may be opened, or reading it crashes, hangs or needs too much memory.
        UnavailableError: the package onnx is not here.
    """
    patience = patience or read_patience()
    with contextlib.closing(WorkerProcess(f"reading {path.name}", log=logs / _LOG)) as worker:
        try:
            return worker.ask(Inspect(model=str(path)), Inspected, timeout_s=patience.with_inspecting()).card
        except WorkerRefusedError as error:
            if error.kind == UnavailableError.__name__:
                raise UnavailableError(str(error)) from error
            if error.kind == WorkloadError.__name__:
                raise WorkloadError(str(error)) from error
            raise WorkloadError(f"{path} cannot be read: {error}; {_ADVICE}") from error
        except WorkerError as error:
            raise WorkloadError(f"{path} cannot be read: {error}; {_ADVICE} (log: {logs / _LOG})") from error


_ADVICE = "export the model again"
