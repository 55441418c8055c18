"""ONNX Runtime on the CPU: ONNX files, FP32 or Q/DQ.

Sets every option that could change the precision or the threading, and requires that the
provider asked for is the one that runs.
"""

import functools
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import UnavailableError, WorkloadError
from harness.kernels import layers_of_onnxruntime
from harness.runtimes.base import Availability, Clock, Inputs
from harness.runtimes.registry import probe_package
from harness.vocabulary import KernelProof, Recipe

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


class OnnxRuntime:
    """The runtime `onnxruntime`."""

    name = "onnxruntime"
    artifact_format = "onnx"

    def probe(self) -> Availability:
        """Found by its package, without importing it."""
        return probe_package("onnxruntime", extra="cpu")

    def refusal(self, recipe: Recipe) -> str | None:  # noqa: ARG002 - the protocol's question; this runtime runs every recipe there is
        """Runs every recipe."""
        return None

    def open(self, artifact: Path, *, threads: int) -> "OnnxRuntimeSession":
        """Open an ONNX file on the CPU provider."""
        return OnnxRuntimeSession(_session(artifact, threads=threads), threads=threads)

    def prove(self, artifact: Path, *, threads: int, inputs: Inputs) -> KernelProof:
        """Profile a session of the same settings over a few calls."""
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
    """An open `InferenceSession` with one input and scores as its first output."""

    def __init__(self, session: Any, *, threads: int) -> None:  # noqa: ANN401 - onnxruntime ships no types
        self._session = session
        self._input = session.get_inputs()[0].name
        self._outputs = [session.get_outputs()[0].name]
        self._threads = threads

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
        """`session.run` on fixed inputs."""
        return functools.partial(self._session.run, self._outputs, {self._input: inputs})

    def predict(self, inputs: Inputs) -> NDArray[np.float32]:
        """Scores [N, classes]."""
        scores: NDArray[np.float32] = self._session.run(self._outputs, {self._input: inputs})[0]
        return scores


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
        raise WorkloadError(f"ONNX Runtime cannot open {artifact.name}: {_first_line(error)}") from error
    if session.get_providers()[0] != _PROVIDER:
        raise UnavailableError(f"asked for {_PROVIDER}, ONNX Runtime chose {session.get_providers()[0]}")
    return session


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:300]
