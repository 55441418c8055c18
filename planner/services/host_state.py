"""Whether this host is being measured now, and what that says of runs that are marked as running.

A run whose process was killed never says so: it stays RUNNING in the store. The host's lock
tells, because the kernel lets go of it with the process.
"""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from harness.environment import Observer, read_environment
from harness.vocabulary import RunState
from planner.store.records import RunSummary

_HOLDER_BYTES = 20


class LockState(StrEnum):
    """Of the host's lock."""

    FREE = "free"
    HELD = "held"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """The host's lock now. `holder` is the process that measures; `reason` says why nothing is known."""

    lock: LockState
    place: str
    holder: str | None = None
    reason: str | None = None


def read_host_state(path: Path) -> HostState:
    """Look at the lock without taking it from anybody. Never raises, creates nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return HostState(lock=LockState.FREE, place=str(path))
    except OSError as error:
        return HostState(lock=LockState.UNKNOWN, place=str(path), reason=error.strerror)
    with contextlib.closing(os.fdopen(descriptor, "rb", buffering=0)) as file:
        try:
            # Shared and gone at once: two that look do not hinder one another.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read(_HOLDER_BYTES).decode("ascii", errors="replace")
            return HostState(lock=LockState.HELD, place=str(path), holder=holder or None)
        except OSError as error:
            return HostState(lock=LockState.UNKNOWN, place=str(path), reason=error.strerror)
    return HostState(lock=LockState.FREE, place=str(path))


def this_host() -> str:
    """The identifier under which runs of this host are stored."""
    return read_environment(Observer.HEADLESS).host_id


def with_present_states(
    runs: Iterable[RunSummary], host: HostState, *, host_id: Callable[[], str] = this_host
) -> tuple[RunSummary, ...]:
    """The runs, with those of this host that cannot be running any more as interrupted.

    Of a run on another host nothing can be said: it stays as it is.
    """
    found = tuple(runs)
    if host.lock is not LockState.FREE or not any(run.state is RunState.RUNNING for run in found):
        return found
    here = host_id()
    return tuple(
        replace(run, state=RunState.INTERRUPTED) if run.state is RunState.RUNNING and run.host_id == here else run
        for run in found
    )
