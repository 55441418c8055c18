"""The process that measures: `planner bench --events`, read line by line. Its end is awaited, whatever happens here.

It has a session of its own: where the terminal vanishes, the run goes on and is found among the results. What it says
on standard error goes to a file, whose last lines say why a run failed.
"""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from harness.errors import HarnessError
from planner.services.live import Line, decode_line

_LONGEST_LINE = 8_000_000
_GRACE_S = 20.0  # to store what there is; workers are ended within seconds
_LAST_LINES = 12
_LAST_BYTES = 20_000


class BenchChild:
    """One run of `planner`, from its start to its end."""

    def __init__(self, arguments: Sequence[str], *, database: str) -> None:
        self._arguments = ("--db", database, *arguments, "--events", "--observer", "tui")
        self._process: asyncio.subprocess.Process | None = None
        descriptor, name = tempfile.mkstemp(prefix="planner-", suffix=".log")
        self._errors, self.log = descriptor, Path(name)
        self.was_cancelled = False

    async def lines(self) -> AsyncIterator[Line]:
        """What it tells, until it ends.

        Raises:
            HarnessError: it says what no run says.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "planner",
            *self._arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
            limit=_LONGEST_LINE,
        )
        self._process = process
        os.close(self._errors)
        if process.stdout is None:
            raise HarnessError("a run was started without a channel to be read")
        try:
            while text := await process.stdout.readline():
                yield decode_line(text)
            await process.wait()
        finally:
            if process.returncode is None:
                await self._end()

    @property
    def exit_code(self) -> int | None:
        """None while it runs, or before."""
        return None if self._process is None else self._process.returncode

    def cancel(self) -> None:
        """Ask it to end: what was measured is kept."""
        self.was_cancelled = True
        self._signal(signal.SIGINT)

    def release(self) -> None:
        """Let it go on without anybody who reads along."""
        self._process = None

    def last_words(self) -> str:
        """The end of what it said on standard error."""
        with contextlib.suppress(OSError), self.log.open("rb") as stream:
            stream.seek(max(0, self.log.stat().st_size - _LAST_BYTES))
            return "\n".join(stream.read().decode(errors="replace").splitlines()[-_LAST_LINES:])
        return ""

    def forget(self) -> None:
        """Remove what it said, where nothing went wrong."""
        with contextlib.suppress(OSError):
            self.log.unlink()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _end(self) -> None:
        process = self._process
        if process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _GRACE_S)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await process.wait()
