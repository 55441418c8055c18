"""The best rate of arithmetic that a runtime sustains on this machine, precision by precision.

Opens chains of dense layers in the runtime as any other model, proves by the runtime's own profile that each
layer ran in the precision asked for, and only then times calls. Runs in a process of its own, threads bound as
timed ones are.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from harness.errors import HarnessError
from harness.meters.affinity import pin_all_threads
from harness.runtimes import peak_modules
from harness.runtimes.base import Inputs, Runtime
from harness.runtimes.peak_models import PeakShape, peak_shapes, write_peak_model
from harness.runtimes.registry import find_runtime, probe
from harness.vocabulary import Granularity, KernelProof, Method, Precision, RateReading, Recipe

RECIPES = {
    Precision.FP32: Recipe(method=Method.FP32),
    Precision.BF16: Recipe(method=Method.BF16),
    Precision.INT8: Recipe(method=Method.INT8_STATIC, granularity=Granularity.PER_CHANNEL),
}
"""Strict FP32 (the f32 hint), BF16 where CPU and runtime have it, INT8 of U8 and S8."""
SECONDS_A_PROBE = 0.4
_LEAST_CALLS = 3
_FIRST_CALLS = 2
_FORMATS = ("onnx", "torch")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Probe:
    """One chain in one precision: what to open, how, with which input, and how much it computes."""

    text: str
    operations: int
    recipe: Recipe
    artifact: Path
    inputs: Inputs


def probe_rates(
    name: str, *, threads: int, cpus: tuple[int, ...], seconds: float, channels: int = 256
) -> Iterator[RateReading]:
    """Every precision and shape that there is time for; at least one shape in each precision.

    Args:
        name: of the runtime.
        threads: it may use.
        cpus: to bind all threads of the process to; empty for none.
        seconds: after which no further shape is begun.
        channels: of the chains; 256 unless a test needs it quick.

    Yields:
        A reading, or a reason, for each; the same number every time.
    """
    deadline = time.monotonic() + seconds
    runtime, version = find_runtime(name), probe(name).version or "unknown"
    seen: set[Precision] = set()
    with tempfile.TemporaryDirectory(prefix="planner-peaks-") as folder:
        for shape, precision in _questions(runtime, channels):
            reading = _Reading(runtime=name, version=version, precision=precision, text=_text(shape))
            refusal = _refusal(runtime, precision)
            if refusal is not None:
                yield reading.without(refusal)
            elif precision in seen and time.monotonic() > deadline:
                yield reading.without("left out: the time for probes was over")
            else:
                seen.add(precision)
                yield _read(reading, runtime, shape, Path(folder), threads=threads, cpus=cpus)


def questions_of(name: str) -> int:
    """How many readings `probe_rates` yields."""
    return len(_questions(find_runtime(name), channels=1))


def proved(proof: KernelProof, precision: Precision) -> str | None:
    """Why the profile does not show that all arithmetic ran in a precision; `None` where it does."""
    layers = [layer for layer in proof.layers if layer.is_compute]
    others = [layer for layer in layers if layer.precision is not precision]
    if not layers:
        return proof.reason or f"{proof.source} shows no layer that computes: what ran is not proved"
    if others:
        return f"{len(others)} of {len(layers)} layers ran in {others[0].precision} ({others[0].kind}), not {precision}"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """Everything of a reading but its figures."""

    runtime: str
    version: str
    precision: Precision
    text: str

    def without(self, reason: str) -> RateReading:
        return self._made(operations=0, walls=(), reason=reason)

    def of(self, operations: int, walls: Sequence[float]) -> RateReading:
        return self._made(operations=operations, walls=walls, reason=None)

    def _made(self, *, operations: int, walls: Sequence[float], reason: str | None) -> RateReading:
        return RateReading(
            runtime=self.runtime,
            version=self.version,
            precision=self.precision,
            probe=self.text,
            operations=operations,
            calls=len(walls),
            best=operations / min(walls) if walls else None,
            median=operations / median(walls) if walls else None,
            reason=reason,
        )


def _questions(runtime: Runtime, channels: int) -> list[tuple[PeakShape | None, Precision]]:
    """Shape by shape, so that a first one of every precision comes before a second one of any."""
    shapes: tuple[PeakShape | None, ...] = peak_shapes(channels) if runtime.model_format == "onnx" else (None,)
    return [(shape, precision) for shape in shapes for precision in RECIPES]


def _text(shape: PeakShape | None) -> str:
    side = peak_modules.SIDE
    return shape.text if shape else f"{peak_modules.LAYERS} products {side}×{side} by {side}×{side}"


def _refusal(runtime: Runtime, precision: Precision) -> str | None:
    if runtime.model_format not in _FORMATS:
        return f"there is no probe for runtimes that open {runtime.model_format} models"
    return runtime.refusal(RECIPES[precision])


def _read(
    reading: _Reading,
    runtime: Runtime,
    shape: PeakShape | None,
    folder: Path,
    *,
    threads: int,
    cpus: tuple[int, ...],
) -> RateReading:
    try:
        one = _torch_probe(reading) if shape is None else _onnx_probe(reading, shape, folder)
        call = runtime.open(one.artifact, recipe=one.recipe, threads=threads).bind(one.inputs)
        for _ in range(_FIRST_CALLS):
            call()
        if cpus:
            pin_all_threads(cpus)  # those that the runtime has just started, too
        walls = _timed(call)
        doubt = proved(
            runtime.prove(one.artifact, recipe=one.recipe, threads=threads, inputs=one.inputs), reading.precision
        )
    except ImportError as error:
        return reading.without(f"{error}: pip install 'planner[cpu]'")
    except HarnessError as error:
        return reading.without(str(error))
    return reading.of(one.operations, walls) if doubt is None else reading.without(doubt)


def _timed(call: Callable[[], object]) -> list[float]:
    """Seconds of each call, for a while."""
    walls: list[float] = []
    began = ended = time.perf_counter()
    while len(walls) < _LEAST_CALLS or ended - began < SECONDS_A_PROBE:
        started = time.perf_counter()
        call()
        ended = time.perf_counter()
        walls.append(ended - started)
    return walls


def _onnx_probe(reading: _Reading, shape: PeakShape, folder: Path) -> _Probe:
    path = folder / "peak.onnx"
    inputs = write_peak_model(path, shape, is_int8=reading.precision is Precision.INT8)
    recipe = RECIPES[reading.precision]
    return _Probe(text=reading.text, operations=shape.operations, recipe=recipe, artifact=path, inputs=inputs)


def _torch_probe(reading: _Reading) -> _Probe:
    """The module's own precision where it is INT8: a recipe would have it quantised."""
    side, is_int8 = peak_modules.SIDE, reading.precision is Precision.INT8
    values = np.random.default_rng(0).integers(-127, 128, (side, side))
    function = peak_modules.integers if is_int8 else peak_modules.floats
    return _Probe(
        text=reading.text,
        operations=2 * peak_modules.LAYERS * side**3,
        recipe=RECIPES[Precision.FP32 if is_int8 else reading.precision],
        artifact=Path(f"{peak_modules.__name__}:{function.__name__}"),
        inputs={"x" if is_int8 else "input": values.astype(np.int8 if is_int8 else np.float32)},
    )
