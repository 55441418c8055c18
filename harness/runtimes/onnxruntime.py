"""ONNX Runtime: ONNX files, FP32 or Q/DQ, on the CPU; what it does on NVIDIA GPUs is in `ort_gpu`.

Sets every option that could change the precision or the threading, and requires that the
provider asked for is the one that runs.
"""

import functools
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.devices import find_gpu
from harness.errors import UnavailableError, WorkloadError
from harness.foreign_errors import telling_sentence
from harness.kernels import layers_of_onnxruntime
from harness.runtimes.base import Availability, Clock, Inputs, Outputs
from harness.runtimes.ort_gpu import (
    UNMIX,
    OrtBoundSession,
    Specs,
    mixed_packages,
    open_on_gpu,
    ort_gpu_refusal,
    probe_provider,
    prove_on_gpu,
)
from harness.runtimes.registry import probe_package
from harness.vocabulary import CPU, DeviceKind, KernelProof, Method, Recipe, TensorSpec, Toolkit

_PROVIDER = "CPUExecutionProvider"
_PROFILED_CALLS = 20
# Documented in onnxruntime_session_options_config_keys.h.
_ENTRIES = {
    "mlas.enable_gemm_fastmath_arm64_bfloat16": "0",  # FP32 stays FP32 on ARM
    "session.set_denormal_as_zero": "0",
    "session.force_spinning_stop": "1",  # an idle arm's threads must not spin through another arm's turn
}

# Re-quantises, per tensor, a convolution that a recipe leaves in FP32 between two quantised ones. Changes
# nothing in models quantised throughout.
_DISABLED_OPTIMIZERS = ["WeightBiasQuantization"]


_TOO_NEW = ("IR version", "opset")
_NUMPY_NAMES = {"float": "float32", "double": "float64"}


class OnnxRuntime:
    """The runtime `onnxruntime`."""

    name = "onnxruntime"
    artifact_format = "onnx"
    model_format = "onnx"
    device_kinds = (DeviceKind.CPU, DeviceKind.GPU)

    def probe(self) -> Availability:
        """Found by its package, without importing it."""
        found = probe_package("onnxruntime", extra="cpu", distributions=("onnxruntime", "onnxruntime-gpu"))
        mixed = mixed_packages()
        return replace(found, note=f"{mixed}; {UNMIX}") if mixed and found.is_available else found

    def probe_gpu(self) -> Availability:
        """Whether the package has a CUDA provider, and is one package."""
        mixed = mixed_packages()
        return Availability(is_available=False, reason=mixed, hint=UNMIX) if mixed else probe_provider()

    def refusal(self, recipe: Recipe, *, device: str = CPU) -> str | None:
        """Its CPU provider computes in FP32 and INT8 only, and compiles nothing."""
        if device != CPU:
            return ort_gpu_refusal(recipe, find_gpu(device))
        if recipe.method is Method.TF32:
            return "TF32 is a precision of NVIDIA's tensor cores: measure it with --device gpu:0"
        if recipe.method in {Method.BF16, Method.FP16}:
            return f"ONNX Runtime has no {recipe.method} kernels for CPUs: it would compute in fp32"
        if recipe.is_compiled or recipe.toolkit is Toolkit.TORCHAO:
            return f"{recipe.label} belongs to PyTorch"
        if recipe.method is Method.INT8_DYNAMIC and recipe.is_symmetric:
            return "ONNX Runtime takes dynamic ranges as they come, in uint8: leave symmetric out"
        return None

    def needs_artifact(self, recipe: Recipe) -> bool:
        """Every variant is a file of its own but FP32, and TF32, which is an option of the CUDA provider."""
        return recipe.method not in {Method.FP32, Method.TF32}

    def open(
        self, artifact: Path, *, recipe: Recipe, threads: int, device: str = CPU
    ) -> "OnnxRuntimeSession | OrtBoundSession":
        """Open an ONNX file on the CPU provider, or on the GPU's."""
        if device == CPU:
            return OnnxRuntimeSession(_session(artifact, threads=threads), threads=threads)
        session = open_on_gpu(artifact, recipe, threads=threads)
        return OrtBoundSession(session, threads=threads, specs=_specs(session))

    def prove(self, artifact: Path, *, recipe: Recipe, threads: int, inputs: Inputs, device: str = CPU) -> KernelProof:
        """Profile a session of the same settings over a few calls."""
        if device != CPU:
            specs = _specs(open_on_gpu(artifact, recipe, threads=threads))
            return prove_on_gpu(artifact, recipe, threads=threads, inputs=inputs, specs=specs)
        with tempfile.TemporaryDirectory(prefix="planner-profile-") as folder:
            session = _session(artifact, threads=threads, profile=Path(folder) / "profile")
            call = OnnxRuntimeSession(session, threads=threads).bind(inputs)
            for _ in range(_PROFILED_CALLS):
                call()
            events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
        return KernelProof(source="ONNX Runtime profile", layers=layers_of_onnxruntime(events))

    def clock(self) -> Clock:
        """The system's monotonic clock."""
        return time.perf_counter_ns


