"""Memory bandwidth by STREAM's convention: what a kernel names is counted, not what caches fetch besides.

Three kernels on arrays of float64 that no cache holds: `add` is STREAM's own (c = a + b; its triad moves the same
bytes), `copy` writes without fetching first where the library knows how, `read` reads alone, as a model's
weights are. Each thread has arrays of its own, which it fills itself, so that they lie near it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np

from harness.vocabulary import BandwidthReading

CACHES_PER_ARRAY = 4  # STREAM's own rule: each array at least four times the last-level cache
_ITEM_BYTES = 8
_ARRAYS = 3
_LEAST_PASSES = 5
_LEAST_ITEMS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """What is done with three arrays, and how many of an element's bytes count."""

    name: str
    counted: str
    counted_bytes: int
    run: Callable[["_Arrays"], object]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Arrays:
    a: "np.ndarray[tuple[int], np.dtype[np.float64]]"
    b: "np.ndarray[tuple[int], np.dtype[np.float64]]"
    c: "np.ndarray[tuple[int], np.dtype[np.float64]]"


KERNELS = (
    Kernel(
        name="add",
        counted="2 reads and 1 write of 8 bytes an element (STREAM)",
        counted_bytes=24,
        run=lambda one: np.add(one.a, one.b, out=one.c),
    ),
    Kernel(
        name="copy",
        counted="1 read and 1 write of 8 bytes an element (STREAM)",
        counted_bytes=16,
        run=lambda one: np.copyto(one.c, one.a),
    ),
    Kernel(
        name="read",
        counted="1 read of 8 bytes an element",
        counted_bytes=8,
        run=lambda one: np.add.reduce(one.a),
    ),
)


def array_bytes_for(last_level_bytes: int, *, memory_bytes: int | None) -> int:
    """How large each array should be: by STREAM's rule, but all three in a quarter of the memory at most."""
    wanted = CACHES_PER_ARRAY * last_level_bytes
    return wanted if memory_bytes is None else min(wanted, memory_bytes // 4 // _ARRAYS)


def measure_bandwidth(threads: int, *, array_bytes: int, seconds: float) -> Iterator[BandwidthReading]:
    """Every kernel on `threads` threads, each for its share of `seconds`.

    Args:
        threads: how many move data at once.
        array_bytes: of each array, over all threads.
        seconds: for all kernels together; each makes a few passes however long they take.
    """
    items = max(_LEAST_ITEMS, array_bytes // _ITEM_BYTES // threads)
    parts: list[_Arrays] = [None] * threads  # type: ignore[list-item] # filled by the threads themselves

    def fill(place: int) -> None:
        parts[place] = _Arrays(a=np.ones(items), b=np.full(items, 2.0), c=np.zeros(items))
        np.copyto(parts[place].c, parts[place].b)  # zeros are pages that do not exist before they are written

    _on_all(threads, fill)
    for kernel in KERNELS:
        walls = _passes(kernel, parts, seconds=seconds / len(KERNELS))
        moved = kernel.counted_bytes * items * threads
        yield BandwidthReading(
            kernel=kernel.name,
            threads=threads,
            counted=kernel.counted,
            pass_bytes=moved,
            array_bytes=items * threads * _ITEM_BYTES,
            passes=len(walls),
            best=moved / min(walls),
            median=moved / median(walls),
        )


def _passes(kernel: Kernel, parts: list[_Arrays], *, seconds: float) -> list[float]:
    """Seconds of each pass: from when all threads begin to when the last one ends. The first does not count."""
    deadline = time.perf_counter() + seconds
    walls: list[float] = []
    while len(walls) <= _LEAST_PASSES or time.perf_counter() < deadline:
        began = [0.0] * len(parts)
        ended = [0.0] * len(parts)
        gate = threading.Barrier(len(parts))

        def run(
            place: int, began: list[float] = began, ended: list[float] = ended, gate: threading.Barrier = gate
        ) -> None:
            gate.wait()
            began[place] = time.perf_counter()
            kernel.run(parts[place])
            ended[place] = time.perf_counter()

        _on_all(len(parts), run)
        walls.append(max(ended) - min(began))
    return walls[1:]


def _on_all(threads: int, work: Callable[[int], None]) -> None:
    if threads == 1:
        work(0)
        return
    started = [threading.Thread(target=work, args=(place,)) for place in range(threads)]
    for one in started:
        one.start()
    for one in started:
        one.join()
