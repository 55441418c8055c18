"""The real sources of the built-in workloads: what is kept back to judge a model was never seen by it."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.workloads.builtin import fashion_mnist
from harness.workloads.builtin.control.making import choose_splits
from harness.workloads.builtin.text_encoder import fortunes

# A folder with the four IDX files, for systems without apt-get.
DATA_VARIABLE = "FASHION_MNIST_DIR"
HAS_APT = shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANNER_CACHE", str(folder))
        yield folder


def _digests(images: NDArray[np.uint8]) -> set[str]:
    return {hashlib.sha256(image.tobytes()).hexdigest() for image in images}


@pytest.mark.skipif(not HAS_APT and DATA_VARIABLE not in os.environ, reason="FASHION-MNIST IS NOT TESTED: no apt-get")
def test_the_images_of_the_controls_are_all_there_and_in_one_split_each() -> None:
    given = os.environ.get(DATA_VARIABLE)
    splits = choose_splits(Path(given) if given else fashion_mnist.data_folder())
    sizes = {name: len(split["labels"]) for name, split in splits.items()}
    assert sizes == {"calibration": 512, "search": 1_000, "train": 58_488, "test": 10_000}
    images = {name: _digests(split["inputs"]) for name, split in splits.items()}
    assert {name: len(found) for name, found in images.items()} == sizes
    for one, other in combinations(images.values(), 2):
        assert not one & other


@pytest.mark.skipif(not HAS_APT, reason="THE FORTUNES ARE NOT TESTED: no apt-get")
def test_the_texts_of_the_encoder_fill_every_class_and_none_is_in_two_splits() -> None:
    splits = fortunes.choose_splits(fortunes.read_texts())
    assert {name: len(split) for name, split in splits.items()} == {
        "test": 2_398,
        "calibration": 479,
        "search": 798,
        "train": 4_318,
    }
    for split in splits.values():
        assert {one.label for one in split} == set(fortunes.CLASSES)
    words = [{" ".join(one.text.split()).casefold() for one in split} for split in splits.values()]
    for one, other in combinations(words, 2):
        assert not one & other
