"""Turns grey images into the tensor that an image model reads.

Pure numpy, so that the same pixels reach every runtime. Never reads files and never
knows a model: sizes and normalisation come from the workload's input specification.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError

_GREY_BATCH_DIMENSIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePreprocessing:
    """Grey bytes [N, H, W] to normalised float32 [N, channels, height, width].

    Bilinear with half-pixel centres and clamped edges, which is what
    `torch.nn.functional.interpolate(mode="bilinear", align_corners=False)` does;
    then the grey plane is repeated over the channels and becomes `(x - mean) / scale`.
    """

    height: int
    width: int
    channels: int
    mean: float
    scale: float

    def __post_init__(self) -> None:
        if min(self.height, self.width, self.channels) < 1:
            shape = f"{self.channels}x{self.height}x{self.width}"
            raise WorkloadError(f"an input of {shape} (channels x height x width) is empty: give sizes of 1 or more")
        if not (math.isfinite(self.mean) and math.isfinite(self.scale)) or self.scale <= 0:
            raise WorkloadError(f"mean {self.mean} with scale {self.scale} cannot normalise: give finite, scale > 0")

    def __call__(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Resize, replicate and normalise a batch.

        Args:
            images: uint8, [N, H, W], N of 1 or more.

        Returns:
            float32, [N, channels, height, width], C-contiguous.

        Raises:
            WorkloadError: the images are not a non-empty uint8 batch of grey planes.
        """
        _check(images)
        rows = _interpolation_matrix(images.shape[1], self.height)
        columns = _interpolation_matrix(images.shape[2], self.width)
        planes: NDArray[np.float32] = rows @ (images.astype(np.float32) @ columns.T)
        planes -= np.float32(self.mean)
        planes /= np.float32(self.scale)
        return np.repeat(planes[:, np.newaxis], self.channels, axis=1)


def _check(images: NDArray[np.uint8]) -> None:
    if images.dtype != np.uint8:
        raise WorkloadError(f"images are {images.dtype}, not uint8: give the pixels as stored, 0 to 255")
    if images.ndim != _GREY_BATCH_DIMENSIONS:
        raise WorkloadError(f"images have shape {images.shape}: give a batch of grey planes, [N, H, W]")
    if images.size == 0:
        raise WorkloadError(f"images have shape {images.shape}, which is empty: give at least one pixel")


@functools.cache
def _interpolation_matrix(source: int, target: int) -> NDArray[np.float32]:
    """Weights [target, source] that resize one axis linearly; every row sums to 1."""
    centres = np.clip((np.arange(target) + 0.5) * source / target - 0.5, 0, source - 1)
    lower = np.floor(centres).astype(np.intp)
    upper = np.minimum(lower + 1, source - 1)
    share = centres - lower
    weights = np.zeros((target, source))
    positions = np.arange(target)
    np.add.at(weights, (positions, lower), 1 - share)
    np.add.at(weights, (positions, upper), share)
    return weights.astype(np.float32)
