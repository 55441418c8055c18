"""Looks at files that somebody else made, in the process that a crash or a hang may take along."""

import contextlib
import math
import resource
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import psutil

from harness.errors import HarnessError
from harness.events import Advanced, Event, Inspect, Inspected, TryTexts
from harness.runtimes import registry
from harness.runtimes.base import Session
from harness.vocabulary import Method, Recipe
from harness.workloads.data.feeding import fit
from harness.workloads.data.text_reader import text_preprocessing
from harness.workloads.description import Texts

_RUNTIME = "onnxruntime"  # it runs what is constant while it opens a model, loops included
_LOOPS = {"Loop", "Scan"}
_TOKENIZER_BYTES = 2**31  # the largest in use takes a quarter of it
_MEMORY_SHARE = 0.5  # of what is free, where that is less
_MOST_VALUES = 2**24  # of the inputs of the one call: a trial is no place for a large request


def look_at(command: Inspect | TryTexts) -> Iterator[Event]:
    """What the file is, or whether it can be used.

    Raises:
        WorkloadError: it must not be, or cannot be.
    """
    if isinstance(command, Inspect):
        yield from _inspect(command)
    else:
        yield _try_texts(command)


def _inspect(command: Inspect) -> Iterator[Event]:
    """What the model is; `Advanced` before it is opened, so that who waits knows where a hang is."""
    from harness.quantize.inspection import inspect_onnx  # noqa: PLC0415 - it imports onnx

    path = Path(command.model)
    card = inspect_onnx(path)
    if _LOOPS & set(card.operators) and registry.probe(_RUNTIME).is_available:
        yield Advanced(done=1, total=2)
        _try_once(path)
    yield Inspected(card=card)


def _try_texts(command: TryTexts) -> Advanced:
    """Tokenise a few texts, with a limit to what the tokenizer may take."""
    _limit_memory()
    spec = msgspec.json.decode(command.preprocessing, type=Texts)
    inputs = text_preprocessing(spec, Path(command.tokenizer))(command.texts)
    if command.specs:
        fit(inputs, command.specs)
    return Advanced(done=len(command.texts), total=len(command.texts))


def _limit_memory() -> None:
    """A normalizer may make 16^12 letters of one: native code that gets no memory for them ends this process alone."""
    more = min(_TOKENIZER_BYTES, int(_MEMORY_SHARE * psutil.virtual_memory().available))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = psutil.Process().memory_info().vms + more
    resource.setrlimit(resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _try_once(path: Path) -> None:
    """Open the model and call it once. What it fails with is told where it is measured; here it only has to end."""
    with contextlib.suppress(HarnessError):
        session = registry.find_runtime(_RUNTIME).open(path, recipe=Recipe(method=Method.FP32), threads=1)
        with contextlib.suppress(Exception):  # whatever a runtime raises: this is the border
            _call(session)


def _call(session: Session) -> None:
    shapes = {spec.name: tuple(axis or 1 for axis in spec.shape) for spec in session.inputs}
    if sum(math.prod(shape) for shape in shapes.values()) <= _MOST_VALUES:
        session.predict({spec.name: np.zeros(shapes[spec.name], dtype=spec.dtype) for spec in session.inputs})
