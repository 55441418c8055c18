"""Pictures of every kind become RGB or grey bytes; what is none is refused by its name."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from helpers.data_files import encoded, pixels
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.data.image_decoding import MOST_PIXELS, decoded

Image = pytest.importorskip("PIL.Image", reason="pictures are decoded with Pillow")

_RGB = pixels(6, 9, 3)
_GREY = pixels(6, 9)


def _saved(image: Any, kind: str = "PNG", **options: object) -> bytes:  # noqa: ANN401 - Pillow is read as untyped
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_a_picture_comes_back_pixel_by_pixel(kind: str) -> None:
    np.testing.assert_array_equal(decoded(encoded(_RGB, kind), name="x"), _RGB)
    np.testing.assert_array_equal(decoded(encoded(_GREY, kind), name="x"), _GREY)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "AVIF"])
def test_a_picture_that_is_compressed_with_loss_comes_back_nearly(kind: str) -> None:
    flat = np.full((16, 16, 3), (200, 30, 90), dtype=np.uint8)

    np.testing.assert_allclose(decoded(encoded(flat, kind), name="x").astype(int), flat, atol=12)


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [
        (1, _RGB),
        (2, _RGB[:, ::-1]),
        (3, _RGB[::-1, ::-1]),
        (6, np.rot90(_RGB, -1)),
        (8, np.rot90(_RGB)),
    ],
)
def test_a_picture_is_turned_upright_by_its_exif_tag(orientation: int, turned: NDArray[np.uint8]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation

    np.testing.assert_array_equal(decoded(encoded(_RGB, exif=exif), name="x"), turned)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_to_eight_not_cut_off(kind: str) -> None:
    deep = np.array([[0, 257, 32_768, 65_535, 128, 129]], dtype=np.uint16)

    np.testing.assert_array_equal(decoded(encoded(deep, kind), name="x"), [[0, 1, 128, 255, 0, 1]])


def test_a_palette_is_looked_up() -> None:
    image = Image.fromarray(np.full((4, 4, 3), (255, 0, 0), dtype=np.uint8)).convert("P")

    assert decoded(_saved(image), name="x")[0, 0].tolist() == [255, 0, 0]


def test_black_and_white_becomes_grey() -> None:
    image = Image.fromarray(np.eye(4, dtype=np.uint8) * 255).convert("1")

    np.testing.assert_array_equal(decoded(_saved(image), name="x"), np.eye(4) * 255)


def test_alpha_is_dropped() -> None:
    alpha = np.concatenate([_RGB, pixels(6, 9, 1, seed=3)], axis=2)

    np.testing.assert_array_equal(decoded(encoded(alpha), name="x"), _RGB)
    np.testing.assert_array_equal(decoded(_saved(Image.fromarray(_GREY).convert("LA")), name="x"), _GREY)


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "LAB", "RGBX"])
def test_other_colours_become_rgb(mode: str) -> None:
    result = decoded(_saved(Image.new(mode, (3, 2)), "TIFF"), name="x")

    assert (result.shape, result.dtype.name) == ((2, 3, 3), "uint8")


def test_cmyk_without_ink_is_white() -> None:
    assert decoded(_saved(Image.new("CMYK", (3, 2)), "TIFF"), name="x")[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (np.full((2, 2), 70_000, dtype=np.int32), "32-bit pixels, of unknown range"),
        (np.full((2, 2), -1, dtype=np.int32), "32-bit pixels, of unknown range"),
        (np.full((2, 2), 0.5, dtype=np.float32), "float pixels, whose range nobody knows"),
    ],
)
def test_pixels_without_a_range_are_refused(image: NDArray[Any], says: str) -> None:
    with pytest.raises(WorkloadError, match=f"cat.tif holds {says}"):
        decoded(encoded(image, "TIFF"), name="cat.tif")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just a text",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_what_is_not_an_image_is_refused_by_its_name(content: bytes) -> None:
    with pytest.raises(WorkloadError, match=r"pictures/cat\.png is (not an image|a damaged image)"):
        decoded(content, name="pictures/cat.png")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
def test_an_image_that_is_cut_short_is_refused(kind: str) -> None:
    content = encoded(pixels(64, 64, 3), kind)

    with pytest.raises(WorkloadError, match=r"cat is (not an image|a damaged image)"):
        decoded(content[: len(content) // 2], name="cat")


def _png_that_claims(width: int, height: int) -> bytes:
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), b"IDAT" + zlib.compress(bytes(99)))
    framed = (struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


@pytest.mark.parametrize(("width", "height"), [(MOST_PIXELS, 1), (10_000, 10_000), (2**31 - 1, 2**31 - 1), (70_000, 2)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    with pytest.raises(WorkloadError, match=r"bomb\.png has .* as a decompression bomb has"):
        decoded(_png_that_claims(width, height), name="bomb.png")


def test_decoding_changes_no_limit_for_others() -> None:
    before = Image.MAX_IMAGE_PIXELS

    decoded(encoded(_RGB), name="x")

    assert before == Image.MAX_IMAGE_PIXELS
