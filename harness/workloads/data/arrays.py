"""Samples in a numpy archive: `inputs` or the model's input names, a row a sample."""

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.runtimes.base import Inputs
from harness.workloads.data.identity import NUMBERS, PIXELS, digest_of_arrays, digest_of_pixels
from harness.workloads.data.npz import read_npz
from harness.workloads.data.split import Positions
from harness.workloads.files import digest_of

INPUTS = "inputs"
LABELS = "labels"
_CHECKED_AT_ONCE = 2**24  # values, so that looking for NaN takes little memory beside a large array

Preparation = Callable[[Mapping[str, NDArray[Any]]], Inputs]


@dataclass(frozen=True, kw_only=True, eq=False)
class ArrayReader:
    """Samples along the first axis of one or several arrays; `preparation` makes model inputs of a batch.

    `are_pictures` says that the only array holds pixels as pictures do, from which the inputs are yet to be made.
    """

    path: Path
    arrays: dict[str, NDArray[Any]]
    preparation: Preparation
    are_pictures: bool = False

    def __len__(self) -> int:
        """Rows of the arrays."""
        return len(next(iter(self.arrays.values())))

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return digest_of(self.path)

    def fetch(self, positions: Positions) -> Sequence[Any]:
        """One mapping of arrays with a row a sample."""
        return [{name: array[positions] for name, array in self.arrays.items()}]

    def prepare(self, raw: Sequence[Any]) -> Inputs:
        """The batch as the model reads it."""
        return self.preparation(raw[0])

    @property
    def form(self) -> str:
        """Pixels, numbers, or the numbers of several arrays, by their names."""
        if self.are_pictures:
            return PIXELS
        return NUMBERS if len(self.arrays) == 1 else f"{NUMBERS} in {', '.join(sorted(self.arrays))}"

    def sample_digests(self, positions: Positions) -> tuple[str, ...]:
        """Of each picture, or of the rows of all arrays."""
        if self.are_pictures:
            (pixels,) = self.arrays.values()
            return tuple(digest_of_pixels(pixels[one]) for one in positions)
        return tuple(digest_of_arrays({name: array[one] for name, array in self.arrays.items()}) for one in positions)

    def only(self, names: Collection[str]) -> "ArrayReader":
        """The same samples, as some of the arrays show them."""
        return dataclasses.replace(self, arrays={name: one for name, one in self.arrays.items() if name in names})


def read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], NDArray[Any] | None]:
    """Every array of an npz file, finite numbers with a row a sample, and its labels where it has some.

    Raises:
        WorkloadError: not such a file.
    """
    arrays = read_npz(path, words={LABELS})
    labels = arrays.pop(LABELS, None)
    if not arrays:
        raise WorkloadError(f"{path} holds no inputs: it needs `{INPUTS}`, or an array for each input of the model")
    for name, array in arrays.items():
        if not array.ndim or 0 in array.shape[1:]:
            raise WorkloadError(f"{path}: {name} is {array.dtype} {array.shape}; give numbers, a row a sample")
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise WorkloadError(f"{path}: the inputs differ in length ({told}); each needs a row a sample")
    if not next(iter(lengths.values())):
        raise WorkloadError(f"{path} holds no samples")
    for name, array in arrays.items():
        _require_finite(path, name, array)
    return arrays, labels


def read_pictures(path: Path, input_name: str | None) -> tuple[dict[str, NDArray[np.uint8]], NDArray[Any] | None]:
    """Pixels of an npz file under `inputs` or the model's input name, and labels; other arrays are not read.

    Raises:
        WorkloadError: not such a file, or other than bytes [N, H, W] or [N, H, W, 3].
    """

    def choose(names: Sequence[str]) -> Sequence[str]:
        known = [name for name in (INPUTS, input_name) if name in names]
        if not known:
            told = ", ".join(names) or "no arrays"
            raise WorkloadError(f"{path} holds {told}: an image model needs `{INPUTS}`, with `{LABELS}` beside them")
        return [str(known[0]), *(name for name in names if name == LABELS)]

    arrays = read_npz(path, choose, words={LABELS})
    labels = arrays.pop(LABELS, None)
    name, pixels = next(iter(arrays.items()))
    shape = pixels.shape[1:]
    is_colour = len(shape) == 3 and shape[-1] == 3  # noqa: PLR2004 - rows, columns, and three channels
    if pixels.dtype != np.uint8 or not (len(shape) == 2 or is_colour) or 0 in shape:  # noqa: PLR2004 - rows, columns
        raise WorkloadError(
            f"{path}: {name} are {pixels.dtype} {pixels.shape}; give pixels from 0 to 255, uint8 [N, height, width] or "
            '[N, height, width, 3] (RGB), or write kind = "none" where they are ready for the model'
        )
    if not len(pixels):
        raise WorkloadError(f"{path} holds no samples")
    return {name: np.ascontiguousarray(pixels)}, labels


def _require_finite(path: Path, name: str, array: NDArray[Any]) -> None:
    if array.dtype.kind != "f":
        return
    step = max(1, _CHECKED_AT_ONCE // max(1, array[0].size))
    for start in range(0, len(array), step):
        finite = np.isfinite(array[start : start + step]).reshape(len(array[start : start + step]), -1).all(axis=1)
        if not finite.all():
            raise WorkloadError(
                f"{path}: {name} of sample {start + int(finite.argmin())} holds NaN or infinity, to which no model "
                "has a sensible answer: mend or leave out such samples"
            )
