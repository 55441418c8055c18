"""Decodes one picture as a service does: PNG, JPEG, BMP, WebP, TIFF, GIF, PNM and AVIF to RGB or grey bytes.

Turned upright by its EXIF tag. Alpha is dropped and CMYK converted as torchvision's and Keras's loaders do, so
that a model sees what it was trained on; 16-bit grey is scaled to 8 bits. The size is known, and refused where
it is absurd, before any pixel is decoded.
"""

import io
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import UnavailableError, WorkloadError
from harness.workloads.data.image_preprocessing import LONGEST_SIDE
from harness.workloads.data.telling import sentence_of

MOST_PIXELS = 89_478_485
"""What Pillow itself warns of: 256 MiB in RGB. Cameras stay below it."""
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "WEBP", "TIFF", "DIB", "AVIF")
"""Raster formats that need no other program; Pillow would also start Ghostscript for EPS."""
_GREY_MODES = {"L", "1", "LA", "La"}
_SIXTEEN_BIT = 65_535


def decoded(content: bytes, *, name: str) -> NDArray[np.uint8]:
    """The pixels of an encoded picture: uint8 [H, W] where it is grey, else RGB [H, W, 3].

    Args:
        content: the bytes of the file.
        name: of the file, for messages.

    Raises:
        WorkloadError: it is no picture, damaged, or larger than any camera's.
        UnavailableError: Pillow is not installed.
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - absence is a normal answer
    except ImportError as error:
        raise UnavailableError("images are decoded with Pillow: pip install 'planner[cpu]'") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow thinks of EXIF tags and palettes
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _check_size(*image.size, name=name)
                return _bytes_of(ImageOps.exif_transpose(image), name=name)
    except WorkloadError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise WorkloadError(
            f"{name} has more than {MOST_PIXELS} pixels, as a decompression bomb has: {error}"
        ) from error
    except UnidentifiedImageError as error:
        raise WorkloadError(f"{name} is not an image: remove it, or save it as PNG, JPEG, WebP, BMP or TIFF") from error
    except Exception as error:  # the decoders raise anything from SyntaxError to struct.error: this is the border
        raise WorkloadError(f"{name} is a damaged image ({sentence_of(error)}): replace or remove it") from error


def _check_size(width: int, height: int, *, name: str) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise WorkloadError(
            f"{name} has {width} x {height} pixels, as a decompression bomb has: {MOST_PIXELS} pixels and "
            f"{LONGEST_SIDE} a side are the most"
        )


def _bytes_of(image: Any, *, name: str) -> NDArray[np.uint8]:  # noqa: ANN401 - a class of a package that may not be here
    if image.mode.startswith("I"):
        return _sixteen_to_eight(np.asarray(image), name=name)
    if image.mode == "F":
        raise WorkloadError(f'{name} holds float pixels, whose range nobody knows: give arrays (.npz) with kind "none"')
    mode = "L" if image.mode in _GREY_MODES else "RGB"
    return np.asarray(image if image.mode == mode else image.convert(mode))


def _sixteen_to_eight(pixels: NDArray[Any], *, name: str) -> NDArray[np.uint8]:
    if pixels.min() < 0 or pixels.max() > _SIXTEEN_BIT:
        raise WorkloadError(f'{name} holds 32-bit pixels, of unknown range: give arrays (.npz) with kind "none"')
    return np.asarray((pixels.astype(np.uint32) * 255 + _SIXTEEN_BIT // 2) // _SIXTEEN_BIT, dtype=np.uint8)
