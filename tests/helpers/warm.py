"""Runs `planner` without waiting for its imports: a server of this test process forks for each command."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Lock

_SERVER = Path(__file__).with_name("warm_server.py")
READ_BY_PLANNER = ("HOME", "COLUMNS", "PLANNER_")
"""Variables, or how they begin, that planner reads when it runs; others may matter while Python starts and imports."""


def run_warm(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], timeout_s: float
) -> subprocess.CompletedProcess[str] | None:
    """What `planner` answers; None while another command is running here: that one needs a Python of its own.

    Raises:
        subprocess.TimeoutExpired: it took longer than it may, and was killed.
    """
    at_start = {name: value for name, value in environment.items() if not name.startswith(READ_BY_PLANNER)}
    server = _server(tuple(sorted(at_start.items())))
    if not server.lock.acquire(blocking=False):
        return None
    try:
        return server.run(arguments, folder=folder, environment=environment, timeout_s=timeout_s)
    finally:
        server.lock.release()


class _Server:
    """A process that has imported planner, started with an environment of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.lock = Lock()
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(_SERVER), str(theirs.fileno())],
                cwd="/",
                env={**environment, "HOME": "/"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self._close)

    def run(
        self, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], timeout_s: float
    ) -> subprocess.CompletedProcess[str]:
        """What one command answers."""
        command = {"folder": str(folder), "environment": dict(environment), "arguments": list(arguments)}
        message = json.dumps(command).encode()
        out, their_out = os.pipe()
        err, their_err = os.pipe()
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - no path of anybody's
            socket.send_fds(self._channel, [message], [nothing.fileno(), their_out, their_err])
        os.close(their_out)
        os.close(their_err)
        with ThreadPoolExecutor(2) as readers:
            texts = [readers.submit(_read, one) for one in (out, err)]
            code = self._wait(arguments, timeout_s)
        stdout, stderr = (one.result() for one in texts)
        return subprocess.CompletedProcess(["planner", *arguments], code, stdout, stderr)

    def _wait(self, arguments: Sequence[str], timeout_s: float) -> int:
        """The exit code of the command that was sent, negative for a signal, as `subprocess` has it."""
        self._channel.settimeout(None)
        child = int(self._receive())
        try:
            self._channel.settimeout(timeout_s)
            return int(self._receive())
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            self._channel.settimeout(None)
            self._receive()
            raise subprocess.TimeoutExpired(["planner", *arguments], timeout_s) from None

    def _receive(self) -> bytes:
        message = self._channel.recv(64)
        if not message:
            raise RuntimeError(f"the server of warm commands has ended ({self._process.wait()}): see its traceback")
        return message

    def _close(self) -> None:
        self._channel.close()
        self._process.wait()


@cache
def _server(environment: tuple[tuple[str, str], ...]) -> _Server:
    return _Server(dict(environment))


def _read(descriptor: int) -> str:
    with os.fdopen(descriptor, encoding="utf-8") as channel:
        return channel.read()
