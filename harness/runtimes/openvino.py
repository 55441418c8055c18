"""OpenVINO on the CPU: ONNX files in FP32, OpenVINO IR made by NNCF.

Its default precision on CPUs with BF16 is bf16, also for a model called FP32: the hint is
always set, and read back from the compiled model.
"""

import functools
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.kernels import OpenVinoOperation, layers_of_openvino
from harness.runtimes.base import Availability, Clock, Inputs
from harness.runtimes.registry import probe_package
from harness.vocabulary import KernelProof, Method, Recipe

_PROFILED_CALLS = 20
_READ_BACK = (
    "INFERENCE_PRECISION_HINT",
    "PERFORMANCE_HINT",
    "NUM_STREAMS",
    "INFERENCE_NUM_THREADS",
    "ENABLE_CPU_PINNING",
    "ENABLE_HYPER_THREADING",
    "EXECUTION_MODE_HINT",
    "DYNAMIC_QUANTIZATION_GROUP_SIZE",
)
_TOLD = ("layerType", "runtimePrecision", "primitiveType", "execTimeMcs")


class OpenVino:
    """The runtime `openvino`."""

    name = "openvino"
    artifact_format = "openvino"

    def probe(self) -> Availability:
        """Found by its package, without importing it."""
        return probe_package("openvino", extra="cpu")

    def refusal(self, recipe: Recipe) -> str | None:
        """Has no dynamic quantisation of activations for a model file of ours."""
        if recipe.method is Method.INT8_DYNAMIC:
            return "OpenVINO quantises activations dynamically only under compressed language-model weights"
        return None

    def open(self, artifact: Path, *, threads: int) -> "OpenVinoSession":
        """Compile a model for one stream of `threads` threads, with FP32 as the precision outside INT8 layers."""
        return OpenVinoSession(_compile(artifact, threads=threads))

    def prove(self, artifact: Path, *, threads: int, inputs: Inputs) -> KernelProof:
        """Compile with performance counters, run, and read the executed graph."""
        compiled = _compile(artifact, threads=threads, counts_time=True)
        call = OpenVinoSession(compiled).bind(inputs)
        for _ in range(_PROFILED_CALLS):
            call()
        operations = [_operation(node) for node in compiled.get_runtime_model().get_ordered_ops()]
        return KernelProof(source="OpenVINO runtime model", layers=layers_of_openvino(operations))

    def clock(self) -> Clock:
        """The system's monotonic clock."""
        return time.perf_counter_ns


class OpenVinoSession:
    """A compiled model with one infer request."""

    def __init__(self, compiled: Any) -> None:  # noqa: ANN401 - a class of a package that may not be here
        self._compiled = compiled
        self._request = compiled.create_infer_request()

    @property
    def settings(self) -> Mapping[str, str]:
        """What the compiled model says of itself, not what it was asked for."""
        supported = {str(name) for name in self._compiled.get_property("SUPPORTED_PROPERTIES")}
        return {name: _text(self._compiled.get_property(name)) for name in _READ_BACK if name in supported}

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        """Synchronous inference on fixed inputs, without copies of our making."""
        return functools.partial(self._request.infer, {0: inputs}, share_inputs=True, share_outputs=True)

    def predict(self, inputs: Inputs) -> NDArray[np.float32]:
        """Scores [N, classes], copied out of the request's buffers."""
        results = self._request.infer({0: inputs}, share_inputs=True, share_outputs=False)
        return np.asarray(results[0], dtype=np.float32)


def _compile(artifact: Path, *, threads: int, counts_time: bool = False) -> Any:  # noqa: ANN401 - see OpenVinoSession
    import openvino as ov  # noqa: PLC0415 - heavy, and absence is a normal answer

    configuration = {
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
        "EXECUTION_MODE_HINT": "ACCURACY",
        "NUM_STREAMS": "1",
        "INFERENCE_NUM_THREADS": str(threads),
        "ENABLE_CPU_PINNING": "NO",  # the harness binds threads itself
        "PERF_COUNT": "YES" if counts_time else "NO",
    }
    try:
        core = ov.Core()
        return core.compile_model(core.read_model(str(artifact)), "CPU", configuration)
    except RuntimeError as error:
        sentence = " ".join(str(error).split())[:300]
        raise WorkloadError(f"OpenVINO cannot open {artifact.name}: {sentence}") from error


def _operation(node: Any) -> OpenVinoOperation:  # noqa: ANN401 - see OpenVinoSession
    known = node.get_rt_info()
    told = {key: str(known[key].value if hasattr(known[key], "value") else known[key]) for key in _TOLD if key in known}
    time_us = told.get("execTimeMcs", "0")
    return OpenVinoOperation(
        name=node.get_friendly_name(),
        layer_type=told.get("layerType", node.get_type_name()),
        precision=told.get("runtimePrecision", ""),
        primitive=told.get("primitiveType", ""),
        time_us=float(time_us) if time_us.replace(".", "", 1).isdecimal() else 0.0,
    )


def _text(value: object) -> str:
    named = getattr(value, "get_type_name", None)
    return str(named()) if named else str(value)
