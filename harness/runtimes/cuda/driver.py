"""Is there an NVIDIA driver, and which GPUs does it know? Asked of the driver's own library, without any package.

Asked before TensorRT's runtime is touched: opening an engine without a driver has crashed a process.
"""

import ctypes
import functools
from dataclasses import dataclass

from harness.errors import UnavailableError

NO_DRIVER_HINT = "install the NVIDIA driver, or pass the GPU into the container (docker run --gpus all)"
_LIBRARY = "libcuda.so.1"
_MAJOR, _MINOR = 75, 76  # attributes of compute capability, numbered in cuda.h
_NAMES = {
    3: "CUDA could not be initialised",
    34: "only a stub of the driver is installed",
    100: "no GPU is visible (CUDA_VISIBLE_DEVICES may hide it)",
    101: "there is no such GPU",
    803: "the driver and its kernel module are of different versions: restart the machine",
    804: "the driver is too old for this CUDA version",
    999: "the driver reports an unknown error: look at dmesg",
}
_NAME_BYTES = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class CudaDevice:
    """A GPU by its place in CUDA's order, which `CUDA_VISIBLE_DEVICES` shapes."""

    ordinal: int
    name: str
    target: str
    memory_bytes: int


def driver_refusal() -> str | None:
    """Why nothing can run on an NVIDIA GPU here; `None` where something can. Never raises."""
    try:
        return None if _devices() else "the NVIDIA driver knows no GPU"
    except UnavailableError as error:
        return str(error)


def cuda_device(ordinal: int = 0) -> CudaDevice:
    """The GPU of this number.

    Raises:
        UnavailableError: there is no driver, or no such GPU; says what to do.
    """
    try:
        found = _devices()
    except UnavailableError as error:
        raise UnavailableError(f"{error}; {NO_DRIVER_HINT}") from error
    if ordinal >= len(found):
        raise UnavailableError(f"there is no GPU {ordinal}: the driver knows {len(found)}; name one from 0")
    return found[ordinal]


@functools.cache
def _devices() -> tuple[CudaDevice, ...]:
    try:
        driver = ctypes.CDLL(_LIBRARY)
    except OSError as error:
        raise UnavailableError(f"no NVIDIA driver: {_LIBRARY} is not there") from error
    _require(driver.cuInit(0))
    count = ctypes.c_int()
    _require(driver.cuDeviceGetCount(ctypes.byref(count)))
    return tuple(_device(driver, ordinal) for ordinal in range(count.value))


def _device(driver: ctypes.CDLL, ordinal: int) -> CudaDevice:
    handle, memory, name = ctypes.c_int(), ctypes.c_size_t(), ctypes.create_string_buffer(_NAME_BYTES)
    _require(driver.cuDeviceGet(ctypes.byref(handle), ordinal))
    _require(driver.cuDeviceGetName(name, _NAME_BYTES, handle))
    _require(driver.cuDeviceTotalMem_v2(ctypes.byref(memory), handle))
    major, minor = (_attribute(driver, handle, number) for number in (_MAJOR, _MINOR))
    told = name.value.decode("utf-8", errors="replace")
    return CudaDevice(ordinal=ordinal, name=told, target=f"sm_{major}{minor}", memory_bytes=memory.value)


def _attribute(driver: ctypes.CDLL, handle: ctypes.c_int, number: int) -> int:
    value = ctypes.c_int()
    _require(driver.cuDeviceGetAttribute(ctypes.byref(value), number, handle))
    return value.value


def _require(code: int) -> None:
    if code:
        raise UnavailableError(f"no GPU can be used: {_NAMES.get(code, 'the driver refuses')} (CUDA error {code})")
