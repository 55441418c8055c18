"""Seeded random inputs of the right shape: for the speed and the memory of a model, never for its quality.

A sample depends on the seed and its position alone, so that every batch size and every process sees the same.
"""

import functools
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.runtimes.base import Inputs
from harness.workloads.data.identity import NUMBERS, digest_of_arrays
from harness.workloads.data.split import Positions
from harness.workloads.description import RandomTensor, RandomTensors
from harness.workloads.limits import MOST_SAMPLE_VALUES

_FLOATS = ("float16", "float32", "float64")
_WHOLE = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool")
_MOST_SAMPLES = 2**20


@dataclass(frozen=True, kw_only=True, eq=False)
class RandomReader:
    """Samples drawn when they are asked for."""

    spec: RandomTensors

    def __post_init__(self) -> None:
        """Refuse tensors that cannot be drawn."""
        names = [tensor.name for tensor in self.spec.tensors]
        if not names or len({*names}) < len(names):
            raise WorkloadError(f"[preprocessing] tensors are named {names}: give one for each input of the model")
        if not 0 < self.spec.samples <= _MOST_SAMPLES or self.spec.seed < 0:
            raise WorkloadError(
                f"[preprocessing] samples {self.spec.samples}, seed {self.spec.seed}: give 1 to {_MOST_SAMPLES} "
                "samples, and a seed of 0 or more"
            )
        for tensor in self.spec.tensors:
            _check(tensor)

    def __len__(self) -> int:
        """As many as the description says."""
        return self.spec.samples

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the description: the numbers follow from it."""
        return hashlib.sha256(msgspec.json.encode(self.spec)).hexdigest()

    def fetch(self, positions: Positions) -> Sequence[dict[str, NDArray[Any]]]:
        """One mapping of arrays a sample."""
        return [self._sample(int(position)) for position in positions]

    def prepare(self, raw: Sequence[dict[str, NDArray[Any]]]) -> Inputs:
        """The samples as one batch."""
        return {name: np.stack([sample[name] for sample in raw]) for name in raw[0]}

    @property
    def form(self) -> str:
        """Numbers, by the names of their tensors."""
        return f"{NUMBERS} in {', '.join(sorted(tensor.name for tensor in self.spec.tensors))}"

    def sample_digests(self, positions: Positions) -> tuple[str, ...]:
        """Of each sample's numbers."""
        return tuple(digest_of_arrays(self._sample(int(position))) for position in positions)

    def _sample(self, position: int) -> dict[str, NDArray[Any]]:
        randomness = np.random.default_rng([self.spec.seed, position])
        return {tensor.name: _drawn(tensor, randomness) for tensor in self.spec.tensors}


def _drawn(tensor: RandomTensor, randomness: np.random.Generator) -> NDArray[Any]:
    if tensor.dtype in _FLOATS:
        return randomness.standard_normal(tensor.shape, dtype=np.float32).astype(tensor.dtype)
    return randomness.integers(tensor.low, tensor.high, tensor.shape, dtype=np.int64).astype(tensor.dtype)


def _check(tensor: RandomTensor) -> None:
    if tensor.dtype not in {*_FLOATS, *_WHOLE}:
        raise WorkloadError(
            f"{tensor.name}: dtype {tensor.dtype!r} is not known; there are: {', '.join(_FLOATS + _WHOLE)}"
        )
    if min(tensor.shape, default=1) < 1 or math.prod(tensor.shape) > MOST_SAMPLE_VALUES:
        raise WorkloadError(
            f"{tensor.name}: the shape {list(tensor.shape)} of one sample cannot be drawn: give sizes of 1 or more, "
            "without the batch axis"
        )
    if tensor.dtype in _FLOATS:
        return
    limits = (0, 1) if tensor.dtype == "bool" else (np.iinfo(tensor.dtype).min, np.iinfo(tensor.dtype).max)
    if not limits[0] <= tensor.low < tensor.high <= limits[1] + 1 or tensor.high > np.iinfo(np.int64).max:
        raise WorkloadError(
            f"{tensor.name}: numbers from {tensor.low} up to and without {tensor.high} are no {tensor.dtype}: give low "
            f"and high within {limits[0]} to {limits[1]}"
        )
