"""CUDA through NVIDIA's own `cuda-bindings`, which hands back errors as values."""

import ctypes
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from harness.errors import UnavailableError
from harness.runtimes.cuda.base import DeviceMemory, Event, Stream, as_bytes

_NO_MEMORY = 2  # cudaErrorMemoryAllocation


class CudaPython:
    """`Cuda` on `cuda.bindings.runtime`."""

    name = "cuda-bindings"
    can_capture = True

    def __init__(self, ordinal: int = 0) -> None:
        from cuda.bindings import runtime  # noqa: PLC0415 - absence is a normal answer

        self._cuda = runtime
        self._call("cudaSetDevice", ordinal)

    def allocate(self, size_bytes: int) -> DeviceMemory:
        """Freed with the owner."""
        address = int(self._call("cudaMalloc", max(1, size_bytes)))
        return DeviceMemory(address=address, size_bytes=size_bytes, owner=self._freed(address, "cudaFree"))

    def pinned(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Freed with the array that owns it."""
        kind = np.dtype(dtype)
        size = max(1, int(np.prod(shape)) * kind.itemsize)
        address = int(self._call("cudaMallocHost", size))
        held = (ctypes.c_uint8 * size).from_address(address)
        weakref.finalize(held, self._quietly, "cudaFreeHost", address)
        return np.ndarray(shape, dtype=kind, buffer=memoryview(held).cast("B"))

    def copy_in(self, target: DeviceMemory, source: NDArray[Any], stream: Stream) -> None:
        """Asynchronous where the array is pinned."""
        given = as_bytes(source)
        kind = self._cuda.cudaMemcpyKind.cudaMemcpyHostToDevice
        self._call("cudaMemcpyAsync", target.address, given.ctypes.data, given.size, kind, stream.handle)

    def copy_out(self, target: NDArray[Any], source: DeviceMemory, stream: Stream) -> None:
        """Asynchronous where the array is pinned."""
        taken = as_bytes(target)
        kind = self._cuda.cudaMemcpyKind.cudaMemcpyDeviceToHost
        self._call("cudaMemcpyAsync", taken.ctypes.data, source.address, taken.size, kind, stream.handle)

    def stream(self) -> Stream:
        """One that does not wait for the default stream."""
        made = self._call("cudaStreamCreateWithFlags", self._cuda.cudaStreamNonBlocking)
        return Stream(handle=int(made), owner=self._freed(int(made), "cudaStreamDestroy"))

    def event(self) -> Event:
        """With timing, which is CUDA's default."""
        made = self._call("cudaEventCreate")
        return Event(owner=(int(made), self._freed(int(made), "cudaEventDestroy")))

    def record(self, event: Event, stream: Stream) -> None:
        """On the stream."""
        self._call("cudaEventRecord", event.owner[0], stream.handle)

    def elapsed_s(self, start: Event, end: Event) -> float:
        """CUDA tells milliseconds."""
        return float(self._call("cudaEventElapsedTime", start.owner[0], end.owner[0])) / 1e3

    def synchronize(self, stream: Stream) -> None:
        """Wait for the stream alone."""
        self._call("cudaStreamSynchronize", stream.handle)

    def capture(self, work: Callable[[], None], stream: Stream) -> Callable[[], None]:
        """Captured in thread-local mode: other threads may go on."""
        mode = self._cuda.cudaStreamCaptureMode.cudaStreamCaptureModeThreadLocal
        self._call("cudaStreamBeginCapture", stream.handle, mode)
        try:
            work()
        finally:
            graph = self._call("cudaStreamEndCapture", stream.handle)
        program = self._call("cudaGraphInstantiate", graph, 0)
        self._call("cudaGraphDestroy", graph)
        return lambda: self._call("cudaGraphLaunch", program, stream.handle) and None

    def _call(self, name: str, *arguments: Any) -> Any:  # noqa: ANN401 - handles of the package
        code, *values = getattr(self._cuda, name)(*arguments)
        if int(code):
            told = f"{name}: {getattr(code, 'name', code)}"
            raise MemoryError(told) if int(code) == _NO_MEMORY else UnavailableError(f"CUDA failed in {told}")
        return values[0] if values else None

    def _quietly(self, name: str, handle: int) -> None:
        """Free something when nobody is left to be told of an error, perhaps after the driver has gone."""
        getattr(self._cuda, name)(handle)

    def _freed(self, handle: int, name: str) -> Any:  # noqa: ANN401 - only its life matters
        owner = _Owner()
        weakref.finalize(owner, self._quietly, name, handle)
        return owner


class _Owner:
    """What ends with the handle that it stands for."""
