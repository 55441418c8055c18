"""The real app on a pseudo-terminal: started, pressed, resized, signalled, and read. Also what its tests use."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from benchmarks.result import BenchmarkError

SIZE = (100, 30)
_PATIENCE_S = 60.0
_CHUNK = 65536
_QUIET_S = 0.015  # a frame is written at once: after this much silence it is whole


class Terminal:
    """A process on a terminal of its own, of so many columns and rows, which it is the foreground of."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        size: tuple[int, int] = SIZE,
        program: Sequence[str] = ("-m", "planner"),
    ) -> None:
        self.started_s = time.perf_counter()
        self.output = b""
        child = [sys.executable, *program, *arguments]
        self.pid, self._channel = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvpe(child[0], child, {**os.environ, "TERM": "xterm-256color", **environment})  # noqa: S606 - our own
        self.exit_code: int | None = None
        self.resize(size)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is left of it."""
        if self.exit_code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.vanish()

    def write(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._channel, keys)

    def resize(self, size: tuple[int, int]) -> None:
        """Another size; the kernel tells the app."""
        columns, rows = size
        fcntl.ioctl(self._channel, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def vanish(self) -> None:
        """The terminal is closed, as when its window is."""
        if self._channel >= 0:
            os.close(self._channel)
            self._channel = -1

    def read(self, *, patience_s: float) -> bool:
        """Read what has come, waiting at most so long for it; whether anything came."""
        if self._channel < 0 or not select.select([self._channel], [], [], max(0.0, patience_s))[0]:
            return False
        try:
            found = os.read(self._channel, _CHUNK)
        except OSError:  # its last reader is gone
            return False
        self.output += found
        return bool(found)

    def until(self, holds: bytes | Callable[[], object], *, since: int = 0, patience_s: float = _PATIENCE_S) -> float:
        """Read until words were written, or something holds; the seconds since the start then.

        Raises:
            BenchmarkError: in vain.
        """
        deadline = time.perf_counter() + patience_s
        while not (holds in self.output[since:] if isinstance(holds, bytes) else holds()):
            self.read(patience_s=0.02)
            if time.perf_counter() > deadline or self._has_ended():
                raise BenchmarkError(f"the app never came to {holds!r}: {self.output[-2000:].decode(errors='replace')}")
        return time.perf_counter() - self.started_s

    def painted_s(self, keys: bytes) -> float | None:
        """Seconds from pressing keys to the last byte of the frame that shows them; None: nothing was painted."""
        began = time.perf_counter()
        self.write(keys)
        if not self.read(patience_s=2.0):
            return None
        last = time.perf_counter()
        while self.read(patience_s=_QUIET_S):
            last = time.perf_counter()
        return last - began

    def shown_s(self, keys: bytes, words: str) -> float:
        """Seconds from pressing keys until words were written that were not there before.

        Raises:
            BenchmarkError: in vain.
        """
        at, began = len(self.output), time.perf_counter()
        self.write(keys)
        self.until(words.encode(), since=at)
        return time.perf_counter() - began

    def cpu_s(self) -> float:
        """CPU seconds that it has taken so far, all its threads together, without its children."""
        with open(f"/proc/{self.pid}/stat", encoding="utf-8") as stream:  # noqa: PTH123 - no path of ours
            fields = stream.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def state(self) -> str:
        """What the kernel says of it: R, S, T (stopped), Z."""
        with open(f"/proc/{self.pid}/stat", encoding="utf-8") as stream:  # noqa: PTH123 - no path of ours
            return stream.read().rpartition(")")[2].split()[0]

    def wait(self) -> int:
        """Its exit code, when it has ended; what it wrote until then is read.

        Raises:
            BenchmarkError: it does not end.
        """
        deadline = time.perf_counter() + _PATIENCE_S
        while not self._has_ended():
            self.read(patience_s=0.02)
            if time.perf_counter() > deadline:
                raise BenchmarkError(f"the app does not end: {self.output[-2000:].decode(errors='replace')}")
        while self.read(patience_s=0.0):
            pass
        return self.exit_code or 0

    def _has_ended(self) -> bool:
        if self.exit_code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_code = os.waitstatus_to_exitcode(status)
        return self.exit_code is not None
