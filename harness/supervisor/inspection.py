"""The parent's side of looking at a model or a tokenizer: in a process of its own, within a time.

A file that crashes a parser, or that it never finishes, is an answer about the file. So is a function that makes
a PyTorch module and fails: it is known before anything is measured, stored or waited for.
"""

import contextlib
import select
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from harness.errors import HarnessError, UnavailableError, WorkerError, WorkloadError
from harness.events import Advanced, Event, Inspect, Inspected, ModelRead, ReadModel, TryTexts
from harness.supervisor.patience import VARIABLE, Patience, read_patience
from harness.supervisor.process import WorkerProcess, WorkerRefusedError, WorkerSilentError
from harness.vocabulary import ModelCard, TensorSpec
from harness.workloads.trying import feed_some, texts_to_try
from harness.workloads.workload import Workload

_LOG = "inspection.log"
_TOLD_EVERY_S = 5.0
_KINDS = {kind.__name__: kind for kind in (UnavailableError, WorkloadError)}
_ADVICE = "export the model again"

Waited = Callable[[float], None]
"""Told every few seconds how many have been waited."""


def inspect_model(path: Path, *, logs: Path, patience: Patience | None = None) -> ModelCard:
    """What an ONNX file says of itself.

    Args:
        path: the file.
        logs: a folder for what libraries say meanwhile.
        patience: how long to wait; the machine's where none is given.

    Raises:
        WorkloadError: it is no model that may be opened; reading it crashes, hangs or needs too much memory; or it
            holds loops and does not come to an end.
        UnavailableError: the package onnx is not here.
    """
    patience = patience or read_patience()
    with contextlib.closing(WorkerProcess(f"reading {path.name}", log=logs / _LOG)) as worker:
        try:
            return _inspected(path, worker, patience.with_inspecting())
        except WorkerRefusedError as error:
            raise _translated(error) or WorkloadError(f"{path} cannot be read: {error}; {_ADVICE}") from error
        except WorkerError as error:
            raise WorkloadError(f"{path} cannot be read: {error}; {_ADVICE} (log: {logs / _LOG})") from error


def read_model(
    runtime: str,
    model: str,
    *,
    logs: Path,
    patience: Patience | None = None,
    waited: Waited = lambda _seconds: None,
    told_every_s: float = _TOLD_EVERY_S,
) -> tuple[TensorSpec, ...]:
    """What a model reads by a runtime that must be able to read it: an ONNX file, or a function of PyTorch's.

    Args:
        runtime: its name.
        model: the file, or `package.module:function`, whose code is run.
        logs: a folder for what libraries say meanwhile.
        patience: how long to wait; the machine's where none is given.
        waited: told of time that passes: a module may take minutes to build.
        told_every_s: how often.

    Raises:
        WorkloadError: the runtime cannot read it, or the process crashes, hangs or needs too much memory.
        UnavailableError: a package is not here.
    """
    limit_s = (patience or read_patience()).with_loading()
    with contextlib.closing(WorkerProcess(f"opening {model}", log=logs / _LOG)) as worker:
        try:
            worker.send(ReadModel(runtime=runtime, model=model))
            event = _awaited(worker, limit_s, waited, told_every_s=told_every_s)
        except WorkerRefusedError as error:
            raise _KINDS.get(error.kind, WorkloadError)(str(error)) from error
        except WorkerError as error:
            log = logs / _LOG
            raise WorkloadError(
                f"{runtime} cannot open the model: {error}: see {log}, or set {VARIABLE} above 1 for more time"
            ) from error
    if not isinstance(event, ModelRead):
        raise WorkloadError(f"{runtime} cannot open the model: its process answered {type(event).__name__}")
    return event.inputs


def _awaited(worker: WorkerProcess, limit_s: float, waited: Waited, *, told_every_s: float) -> Event:
    began = time.monotonic()
    while (event := worker.receive_ready()) is None:
        passed = time.monotonic() - began
        if passed >= limit_s:
            worker.kill()
            raise WorkerSilentError(f"{worker.name} was silent for {limit_s:.0f} s and has been ended")
        ready, _, _ = select.select([worker.descriptor], [], [], min(told_every_s, limit_s - passed))
        if not ready:
            waited(time.monotonic() - began)
    return event


def feed_apart(
    workload: Workload, specs: Sequence[TensorSpec], *, logs: Path, patience: Patience | None = None
) -> None:
    """See whether the first samples become what a model reads; texts in a process of their own.

    Raises:
        WorkloadError: they do not, or the tokenizer does not work, never ends, or needs too much memory.
        UnavailableError: a package that reads them is not here.
    """
    found = texts_to_try(workload, specs)
    if found is None:
        feed_some(workload, specs)
        return
    reader, texts = found
    command = TryTexts(
        preprocessing=msgspec.json.encode(reader.spec).decode(),
        tokenizer=str(reader.tokenizer),
        texts=texts,
        specs=tuple(specs),
    )
    patience = patience or read_patience()
    with contextlib.closing(WorkerProcess(f"reading {reader.tokenizer.name}", log=logs / _LOG)) as worker:
        try:
            worker.ask(command, Advanced, timeout_s=patience.with_inspecting())
        except WorkerRefusedError as error:
            raise _translated(error) or WorkloadError(f"{reader.tokenizer} cannot be used: {error}") from error
        except WorkerError as error:
            raise WorkloadError(
                f"{reader.tokenizer} cannot be used: {error}, with {len(texts)} of the texts; where its normalizer or "
                f"a pattern grows without bound, save it without (log: {logs / _LOG})"
            ) from error


def _translated(error: WorkerRefusedError) -> HarnessError | None:
    """What was refused in our own words, as it was raised in the worker."""
    return _KINDS[error.kind](str(error)) if error.kind in _KINDS else None


def _inspected(path: Path, worker: WorkerProcess, silence_s: float) -> ModelCard:
    worker.send(Inspect(model=str(path)))
    event = worker.receive(timeout_s=silence_s)
    if isinstance(event, Advanced):  # read, and now tried
        event = _tried(path, worker, silence_s)
    if not isinstance(event, Inspected):
        raise WorkerError(f"{worker.name} was answered with {type(event).__name__}")
    return event.card


def _tried(path: Path, worker: WorkerProcess, silence_s: float) -> Event:
    try:
        return worker.receive(timeout_s=silence_s)
    except WorkerSilentError as error:
        raise WorkloadError(
            f"{path} holds loops, and ONNX Runtime had neither opened it nor answered one call after {silence_s:.0f} "
            f"s: it may never end; bound its loops, or set {VARIABLE}=4 to wait four times as long"
        ) from error
