"""OpenVINO on the CPU: ONNX files in FP32, OpenVINO IR made by NNCF.

Its default precision on CPUs with BF16 is bf16, also for a model called FP32: the hint is
always set, and read back from the compiled model.
"""

import contextlib
import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.devices import read_cpu
from harness.errors import WorkloadError
from harness.foreign_errors import telling_sentence
from harness.kernels import OpenVinoOperation, layers_of_openvino
from harness.runtimes.base import Availability, Clock, Inputs, Outputs
from harness.runtimes.registry import probe_package
from harness.vocabulary import CalibrationMethod, KernelProof, Method, Recipe, TensorSpec, Toolkit

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
_PRECISION_HINTS = {Method.BF16: "bf16", Method.FP16: "f16"}
# Any of them will do. Without, the hint is taken and another precision runs: f16 becomes bf16.
_16_BIT_FLAGS = {
    Method.BF16: ("avx512_bf16", "amx_bf16", "avx_ne_convert", "bf16"),
    Method.FP16: ("avx512_fp16", "amx_fp16", "avx_ne_convert", "asimdhp"),
}
_ITS_ERRORS = (RuntimeError, UnicodeDecodeError)  # it quotes names of the model that may be no UTF-8
_NO_RULE = "No conversion rule found for operations: "
_TOLD = ("layerType", "runtimePrecision", "primitiveType", "execTimeMcs")


class OpenVino:
    """The runtime `openvino`."""

    name = "openvino"
    artifact_format = "openvino"
    model_format = "onnx"

    def probe(self) -> Availability:
        """Found by its package, without importing it."""
        return probe_package("openvino", extra="cpu")

    def refusal(self, recipe: Recipe) -> str | None:
        """Has no dynamic quantisation, no entropy calibration and no Q/DQ for TensorRT; 16 bits where the CPU has."""
        if recipe.is_compiled or recipe.toolkit is Toolkit.TORCHAO:
            return f"{recipe.label} belongs to PyTorch"
        if recipe.method is Method.TF32:
            return "TF32 is a precision of NVIDIA's tensor cores: measure it with --device gpu:0"
        if recipe.method in _16_BIT_FLAGS:
            return refusal_of_16_bits(recipe.method, read_cpu().features)
        return None if recipe.file is not None else _refusal_to_make(recipe)

    def needs_artifact(self, recipe: Recipe) -> bool:
        """INT8 is a file of its own; 16-bit precisions are a hint to the compiler."""
        return recipe.method.is_int8

    def read(self, model: Path) -> tuple[TensorSpec, ...]:
        """Its front end converts every operator, or says which it has not."""
        import openvino as ov  # noqa: PLC0415 - heavy, and absence is a normal answer

        try:
            return tuple(tensor_spec(port) for port in ov.Core().read_model(str(model)).inputs)
        except _ITS_ERRORS as error:
            raise WorkloadError(_told(error)) from error

    def open(self, artifact: Path, *, recipe: Recipe, threads: int) -> "OpenVinoSession":
        """Compile a model for one stream of `threads` threads, in the recipe's precision outside INT8 layers."""
        compile_again = functools.partial(_compile, artifact, recipe=recipe, threads=threads)
        return OpenVinoSession(compile_again(), compile_again)

    def prove(self, artifact: Path, *, recipe: Recipe, threads: int, inputs: Inputs) -> KernelProof:
        """Compile with performance counters, run, and read the executed graph."""
        compiled = _compile(artifact, recipe=recipe, threads=threads, counts_time=True)
        call = OpenVinoSession(compiled, lambda: compiled).bind(inputs)
        for _ in range(_PROFILED_CALLS):
            call()
        operations = [_operation(node) for node in compiled.get_runtime_model().get_ordered_ops()]
        return KernelProof(source="OpenVINO runtime model", layers=layers_of_openvino(operations))

    def clock(self) -> Clock:
        """The system's monotonic clock."""
        return time.perf_counter_ns


def _refusal_to_make(recipe: Recipe) -> str | None:
    """Why NNCF cannot carry a recipe out; a file that somebody else made is taken as it is."""
    if recipe.method is Method.INT8_DYNAMIC:
        return "OpenVINO quantises activations dynamically only under compressed language-model weights"
    if recipe.toolkit is Toolkit.TENSORRT:
        return (
            "Q/DQ for TensorRT is made through the runtime onnxruntime; OpenVINO runs such a file, given with "
            "--candidate"
        )
    if recipe.calibration is CalibrationMethod.ENTROPY:
        return "NNCF, which quantises for OpenVINO, has no entropy calibration: write percentile, or leave it out"
    return None