class OnnxRuntimeSession:
    """An open `InferenceSession`."""

    def __init__(self, session: Any, *, threads: int) -> None:  # noqa: ANN401 - onnxruntime ships no types
        self._session = session
        self._names = [output.name for output in session.get_outputs()]
        self._threads = threads

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """Of the graph, initializers left out."""
        return _specs(self._session)[0]

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Of the graph."""
        return _specs(self._session)[1]

    @property
    def settings(self) -> Mapping[str, str]:
        """Provider, threads, optimisation level and configuration entries."""
        return {
            "provider": self._session.get_providers()[0],
            "intra_op_threads": str(self._threads),
            "inter_op_threads": "1",
            "execution_mode": "sequential",
            "graph_optimization_level": "all",
            "disabled_optimizers": ",".join(_DISABLED_OPTIMIZERS),
            **_ENTRIES,
        }

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        """`session.run` on fixed inputs, for all outputs."""
        return functools.partial(self._session.run, self._names, dict(inputs))

    def predict(self, inputs: Inputs) -> Outputs:
        """Every output; ONNX Runtime makes new arrays each time."""
        return dict(zip(self._names, self._session.run(self._names, dict(inputs)), strict=True))

    def stream(self) -> "OnnxRuntimeSession":
        """Itself: several threads may call `run` on one session (onnxruntime_c_api.h says so of `Run`)."""
        return self


def _specs(session: Any) -> Specs:  # noqa: ANN401 - see OnnxRuntimeSession
    return tuple(map(_spec, session.get_inputs())), tuple(map(_spec, session.get_outputs()))


def _spec(told: Any) -> TensorSpec:  # noqa: ANN401 - see OnnxRuntimeSession
    """`tensor(float)` with axes that are numbers where fixed, names where not."""
    element = told.type.removeprefix("tensor(").removesuffix(")")
    shape = tuple(axis if isinstance(axis, int) and axis >= 0 else None for axis in told.shape)
    return TensorSpec(name=told.name, dtype=_NUMPY_NAMES.get(element, element), shape=shape)


def _session(artifact: Path, *, threads: int, profile: Path | None = None) -> Any:  # noqa: ANN401 - onnxruntime ships no types
    import onnxruntime as ort  # noqa: PLC0415 - heavy, and absence is a normal answer

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    for key, value in _ENTRIES.items():
        options.add_session_config_entry(key, value)
    if profile is not None:
        options.enable_profiling = True
        options.profile_file_prefix = str(profile)
    try:
        session = ort.InferenceSession(
            str(artifact), options, providers=[_PROVIDER], disabled_optimizers=_DISABLED_OPTIMIZERS
        )
    except Exception as error:  # its exceptions have no common base below Exception: this is the border
        raise WorkloadError(f"ONNX Runtime cannot open {artifact.name}: {_sentence(error)}") from error
    if session.get_providers()[0] != _PROVIDER:
        raise UnavailableError(f"asked for {_PROVIDER}, ONNX Runtime chose {session.get_providers()[0]}")
    return session


def _sentence(error: Exception) -> str:
    """What it says, and what to do about a model from a newer world."""
    told = telling_sentence(error)
    is_too_new = any(word in told for word in _TOO_NEW)
    return f"{told}; export the model with opset_version=17, or update onnxruntime" if is_too_new else told
