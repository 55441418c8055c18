"""The preprocessing against an independent, slow reading of what bilinear resizing means."""

import importlib
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.data.image_preprocessing import Colour, ImagePreprocessing, Layout, Resize

# Float32 carries 2^-24 of 255, which is 1.5e-5 in pixels, and a few such roundings add up.
PIXEL_TOLERANCE = 1e-4
# Torch computes source coordinates in float32: off by up to 200 x 2^-24, times a step of 255 between two pixels.
TORCH_TOLERANCE = 4e-3


def build(**changes: object) -> ImagePreprocessing:
    settings: dict[str, Any] = {"height": 96, "width": 96}
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


@pytest.mark.parametrize(
    ("source", "target"),
    [((28, 28), (96, 96)), ((5, 9), (13, 20)), ((1, 1), (3, 2)), ((90, 70), (100, 71)), ((70, 3), (70, 200))],
)
def test_every_pixel_equals_the_one_interpolated_by_hand(source: tuple[int, int], target: tuple[int, int]) -> None:
    images = random_images(2, *source)
    actual = build(height=target[0], width=target[1], colour=Colour.GREY)(images)
    expected = np.stack([resized_pixel_by_pixel(image, *target) for image in images])
    np.testing.assert_allclose(actual[:, 0], expected, rtol=0, atol=PIXEL_TOLERANCE)


def test_the_flagships_tensor_is_what_it_was_when_its_accuracy_was_measured() -> None:
    images = random_images(16, 28, 28)
    matrix = np.zeros((96, 28))
    for target in range(96):
        left, right, across = neighbours(target, 96, 28)
        matrix[target, left] += 1 - across
        matrix[target, right] += across
    expected = (matrix @ images.astype(np.float64) @ matrix.T - 127) / 128

    actual = build(mean=(127.0,), std=(128.0,))(images)

    np.testing.assert_allclose(actual, np.repeat(expected[:, np.newaxis], 3, axis=1), rtol=0, atol=1e-6)


def test_the_pixels_equal_those_of_torch_where_torch_is_installed() -> None:
    torch = pytest.importorskip("torch")
    functional = importlib.import_module("torch.nn.functional")
    for source, target in (((28, 28), (96, 96)), ((90, 131), (64, 17)), ((30, 200), (96, 96))):
        planes = torch.from_numpy(random_images(3, *source)).float()[:, None]
        expected = functional.interpolate(planes, size=target, mode="bilinear", antialias=True).numpy()
        actual = build(height=target[0], width=target[1], colour=Colour.GREY)(random_images(3, *source))
        np.testing.assert_allclose(actual, expected, rtol=0, atol=TORCH_TOLERANCE)


@pytest.mark.parametrize(
    ("source", "target"), [((375, 500), (224, 224)), ((200, 41), (33, 40)), ((9, 9), (4, 3)), ((64, 65), (65, 64))]
)
def test_the_pixels_equal_those_of_pillow_within_its_rounding(source: tuple[int, int], target: tuple[int, int]) -> None:
    pillow = pytest.importorskip("PIL.Image")
    image = random_images(*source, 3)
    expected = pillow.fromarray(image).resize(target[::-1], pillow.Resampling.BILINEAR)

    actual = build(height=target[0], width=target[1])(image[np.newaxis])[0].transpose(1, 2, 0)

    # Pillow rounds to whole numbers after each axis.
    np.testing.assert_allclose(actual, np.asarray(expected, dtype=np.float32), rtol=0, atol=1.01)


@given(source=st.integers(1, 400), target=st.integers(1, 90), value=st.integers(0, 255))
def test_a_flat_picture_stays_flat_because_every_row_of_weights_sums_to_one(
    source: int, target: int, value: int
) -> None:
    flat = np.full((1, source, 3), value, dtype=np.uint8)

    np.testing.assert_allclose(build(height=target, width=target)(flat), value, rtol=1e-5)


def test_an_image_of_the_target_size_is_only_normalised() -> None:
    images = random_images(2, 8, 8)
    actual = build(height=8, width=8, mean=(127.0,), std=(128.0,))(images)
    np.testing.assert_array_equal(actual[:, 0], (images.astype(np.float32) - 127) / 128)


def test_the_result_is_contiguous_float32_with_equal_channels() -> None:
    result = build()(random_images(4, 28, 28))
    assert result.shape == (4, 3, 96, 96)
    assert result.dtype == np.float32
    assert result.flags.c_contiguous
    np.testing.assert_array_equal(result[:, 0], result[:, 2])


@pytest.mark.parametrize("size", [28, 90])
def test_an_image_does_not_depend_on_the_batch_it_comes_in(size: int) -> None:
    images = random_images(5, size, size)
    np.testing.assert_allclose(build()(images)[3:4], build()(images[3:4]), rtol=0, atol=PIXEL_TOLERANCE)


def test_scale_mean_and_std_are_applied_by_channel() -> None:
    images = random_images(2, 4, 4, 3)
    mean, std = (0.1, 0.2, 0.3), (0.5, 0.6, 0.7)

    actual = build(height=4, width=4, scale=255.0, mean=mean, std=std)(images)

    expected = ((images / 255 - mean) / std).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(actual, expected, atol=1e-6)
    grey = build(height=4, width=4, scale=255.0, mean=mean, std=std)(images[..., 0])
    np.testing.assert_allclose(grey[:, 0], expected[:, 0], atol=1e-6)
    np.testing.assert_allclose(grey[:, 2], (images[..., 0] / 255 - 0.3) / 0.7, atol=1e-6)


