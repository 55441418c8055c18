"""Ctrl-C and SIGTERM become `KeyboardInterrupt`, but never in the middle of a transaction.

Raised inside SQLAlchemy or a driver, an interrupt can leave a connection behind that holds the write lock, and the
run that was to be kept could not be marked as interrupted. So the handlers ask first whether they must wait.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class _Deferral:
    """How many deferring blocks the main thread is in, and whether an interrupt waits for their end."""

    depth = 0
    is_waiting = False


def install() -> None:
    """Let both signals interrupt. SIGINT stays ignored where whoever started this process ignores it (`nohup`, `&`)."""
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


@contextmanager
def deferred() -> Iterator[None]:
    """Let an interrupt wait until the block has ended. Blocks may be nested; other threads are never interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _Deferral.depth += 1  # from here on the handler does not raise
    try:
        yield
    finally:
        _Deferral.depth -= 1
        if _Deferral.depth == 0 and _Deferral.is_waiting:
            _Deferral.is_waiting = False
            raise KeyboardInterrupt


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    if _Deferral.depth:
        _Deferral.is_waiting = True
    else:
        raise KeyboardInterrupt
