"""The closed-loop side of an open worker: calls bound for every batch size and stream, and blocks timed with them.

The first stream is the session itself; those beside it are bound when they are first asked for, and kept.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.errors import WorkerError
from harness.events import TimeBlock
from harness.loadgen.closed_loop import ClosedLoop
from harness.loadgen.single_stream import SingleStream
from harness.runtimes.base import Clock, Inputs, Session

if TYPE_CHECKING:
    from array import array

Calls = list[Callable[[], object]]


class Streams:
    """Streams of calls on one loaded model."""

    def __init__(self, session: Session, *, clock: Clock) -> None:
        self._sessions = [session]
        self._single = SingleStream(clock)
        self._clock = clock
        self._inputs: dict[int, list[Inputs]] = {}
        self._calls: dict[tuple[int, int], Calls] = {}  # by batch size and stream
        self._loops: dict[int, ClosedLoop] = {}  # by concurrency

    def bind(self, batch: int, inputs: list[Inputs]) -> Calls:
        """Calls of the first stream on these inputs, which later blocks of this batch size go round."""
        self._inputs[batch] = inputs
        self._calls[batch, 0] = [self._sessions[0].bind(one) for one in inputs]
        return self._calls[batch, 0]

    def forget(self, batch: int) -> None:
        """Let what was bound for a batch size go."""
        self._inputs.pop(batch, None)
        self._calls.pop((batch, 0), None)

    def first_call(self, batch: int) -> Callable[[], object]:
        """One of the calls of the first stream that are bound for a batch size."""
        return self._calls[batch, 0][0]

    def time_block(self, command: TimeBlock) -> "array[int]":
        """Nanoseconds of each call, stream after stream.

        Raises:
            WorkerError: nothing is bound for the batch size.
            HarnessError: the runtime cannot run so many calls at once.
        """
        prepared = self.prepared(command)
        if command.stretch:
            return self._single.time_stretched_block(prepared[0], seconds=command.seconds, stretch=command.stretch)
        if command.concurrency == 1:
            return self._single.time_block(prepared[0], seconds=command.seconds)
        if command.concurrency not in self._loops:
            self._loops[command.concurrency] = ClosedLoop(self._clock, concurrency=command.concurrency)
        return self._loops[command.concurrency].time_block(prepared, seconds=command.seconds)

    def prepared(self, command: TimeBlock) -> list[Calls]:
        """What each stream calls, all of it bound: its own inputs of the turn where one is given, or all in turn."""
        return [self._of(command, stream) for stream in range(command.concurrency)]

    def _of(self, command: TimeBlock, stream: int) -> Calls:
        if command.batch not in self._inputs:
            raise WorkerError(f"batch {command.batch} was not loaded")
        if (command.batch, stream) not in self._calls:
            while len(self._sessions) <= stream:
                self._sessions.append(self._sessions[0].stream())
            calls = [self._sessions[stream].bind(one) for one in self._inputs[command.batch]]
            self._calls[command.batch, stream] = calls
        calls = self._calls[command.batch, stream]
        return calls if command.turn is None else [calls[(command.turn + stream) % len(calls)]]
