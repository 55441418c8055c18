"""The parent's side of building a TensorRT engine: in a process of its own, which native code may take along."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from harness.errors import QuantizeError, UnavailableError, UsageError, WorkerError, WorkloadError
from harness.events import Advanced, BuildEngine, EngineBuilt
from harness.supervisor.patience import VARIABLE, Patience, read_patience
from harness.supervisor.process import WorkerProcess, WorkerRefusedError
from harness.vocabulary.engine import BuiltEngine, EngineOrder

LOG = "build.log"
_KINDS = {kind.__name__: kind for kind in (QuantizeError, UnavailableError, UsageError, WorkloadError)}

Progress = Callable[[int, int], None]
"""Told how many of how many of the builder's steps are done."""


def build_engine_apart(
    model: Path,
    order: EngineOrder,
    *,
    logs: Path,
    progress: Progress = lambda _done, _total: None,
    patience: Patience | None = None,
) -> BuiltEngine:
    """Build an engine of an ONNX file, or find it in the cache.

    Args:
        model: the file; Q/DQ for INT8.
        order: what is asked for.
        logs: a folder for what TensorRT says.
        progress: told of the builder's steps.
        patience: how long a builder may be silent; the machine's where none is given.

    Raises:
        UnavailableError: TensorRT or a GPU that it needs is not here, or it refuses the network for its target, in its
            own words.
        WorkloadError: the model cannot be read.
        QuantizeError: it cannot be typed as asked.
        UsageError: batch sizes or shapes do not fit it.
        WorkerError: the builder crashed, or was silent too long; names the log.
    """
    limit_s = (patience or read_patience()).with_quantizing()
    log = logs / LOG
    with contextlib.closing(WorkerProcess(f"the builder of {model.name}", log=log)) as worker:
        try:
            worker.send(BuildEngine(model=str(model), order=order))
            while isinstance(event := worker.receive(timeout_s=limit_s), Advanced):
                progress(event.done, event.total)
        except WorkerRefusedError as error:
            raise _KINDS.get(error.kind, WorkloadError)(str(error)) from error
        except WorkerError as error:
            raise WorkerError(f"{error}: see {log}, or set {VARIABLE} above 1 for more time") from error
    if not isinstance(event, EngineBuilt):
        raise WorkerError(f"the builder of {model.name} answered {type(event).__name__}")
    return event.built
