"""How the app ends: by a signal, by a bug, or with threads that still work. What is measured does not end with it.

A child that measures has a session of its own: it goes on, stores what it finds, and is found among the results.
"""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from textual.worker import WorkerFailed

from planner.settings import log_folder

SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
_GRACE_S = 5.0  # for the event loop, before a signal ends the app without it
_THREADS_GRACE_S = 1.0  # for what is being read when the app ends
_KEPT = "app"


def code_of(number: int) -> int:
    """The exit code of a signal, as shells have it."""
    return 128 + number


@contextmanager
def signals_handled(loop: asyncio.AbstractEventLoop, end: Callable[[int], None]) -> Iterator[None]:
    """Let the loop call `end` with the number of a signal; a loop that does not, within seconds, is ended.

    A signal that whoever started this process ignores (`nohup`) stays ignored.
    """

    def act(number: int, _frame: FrameType | None) -> None:
        watchdog = threading.Timer(_GRACE_S, os._exit, (code_of(number),))
        watchdog.daemon = True
        watchdog.start()
        loop.call_soon_threadsafe(end, number)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, act)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def writing_watched(lost: Callable[[], None]) -> Iterator[None]:
    """Call `lost` where the thread that writes to the terminal dies: nobody said that the terminal vanished."""
    before = threading.excepthook

    def look(what: threading.ExceptHookArgs) -> None:
        if what.thread is not None and what.thread.name == "textual-output":
            lost()
        else:
            before(what)

    threading.excepthook = look
    try:
        yield
    finally:
        threading.excepthook = before


def cause_of(error: BaseException) -> BaseException:
    """The error itself, out of what Textual wraps it in."""
    return error.error if isinstance(error, WorkerFailed) else error


def tell_bug(error: BaseException) -> str:
    """Keep the traceback in a file, and say in a few sentences what happened and where that is."""
    cause = cause_of(error)
    text = "".join(traceback.format_exception(cause))
    where = _write(text)
    kept = f"what led to it is in {where}: please report it with that file" if where else f"please report it:\n{text}"
    named = f"{type(cause).__name__}: {cause}"
    return f"a bug in planner ended the app: {named:.500}\n{kept}"


def _write(text: str) -> Path | None:
    """Under the state folder, else where temporary files are; None where nothing can be written."""
    name = f"bug-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    for folder in (log_folder(_KEPT), Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / name
            file.write_text(text, encoding="utf-8", errors="replace")
            return file
    return None


def leave_threads(code: int) -> None:
    """End the process if threads still read or compute after a moment; what they would write is written whole or not.

    Python itself would wait for them: for a price service that does not answer, as long as that takes.
    """
    deadline = time.monotonic() + _THREADS_GRACE_S
    others = [one for one in threading.enumerate() if one is not threading.main_thread() and not one.daemon]
    for one in others:
        one.join(max(0.0, deadline - time.monotonic()))
    if any(one.is_alive() for one in others):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
