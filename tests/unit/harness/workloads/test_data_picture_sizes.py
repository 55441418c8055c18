"""The size that all stored pictures have: told by the files, turned upright, and unknown where they differ."""

from pathlib import Path

import numpy as np
import pytest
from helpers.data_files import encoded, pixels, write_pictures

from harness.workloads.data.picture_sizes import PictureSize, size_in_folder, size_of_pixels

pytest.importorskip("PIL")
_ROTATED = 6  # by a quarter turn, as phones store portraits


def test_pictures_of_one_size_have_it(tmp_path: Path) -> None:
    write_pictures(tmp_path, {"cat": 2, "dog": 1}, size=(6, 5))

    assert size_in_folder(tmp_path) == PictureSize(height=6, width=5)


@pytest.mark.parametrize("other", [encoded(pixels(5, 6, 3)), b"no picture"])
def test_one_picture_of_another_size_or_none_at_all_leaves_no_common_size(tmp_path: Path, other: bytes) -> None:
    write_pictures(tmp_path, {"cat": 2, "dog": 1}, size=(6, 5))
    (tmp_path / "dog" / "other.png").write_bytes(other)

    assert size_in_folder(tmp_path) is None


def test_a_picture_that_is_stored_lying_has_the_size_it_is_shown_in(tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415 - an extra

    exif = Image.Exif()
    exif[0x0112] = _ROTATED
    (tmp_path / "portrait.jpg").write_bytes(encoded(pixels(6, 5, 3), "JPEG", exif=exif))

    assert size_in_folder(tmp_path) == PictureSize(height=5, width=6)


def test_only_bytes_of_pictures_have_a_size() -> None:
    assert size_of_pixels(pixels(4, 6, 5, 3)) == size_of_pixels(pixels(4, 6, 5)) == PictureSize(height=6, width=5)
    assert size_of_pixels(np.zeros((4, 6, 5), dtype=np.float32)) is None
    assert size_of_pixels(pixels(4, 6)) is None
