"""ONNX Runtime on an NVIDIA GPU: its CUDA provider, and its TensorRT provider for INT8 where both are installed.

ONNX Runtime falls back to the CPU without an error: a provider that does not load is replaced, and nodes that it has
no kernel for run elsewhere. So the provider of the session is required, and the profile tells that of every node.
Inputs and outputs stay on the GPU (I/O binding); copies are timed apart, as a part of whole requests.
"""

import functools
import importlib.metadata
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from harness.devices import NvidiaDevice
from harness.errors import UnavailableError, WorkloadError
from harness.foreign_errors import telling_sentence
from harness.kernels import layers_of_onnxruntime, misplaced_nodes
from harness.runtimes.base import Availability, Inputs, Outputs
from harness.runtimes.gpu_memory import require_memory
from harness.vocabulary import KernelProof, LayerRun, Method, Precision, Recipe, TensorSpec, Toolkit

CUDA, TENSORRT = "CUDAExecutionProvider", "TensorrtExecutionProvider"
_LIBRARIES = {CUDA: "libonnxruntime_providers_cuda.so", TENSORRT: "libonnxruntime_providers_tensorrt.so"}
_PROFILED_CALLS = 20
_TF32_SHOWS = 1e-5
"""Relative to the largest output. TF32 rounds operands to 10 bits (4.9e-4), another order of FP32 sums some 1e-6."""
_RECORDED = ("use_tf32", "cudnn_conv_algo_search", "cudnn_conv_use_max_workspace", "device_id", "prefer_nhwc")
_GET_GPU = "pip uninstall onnxruntime, then pip install onnxruntime-gpu: both are one import package"
UNMIX = (
    "pip uninstall onnxruntime onnxruntime-gpu, then pip install 'planner[ort-gpu]', or 'planner[cpu]' without a GPU"
)


def probe_provider(provider: str = CUDA) -> Availability:
    """Whether the installed package brings the provider's library, found without importing it."""
    spec = find_spec("onnxruntime")
    folder = Path(spec.origin).parent / "capi" if spec and spec.origin else None
    if folder is not None and (folder / _LIBRARIES[provider]).exists():
        return Availability(is_available=True)
    reason = f"the installed onnxruntime has no {provider}: it is the package for CPUs"
    return Availability(is_available=False, reason=reason, hint=_GET_GPU)


def mixed_packages() -> str | None:
    """Why it is not known which onnxruntime runs: both packages are installed, and one wrote over the other."""
    found = []
    for name in ("onnxruntime", "onnxruntime-gpu"):
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            return None
    return f"{' and '.join(found)} are both installed, and are one import package: the later wrote over the earlier"


def ort_gpu_refusal(recipe: Recipe, gpu: NvidiaDevice | None) -> str | None:
    """Why neither of its providers for GPUs can run the recipe."""
    if recipe.is_compiled or recipe.toolkit is Toolkit.TORCHAO:
        return f"{recipe.label} belongs to PyTorch"
    if recipe.method is Method.TF32 and gpu is not None and gpu.tf32_refusal:
        return gpu.tf32_refusal
    if recipe.file is not None:
        return None
    if recipe.method is Method.BF16:
        return "ONNX Runtime's CUDA provider lacks most kernels for bf16: write fp16, or bring --candidate bf16=FILE"
    if recipe.method is Method.INT8_DYNAMIC:
        return "ONNX Runtime has kernels for dynamic INT8 on the CPU only"
    return _int8_refusal(recipe) if recipe.method.is_int8 else None


def _int8_refusal(recipe: Recipe) -> str | None:
    if recipe.toolkit is not Toolkit.TENSORRT:
        return (
            "the CUDA provider has no INT8 kernels for Q/DQ files and would compute in floats: write "
            "int8-static:symmetric,tensorrt, for the TensorRT provider"
        )
    found = probe_provider(TENSORRT)
    if not found.is_available:
        return f"{found.reason}; {found.hint}"
    if find_spec("tensorrt_libs") is None and find_spec("tensorrt") is None:
        return "its TensorRT provider needs TensorRT's libraries: pip install 'planner[tensorrt]'"
    return None


