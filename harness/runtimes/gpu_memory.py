"""Tells a GPU that is full from everything else that a library may fail with."""

import re

from harness.errors import GpuMemoryError
from harness.foreign_errors import telling_sentence

# torch.OutOfMemoryError; cuBLAS and cuDNN where they have no room for their workspace; the CUDA runtime itself;
# ONNX Runtime's arena (bfc_arena.cc) and its CUDA provider.
_FULL = re.compile(
    r"CUDA out of memory|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED"
    r"|CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED|cudaErrorMemoryAllocation"
    r"|Available memory of \d+ is smaller than requested|CUDA failure 2: out of memory"
    r"|Failed to allocate memory for requested"
)
_TYPE = "OutOfMemoryError"


def require_memory(error: Exception) -> None:
    """Do nothing where the failure is another.

    Raises:
        GpuMemoryError: the GPU's memory is full.
    """
    if type(error).__name__ == _TYPE or _FULL.search(str(error)):
        raise GpuMemoryError(f"out of memory on the GPU: {telling_sentence(error)}") from error
