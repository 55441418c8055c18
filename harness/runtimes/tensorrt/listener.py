"""What TensorRT says while it works: into a log, never onto standard output, and its last errors into our messages.

A build that fails returns `None`; why is only in the log.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, TextIO

from harness.kernels_tensorrt import LAYER_TABLE

Progress = Callable[[int, int], None]
"""Told how many of how many steps are done."""
_KEPT = 5
_LONGEST = 400
_MOST_WARNINGS = 20


class Listener:
    """Keeps what matters of TensorRT's messages. `as_logger` is what the library is given."""

    def __init__(self, trt: Any, log: TextIO) -> None:  # noqa: ANN401 - a package that may not be here
        self._log = log
        self._errors: deque[str] = deque(maxlen=_KEPT)
        self.warnings: list[str] = []
        self.layer_tables: list[str] = []
        self.as_logger = _logger_class(trt)(self._hear)

    @property
    def reason(self) -> str:
        """Its last errors in one line; what it says when it said none."""
        return "; ".join(dict.fromkeys(self._errors)) or "TensorRT gives no reason"

    def _hear(self, severity: str, message: str) -> None:
        if message.startswith(LAYER_TABLE):
            self.layer_tables.append(message)
        if severity in {"ERROR", "INTERNAL_ERROR"}:
            self._errors.append(" ".join(message.split())[:_LONGEST])
        elif severity == "WARNING" and len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append(" ".join(message.split())[:_LONGEST])
        if severity != "VERBOSE":  # thousands of lines on every tactic
            self._log.write(f"TensorRT {severity.lower()}: {message}\n")


def progress_monitor(trt: Any, progress: Progress) -> Any:  # noqa: ANN401 - see Listener
    """A monitor that tells the steps of the outermost phase; those within have no common measure."""

    class Monitor(trt.IProgressMonitor):  # type: ignore[misc] # its base class is untyped
        """Told of phases by the builder, from its own threads."""

        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)
            self._outermost: str | None = None
            self._steps = 0

        def phase_start(self, phase_name: str, parent_phase: str | None, num_steps: int) -> None:
            if parent_phase is None:
                self._outermost, self._steps = phase_name, num_steps

        def step_complete(self, phase_name: str, step: int) -> bool:
            if phase_name == self._outermost:
                progress(step + 1, self._steps)
            return True

        def phase_finish(self, phase_name: str) -> None:
            """Nothing to tell: the last step said so."""

    return Monitor()


def _logger_class(trt: Any) -> Any:  # noqa: ANN401 - see Listener
    class Logger(trt.ILogger):  # type: ignore[misc] # its base class is untyped
        """Hands every message on."""

        def __init__(self, hear: Callable[[str, str], None]) -> None:
            trt.ILogger.__init__(self)
            self._hear = hear

        def log(self, severity: Any, msg: str) -> None:  # noqa: ANN401 - an enum of the library
            self._hear(str(severity.name), msg)

    return Logger
