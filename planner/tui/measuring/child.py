"""The process that measures: `planner bench --events`, read line by line. Its end is awaited, whatever happens here.

It has a session of its own: where the terminal vanishes, the run goes on and is found among the results. What it says
on standard error goes to a file, whose last lines say why a run failed. It is no asyncio subprocess, which would be
killed with the event loop even where it was let go.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from harness.errors import HarnessError
from planner.services.live import Ended, Line, decode_line
from planner.tui.measuring.saying import brief, open_log

if TYPE_CHECKING:
    from pathlib import Path

PLANNER = (sys.executable, "-m", "planner")
"""What is started."""

_LONGEST_LINE = 8_000_000
_GRACE_S = 20.0  # to store what there is; workers are ended within seconds
_LOOK_EVERY_S = 0.05
_LAST_LINES = 12
_LAST_BYTES = 20_000
_SPEAKS = "planner: "  # begins a sentence of planner's own, beside what libraries say
_KILLED = (
    "it was killed from outside ({name}): by somebody, or by the system for want of memory. What was measured is kept"
)


class BenchChild:
    """One run of `planner`, from its start to its end. `log`: what it says on standard error, once it is started."""

    def __init__(self, arguments: Sequence[str], *, database: str, program: Sequence[str] = PLANNER) -> None:
        self._command = (*program, "--db", database, *arguments, "--events", "--observer", "tui")
        self._process: subprocess.Popen[bytes] | None = None
        self.log: Path | None = None
        self._is_released = self._has_told_its_end = False
        self.was_cancelled = False

    async def lines(self) -> AsyncIterator[Line]:
        """What it tells, until it ends.

        Raises:
            HarnessError: it cannot be started, or says what no run says.
        """
        process = self._process = self._start()
        transport, reader = await _reader(process)
        try:
            while text := await _line(reader):
                line = decode_line(text)
                self._has_told_its_end = isinstance(line, Ended)
                yield line
            await _has_ended(process)
        finally:
            transport.close()
            if not self._is_released and not (self._has_told_its_end and await _has_ended(process)):
                await self._end(process)

    def _start(self) -> subprocess.Popen[bytes]:
        errors, self.log = open_log()
        try:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise HarnessError(f"planner cannot be started: {error.strerror}") from error
        finally:
            os.close(errors)

    @property
    def exit_code(self) -> int | None:
        """None while it runs, or before."""
        return None if self._process is None else self._process.poll()

    def cancel(self) -> None:
        """Ask it to end: what was measured is kept. Asked twice, it ends at once."""
        self.was_cancelled = True
        if self._process is not None:
            _signal(self._process, signal.SIGTERM)  # ends it as Ctrl-C does, which a background job would not hear

    def release(self) -> None:
        """Let it go on without anybody who reads along."""
        self._is_released = True

    def last_words(self) -> str:
        """Why it ended: by a signal, or what it said in the end."""
        code, said = self.exit_code, self.last_lines()
        if code is not None and code < 0:
            return _KILLED.format(name=signal.Signals(-code).name)
        begins = [number for number, line in enumerate(said) if line.startswith(_SPEAKS)]
        words = said[begins[-1] if begins else -1 :]
        return "\n".join(words).removeprefix(_SPEAKS) or f"it ended with exit code {code} and said nothing"

    def last_lines(self) -> list[str]:
        """The end of what it said on standard error."""
        if self.log is None:
            return []
        with contextlib.suppress(OSError), self.log.open("rb") as stream:
            stream.seek(max(0, self.log.stat().st_size - _LAST_BYTES))
            return stream.read().decode(errors="replace").splitlines()[-_LAST_LINES:]
        return []

    @property
    def log_told(self) -> str:
        """Where that lies; empty where it was not started."""
        return "" if self.log is None else brief(self.log)

    def forget(self) -> None:
        """Remove what it said, where nothing went wrong."""
        if self.log is not None:
            with contextlib.suppress(OSError):
                self.log.unlink()

    async def _end(self, process: subprocess.Popen[bytes]) -> None:
        _signal(process, signal.SIGTERM)
        if not await _has_ended(process):
            _signal(process, signal.SIGKILL)
            process.wait()


async def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it does within the grace."""
    for _ in range(round(_GRACE_S / _LOOK_EVERY_S)):
        if process.poll() is not None:
            return True
        await asyncio.sleep(_LOOK_EVERY_S)
    return False


async def _reader(process: subprocess.Popen[bytes]) -> tuple[asyncio.ReadTransport, asyncio.StreamReader]:
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), process.stdout
    )
    return transport, reader


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError as error:
        raise HarnessError(f"a line of events is longer than {_LONGEST_LINE:,} bytes") from error


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
