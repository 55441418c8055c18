"""Samples of one purpose: calibrate, search or certify. Splits are never mixed.

A split knows which samples of a data file or folder are its own. How they are stored is its
reader's business; nothing is decoded before it is asked for.
"""

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.runtimes.base import Inputs

Positions = NDArray[np.intp]
Labels = NDArray[np.int16]


class SampleReader(Protocol):
    """Raw samples by position. `fetch` is what storage does, `prepare` what a service does with a request."""

    def __len__(self) -> int:
        """How many samples there are."""

    @property
    def digest(self) -> str:
        """SHA-256 that changes when any sample or label does."""

    def fetch(self, positions: Positions) -> Sequence[Any]:
        """The samples as they are stored: arrays, encoded images, texts.

        Raises:
            WorkloadError: a sample cannot be read any more.
        """

    def prepare(self, raw: Sequence[Any]) -> Inputs:
        """Fetched samples as one batch of model inputs.

        Raises:
            WorkloadError: a sample is not what it should be, with which one.
        """

    @property
    def form(self) -> str:
        """What sample digests are of: those of other readers of this form can be compared with them."""

    def sample_digests(self, positions: Positions) -> tuple[str, ...]:
        """SHA-256 of what the model is fed of each sample, without its label: it is known by it wherever it turns up.

        Raises:
            WorkloadError: a sample cannot be read, or is not what it should be.
        """


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Some samples of a reader, by `positions` [N], with their class indices `labels` [N], or without labels."""

    reader: SampleReader
    positions: Positions
    labels: Labels | None

    def __post_init__(self) -> None:
        """Refuse a split of nothing, or labels for other samples."""
        if not len(self.positions):
            raise WorkloadError("a split without samples: take more data, or a smaller calibration sample")
        if self.labels is not None and self.labels.shape != self.positions.shape:
            raise WorkloadError(f"{len(self.positions)} samples but {len(self.labels)} labels")

    @classmethod
    def whole(cls, reader: SampleReader, labels: Labels | None) -> "Split":
        """Every sample of a reader."""
        return cls(reader=reader, positions=np.arange(len(reader)), labels=labels)

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(self.positions)

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of what is in the split: the reader's own where it holds all of it, in order."""
        whole = self.reader.digest
        if np.array_equal(self.positions, np.arange(len(self.reader))):
            return whole
        return hashlib.sha256(whole.encode() + self.positions.astype("<i8").tobytes()).hexdigest()

    def feed(self, chosen: Positions | slice) -> Inputs:
        """Model inputs for some of the split's samples, by place in the split."""
        return self.reader.prepare(self.reader.fetch(self.positions[chosen]))

    def select(self, chosen: Positions) -> "Split":
        """The split of some of its samples, by place in the split."""
        labels = None if self.labels is None else self.labels[chosen]
        return Split(reader=self.reader, positions=self.positions[chosen], labels=labels)

    def take(self, count: int, *, seed: int) -> "Split":
        """A seeded random subset of at most `count` samples, in order."""
        return self if count >= self.samples else self.select(_drawn(self.samples, count, seed=seed))

    def without(self, other: "Split") -> "Split":
        """What is left when the samples of another split of the same reader are taken out."""
        return self.select(np.flatnonzero(~np.isin(self.positions, other.positions)))

    def sample_digests(self) -> tuple[str, ...]:
        """SHA-256 of each sample, as its reader knows it.

        Raises:
            WorkloadError: a sample cannot be read, or is not what it should be.
        """
        return self.reader.sample_digests(self.positions)


def _drawn(samples: int, count: int, *, seed: int) -> Positions:
    return np.sort(np.random.default_rng(seed).choice(samples, size=count, replace=False))
