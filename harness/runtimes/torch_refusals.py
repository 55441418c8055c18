"""What PyTorch cannot do at all, or this CPU would only pretend to. Imports nothing heavy."""

import importlib.util
import os
import shutil
from pathlib import PurePath

from harness.devices import NvidiaDevice, read_cpu
from harness.vocabulary import CalibrationMethod, Method, Recipe, Toolkit

_SCRIPTS = (".pt", ".pth", ".ts", ".torchscript")
_FEATURES = {
    Method.BF16: frozenset({"avx512_bf16", "amx_bf16", "bf16"}),
    Method.FP16: frozenset({"avx512_fp16", "amx_fp16"}),
}
# The first with tensor cores for it. Source: CUDA Programming Guide, arithmetic instructions; INT8 of Volta's 7.2 is
# Jetson's alone, and cuBLASLt's INT8 kernels begin with Turing.
_COMPUTE_CAPABILITIES = {
    Method.TF32: (8, 0),
    Method.BF16: (8, 0),
    Method.FP16: (7, 0),
    Method.INT8_DYNAMIC: (7, 5),
}
_NO_TF32 = "TF32 is a precision of NVIDIA's tensor cores: measure it with --device gpu:0"


def refusal_of(recipe: Recipe) -> str | None:
    """Why the recipe cannot be carried out with PyTorch on this machine; `None` when it can."""
    return next((reason for ask in _ASKED if (reason := ask(recipe)) is not None), None)


def gpu_refusal_of(recipe: Recipe, gpu: NvidiaDevice | None) -> str | None:
    """Why PyTorch cannot carry the recipe out on that GPU; what depends on the card is left open without it."""
    reasons = (_file(recipe), _toolkit(recipe), _int8_on_gpu(recipe), _gpu_compiler(recipe), _tensor_cores(recipe, gpu))
    return next((reason for reason in reasons if reason is not None), None)


def _int8_on_gpu(recipe: Recipe) -> str | None:
    if not recipe.method.is_int8 or recipe.toolkit is Toolkit.TORCHAO:
        return None
    return (
        f"PyTorch's {recipe.method} kernels are for CPUs, and there is no INT8 convolution in torchao: write "
        "int8-dynamic:torchao,compile for the linear layers, or measure with TensorRT"
    )


def _gpu_compiler(recipe: Recipe) -> str | None:
    if not recipe.is_compiled:
        return None
    if importlib.util.find_spec("triton") is None:
        return "torch.compile needs Triton on a GPU: pip install triton, as PyTorch's builds for CUDA require it"
    if not any(shutil.which(one) for one in (os.environ.get("CC", "gcc"), "gcc", "clang")):
        return "Triton needs a C compiler, and neither gcc nor clang is on the PATH: apt-get install gcc"
    return None


def _tensor_cores(recipe: Recipe, gpu: NvidiaDevice | None) -> str | None:
    needed = _COMPUTE_CAPABILITIES.get(recipe.method)
    if gpu is None or needed is None or gpu.compute_capability >= needed:
        return None
    major, minor = gpu.compute_capability
    return (
        f"{gpu.name} (compute capability {major}.{minor}) has no tensor cores for {recipe.method}, which begin with "
        f"{needed[0]}.{needed[1]}: it would be emulated, or computed in fp32"
    )


def _file(recipe: Recipe) -> str | None:
    if recipe.file is not None and PurePath(recipe.file).suffix.lower() not in _SCRIPTS:
        return f"PyTorch opens TorchScript ({', '.join(_SCRIPTS)}), not {recipe.file}"
    return None


def _toolkit(recipe: Recipe) -> str | None:
    if recipe.toolkit is Toolkit.TENSORRT:
        return f"{recipe.label} is a graph for TensorRT: ONNX Runtime makes it"
    if recipe.toolkit is Toolkit.TORCHAO and importlib.util.find_spec("torchao") is None:
        return "the package torchao is not installed: pip install 'planner[torch]'"
    return None


def _precision(recipe: Recipe) -> str | None:
    if recipe.method is Method.TF32:
        return _NO_TF32
    needed = _FEATURES.get(recipe.method)
    if needed is None or needed.intersection(read_cpu().features):
        return None
    return f"this CPU has no instructions for {recipe.method} ({', '.join(sorted(needed))}): it would be emulated"


def _compiler(recipe: Recipe) -> str | None:
    if not recipe.is_compiled:
        return None
    if recipe.method.is_int8 and recipe.toolkit is not Toolkit.TORCHAO:
        return f"torch.compile does not take the TorchScript of {recipe.method}: write int8-dynamic:torchao,compile"
    compiler = os.environ.get("CXX", "g++")  # as torch.compile looks for it
    if shutil.which(compiler) is None:
        return f"torch.compile needs a C++ compiler, and {compiler} is not on the PATH: apt-get install g++"
    return None


def _ranges(recipe: Recipe) -> str | None:
    if recipe.calibration is not CalibrationMethod.MIN_MAX:
        return (
            f"PyTorch's observers have no {recipe.calibration} calibration: its histogram seeks the least square error"
        )
    if recipe.method is Method.INT8_DYNAMIC and recipe.is_symmetric and recipe.toolkit is None:
        return "PyTorch quantises activations dynamically with a zero point only: torchao does it without one"
    if recipe.method.is_calibrated and recipe.is_symmetric and not read_cpu().int8_dot:
        return "symmetric activations take all 8 bits, whose products overflow on a CPU without VNNI"
    return None


_ASKED = (_file, _toolkit, _precision, _compiler, _ranges)
