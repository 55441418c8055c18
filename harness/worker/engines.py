"""Builds TensorRT engines in the process that a crash may take along: types the model first, tells the steps."""

import queue
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from harness.errors import UsageError, WorkerError
from harness.events import Advanced, BuildEngine, EngineBuilt, Event
from harness.quantize.inspection import inspect_onnx
from harness.quantize.typed_onnx import write_typed
from harness.runtimes.places import cache_root
from harness.runtimes.tensorrt.building import TypedModel, build_engine, digest_of_model
from harness.runtimes.tensorrt.cache import EngineCache
from harness.runtimes.tensorrt.onnx_nodes import compute_nodes
from harness.vocabulary import Method, ModelCard, Precision
from harness.vocabulary.engine import BuiltEngine, EngineOrder

_SIXTEEN_BITS = {Precision.FP16: Method.FP16, Precision.BF16: Method.BF16}
_ALIVE_S = 20.0  # tactics of a large network are timed for minutes without a step


def build_engine_of(command: BuildEngine) -> Iterator[Event]:
    """Build, or find, the engine; yields the builder's steps, and the last of them again while nothing moves.

    Raises:
        HarnessError: it could not be built; says why.
    """
    steps: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
    answer: list[BuiltEngine | BaseException] = []

    def build() -> None:
        try:
            answer.append(_build(Path(command.model), command.order, steps))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits, as it is
            answer.append(error)
        steps.put(None)

    thread = threading.Thread(target=build, name="builder", daemon=True)
    thread.start()
    yield from _steps(steps)
    thread.join()
    if not answer:
        raise WorkerError("the builder ended without an answer")
    if not isinstance(answer[0], BuiltEngine):
        raise answer[0]
    yield EngineBuilt(built=answer[0])


def _steps(steps: "queue.SimpleQueue[tuple[int, int] | None]") -> Iterator[Advanced]:
    last = (0, 1)
    while True:
        try:
            step = steps.get(timeout=_ALIVE_S)
        except queue.Empty:
            step = last
        if step is None:
            return
        last = step
        yield Advanced(done=step[0], total=step[1])


def _build(model: Path, order: EngineOrder, steps: "queue.SimpleQueue[tuple[int, int] | None]") -> BuiltEngine:
    card = inspect_onnx(model)
    _require_meant(model, card, order)
    with tempfile.TemporaryDirectory(prefix="planner-engine-") as scratch:
        path, notes = model, {}
        kind = _SIXTEEN_BITS.get(order.rest if order.precision is Precision.INT8 else order.precision)
        if kind is not None and not _is_typed(card, kind):
            path = Path(scratch) / model.name
            notes = write_typed(model, path, kind)
        typed = TypedModel(
            path=path,
            digests=digest_of_model(path, card.external_files if path == model else ()),
            compute_nodes=compute_nodes(path),
            notes={"source": model.name, **notes},
        )
        return build_engine(
            typed,
            order,
            cache=EngineCache(cache_root()),
            log=sys.stderr,
            progress=lambda done, total: steps.put((done, total)),
        )


def _require_meant(model: Path, card: ModelCard, order: EngineOrder) -> None:
    """Refuse a file that is plainly not what the precision says; what it comes to is told by the builder."""
    is_int8 = order.precision is Precision.INT8
    if is_int8 and not card.is_quantized:
        raise UsageError(
            f"{model.name} holds no Q/DQ nodes, without which no network is INT8: quantise it with --calibration DATA, "
            "or name an INT8 file with --candidate"
        )
    if card.is_quantized and not is_int8:
        raise UsageError(f"{model.name} is quantised already: build it with --precision int8, or name the FP32 model")


def _is_typed(card: ModelCard, kind: Method) -> bool:
    """Whether the file's own inputs say that it is in 16 bits already."""
    wanted = {Method.FP16: "float16", Method.BF16: "bfloat16"}[kind]
    return any(one.dtype == wanted for one in card.inputs)