def refusal_of_16_bits(method: Method, features: Sequence[str]) -> str | None:
    """Which flags a CPU with these features lacks for bf16 or fp16; `None` where it has one that suffices."""
    flags = _16_BIT_FLAGS[method]
    if not set(flags).isdisjoint(features):
        return None
    return f"this CPU has no {method} arithmetic (none of the flags {', '.join(flags)}): OpenVINO would not run in it"


class OpenVinoSession:
    """A compiled model with one infer request. `compile_again` compiles the same model in the same way."""

    def __init__(self, compiled: Any, compile_again: Callable[[], Any]) -> None:  # noqa: ANN401 - a class of a package that may not be here
        self._compiled = compiled
        self._compile_again = compile_again
        self._request = compiled.create_infer_request()

    @property
    def settings(self) -> Mapping[str, str]:
        """What the compiled model says of itself, not what it was asked for."""
        supported = {str(name) for name in self._compiled.get_property("SUPPORTED_PROPERTIES")}
        return {name: _text(self._compiled.get_property(name)) for name in _READ_BACK if name in supported}

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """Of the compiled model."""
        return tuple(tensor_spec(port) for port in self._compiled.inputs)

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Of the compiled model."""
        return tuple(tensor_spec(port) for port in self._compiled.outputs)

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        """Synchronous inference on fixed inputs, without copies of our making."""
        return functools.partial(self._request.infer, dict(inputs), share_inputs=True, share_outputs=True)

    def stream(self) -> "OpenVinoSession":
        """The model compiled once more: two requests of a model with one stream wait for one another."""
        return OpenVinoSession(self._compile_again(), self._compile_again)

    def predict(self, inputs: Inputs) -> Outputs:
        """Every output, copied out of the request's buffers."""
        results = self._request.infer(dict(inputs), share_inputs=True, share_outputs=False)
        return {spec.name: np.asarray(results[place]) for place, spec in enumerate(self.outputs)}


def tensor_spec(port: Any) -> TensorSpec:  # noqa: ANN401 - see OpenVinoSession
    """An input or output of a model, under the first of its names."""
    names = sorted(port.get_names())
    shape = tuple(axis.get_length() if axis.is_static else None for axis in port.get_partial_shape())
    dtype = np.dtype(port.get_element_type().to_dtype()).name
    return TensorSpec(name=names[0] if names else port.get_node().get_friendly_name(), dtype=dtype, shape=shape)


def read_model(file: Path, *, name: str) -> Any:  # noqa: ANN401 - see OpenVinoSession
    """An `openvino.Model`, not compiled; `name` is what the user calls the file.

    Raises:
        WorkloadError: the file is none, or has operators that OpenVINO lacks.
    """
    import openvino as ov  # noqa: PLC0415 - heavy, and absence is a normal answer

    with _translated(name):
        return ov.Core().read_model(str(file))


def _compile(artifact: Path, *, recipe: Recipe, threads: int, counts_time: bool = False) -> Any:  # noqa: ANN401 - see OpenVinoSession
    import openvino as ov  # noqa: PLC0415 - heavy, and absence is a normal answer

    configuration = {
        "INFERENCE_PRECISION_HINT": _PRECISION_HINTS.get(recipe.method, "f32"),
        "PERFORMANCE_HINT": "LATENCY",
        "EXECUTION_MODE_HINT": "ACCURACY",
        "NUM_STREAMS": "1",
        "INFERENCE_NUM_THREADS": str(threads),
        "ENABLE_CPU_PINNING": "NO",  # the harness binds threads itself
        "PERF_COUNT": "YES" if counts_time else "NO",
    }
    with _translated(artifact.name):
        core = ov.Core()
        return core.compile_model(core.read_model(str(artifact)), "CPU", configuration)


@contextlib.contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except _ITS_ERRORS as error:
        raise WorkloadError(f"OpenVINO cannot open {name}: {_told(error)}") from error


def _told(error: Exception) -> str:
    """Which operators it lacks, by domain; else what it says itself."""
    sentence = telling_sentence(error)
    _, is_lacking, names = sentence.partition(_NO_RULE)
    if not is_lacking:
        return sentence
    by_domain: dict[str, list[str]] = {}
    for name in names.split(","):
        domain, _, operator = name.strip().rpartition(".")
        by_domain.setdefault(domain, []).append(operator)
    return "it has no " + ", ".join(
        f"{', '.join(operators)} ({domain})" if domain else ", ".join(operators)
        for domain, operators in by_domain.items()
    )


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
