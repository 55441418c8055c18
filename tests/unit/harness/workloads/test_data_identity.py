"""By what a sample is known again: the same in every format, another where anything that counts is another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from harness.workloads.data.identity import digest_of_arrays, digest_of_pixels, digest_of_text

_ROW = np.array([[0.1, -2.5], [0.0, 3e7]], dtype=np.float32)


@pytest.mark.parametrize(
    "other",
    [
        _ROW.astype(np.float64),
        _ROW.astype(">f8"),
        np.asfortranarray(_ROW),
        np.where(_ROW == 0, np.float32(-0.0), _ROW),
        np.array([[0.1, -2.5], [0.0, 3e7]]),  # whose tenth float32 does not hold
    ],
)
def test_numbers_are_the_same_in_every_type(other: NDArray[np.floating]) -> None:
    assert digest_of_arrays({"x": other}) == digest_of_arrays({"inputs": _ROW})


@given(values=st.lists(st.integers(-128, 127), min_size=1, max_size=9))
def test_whole_numbers_are_the_same_in_every_type(values: list[int]) -> None:
    found = {digest_of_arrays({"x": np.array(values, dtype=kind)}) for kind in ("i1", "i4", "i8", "f4", "f8")}
    assert len(found) == 1


@pytest.mark.parametrize(
    "other", [_ROW + np.float32(1e-3), _ROW.reshape(4), _ROW[:1], np.nextafter(_ROW, np.float32(9e9), dtype=np.float32)]
)
def test_other_numbers_are_another_sample(other: NDArray[np.float32]) -> None:
    assert digest_of_arrays({"x": other}) != digest_of_arrays({"x": _ROW})


@pytest.mark.parametrize(
    ("one", "other"), [(2**62, 2**62 + 1), (-(2**63), 2**62), (1e300, 1e301)], ids=["large", "least", "beyond float32"]
)
def test_numbers_that_float32_cannot_tell_apart_are_kept_apart(one: float, other: float) -> None:
    assert digest_of_arrays({"x": np.array([one])}) != digest_of_arrays({"x": np.array([other])})


def test_names_count_where_there_are_several_arrays() -> None:
    ids, mask = np.arange(3), np.ones(3)
    assert digest_of_arrays({"ids": ids, "mask": mask}) == digest_of_arrays({"mask": mask, "ids": ids})
    assert digest_of_arrays({"ids": ids, "mask": mask}) != digest_of_arrays({"ids": mask, "mask": ids})


def test_a_grey_picture_is_the_same_in_three_channels() -> None:
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3)
    colour = np.repeat(grey[..., np.newaxis], 3, axis=2)
    assert digest_of_pixels(grey) == digest_of_pixels(colour)
    colour[0, 0, 0] += 1
    assert digest_of_pixels(grey) != digest_of_pixels(colour)
    assert digest_of_pixels(grey) != digest_of_pixels(grey.reshape(3, 2))


@pytest.mark.parametrize("other", ["good  film\n", "\tGood\r\nfilm", "good\u00a0film", " good film "])
def test_texts_are_the_same_however_they_are_laid_out(other: str) -> None:
    assert digest_of_text(other) == digest_of_text("good film")


def test_letters_are_the_same_composed_or_not() -> None:
    assert digest_of_text("cafe\u0301") == digest_of_text("caf\u00e9")
    assert digest_of_text("good film") != digest_of_text("goodfilm")
