"""PyTorch on the CPU and on NVIDIA GPUs: modules of the user's, eager or compiled, and quantised files.

Sets threads and precision on purpose. `OMP_WAIT_POLICY` is left as it is found, and recorded: PASSIVE makes
INT8 up to twice as slow.

Eager FP32 is a weak baseline: Python stands between its operators, BatchNorm is not folded, and on one thread
small convolutions run in kernels that PyTorch itself calls slow. Quantised files are TorchScript, without all of
that. A ratio above 4 says so; `fp32:compile` is the baseline to ask for then.
"""

import os
import time
from pathlib import Path

from harness.devices import find_gpu
from harness.kernels_cuda import proof_of_kernels
from harness.kernels_torch import layers_of_torch
from harness.runtimes.base import Availability, Clock, Inputs
from harness.runtimes.registry import probe_package
from harness.runtimes.torch_artifact import Artifact, open_script, open_weights
from harness.runtimes.torch_gpu import TorchGpuSession
from harness.runtimes.torch_module import build_module
from harness.runtimes.torch_profile import profile_calls, profile_kernels
from harness.runtimes.torch_refusals import gpu_refusal_of, refusal_of
from harness.runtimes.torch_session import TorchSession
from harness.runtimes.torch_switches import configure_gpu, probe_cuda_build
from harness.vocabulary import CPU, DeviceKind, KernelProof, Recipe, TensorSpec, Toolkit

_PROFILED_CALLS = 10


class PyTorch:
    """The runtime `torch`."""

    name = "torch"
    artifact_format = "torch"
    model_format = "torch"
    device_kinds = (DeviceKind.CPU, DeviceKind.GPU)

    def probe(self) -> Availability:
        """Found by its package, without importing it."""
        return probe_package("torch", extra="torch")

    def probe_gpu(self) -> Availability:
        """Whether it was built for CUDA."""
        return probe_cuda_build()

    def refusal(self, recipe: Recipe, *, device: str = CPU) -> str | None:
        """What PyTorch cannot do at all, or this device would only pretend to."""
        return refusal_of(recipe) if device == CPU else gpu_refusal_of(recipe, find_gpu(device))

    def needs_artifact(self, recipe: Recipe) -> bool:
        """INT8 is a file of its own; the other precisions are the module's own parameters, converted."""
        return recipe.method.is_int8

    def read(self, model: Path) -> tuple[TensorSpec, ...]:
        """Build the module, which runs the user's code, and look at its forward."""
        return build_module(str(model)).inputs

    def open(self, artifact: Path, *, recipe: Recipe, threads: int, device: str = CPU) -> TorchSession:
        """Build the workload's module, or read a quantised file; compile it if the recipe asks for that."""
        _configure(threads)
        opened = _open(artifact, recipe)
        settings = _configure(threads)  # the user's code may have changed it
        if device == CPU:
            return TorchSession(opened, recipe=recipe, settings=settings)
        return TorchGpuSession(opened, recipe=recipe, settings=settings | configure_gpu(recipe))

    def prove(self, artifact: Path, *, recipe: Recipe, threads: int, inputs: Inputs, device: str = CPU) -> KernelProof:
        """Profile a session of the same settings over a few calls."""
        session = self.open(artifact, recipe=recipe, threads=threads, device=device)
        part = None if recipe.is_compiled else session.opened.module.module
        if device != CPU:
            kernels = profile_kernels(session.bind(inputs), module=part, calls=_PROFILED_CALLS)
            return proof_of_kernels(kernels, source="PyTorch profile of the GPU's kernels")
        calls = profile_calls(session.bind(inputs), module=part, calls=_PROFILED_CALLS)
        told = session.opened.told
        layers = layers_of_torch(calls, scopes=told.scopes if told else ())
        reason = None
        if not any(layer.is_compute for layer in layers):
            kinds = ", ".join(dict.fromkeys(layer.kind for layer in layers)) or "nothing"
            reason = f"PyTorch's profile shows no operator of linear algebra, only {kinds[:200]}"
        return KernelProof(source="PyTorch profile", layers=layers, reason=reason)

    def clock(self) -> Clock:
        """The system's monotonic clock."""
        return time.perf_counter_ns


def _configure(threads: int) -> dict[str, str]:
    """Set what could change the threads or the precision; what is set, and what was found."""
    import torch  # noqa: PLC0415 - see `torch_session`

    torch.set_num_threads(threads)
    if torch.get_num_interop_threads() != 1:
        torch.set_num_interop_threads(1)  # may be said only once in a process
    torch.set_flush_denormal(False)
    torch.set_float32_matmul_precision("highest")
    for kind in (torch.backends.mkldnn.matmul, torch.backends.mkldnn.conv, torch.backends.mkldnn.rnn):
        kind.fp32_precision = "ieee"  # oneDNN would else be free to compute FP32 in BF16
    return {
        "intra_op_threads": str(torch.get_num_threads()),
        "inter_op_threads": str(torch.get_num_interop_threads()),
        "inference_mode": "on",
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
        "onednn_fp32_precision": torch.backends.mkldnn.conv.fp32_precision,
        "onednn": "on" if torch.backends.mkldnn.is_available() and torch.backends.mkldnn.enabled else "off",
        "quantized_engine": str(torch.backends.quantized.engine),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "denormals": "kept",
        "omp_wait_policy": os.environ.get("OMP_WAIT_POLICY", "not set"),
    }


def _open(artifact: Path, recipe: Recipe) -> Artifact:
    if not recipe.method.is_int8:
        return Artifact(module=build_module(str(artifact)), told=None)
    return open_weights(artifact) if recipe.toolkit is Toolkit.TORCHAO else open_script(artifact)
