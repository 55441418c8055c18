"""Turns pictures into the tensor that an image model reads.

Pure numpy, so that the same pixels reach every runtime. Never reads files and never
knows a model: sizes and normalisation come from the workload's description.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.data.resizing import Axis, resized
from harness.workloads.limits import MOST_SIDE

_GREY = 2
_COLOUR = 3
_CHANNELS = 3
LONGEST_SIDE = 65_535
"""Of a picture, in pixels: more than any camera has, and what JPEG allows."""
_DTYPES = ("float32", "float16", "float64", "uint8", "int8")


class Resize(StrEnum):
    """How a picture of another shape is made to fit: squeezed, cut out of the middle, or with black bars."""

    STRETCH = "stretch"
    CROP = "crop"
    PAD = "pad"


class Colour(StrEnum):
    """The order of the channels that the model reads."""

    RGB = "RGB"
    BGR = "BGR"
    GREY = "grey"


class Layout(StrEnum):
    """Where the channels stand: before the rows, or last."""

    NCHW = "NCHW"
    NHWC = "NHWC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePreprocessing:
    """Bytes [H, W] or [H, W, 3] (RGB) to normalised [channels, height, width] or [height, width, channels].

    Bilinear with antialiasing, see `resizing`. Then `(x / scale - mean) / std` for each channel, rounded and
    clipped where `dtype` is a whole number. `shorter_side` is what the shorter side becomes before a crop; by
    default the picture is made just large enough for the crop.
    """

    height: int
    width: int
    resize: Resize = Resize.STRETCH
    shorter_side: int | None = None
    colour: Colour = Colour.RGB
    layout: Layout = Layout.NCHW
    scale: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    dtype: str = "float32"

    def __post_init__(self) -> None:
        """Refuse sizes and figures that no picture can be brought to."""
        size = f"{self.height}x{self.width} (height x width)"
        if min(self.height, self.width) < 1:
            raise WorkloadError(f"an input of {size} is empty: give 1 or more")
        if max(self.height, self.width) > MOST_SIDE:
            raise WorkloadError(f"an input of {size} is no picture that a model reads: give {MOST_SIDE} at most")
        if self.dtype not in _DTYPES:
            raise WorkloadError(f"dtype {self.dtype!r} is none that pictures come in: give {', '.join(_DTYPES)}")
        self._check_shorter_side()
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) not in {1, self.channels}:
                raise WorkloadError(f"{name} has {len(values)} values: give one, or one for each of {self.channels}")
        figures = (*self.mean, *self.std, self.scale)
        if not all(math.isfinite(one) for one in figures) or min(*self.std, self.scale) <= 0:
            raise WorkloadError(
                f"mean {self.mean}, std {self.std} and scale {self.scale} cannot normalise: give finite numbers, "
                "std and scale above 0"
            )

    def _check_shorter_side(self) -> None:
        if self.shorter_side is None:
            return
        if self.resize is not Resize.CROP:
            raise WorkloadError(f'shorter_side goes with resize = "crop", not "{self.resize}": leave one of them out')
        if not max(self.height, self.width) <= self.shorter_side <= LONGEST_SIDE:
            raise WorkloadError(
                f"shorter_side {self.shorter_side} leaves no {self.height}x{self.width} to crop: give "
                f"{max(self.height, self.width)} to {LONGEST_SIDE}"
            )

    @property
    def channels(self) -> int:
        """How many the model reads."""
        return 1 if self.colour is Colour.GREY else _CHANNELS

    def __call__(self, images: NDArray[np.uint8]) -> NDArray[Any]:
        """Resize, order and normalise a batch of pictures of one size.

        Args:
            images: uint8, [N, H, W] or [N, H, W, 3], N of 1 or more.

        Returns:
            [N, channels, height, width] or [N, height, width, channels], C-contiguous, of `dtype`.

        Raises:
            WorkloadError: the images are not a non-empty uint8 batch of grey or RGB pictures.
        """
        _check(images)
        pixels = images[..., np.newaxis] if images.ndim == 1 + _GREY else images
        rows, columns = self._axes(*pixels.shape[1:3])
        planes = self._normalised(self._coloured(resized(pixels, rows, columns)))
        ordered = planes if self.layout is Layout.NCHW else planes.transpose(0, 2, 3, 1)
        return np.ascontiguousarray(self._typed(ordered))

    def _axes(self, height: int, width: int) -> tuple[Axis, Axis]:
        """How each side is resized, and what of it is cut away or added, evenly at both ends."""
        match self.resize:
            case Resize.STRETCH:
                fitted = (self.height, self.width)
            case Resize.CROP if self.shorter_side is not None:
                short = min(height, width)  # truncated as torchvision does, in whole numbers
                fitted = (self.shorter_side * height // short, self.shorter_side * width // short)
            case Resize.CROP:
                scale = max(self.height / height, self.width / width)
                fitted = (max(self.height, round(height * scale)), max(self.width, round(width * scale)))
            case Resize.PAD:
                scale = min(self.height / height, self.width / width)
                fitted = (max(1, round(height * scale)), max(1, round(width * scale)))
        return _axis(height, fitted[0], self.height), _axis(width, fitted[1], self.width)

    def _coloured(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        if planes.shape[1] == 1:
            return planes
        if self.colour is Colour.GREY:  # ITU-R BT.601 luma, as Pillow's and OpenCV's conversions
            weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)
            return np.asarray(np.einsum("nchw,c->nhw", planes, weights)[:, np.newaxis])
        return planes[:, ::-1] if self.colour is Colour.BGR else planes

    def _normalised(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """A grey picture goes into each channel."""
        mean, std = (_by_channel(values) for values in (self.mean, self.std))
        if self.scale != 1.0:
            planes /= np.float32(self.scale)
        planes = np.subtract(planes, mean, out=planes if np.ndim(mean) == 0 else None)
        out = np.empty((len(planes), self.channels, *planes.shape[2:]), dtype=np.float32)
        return np.divide(planes, std, out=out)

    def _typed(self, planes: NDArray[np.float32]) -> NDArray[Any]:
        target = np.dtype(self.dtype)
        if target.kind == "f":
            return planes.astype(target, copy=False)
        limits = np.iinfo(target)
        return np.rint(planes).clip(limits.min, limits.max).astype(target)


def _by_channel(values: tuple[float, ...]) -> NDArray[np.float32] | np.float32:
    """[channels, 1, 1], or a single number where they are all the same."""
    if len({*values}) == 1:
        return np.float32(values[0])
    return np.asarray(values, dtype=np.float32).reshape(-1, 1, 1)


def _axis(source: int, fitted: int, target: int) -> Axis:
    return Axis(source=source, fitted=fitted, offset=round((fitted - target) / 2), target=target)


def _check(images: NDArray[np.uint8]) -> None:
    if images.dtype != np.uint8:
        raise WorkloadError(f"images are {images.dtype}, not uint8: give the pixels as stored, 0 to 255")
    is_colour = images.ndim == 1 + _COLOUR and images.shape[-1] == _CHANNELS
    if images.ndim != 1 + _GREY and not is_colour:
        raise WorkloadError(f"images have shape {images.shape}: give grey [N, H, W] or RGB [N, H, W, 3]")
    if images.size == 0:
        raise WorkloadError(f"images have shape {images.shape}, which is empty: give at least one pixel")
    if max(images.shape[1:3]) > LONGEST_SIDE:
        raise WorkloadError(f"images have shape {images.shape}: a side has {LONGEST_SIDE} pixels at most")
