"""How long a worker may be silent before it counts as hung and is ended.

The limits are generous: a slow machine must never lose a run to them. `PLANNER_PATIENCE` is one
factor for all of them, above 1 for a machine or model that is slower still.
"""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from harness.errors import UsageError

VARIABLE = "PLANNER_PATIENCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds of silence by what was asked for, before `factor`."""

    factor: float = 1.0
    quantize_s: float = 1800.0
    inspect_s: float = 60.0  # a file of 2 GB is parsed in a few seconds
    load_s: float = 300.0
    evaluate_s: float = 120.0
    block_s: float = 30.0
    block_lengths: float = 50.0  # on top of it: a single call may be longer than the block asked for

    def __post_init__(self) -> None:
        """Refuse a factor that ends every worker at once, or never."""
        if not (math.isfinite(self.factor) and self.factor > 0):
            raise UsageError(f"{VARIABLE} is {self.factor}: a positive number is needed, for example 2")

    def with_quantizing(self) -> float:
        """While an artifact is made."""
        return self.factor * self.quantize_s

    def with_inspecting(self) -> float:
        """While a model file is read."""
        return self.factor * self.inspect_s

    def with_loading(self) -> float:
        """While a session is opened, profiled or bound to CPUs."""
        return self.factor * self.load_s

    def with_evaluating(self) -> float:
        """Between two reports of an evaluation."""
        return self.factor * self.evaluate_s

    def with_block(self, seconds: float) -> float:
        """While a block of so many seconds is timed."""
        return self.factor * (self.block_s + self.block_lengths * seconds)


def read_patience(environment: Mapping[str, str] = os.environ) -> Patience:
    """The limits, stretched by `PLANNER_PATIENCE` where it is set.

    Raises:
        UsageError: it is not a positive number.
    """
    text = environment.get(VARIABLE, "").strip() or "1"
    try:
        return Patience(factor=float(text))
    except ValueError as error:
        raise UsageError(f"{VARIABLE} is {text!r}: a positive number is needed, for example 2") from error
