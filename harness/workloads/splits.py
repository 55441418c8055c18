"""Labelled data of one purpose: calibrate, search or certify. Splits are never mixed.

Reads compressed numpy archives without ever unpickling.
"""

import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError

_IMAGE_DIMENSIONS = 3
# What numpy and zipfile raise for other files: a plain array is a TypeError, an unknown compression the last one.
_NOT_AN_NPZ = (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error, NotImplementedError)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Images [N, H, W] uint8 with labels [N]; `digest` is the SHA-256 of the file."""

    digest: str
    inputs: NDArray[np.uint8]
    labels: NDArray[np.int16]

    @property
    def samples(self) -> int:
        """How many labelled inputs there are."""
        return len(self.labels)

    def take(self, count: int, *, seed: int) -> "Split":
        """A seeded random subset of at most `count` samples, in the file's order."""
        if count >= self.samples:
            return self
        chosen = np.sort(np.random.default_rng(seed).choice(self.samples, size=count, replace=False))
        return Split(digest=self.digest, inputs=self.inputs[chosen], labels=self.labels[chosen])

    def sample_digests(self) -> tuple[str, ...]:
        """SHA-256 of each input's bytes, by which a sample is known wherever it turns up."""
        return tuple(hashlib.sha256(np.ascontiguousarray(image).tobytes()).hexdigest() for image in self.inputs)


def read_split(path: Path, *, digest: str, classes: int) -> Split:
    """Read `inputs` and `labels` from an npz file.

    Raises:
        WorkloadError: not an npz file, pickled content, shapes that do not fit, unknown labels.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            # An entry that is no array comes back as bytes.
            inputs, labels = np.asarray(archive["inputs"]), np.asarray(archive["labels"])
    except _NOT_AN_NPZ as error:
        raise WorkloadError(f"{path} is not an npz file with `inputs` and `labels`: {error}") from error
    if inputs.dtype != np.uint8 or inputs.ndim != _IMAGE_DIMENSIONS:
        raise WorkloadError(f"{path}: inputs are {inputs.dtype} {inputs.shape}; uint8 [N, height, width] is needed")
    if labels.shape != inputs.shape[:1] or not np.issubdtype(labels.dtype, np.integer):
        raise WorkloadError(f"{path}: {len(inputs)} inputs but labels are {labels.dtype} {labels.shape}")
    if not len(labels):
        raise WorkloadError(f"{path} holds no samples")
    if labels.min() < 0 or labels.max() >= classes:
        raise WorkloadError(
            f"{path}: labels run from {labels.min()} to {labels.max()}, but {classes} classes are named"
        )
    return Split(digest=digest, inputs=np.ascontiguousarray(inputs), labels=labels.astype(np.int16))
