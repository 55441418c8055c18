"""How long a simulated replica takes: a fixed time, an exponential one, a measured one, or that of a batch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pricing.capacity.highest_rate import BatchServer
from pricing.errors import CapacityError


class Service(Protocol):
    """What serves one request at a time."""

    def draw_s(self, count: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """So many service times in seconds, shape (count,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedService:
    """Every request takes the same time."""

    seconds: float

    def __post_init__(self) -> None:
        """Refuse a time that is none."""
        _check(self.seconds)

    def draw_s(self, count: int, generator: np.random.Generator) -> NDArray[np.float64]:  # noqa: ARG002 - nothing is random
        """The same time, so many times."""
        return np.full(count, self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialService:
    """Times without memory, of a mean."""

    mean_s: float

    def __post_init__(self) -> None:
        """Refuse a time that is none."""
        _check(self.mean_s)

    def draw_s(self, count: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """So many independent times."""
        return generator.exponential(self.mean_s, count)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmpiricalService:
    """Any of the times that were measured, each as likely as the other."""

    samples_s: Sequence[float]

    def __post_init__(self) -> None:
        """Refuse to serve without samples, or with one that is no time."""
        if not len(self.samples_s):
            raise CapacityError("an empirical service needs at least one measured time")
        for sample in self.samples_s:
            _check(sample)

    def draw_s(self, count: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """So many of them, drawn with replacement."""
        return generator.choice(np.asarray(self.samples_s, dtype=np.float64), count)


AnyService = FixedService | ExponentialService | EmpiricalService | BatchServer


def _check(seconds: float) -> None:
    if not (math.isfinite(seconds) and seconds > 0.0):
        raise CapacityError(f"a service of {seconds} s: give a positive time")
