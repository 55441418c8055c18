"""The preprocessing against an independent, slow reading of what bilinear resizing means."""

import importlib
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.preprocess import ImagePreprocessing

# Float32 carries 2^-24 of 255, which is 1.5e-5 in pixels, and a few such roundings add up.
PIXEL_TOLERANCE = 1e-4
# Torch computes source coordinates in float32: off by up to 27 x 2^-24, times a step of 255 between two pixels.
TORCH_TOLERANCE = 1e-3


def build(**changes: float) -> ImagePreprocessing:
    settings: dict[str, Any] = {"height": 96, "width": 96, "channels": 3, "mean": 0.0, "scale": 1.0}
    return ImagePreprocessing(**(settings | changes))


def random_images(*shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(7).integers(0, 256, shape, dtype=np.uint8)


def neighbours(position: int, target: int, source: int) -> tuple[int, int, float]:
    """Two pixels and the weight of the second, for half-pixel centres clamped to the image."""
    centre = min(max((position + 0.5) * source / target - 0.5, 0.0), source - 1.0)
    lower = math.floor(centre)
    return lower, min(lower + 1, source - 1), centre - lower


def resized_pixel_by_pixel(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.float64]:
    pixels = image.tolist()
    result = np.empty((height, width))
    for y in range(height):
        top, bottom, down = neighbours(y, height, len(pixels))
        for x in range(width):
            left, right, across = neighbours(x, width, len(pixels[0]))
            above = pixels[top][left] * (1 - across) + pixels[top][right] * across
            below = pixels[bottom][left] * (1 - across) + pixels[bottom][right] * across
            result[y, x] = above * (1 - down) + below * down
    return result


@pytest.mark.parametrize(("source", "target"), [((28, 28), (96, 96)), ((5, 9), (13, 4)), ((1, 1), (3, 2))])
def test_every_pixel_equals_the_one_interpolated_by_hand(source: tuple[int, int], target: tuple[int, int]) -> None:
    images = random_images(2, *source)
    actual = build(height=target[0], width=target[1], channels=1)(images)
    expected = np.stack([resized_pixel_by_pixel(image, *target) for image in images])
    np.testing.assert_allclose(actual[:, 0], expected, rtol=0, atol=PIXEL_TOLERANCE)


def test_the_pixels_equal_those_of_torch_where_torch_is_installed() -> None:
    torch = pytest.importorskip("torch")
    functional = importlib.import_module("torch.nn.functional")
    images = random_images(3, 28, 28)
    planes = torch.from_numpy(images).float()[:, None]
    expected = functional.interpolate(planes, size=(96, 96), mode="bilinear", align_corners=False).numpy()
    np.testing.assert_allclose(build(channels=1)(images), expected, rtol=0, atol=TORCH_TOLERANCE)


def test_an_image_of_the_target_size_is_only_normalised() -> None:
    images = random_images(2, 8, 8)
    actual = build(height=8, width=8, channels=1, mean=127.0, scale=128.0)(images)
    np.testing.assert_array_equal(actual[:, 0], (images.astype(np.float32) - 127) / 128)


def test_a_flat_image_stays_flat() -> None:
    flat = np.full((1, 28, 28), 255, dtype=np.uint8)
    np.testing.assert_allclose(build(mean=127.0, scale=128.0)(flat), 1.0, rtol=1e-6)


def test_the_result_is_contiguous_float32_with_equal_channels() -> None:
    result = build()(random_images(4, 28, 28))
    assert result.shape == (4, 3, 96, 96)
    assert result.dtype == np.float32
    assert result.flags.c_contiguous
    np.testing.assert_array_equal(result[:, 0], result[:, 2])


def test_an_image_does_not_depend_on_the_batch_it_comes_in() -> None:
    images = random_images(5, 28, 28)
    np.testing.assert_allclose(build()(images)[3:4], build()(images[3:4]), rtol=0, atol=PIXEL_TOLERANCE)


@pytest.mark.parametrize(
    ("images", "complaint"),
    [
        (np.zeros((2, 28, 28), dtype=np.float32), "float32, not uint8"),
        (np.zeros((28, 28), dtype=np.uint8), r"shape \(28, 28\)"),
        (np.zeros((2, 28, 28, 3), dtype=np.uint8), "batch of grey planes"),
        (np.zeros((0, 28, 28), dtype=np.uint8), "empty"),
        (np.zeros((2, 0, 28), dtype=np.uint8), "empty"),
    ],
)
def test_images_that_are_not_a_grey_batch_are_refused(images: NDArray[Any], complaint: str) -> None:
    with pytest.raises(WorkloadError, match=complaint):
        build()(images)


@pytest.mark.parametrize(
    "wrong",
    [{"height": 0}, {"width": -1}, {"channels": 0}, {"scale": 0.0}, {"scale": math.nan}, {"mean": math.inf}],
)
def test_a_specification_that_cannot_be_meant_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(WorkloadError):
        build(**wrong)
