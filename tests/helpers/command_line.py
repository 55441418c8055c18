"""Runs the real `planner` in a process of its own, for tests.

Most of what a short command takes is Python's start and its imports. So commands are forked from a process that has the
imports behind it (`warm`); what they print, read and leave behind is their own. `cold` starts Python as a user does.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.warm import READ_BY_PLANNER, run_warm

Answer = subprocess.CompletedProcess[str]
Ask = Callable[..., Answer]
_TIMEOUT_S = 120
_PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """`planner` in a folder. Nothing of the user's is touched: everything it keeps lies under `folder`."""

    folder: Path

    def __call__(self, *arguments: str, **variables: str) -> Answer:
        """What `planner` answers; `variables` are added to its environment."""
        if all(name.startswith(READ_BY_PLANNER) for name in variables):
            environment = self.environment | variables
            warm = run_warm(arguments, folder=self.folder, environment=environment, timeout_s=_TIMEOUT_S)
        else:
            warm = None
        return warm or self.cold(*arguments, **variables)

    def cold(self, *arguments: str, **variables: str) -> Answer:
        """The same in a new Python, with nothing imported before."""
        return self.python(["-m", "planner", *arguments], variables)

    def python(self, arguments: Sequence[str], variables: dict[str, str] | None = None) -> Answer:
        """What Python answers with the same environment."""
        return subprocess.run(
            [sys.executable, "-P", *arguments],
            cwd=self.folder,
            env=self.environment | (variables or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_TIMEOUT_S,
            check=False,
        )

    @property
    def environment(self) -> dict[str, str]:
        """A fixed width, UTF-8, and every place below the folder."""
        return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {
            "HOME": str(self.folder),
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": "120",
            "PLANNER_CACHE": str(self.folder / "cache"),
            "PLANNER_STATE": str(self.folder / "state"),
            "PLANNER_HOST_LOCK": str(self.lock),
        }

    @property
    def lock(self) -> Path:
        """The host's lock, as it is for this folder alone."""
        return self.folder / "host.lock"


def refuses(answer: Answer) -> str:
    """The one sentence with which a command was refused: exit code 2, no traceback, nothing on standard output."""
    assert answer.returncode == 2, answer
    assert answer.stdout == ""
    assert answer.stderr.startswith("planner: ")
    assert answer.stderr.count("\n") == 1
    return answer.stderr.strip()
