"""Which package carries CUDA here: the first that is installed and sees the GPU, or the one that was named.

PyTorch comes first, as its memory is then its allocator's and both agree on the primary context; NVIDIA's bindings
need nothing else; pycuda is what the owner of this project names.
"""

import importlib.util
import os
from collections.abc import Callable

from harness.errors import UnavailableError
from harness.runtimes.cuda.base import Cuda
from harness.runtimes.cuda.driver import cuda_device

VARIABLE = "PLANNER_CUDA"
HINT = "pip install 'planner[tensorrt-rtx]', which brings cuda-bindings, or a CUDA build of torch, or pycuda"


def choose_cuda(ordinal: int = 0, *, named: str | None = None) -> Cuda:
    """CUDA on a GPU.

    Args:
        ordinal: the GPU's number in CUDA's order.
        named: `torch`, `cuda-bindings` or `pycuda`; `$PLANNER_CUDA` or the first that works where it is `None`.

    Raises:
        UnavailableError: there is no driver or GPU, or no package; says which were tried.
    """
    cuda_device(ordinal)
    wanted = named or os.environ.get(VARIABLE)
    if wanted is not None and wanted not in _MAKERS:
        raise UnavailableError(f"{VARIABLE} {wanted[:40]!r} is no package for CUDA: name {', '.join(_MAKERS)}")
    reasons = []
    for name in (wanted,) if wanted else tuple(_MAKERS):
        if not is_installed(name):
            reasons.append(f"{name} is not installed")
            continue
        try:
            return _MAKERS[name](ordinal)
        except (UnavailableError, ImportError, OSError) as error:
            reasons.append(f"{name}: {error}")
    raise UnavailableError(f"nothing here hands out CUDA memory ({'; '.join(reasons)}); {HINT}")


def is_installed(name: str) -> bool:
    """Whether a package for CUDA is here, found without importing it."""
    top, _, rest = _MODULES[name].partition(".")
    if importlib.util.find_spec(top) is None:
        return False
    return not rest or importlib.util.find_spec(_MODULES[name]) is not None  # imports `cuda`, an empty package


def _torch(ordinal: int) -> Cuda:
    from harness.runtimes.cuda.torch_cuda import TorchCuda  # noqa: PLC0415 - only what is chosen is loaded

    return TorchCuda(f"cuda:{ordinal}")


def _cuda_python(ordinal: int) -> Cuda:
    from harness.runtimes.cuda.cuda_python import CudaPython  # noqa: PLC0415 - as above

    return CudaPython(ordinal)


def _pycuda(ordinal: int) -> Cuda:
    from harness.runtimes.cuda.pycuda_cuda import PyCuda  # noqa: PLC0415 - as above

    return PyCuda(ordinal)


_MODULES = {"torch": "torch", "cuda-bindings": "cuda.bindings", "pycuda": "pycuda"}
_MAKERS: dict[str, Callable[[int], Cuda]] = {"torch": _torch, "cuda-bindings": _cuda_python, "pycuda": _pycuda}
