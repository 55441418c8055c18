"""Builds an engine from a typed ONNX file, with everything that decides it written down.

Building needs minutes where tactics are timed, and a tenth of a second where they are not. It may crash in native
code: callers run it in a process of its own.
"""

import contextlib
import functools
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import harness.kernels_tensorrt
from harness.errors import UnavailableError, WorkloadError
from harness.kernels_tensorrt import layer_runs, layers_of_log
from harness.runtimes.tensorrt.cache import EngineCache
from harness.runtimes.tensorrt.listener import Listener, Progress, progress_monitor
from harness.runtimes.tensorrt.module import flavour_of, load_module
from harness.runtimes.tensorrt.network import (
    configure,
    flags_of,
    network_inputs,
    network_outputs,
    parse_network,
    target_of,
)
from harness.runtimes.tensorrt.profiles import profiles_of
from harness.vocabulary import KernelProof
from harness.vocabulary.engine import BuiltEngine, EngineOrder, EngineRecord, EngineRequest

SCHEMA = "planner.engine/1"
OPTIMIZATION_LEVEL = 3
"""TensorRT's own default; named, so that a new default is not a silent change."""
_ADVICE = {
    "FP32 GEMM is not supported": "build it in 16 bits: --precision fp16, or --precision int8 --rest fp16",
    "HW-specific datatypes: b16": "this target has no BF16: take fp16",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedModel:
    """A typed ONNX file as it is handed to the builder.

    `digests` tell one model from another; `compute_nodes` are its nodes of linear algebra; `notes` say what was done to
    it.
    """

    path: Path
    digests: tuple[str, ...]
    compute_nodes: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def build_engine(
    model: TypedModel,
    order: EngineOrder,
    *,
    cache: EngineCache,
    log: TextIO,
    progress: Progress = lambda _done, _total: None,
) -> BuiltEngine:
    """Build an engine, or find it where the same was built before.

    Args:
        model: the ONNX file, with the types that its layers are to compute in.
        order: what is asked for.
        cache: of engines and timings.
        log: where TensorRT's messages go.
        progress: told of the builder's steps, from a thread of its own.

    Raises:
        UnavailableError: the module or a GPU that it needs is not here, or TensorRT refuses the network for its target.
        WorkloadError: TensorRT cannot read the model.
        UsageError: profiles do not fit the model.
    """
    trt = load_module(order.module)
    listener = Listener(trt, log)
    target, gpu = target_of(trt, order)
    builder = trt.Builder(listener.as_logger)
    if builder is None:
        raise UnavailableError(f"{order.module} makes no builder: {listener.reason}")
    network, _parser = parse_network(trt, builder, model.path, listener)
    inputs = network_inputs(trt, network)
    request = EngineRequest(
        model_digests=model.digests,
        code=own_code_digest(),
        module=order.module,
        version=str(trt.__version__),
        target=target,
        gpu=gpu,
        precision=str(order.precision),
        rest=str(order.rest),
        flags=flags_of(order),
        workspace_bytes=order.workspace_bytes,
        profiles=profiles_of(inputs, order.batches, order.axes),
        optimization_level=OPTIMIZATION_LEVEL,
    )
    found = cache.find(request)
    if found is not None:
        return found
    config = configure(trt, builder, network, request)
    config.progress_monitor = progress_monitor(trt, progress)
    began = time.perf_counter()
    with _timings(trt, config, request, cache) as told:
        serialized = builder.build_serialized_network(network, config)
        if serialized is None:
            raise _refusal(request, model.path.name, listener.reason)
        content = bytes(serialized)
    record = EngineRecord(
        schema=SCHEMA,
        request=request,
        engine_sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        build_s=round(time.perf_counter() - began, 3),
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        proof=_proof(listener.layer_tables, request, model.compute_nodes),
        timing_cache=told[-1],
        inputs={one.name: one.text for one in inputs},
        outputs={one.name: one.text for one in network_outputs(trt, network)},
        notes=dict(model.notes),
        warnings=tuple(listener.warnings),
    )
    return cache.admit(content, record)


def _refusal(request: EngineRequest, name: str, reason: str) -> UnavailableError:
    """TensorRT's words, and what helps where that is known."""
    advice = next((f"; {advice}" for words, advice in _ADVICE.items() if words in reason), "")
    return UnavailableError(f"{request.module} builds no engine of {name} for {request.target}: {reason}{advice}")


def _proof(tables: Sequence[str], request: EngineRequest, compute_nodes: Sequence[str]) -> KernelProof:
    source = f"{request.module} {request.version}, the builder's layer table"
    layers = [layer for table in tables for layer in layers_of_log(table)]
    if not layers:
        return KernelProof(source=source, layers=(), reason="the builder logged no layer table: inspect it on a GPU")
    runs = layer_runs(layers, allows_tf32="tf32" in request.flags, compute_nodes=compute_nodes)
    return KernelProof(source=source, layers=runs)


@contextlib.contextmanager
def _timings(
    trt: Any,  # noqa: ANN401 - a package that may not be here
    config: Any,  # noqa: ANN401 - a package that may not be here
    request: EngineRequest,
    cache: EngineCache,
) -> Iterator[list[str]]:
    """Let the builder use what it timed before, and keep what it times now; yields what to say of it.

    TensorRT-RTX times nothing while it builds: there the calls do nothing and may look for a GPU (NVIDIA, "Timing Cache
    Migration").
    """
    if flavour_of(request.module).builds_without_gpu:
        yield ["none: this builder times no tactics"]
        return
    del trt
    before = cache.read_timings(request)
    timings = config.create_timing_cache(before)
    if timings is None or not config.set_timing_cache(timings, ignore_mismatch=False):
        timings = config.create_timing_cache(b"")
        config.set_timing_cache(timings, ignore_mismatch=False)
        before = b""
    told = [f"{len(before)} bytes read"]
    yield told
    kept = bytes(config.get_timing_cache().serialize())
    cache.keep_timings(request, kept)
    told.append(f"{len(before)} bytes read, {len(kept)} kept")


@functools.cache
def own_code_digest() -> str:
    """SHA-256 of the modules that configure builders and read their layer tables: other engines, other accounts."""
    files = [Path(harness.kernels_tensorrt.__file__), *sorted(Path(__file__).parent.glob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def digest_of_model(model: Path, beside: Sequence[str] = ()) -> tuple[str, ...]:
    """SHA-256 of an ONNX file and of the files beside it that hold its weights, in this order.

    Raises:
        WorkloadError: one cannot be read.
    """
    digests = []
    for path in (model, *(model.parent / name for name in beside)):
        try:
            with path.open("rb") as stream:
                digests.append(hashlib.file_digest(stream, "sha256").hexdigest())
        except OSError as error:
            raise WorkloadError(f"{path} cannot be read: {error.strerror or error}") from error
    return tuple(digests)
