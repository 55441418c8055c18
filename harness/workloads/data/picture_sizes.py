"""The one size that all pictures of a source have, by what their files say of it: nothing is decoded.

Whether pictures have the model's size already decides if they are resized. One that cannot be read has no size:
whoever decodes it says what is wrong with it.
"""

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.workloads.data.image_decoding import FORMATS
from harness.workloads.data.image_folder import list_images

_EXIF_ORIENTATION = 0x0112
_TURNED = {5, 6, 7, 8}  # values by which rows become columns
_RANKS = {3, 4}


class PictureSize(NamedTuple):
    """In pixels."""

    height: int
    width: int


def size_of_pixels(pixels: NDArray[Any]) -> PictureSize | None:
    """Of pictures [N, H, W] or [N, H, W, 3] in bytes; `None` for another array."""
    if pixels.dtype != np.uint8 or pixels.ndim not in _RANKS:
        return None
    return PictureSize(height=int(pixels.shape[1]), width=int(pixels.shape[2]))


def size_in_folder(root: Path) -> PictureSize | None:
    """The size that every picture below a folder has; `None` where they differ, or where Pillow is not here.

    Raises:
        WorkloadError: there are no pictures, or something that should not be there.
    """
    found = list_images(root)
    first = _stored(found.root / found.names[0])
    if first is None or any(_stored(found.root / name) != first for name in found.names[1:]):
        return None
    return first


def _stored(path: Path) -> PictureSize | None:
    """As it is when it has been turned upright."""
    try:
        from PIL import Image  # noqa: PLC0415 - absence is a normal answer
    except ImportError:
        return None
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            is_turned = image.getexif().get(_EXIF_ORIENTATION) in _TURNED
    except Exception:  # noqa: BLE001 - Pillow raises anything on a damaged file, see `image_decoding`
        return None
    return PictureSize(width, height) if is_turned else PictureSize(height, width)
