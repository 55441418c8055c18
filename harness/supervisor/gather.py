"""Asks several workers at once, as many as the machine has cores for, and hands on what they say."""

import select
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from harness.errors import HarnessError, WorkerError
from harness.events import Advanced, Command, Event
from harness.supervisor.process import WorkerProcess

_POLL_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Something to ask of one arm's worker. `worker` is called when its turn comes, and may start it."""

    arm: str
    worker: Callable[[], WorkerProcess]
    command: Command
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An event for an arm, or the error that ended its errand."""

    arm: str
    event: Event | None = None
    error: HarnessError | None = None


@dataclass(slots=True)
class _Running:
    errand: Errand
    worker: WorkerProcess
    deadline: float


def gather(errands: Sequence[Errand], *, at_once: int) -> Iterator[Answer]:
    """Carry out errands, at most `at_once` at a time; `timeout_s` is the longest silence allowed.

    Yields:
        `Advanced` events as they come, and for every errand one final event or error.
    """
    waiting = list(reversed(errands))
    running: dict[int, _Running] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            errand = waiting.pop()
            try:
                started = _start(errand)
            except HarnessError as error:
                yield Answer(arm=errand.arm, error=error)
                continue
            running[started.worker.descriptor] = started
        if running:
            yield from _poll(running)


def _start(errand: Errand) -> _Running:
    worker = errand.worker()
    worker.send(errand.command)
    return _Running(errand=errand, worker=worker, deadline=time.monotonic() + errand.timeout_s)


def _poll(running: dict[int, _Running]) -> Iterator[Answer]:
    buffered = [descriptor for descriptor, one in running.items() if one.worker.has_buffered_line()]
    ready, _, _ = select.select(list(running), [], [], 0.0 if buffered else _POLL_S)
    for descriptor in {*ready, *buffered}:
        one = running[descriptor]
        try:
            event = one.worker.receive_ready()
        except HarnessError as error:
            del running[descriptor]
            yield Answer(arm=one.errand.arm, error=error)
            continue
        if event is None:  # a greeting or half a line: waiting here for the rest would keep the others waiting
            continue
        one.deadline = time.monotonic() + one.errand.timeout_s
        if not isinstance(event, Advanced):
            del running[descriptor]
        yield Answer(arm=one.errand.arm, event=event)
    for descriptor, one in list(running.items()):
        if time.monotonic() > one.deadline:
            one.worker.kill()
            del running[descriptor]
            silence = WorkerError(f"{one.errand.arm} was silent for {one.errand.timeout_s:.0f} s and has been ended")
            yield Answer(arm=one.errand.arm, error=silence)
