"""CUDA through pycuda. It has no captured graphs."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from harness.errors import UnavailableError
from harness.foreign_errors import telling_sentence
from harness.runtimes.cuda.base import DeviceMemory, Event, Stream, as_bytes


class PyCuda:
    """`Cuda` on `pycuda.driver`, in the primary context, which TensorRT uses too."""

    name = "pycuda"
    can_capture = False

    def __init__(self, ordinal: int = 0) -> None:
        from pycuda import driver  # noqa: PLC0415 - absence is a normal answer

        self._driver = driver
        with self._translated():
            driver.init()
            self._context = driver.Device(ordinal).retain_primary_context()
            self._context.push()

    def allocate(self, size_bytes: int) -> DeviceMemory:
        """Freed with its allocation."""
        with self._translated():
            made = self._driver.mem_alloc(max(1, size_bytes))
        return DeviceMemory(address=int(made), size_bytes=size_bytes, owner=made)

    def pinned(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Page-locked."""
        with self._translated():
            return np.asarray(self._driver.pagelocked_empty(shape, np.dtype(dtype)))

    def copy_in(self, target: DeviceMemory, source: NDArray[Any], stream: Stream) -> None:
        """Asynchronous where the array is page-locked."""
        with self._translated():
            self._driver.memcpy_htod_async(target.address, as_bytes(source), stream.owner)

    def copy_out(self, target: NDArray[Any], source: DeviceMemory, stream: Stream) -> None:
        """Asynchronous where the array is page-locked."""
        with self._translated():
            self._driver.memcpy_dtoh_async(as_bytes(target), source.address, stream.owner)

    def stream(self) -> Stream:
        """A new one."""
        with self._translated():
            made = self._driver.Stream()
        return Stream(handle=int(made.handle), owner=made)

    def event(self) -> Event:
        """With timing, which is its default."""
        with self._translated():
            return Event(owner=self._driver.Event())

    def record(self, event: Event, stream: Stream) -> None:
        """On the stream."""
        with self._translated():
            event.owner.record(stream.owner)

    def elapsed_s(self, start: Event, end: Event) -> float:
        """Pycuda tells milliseconds."""
        with self._translated():
            return float(end.owner.time_since(start.owner)) / 1e3

    def synchronize(self, stream: Stream) -> None:
        """Wait for the stream alone."""
        with self._translated():
            stream.owner.synchronize()

    def capture(self, work: Callable[[], None], stream: Stream) -> Callable[[], None]:
        """Refused."""
        del work, stream
        raise UnavailableError("pycuda captures no CUDA graphs: install cuda-bindings or a CUDA build of torch")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._driver.MemoryError as error:
            raise MemoryError(telling_sentence(error)) from error
        except self._driver.Error as error:
            raise UnavailableError(f"CUDA failed: {telling_sentence(error)}") from error
