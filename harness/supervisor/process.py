"""One worker process and its two channels. Blocks while it waits, so that it costs no CPU.

Every way in which a worker can fail (it dies, hangs, talks nonsense, refuses) becomes a
`WorkerError` or a `WorkerRefusedError` with the end of its log; none of them blocks for ever.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, TypeVar

from harness.errors import WorkerError
from harness.events import (
    LINE_LIMIT_BYTES,
    PROTOCOL_VERSION,
    Command,
    Event,
    Hello,
    Quit,
    Refused,
    decode_event,
    encode,
)
from harness.meters.host import process_cpu_s
from harness.workloads.places import cache_root

_GRACE_S = 2.0
_LOG_TAIL_BYTES = 4000
_LOG_TAIL_LINES = 20  # the stack of a native crash fits
_CHUNK = 1 << 16
_VARIABLES = {
    "PYTHONUNBUFFERED": "1",
    # numpy's own thread pool would compete with the runtime's threads during preprocessing.
    "OPENBLAS_NUM_THREADS": "1",
    # NNCF tells its maker of every use: from a fork that may lock up, with an identifier that it puts into the
    # home folder. The first keeps it silent, the second keeps openvino_telemetry from writing the identifier.
    "NNCF_CI": "1",
    "CI": "true",
    # ONNX Runtime does so too, from a thread beside the ones that are measured.
    "ORT_DISABLE_TELEMETRY": "1",
}
E = TypeVar("E", bound=Event)


class WorkerRefusedError(WorkerError):
    """The worker is alive and says in its own words why the command failed; `kind` names its error."""

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class WorkerSilentError(WorkerError):
    """The worker said nothing for as long as it was given, and has been ended."""


class WorkerProcess:
    """A child in a session of its own: Ctrl-C on the terminal reaches only the supervisor."""

    def __init__(self, name: str, *, log: Path, variables: Mapping[str, str] | None = None) -> None:
        """Start the process; its first message is awaited by the first `ask` or `receive`.

        Args:
            name: for messages.
            log: where its libraries' words go.
            variables: settings of the environment beside those that every worker has.

        Raises:
            WorkerError: the process or its log cannot be made.
        """
        self.name = name
        self._log = log
        self._buffer = bytearray()
        self._said_hello = False
        with _opened(log) as stderr:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "harness.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    start_new_session=True,
                    env=_environment() | dict(variables or {}),
                )
            except OSError as error:
                raise WorkerError(f"no process for {name} could be started: {error.strerror}") from error

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def descriptor(self) -> int:
        """What to poll for events.

        Raises:
            WorkerError: the channel has been closed.
        """
        stdout = self._process.stdout
        if stdout is None or stdout.closed:
            raise WorkerError(f"{self.name} has been closed")
        return stdout.fileno()

    def cpu_s(self) -> float:
        """CPU seconds the process has used so far, all threads; 0 once it is gone."""
        return process_cpu_s(self.pid) or 0.0

    def send(self, command: Command) -> None:
        """Hand over a command.

        Raises:
            WorkerError: the process is gone.
        """
        stdin = self._process.stdin
        if stdin is None or stdin.closed:
            raise WorkerError(f"{self.name} has been closed")
        try:
            stdin.write(encode(command))
            stdin.flush()
        except OSError as error:
            raise WorkerError(self._obituary()) from error

    def receive(self, *, timeout_s: float) -> Event:
        """Wait for the next event.

        Raises:
            WorkerError: the worker died, was silent too long, or talked nonsense.
            WorkerRefusedError: the command failed inside the worker.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            event = self._next_event()
            if event is not None:
                return event
            if not self._read_bytes(max(0.0, deadline - time.monotonic())):
                self.kill()
                raise WorkerSilentError(f"{self.name} was silent for {timeout_s:.0f} s and has been ended")

    def receive_ready(self) -> Event | None:
        """The next event if all of it has arrived, without waiting for more.

        Raises:
            WorkerError: as for `receive`.
        """
        event = self._next_event()
        if event is None and self._read_bytes(0.0):
            event = self._next_event()
        return event

    def ask(self, command: Command, expected: type[E], *, timeout_s: float) -> E:
        """Send a command and wait for the one event that answers it.

        Raises:
            WorkerError: as for `send` and `receive`, or the answer is of another kind.
        """
        self.send(command)
        event = self.receive(timeout_s=timeout_s)
        if not isinstance(event, expected):
            raise WorkerError(f"{self.name} answered {type(command).__name__} with {type(event).__name__}")
        return event

    def has_buffered_line(self) -> bool:
        """Whether an event is already here, so that polling the descriptor would wait in vain."""
        return b"\n" in self._buffer

    def close(self) -> None:
        """Ask the process to end, then make it end."""
        with contextlib.suppress(WorkerError):
            self.send(Quit())
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            self._process.wait(timeout=_GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._end_group()

    def kill(self) -> None:
        """End the process now."""
        self._end_group()
        self._process.wait()

    def _end_group(self) -> None:
        """End it with whatever its libraries have started: it leads a group that bears its number."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def log_tail(self) -> str:
        """The last lines of the worker's log."""
        try:
            with self._log.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - _LOG_TAIL_BYTES))
                lines = log.read().decode("utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-_LOG_TAIL_LINES:])

    def _next_event(self) -> Event | None:
        """The next event among the bytes at hand; the greeting is checked and not handed on."""
        while (line := self._take_line()) is not None:
            event = decode_event(line)
            if isinstance(event, Refused):
                raise WorkerRefusedError(event.message, kind=event.error)
            if not isinstance(event, Hello):
                return event
            if event.version != PROTOCOL_VERSION:
                raise WorkerError(f"{self.name} speaks version {event.version} of the protocol, not {PROTOCOL_VERSION}")
            self._said_hello = True
        return None

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > LINE_LIMIT_BYTES:
                raise WorkerError(f"{self.name} talks without end: {len(self._buffer)} bytes and no message")
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _read_bytes(self, timeout_s: float) -> bool:
        """Take in what arrives within the time; whether anything did."""
        ready, _, _ = select.select([self.descriptor], [], [], timeout_s)
        if not ready:
            return False
        chunk = os.read(self.descriptor, _CHUNK)
        if not chunk:
            raise WorkerError(self._obituary())
        self._buffer += chunk
        return True

    def _obituary(self) -> str:
        try:
            code = self._process.wait(timeout=_GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"{self.name} closed its channel and has been ended"
        if code == -signal.SIGKILL:
            return f"{self.name} was killed (SIGKILL), perhaps by the out-of-memory killer"
        if code < 0:
            return f"{self.name} died of signal {signal.Signals(-code).name}"
        if not self._said_hello:
            return f"{self.name} did not start (exit code {code})"
        return f"{self.name} ended by itself (exit code {code})"


def _opened(log: Path) -> BinaryIO:
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        return log.open("ab")
    except OSError as error:
        raise WorkerError(
            f"the log {log} cannot be written: {error.strerror}; set PLANNER_STATE to another folder"
        ) from error


def _environment() -> dict[str, str]:
    # What torch.compile has compiled serves the other workers too, and lies where it can be found and deleted.
    compiled = os.environ.get("TORCHINDUCTOR_CACHE_DIR", str(cache_root() / "torchinductor"))
    return {**os.environ, **_VARIABLES, "TORCHINDUCTOR_CACHE_DIR": compiled}
