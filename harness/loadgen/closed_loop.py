"""Closed loop: so many calls always in flight, each stream calling again when its last call ends.

Threads stay between blocks, so that what a runtime keeps for each thread is warm. All streams
make their uncounted first call, meet, and start together; every stream times itself with the
chained timestamps of `single_stream`. Throughput follows from latencies by Little's law.
"""

from array import array
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

from harness.loadgen.single_stream import SingleStream
from harness.runtimes.base import Clock

Call = Callable[[], object]
_CAPACITY = 1 << 17  # calls a block and stream: above it the block ends early rather than allocate
_PATIENCE_S = 600.0  # a stream whose first call takes longer has failed


class ClosedLoop:
    """Times blocks of `concurrency` streams. One instance serves all blocks of a worker at that concurrency."""

    def __init__(self, clock: Clock, *, concurrency: int) -> None:
        self._streams = [SingleStream(clock, capacity=_CAPACITY) for _ in range(concurrency)]
        self._threads = ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="stream")
        self._barrier = Barrier(concurrency)

    def time_block(self, calls: Sequence[Sequence[Call]], *, seconds: float) -> "array[int]":
        """Have every stream call for at least `seconds`, at least once, going round its own calls.

        Args:
            calls: of each stream; none of them shares what it writes to with another stream.
            seconds: how long each stream goes on.

        Returns:
            Nanoseconds of each call, in order, stream after stream.

        Raises:
            Exception: what a call raised; the other streams have ended.
        """
        running = [
            self._threads.submit(self._run, stream, own, seconds)
            for stream, own in zip(self._streams, calls, strict=True)
        ]
        together = array("q")
        failure: BaseException | None = None
        for one in running:
            try:
                together.extend(one.result())
            except BrokenBarrierError as error:
                failure = failure or error  # another stream has failed, and says why
            except Exception as error:  # noqa: BLE001 - whatever a runtime raises is handed on below
                failure = error
        if failure is not None:
            self._barrier.reset()
            raise failure
        return together

    def _run(self, stream: SingleStream, calls: Sequence[Call], seconds: float) -> "array[int]":
        try:
            calls[-1]()
            self._barrier.wait(_PATIENCE_S)
        except BaseException:
            self._barrier.abort()
            raise
        return stream.time_calls(calls, seconds=seconds)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)