def open_on_gpu(artifact: Path, recipe: Recipe, *, threads: int, profile: Path | None = None) -> Any:  # noqa: ANN401 - onnxruntime ships no types
    """A session on the GPU's provider.

    Raises:
        UnavailableError: another provider was chosen.
        WorkloadError: the file is no model that it can run.
        GpuMemoryError: it does not fit.
    """
    import onnxruntime as ort  # noqa: PLC0415 - heavy, and absence is a normal answer

    provider = TENSORRT if recipe.method.is_int8 and recipe.file is None else CUDA
    if hasattr(ort, "preload_dlls") and provider in ort.get_available_providers():
        ort.preload_dlls()  # CUDA and cuDNN from packages, where PyTorch brought them
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    if profile is not None:
        options.enable_profiling = True
        options.profile_file_prefix = str(profile)
    try:
        session = ort.InferenceSession(str(artifact), options, providers=_providers(provider, recipe))
    except Exception as error:  # its exceptions have no common base below Exception: this is the border
        require_memory(error)
        raise WorkloadError(f"ONNX Runtime cannot open {artifact.name}: {telling_sentence(error)}") from error
    require_provider(session, provider)
    return session


def require_provider(session: Any, provider: str) -> None:  # noqa: ANN401 - see `open_on_gpu`
    """Refuse a session that ONNX Runtime has put elsewhere without an error, and keep it from doing so later.

    Raises:
        UnavailableError: naming what it chose.
    """
    chosen = session.get_providers()[0]
    if chosen != provider:
        raise UnavailableError(
            f"asked for {provider}, ONNX Runtime fell back to {chosen}: CUDA or cuDNN of another version than this "
            f"onnxruntime was built for, or the package for CPUs; {_GET_GPU}"
        )
    session.disable_fallback()


def _providers(provider: str, recipe: Recipe) -> list[Any]:
    cuda = {
        "device_id": "0",  # the only one that the process sees
        "use_tf32": "1" if recipe.method is Method.TF32 else "0",
        "cudnn_conv_algo_search": "EXHAUSTIVE",
        "cudnn_conv_use_max_workspace": "1",
        "do_copy_in_default_stream": "1",
    }
    tensorrt = {"device_id": "0", "trt_int8_enable": "1", "trt_max_workspace_size": str(4 * 2**30)}
    return [(TENSORRT, tensorrt), (CUDA, cuda)] if provider == TENSORRT else [(CUDA, cuda)]


class OrtBoundSession:
    """A session whose inputs and outputs lie in a device's `memory`: `cuda`, or `cpu` for a look without one."""

    def __init__(self, session: Any, *, threads: int, specs: "Specs", memory: str = "cuda") -> None:  # noqa: ANN401 - see `open_on_gpu`
        self._session = session
        self._threads = threads
        self._memory = memory
        self._inputs, self._outputs = specs

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """Of the graph, initializers left out."""
        return self._inputs

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Of the graph."""
        return self._outputs

    @property
    def settings(self) -> Mapping[str, str]:
        """Provider and its options as ONNX Runtime tells them after it has read them."""
        provider = self._session.get_providers()[0]
        told = self._session.get_provider_options()
        options = told.get(CUDA) or told.get(provider, {})
        return {
            "provider": provider,
            "providers": ",".join(self._session.get_providers()),
            "intra_op_threads": str(self._threads),
            "graph_optimization_level": "all",
            "inputs": f"in the memory of {self._memory}, by I/O binding",
            **{name: str(options[name]) for name in _RECORDED if name in options},
        }

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        """A call on inputs that are on the device already; it returns when the outputs are there too."""
        return functools.partial(_run, self._session, self._bound(inputs))

    def read(self, call: Callable[[], object], answer: Any) -> Outputs:  # noqa: ANN401 - see `open_on_gpu`
        """Copied from the device; `answer` is the call's binding."""
        del call
        return dict(zip((one.name for one in self._outputs), answer.copy_outputs_to_cpu(), strict=True))

    def predict(self, inputs: Inputs) -> Outputs:
        """Every output, copied to the host."""
        call = self.bind(inputs)
        return self.read(call, call())

    def stream(self) -> "OrtBoundSession":
        """Itself: every call has a binding of its own."""
        return self

    def _bound(self, inputs: Inputs) -> Any:  # noqa: ANN401 - see `open_on_gpu`
        import onnxruntime as ort  # noqa: PLC0415 - see `open_on_gpu`

        binding = self._session.io_binding()
        try:
            for name, array in inputs.items():
                binding.bind_ortvalue_input(
                    name, ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(array), self._memory, 0)
                )
            for one in self._outputs:
                binding.bind_output(one.name, self._memory, 0)
        except Exception as error:
            require_memory(error)
            raise
        return binding


