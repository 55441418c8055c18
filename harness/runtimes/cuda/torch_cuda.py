"""CUDA through PyTorch's tensors and streams."""

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from harness.errors import UnavailableError
from harness.foreign_errors import telling_sentence
from harness.runtimes.cuda.base import DeviceMemory, Event, Stream, as_bytes


class TorchCuda:
    """`Cuda` on PyTorch. With the device `cpu` memory and copies work alike, for a machine without a GPU."""

    name = "torch"
    can_capture = True

    def __init__(self, device: str = "cuda:0") -> None:
        import torch  # noqa: PLC0415 - heavy, and absence is a normal answer

        self._torch = torch
        self._device = torch.device(device)
        self._is_gpu = self._device.type == "cuda"
        if self._is_gpu and not torch.cuda.is_available():
            raise UnavailableError(f"PyTorch {torch.__version__} sees no GPU: it may be a build without CUDA")

    def allocate(self, size_bytes: int) -> DeviceMemory:
        """A tensor of bytes."""
        with self._translated():
            tensor = self._torch.empty(max(1, size_bytes), dtype=self._torch.uint8, device=self._device)
        return DeviceMemory(address=tensor.data_ptr(), size_bytes=size_bytes, owner=tensor)

    def pinned(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """The array keeps its tensor alive."""
        kind = np.dtype(dtype)
        size = max(1, int(np.prod(shape)) * kind.itemsize)
        with self._translated():
            tensor = self._torch.empty(size, dtype=self._torch.uint8, pin_memory=self._is_gpu)
        return np.asarray(tensor.numpy()[: int(np.prod(shape)) * kind.itemsize].view(kind).reshape(shape))

    def copy_in(self, target: DeviceMemory, source: NDArray[Any], stream: Stream) -> None:
        """By `copy_` on the stream."""
        given = as_bytes(source if source.flags.writeable else source.copy())
        with self._translated(), self._on(stream):
            target.owner[: given.size].copy_(self._torch.from_numpy(given), non_blocking=True)

    def copy_out(self, target: NDArray[Any], source: DeviceMemory, stream: Stream) -> None:
        """By `copy_` on the stream."""
        taken = as_bytes(target)
        with self._translated(), self._on(stream):
            self._torch.from_numpy(taken).copy_(source.owner[: taken.size], non_blocking=True)

    def stream(self) -> Stream:
        """A stream of its own; on the CPU there are none, and work is done when it is queued."""
        if not self._is_gpu:
            return Stream(handle=0, owner=None)
        made = self._torch.cuda.Stream(device=self._device)
        return Stream(handle=int(made.cuda_stream), owner=made)

    def event(self) -> Event:
        """With timing."""
        self._require_gpu("an event")
        return Event(owner=self._torch.cuda.Event(enable_timing=True))

    def record(self, event: Event, stream: Stream) -> None:
        """On the stream."""
        event.owner.record(stream.owner)

    def elapsed_s(self, start: Event, end: Event) -> float:
        """PyTorch tells milliseconds."""
        return float(start.owner.elapsed_time(end.owner)) / 1e3

    def synchronize(self, stream: Stream) -> None:
        """Wait for the stream alone."""
        if stream.owner is not None:
            with self._translated():
                stream.owner.synchronize()

    def capture(self, work: Callable[[], None], stream: Stream) -> Callable[[], None]:
        """A `CUDAGraph`, replayed on the stream."""
        self._require_gpu("a graph")
        graph = self._torch.cuda.CUDAGraph()
        with self._translated(), self._torch.cuda.graph(graph, stream=stream.owner):
            work()

        def launch() -> None:
            with self._on(stream):
                graph.replay()

        return launch

    def _require_gpu(self, what: str) -> None:
        if not self._is_gpu:
            raise UnavailableError(f"{what} of CUDA needs a GPU: there is none on the device {self._device}")

    def _on(self, stream: Stream) -> contextlib.AbstractContextManager[Any]:
        return contextlib.nullcontext() if stream.owner is None else self._torch.cuda.stream(stream.owner)

    @contextlib.contextmanager
    def _translated(self) -> Any:  # noqa: ANN401 - a generator for contextlib
        try:
            yield
        except self._torch.cuda.OutOfMemoryError as error:
            raise MemoryError(telling_sentence(error)) from error
        except RuntimeError as error:
            raise UnavailableError(f"CUDA failed: {telling_sentence(error)}") from error