def test_colours_stand_in_the_order_and_the_place_that_is_described() -> None:
    images = random_images(2, 4, 5, 3)

    def made(**changes: object) -> NDArray[Any]:
        return build(height=4, width=5, **changes)(images)

    np.testing.assert_array_equal(made(), images.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(made(layout=Layout.NHWC), images)
    np.testing.assert_array_equal(made(layout=Layout.NHWC, colour=Colour.BGR), images[..., ::-1])
    grey = made(colour=Colour.GREY)
    assert grey.shape == (2, 1, 4, 5)
    np.testing.assert_allclose(grey[:, 0], images @ np.array([0.299, 0.587, 0.114]), atol=PIXEL_TOLERANCE)
    assert made(layout=Layout.NHWC).flags.c_contiguous


def test_whole_numbers_are_rounded_and_clipped() -> None:
    images = np.array([[[[0, 10, 255]]]], dtype=np.uint8)

    made = build(height=1, width=1, mean=(9.0,), std=(1.5,), dtype="uint8")(images)

    assert made.dtype == np.uint8
    assert made.ravel().tolist() == [0, 1, 164]
    assert build(height=1, width=1, dtype="float16")(images).dtype == np.float16


def _bright(height: int, width: int) -> NDArray[np.uint8]:
    """White but for a black middle third of the columns."""
    image = np.full((1, height, width), 255, dtype=np.uint8)
    image[:, :, width // 3 : width - width // 3] = 0
    return image


def test_a_crop_is_the_middle_of_the_picture() -> None:
    cropped = build(height=30, width=30, resize=Resize.CROP)(_bright(30, 90))

    np.testing.assert_array_equal(cropped, 0)


def test_a_crop_after_resizing_the_shorter_side_is_what_torchvision_cuts_out() -> None:
    image = random_images(1, 300, 451)
    whole = build(height=256, width=256 * 451 // 300)(image)

    cropped = build(height=224, width=224, resize=Resize.CROP, shorter_side=256)(image)

    left = round((256 * 451 // 300 - 224) / 2)
    np.testing.assert_allclose(cropped, whole[:, :, 16:240, left : left + 224], rtol=0, atol=PIXEL_TOLERANCE)


@pytest.mark.parametrize(("height", "width"), [(100, 50), (50, 100), (20, 10)])
def test_padding_keeps_the_proportions_between_black_bars(height: int, width: int) -> None:
    padded = build(height=40, width=40, resize=Resize.PAD)(np.full((1, height, width), 255, dtype=np.uint8))[0, 0]

    padded = padded if height > width else padded.T
    np.testing.assert_array_equal(padded[:, :10], 0)
    np.testing.assert_array_equal(padded[:, 30:], 0)
    np.testing.assert_allclose(padded[:, 10:30], 255, rtol=1e-6)


@given(
    size=st.tuples(st.integers(1, 200), st.integers(1, 200)),
    target=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    resize=st.sampled_from(Resize),
)
def test_any_picture_is_brought_to_the_size_without_inventing_brightness(
    size: tuple[int, int], target: tuple[int, int], resize: Resize
) -> None:
    made = build(height=target[0], width=target[1], resize=resize)(random_images(1, *size, 3))

    assert made.shape == (1, 3, *target)
    assert made.min() >= 0
    assert made.max() <= 255.01


def test_a_strip_as_long_as_can_be_takes_little_memory() -> None:
    assert build(resize=Resize.CROP)(np.full((1, 1, 65_535), 9, dtype=np.uint8)).max() == pytest.approx(9)


@pytest.mark.parametrize(
    ("images", "complaint"),
    [
        (np.zeros((2, 28, 28), dtype=np.float32), "float32, not uint8"),
        (np.zeros((28, 28), dtype=np.uint8), r"shape \(28, 28\)"),
        (np.zeros((2, 28, 28, 4), dtype=np.uint8), r"give grey \[N, H, W\] or RGB"),
        (np.zeros((0, 28, 28), dtype=np.uint8), "empty"),
        (np.zeros((2, 0, 28), dtype=np.uint8), "empty"),
        (np.zeros((1, 1, 65_536), dtype=np.uint8), "65535 pixels at most"),
    ],
)
def test_images_that_are_no_batch_of_pictures_are_refused(images: NDArray[Any], complaint: str) -> None:
    with pytest.raises(WorkloadError, match=complaint):
        build()(images)


@pytest.mark.parametrize(
    "wrong",
    [
        {"height": 0},
        {"width": -1},
        {"width": 10**6},
        {"scale": 0.0},
        {"scale": math.nan},
        {"mean": (math.inf,)},
        {"std": (0.0,)},
        {"mean": (1.0, 2.0)},
        {"dtype": "complex64"},
        {"shorter_side": 256},
        {"resize": Resize.CROP, "shorter_side": 95},
        {"resize": Resize.CROP, "shorter_side": 10**9},
    ],
)
def test_a_specification_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(WorkloadError):
        build(**wrong)
