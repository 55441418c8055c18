"""Another command of planner, as a child whose narration is read along: `planner workloads prepare`."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Sequence

from harness.errors import HarnessError

_LONGEST_LINE = 1_000_000


class Chore:
    """One command, from its start to its end."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.arguments = tuple(arguments)
        self._process: asyncio.subprocess.Process | None = None
        self.last_line = ""
        self.is_cancelled = False
        """Whether somebody wished its end."""

    async def lines(self) -> AsyncIterator[str]:
        """What it says, on either channel.

        Raises:
            HarnessError: it cannot be started, or says too much at once.
        """
        try:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "planner", *self.arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                limit=_LONGEST_LINE,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )
        except OSError as error:
            raise HarnessError(f"planner cannot be started: {error.strerror}") from error
        if process.stdout is None:
            raise HarnessError("a command was started without a channel to be read")
        try:
            while line := await process.stdout.readline():
                self.last_line = line.decode(errors="replace").rstrip() or self.last_line
                yield self.last_line
            await process.wait()
        except ValueError as error:
            raise HarnessError("it said a line without an end") from error
        finally:
            self._terminate()
            await process.wait()

    @property
    def is_done(self) -> bool:
        """Whether it ended well."""
        return self._process is not None and self._process.returncode == 0

    def cancel(self) -> None:
        """End it."""
        self.is_cancelled = True
        self._terminate()

    def _terminate(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
