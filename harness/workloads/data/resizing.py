"""Bilinear resizing as two matrix products whose matrices are cut into bands.

An output row draws on few input rows, so a band of sixteen output rows multiplies only those: as fast as
Pillow on photographs, in float32 without rounding between the axes. Cropping takes rows of a matrix away and
padding leaves rows of it empty, so that nothing is computed that the model does not see.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_BAND = 16  # output rows; 8 to 32 were equally fast, a whole matrix six times slower on a photograph
_SMALL = 64  # source pixels a side, below which one product for the whole batch is faster than one a picture


class Axis(NamedTuple):  # not a dataclass: its hash is looked up twice a picture
    """`source` pixels resized to `fitted`, of which those from `offset` on become the `target` pixels.

    A negative offset leaves empty (black) pixels at both ends.
    """

    source: int
    fitted: int
    offset: int
    target: int


def resized(images: NDArray[np.uint8], rows: Axis, columns: Axis) -> NDArray[np.float32]:
    """Pictures uint8 [N, H, W, C] as float32 [N, C, height, width], a new array.

    Half-pixel centres and clamped edges; when a side shrinks, the triangle is as wide as the step
    (antialiasing). So do Pillow and `torch.nn.functional.interpolate(mode="bilinear", antialias=True)`.
    """
    if max(rows.source, columns.source) <= _SMALL:
        return _resize_together(images, rows, columns)
    count, channels = len(images), images.shape[3]
    out = np.zeros((count, channels, rows.target, columns.target), dtype=np.float32)
    for image, planes in zip(images, out, strict=True):
        _resize(image, _bands(rows), _bands(columns), planes)
    return out


def _resize_together(images: NDArray[np.uint8], rows: Axis, columns: Axis) -> NDArray[np.float32]:
    count, height, width, channels = images.shape
    planes = np.ascontiguousarray(images.transpose(0, 3, 1, 2), dtype=np.float32)
    narrowed = planes.reshape(-1, width) @ _matrix(columns).T  # one product instead of one a plane
    resized_planes: NDArray[np.float32] = _matrix(rows) @ narrowed.reshape(count, channels, height, columns.target)
    return resized_planes


@dataclass(frozen=True, slots=True)
class _Band:
    """Weights [targets, sources] of some neighbouring target pixels."""

    target: slice
    source: slice
    weights: NDArray[np.float32]


def _resize(
    image: NDArray[np.uint8], rows: Sequence[_Band], columns: Sequence[_Band], out: NDArray[np.float32]
) -> None:
    height, width, channels = image.shape
    pixels = image.reshape(height, width * channels)
    narrowed = np.zeros((out.shape[1], width * channels), dtype=np.float32)
    for band in rows:
        np.matmul(band.weights, pixels[band.source].astype(np.float32), out=narrowed[band.target])
    planes = np.ascontiguousarray(narrowed.reshape(-1, width, channels).transpose(2, 0, 1))
    for band in columns:
        out[:, :, band.target] = planes[:, :, band.source] @ band.weights.T


@functools.lru_cache(maxsize=256)
def _matrix(axis: Axis) -> NDArray[np.float32]:
    matrix = np.zeros((axis.target, axis.source), dtype=np.float32)
    for band in _bands(axis):
        matrix[band.target, band.source] = band.weights
    return matrix


@functools.lru_cache(maxsize=256)
def _bands(axis: Axis) -> tuple[_Band, ...]:
    first, last = max(0, -axis.offset), min(axis.target, axis.fitted - axis.offset)
    sources, weights = _weights(axis, first, last)
    return tuple(
        _band(axis, first + start, sources[start : start + _BAND], weights[start : start + _BAND])
        for start in range(0, last - first, _BAND)
    )


def _weights(axis: Axis, first: int, last: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Of the target pixels from `first` to `last`: neighbouring source pixels [targets, taps], and their weights.

    Pixels outside of the picture occur, with weight 0; every row of weights sums to 1.
    """
    step = axis.source / axis.fitted
    reach = max(1.0, step)  # a triangle as wide as the step where the axis shrinks
    centres = (np.arange(first, last) + axis.offset + 0.5) * step - 0.5
    if reach == 1.0:
        centres = np.clip(centres, 0, axis.source - 1)
    starts = np.ceil(centres - reach).astype(np.intp)
    sources = starts[:, np.newaxis] + np.arange(int(np.ceil(2 * reach)) + 1)
    weights = np.maximum(0.0, 1.0 - np.abs(sources - centres[:, np.newaxis]) / reach)
    weights[(sources < 0) | (sources >= axis.source)] = 0.0
    return sources, (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def _band(axis: Axis, target: int, sources: NDArray[np.intp], weights: NDArray[np.float32]) -> _Band:
    lowest, highest = int(sources[0, 0]), int(sources[-1, -1]) + 1
    matrix = np.zeros((len(sources), highest - lowest), dtype=np.float32)
    matrix[np.arange(len(sources))[:, np.newaxis], sources - lowest] = weights
    inside = slice(max(0, lowest), min(axis.source, highest))
    cut = np.ascontiguousarray(matrix[:, inside.start - lowest : inside.stop - lowest])
    return _Band(slice(target, target + len(sources)), inside, cut)
