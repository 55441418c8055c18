"""Cuts the connections when time is up.

A time-out of the library counts from the last byte, so that a server which drips one byte of its headers at a time
would hold a caller for ever. Shutting the socket down is what wakes a thread that waits in it.
"""

import contextlib
import socket
import threading
from collections import deque
from types import TracebackType
from typing import Any, Self

_KEPT = 4  # connections: one is in use, the others are of earlier attempts


class Deadline:
    """Runs from `with` on; its `trace` is told of connections by the library (httpcore's trace extension).

    Args:
        seconds: Until it cuts.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._sockets: deque[socket.socket] = deque(maxlen=_KEPT)

    def __enter__(self) -> Self:
        """Start to count."""
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cut nothing any more."""
        self._timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Remember a socket when it is connected, and again when TLS has taken it over."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found = info["return_value"].get_extra_info("socket")
            if isinstance(found, socket.socket):
                self._sockets.append(found)

    def _cut(self) -> None:
        for one in tuple(self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
