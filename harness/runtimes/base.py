"""What the harness asks of a runtime. Plug-ins implement this and nothing else.

A runtime opens an artifact as a session, and profiles one to prove what ran. It never
times itself and never chooses a precision that was not asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from harness.vocabulary import KernelProof, Recipe

Inputs = NDArray[np.float32]
Clock = Callable[[], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Whether a runtime is here: its version, or the reason and what would help."""

    is_available: bool
    version: str | None = None
    reason: str | None = None
    hint: str | None = None


class Session(Protocol):
    """An opened artifact. `settings` holds every option set on purpose, and what the runtime made of it."""

    @property
    def settings(self) -> Mapping[str, str]:
        """Options as recorded with the result."""

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        """A call without arguments that runs one inference on `inputs` [N, C, H, W]: what is timed."""

    def predict(self, inputs: Inputs) -> NDArray[np.float32]:
        """Scores [N, classes] for `inputs` [N, C, H, W]."""


class Runtime(Protocol):
    """Software that executes artifacts on the CPU.

    `artifact_format` says which toolchain makes its INT8 artifacts: `onnx`, `openvino` or `fake`.
    """

    name: str
    artifact_format: str

    def probe(self) -> Availability:
        """Cheap, imports nothing heavy, never raises."""

    def refusal(self, recipe: Recipe) -> str | None:
        """Why this runtime cannot run the recipe, or `None` when it can."""

    def open(self, artifact: Path, *, threads: int) -> Session:
        """Open a model file.

        Raises:
            HarnessError: the file is not a model this runtime can run.
        """

    def prove(self, artifact: Path, *, threads: int, inputs: Inputs) -> KernelProof:
        """Run a profiled session of the same settings and read which precision each layer ran in."""

    def clock(self) -> Clock:
        """Nanoseconds of a monotonic clock; only the fake runtime has one of its own."""