Specs = tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]
"""What a model reads and what it answers."""


def prove_on_gpu(artifact: Path, recipe: Recipe, *, threads: int, inputs: Inputs, specs: Specs) -> KernelProof:
    """Profile a session of the same settings: on which provider each node ran, and in which types.

    Raises:
        UnavailableError: nodes that compute ran on another provider.
    """
    with tempfile.TemporaryDirectory(prefix="planner-profile-") as folder:
        session = open_on_gpu(artifact, recipe, threads=threads, profile=Path(folder) / "profile")
        bound = OrtBoundSession(session, threads=threads, specs=specs)
        call = bound.bind(inputs)
        for _ in range(_PROFILED_CALLS):
            call()
        answers = bound.predict(inputs)
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    require_nodes_on(events, session.get_providers()[:-1])
    layers = layers_of_onnxruntime(events)
    if recipe.method is not Method.TF32:
        return _proof(layers, session.get_providers()[0])
    strict = OrtBoundSession(
        open_on_gpu(artifact, Recipe(method=Method.FP32), threads=threads), threads=threads, specs=specs
    ).predict(inputs)
    difference = relative_difference(strict, answers)
    ran = Precision.TF32 if difference > _TF32_SHOWS else Precision.FP32
    source = f"ONNX Runtime profile; outputs differ from those of use_tf32=0 by {difference:.1e} of the largest"
    return KernelProof(source=source, layers=told_by_difference(layers, ran))


def _proof(layers: tuple[LayerRun, ...], provider: str) -> KernelProof:
    reason = None
    if provider == TENSORRT and not any(layer.is_compute for layer in layers):
        reason = "the TensorRT provider shows an engine as one node: the runtime tensorrt proves what is in it"
    return KernelProof(source=f"ONNX Runtime profile of {provider}", layers=layers, reason=reason)


def require_nodes_on(events: Iterable[Mapping[str, Any]], providers: Iterable[str]) -> None:
    """Refuse a profile in which nodes that compute ran elsewhere.

    Raises:
        UnavailableError: naming some of them.
    """
    strayed = misplaced_nodes(events, frozenset(providers))
    if strayed:
        shown = ", ".join(f"{kind} {name} on {where}" for name, kind, where in strayed[:3])
        raise UnavailableError(
            f"{len(strayed)} nodes that compute did not run on the GPU ({shown}): it has no kernel for them; measure "
            "with another runtime"
        )


def relative_difference(ours: Outputs, theirs: Outputs) -> float:
    """The largest difference of any output, as a share of the largest value there."""
    shares = [0.0]
    for name, one in ours.items():
        largest = float(np.max(np.abs(one), initial=0.0))
        change = float(np.max(np.abs(one.astype(np.float64) - theirs[name].astype(np.float64)), initial=0.0))
        shares.append(change / largest if largest else change)
    return max(shares)


def told_by_difference(layers: Iterable[LayerRun], ran: Precision) -> tuple[LayerRun, ...]:
    """Layers that compute on floats, in what the outputs say: ONNX Runtime's profile cannot tell TF32 from FP32."""
    return tuple(
        LayerRun(
            name=one.name,
            kind=one.kind,
            precision=ran if one.is_compute and one.precision is Precision.FP32 else one.precision,
            is_compute=one.is_compute,
            time_s=one.time_s,
        )
        for one in layers
    )


def _run(session: Any, binding: Any) -> object:  # noqa: ANN401 - see `open_on_gpu`
    try:
        session.run_with_iobinding(binding)
    except Exception as error:
        require_memory(error)
        raise
    return binding
