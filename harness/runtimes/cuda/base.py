"""What is asked of CUDA: memory, copies, streams, events and captured graphs. Nothing else of it is used here.

Three packages can do it, and none of them must be here: whichever is, is chosen by `choosing`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMemory:
    """Bytes on the GPU from `address` on, freed with `owner`, a thing of the package that allocated them."""

    address: int
    size_bytes: int
    owner: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A queue of work by CUDA's handle."""

    handle: int
    owner: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A moment in a stream, once it was recorded there."""

    owner: Any


class Cuda(Protocol):
    """CUDA on one GPU. Copies and work are queued; only `synchronize` waits.

    Everything raises `MemoryError` where the GPU has no memory left, and `UnavailableError` where CUDA fails otherwise.
    """

    name: str
    can_capture: bool

    def allocate(self, size_bytes: int) -> DeviceMemory:
        """So many bytes on the GPU, at least one."""

    def pinned(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """An array of the host's that the GPU reads and writes by itself: copies of it run beside other work."""

    def copy_in(self, target: DeviceMemory, source: NDArray[Any], stream: Stream) -> None:
        """Queue a copy to the GPU of an array that lies in one piece."""

    def copy_out(self, target: NDArray[Any], source: DeviceMemory, stream: Stream) -> None:
        """Queue a copy to the host, into an array that lies in one piece."""

    def stream(self) -> Stream:
        """A new queue."""

    def event(self) -> Event:
        """A new moment, not recorded yet."""

    def record(self, event: Event, stream: Stream) -> None:
        """Queue the moment."""

    def elapsed_s(self, start: Event, end: Event) -> float:
        """Seconds between two moments that have passed, by the GPU's clock of about 0.5 µs."""

    def synchronize(self, stream: Stream) -> None:
        """Wait for all that is queued."""

    def capture(self, work: Callable[[], None], stream: Stream) -> Callable[[], None]:
        """What `work` queues on the stream, as one graph; the answer queues that graph.

        Raises:
            UnavailableError: the package cannot, or the work cannot be captured.
        """


def as_bytes(array: NDArray[Any]) -> NDArray[np.uint8]:
    """The array's own memory as bytes.

    Raises:
        ValueError: it does not lie in one piece.
    """
    if not array.flags.c_contiguous:
        raise ValueError("only an array in one piece can be copied to a GPU")
    return array.reshape(-1).view(np.uint8)
