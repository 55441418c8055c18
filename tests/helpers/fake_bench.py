"""Runs `planner bench` on the fake runtime, in a folder of its own, and finds what it has left behind."""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from helpers.command_line import Answer, CommandLine
from helpers.fake_workload import write_fake_workload

from harness.runtimes.fake import Script
from planner.store import Store

_PATIENCE_S = 120.0  # with a predicate that comes true within a second or two
_POLL_S = 0.01
_VARIABLES = {"PLANNER_FAKE_RUNTIME": "1", "COLUMNS": "200"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeBench:
    """A folder with a workload, a database, a cache and a host lock of its own."""

    folder: Path

    def write_workload(self, scripts: Mapping[str, Script] | None = None, **fields: Any) -> None:  # noqa: ANN401 - see `write_fake_workload`
        """Write the workload that `bench` measures; by default FP32 and two good INT8 variants."""
        write_fake_workload(self.workload, scripts, **fields)

    def bench(self, *options: str, **variables: str) -> Answer:
        """Measure the workload at batch size 1, until it ends."""
        return self.planner("bench", *self._measured, *options, **variables)

    def planner(self, *arguments: str, **variables: str) -> Answer:
        """Run any command on the database, until it ends."""
        return CommandLine(folder=self.folder)("--db", str(self.database), *arguments, **(_VARIABLES | variables))

    @contextmanager
    def started(self, *options: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """`bench` while it runs; whatever is left of it is ended at the end of the block."""
        with self.started_planner("bench", *self._measured, *options, **variables) as process:
            yield process

    @contextmanager
    def started_planner(self, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """Any command while it runs."""
        process = self._start(
            [sys.executable, "-P", "-m", "planner", "--db", str(self.database), *arguments], variables
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def document(self, run: str = "latest") -> dict[str, Any]:
        """A stored run as `show --json` prints it."""
        return read_json(self.planner("show", run, "--json"))

    def store(self) -> Store:
        """The database, opened as the application opens it."""
        return Store.open_existing(self.database)

    @property
    def workload(self) -> Path:
        """The folder of the workload."""
        return self.folder / "workload"

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.folder / "results.db"

    @property
    def logs(self) -> list[Path]:
        """The logs of all workers of all runs."""
        return sorted((self.folder / "state" / "logs").glob("*/*.log"))

    @staticmethod
    def limit(process: subprocess.Popen[str], kind: int, value: int) -> None:
        """Set a resource limit, `resource.RLIMIT_…`, of a command that runs and of what it starts from now on."""
        resource.prlimit(process.pid, kind, (value, value))

    def processes(self) -> list[psutil.Process]:
        """Every living process that this folder's commands have started, whoever its parent is now."""
        return [one for one in psutil.process_iter() if _is_of(one, self.folder)]

    def kill_workers(self, process: subprocess.Popen[str], signal_number: int = signal.SIGKILL) -> None:
        """End every worker of a command that runs."""
        workers = [one for one in self.processes() if one.pid != process.pid]
        assert workers
        for worker in workers:
            worker.send_signal(signal_number)

    def require_no_process(self) -> None:
        """Wait until none is left; fail if one stays."""
        wait_until(lambda: not self.processes(), what="every process has ended")

    @property
    def _measured(self) -> tuple[str, ...]:
        return ("--workload", str(self.workload), "--batch", "1")

    def _start(self, command: list[str], variables: Mapping[str, str]) -> subprocess.Popen[str]:
        # A shell may have started the tests with Ctrl-C ignored, which children inherit; a handler they do not.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=CommandLine(folder=self.folder).environment | _VARIABLES | dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        finally:
            signal.signal(signal.SIGINT, before)


def read_json(answer: Answer) -> dict[str, Any]:
    """The document on standard output, which holds nothing else."""
    document = json.loads(answer.stdout)
    assert isinstance(document, dict), answer
    return document


def wait_until(predicate: Callable[[], object], *, what: str, every_s: float = _POLL_S) -> None:
    """Poll until the predicate holds; fail if it never does."""
    deadline = time.monotonic() + _PATIENCE_S
    while not predicate():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(every_s)


def _is_of(process: psutil.Process, folder: Path) -> bool:
    try:
        is_dead = process.status() == psutil.STATUS_ZOMBIE
        return not is_dead and process.environ().get("PLANNER_STATE") == str(folder / "state")
    except psutil.Error:
        return False
