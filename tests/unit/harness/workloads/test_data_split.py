"""Splits: which samples are whose, and by what a sample is known."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import WorkloadError
from harness.workloads.data.arrays import ArrayReader
from harness.workloads.data.identity import digest_of_arrays
from harness.workloads.data.split import Split


def _split(samples: int) -> Split:
    images = np.random.default_rng(0).integers(0, 256, (samples, 2, 2), dtype=np.uint8)
    reader = ArrayReader(path=Path("test.npz"), arrays={"x": images}, preparation=dict)
    reader.__dict__["digest"] = "d"  # of a file that nobody wrote
    return Split.whole(reader, np.arange(samples, dtype=np.int16))


def _labels(split: Split) -> list[int]:
    assert split.labels is not None
    return [int(label) for label in split.labels]


@given(samples=st.integers(1, 30), count=st.integers(1, 40), seed=st.integers(0, 5))
def test_a_subset_has_the_size_asked_for_in_the_files_order_and_without_repeats(
    samples: int, count: int, seed: int
) -> None:
    split = _split(samples)

    taken = split.take(count, seed=seed)

    assert taken.samples == min(count, samples)
    assert _labels(taken) == sorted(set(_labels(taken)))
    np.testing.assert_array_equal(taken.feed(slice(None))["x"], split.feed(taken.positions)["x"])


def test_the_seed_decides_the_subset() -> None:
    split = _split(30)

    first, again, other = (_labels(split.take(10, seed=seed)) for seed in (1, 1, 2))

    assert first == again
    assert first != other


@given(samples=st.integers(2, 30), seed=st.integers(0, 5))
def test_what_is_taken_and_what_is_left_make_up_the_whole(samples: int, seed: int) -> None:
    split = _split(samples)

    taken = split.take(samples // 2, seed=seed)
    left = split.without(taken)

    assert sorted(_labels(taken) + _labels(left)) == _labels(split)
    assert taken.digest != left.digest != split.digest


def test_the_whole_of_a_file_has_the_files_digest_and_a_part_has_its_own() -> None:
    split = _split(9)

    assert split.digest == split.take(9, seed=1).digest == "d"
    assert len({split.digest, split.take(4, seed=1).digest, split.take(5, seed=1).digest}) == 3
    assert split.take(4, seed=1).digest == _split(9).take(4, seed=1).digest


def test_a_sample_is_known_by_its_pixels_wherever_they_lie() -> None:
    split = _split(5)
    mirrored = split.select(np.arange(5)[::-1])

    digests = split.sample_digests()

    assert digests[0] == digest_of_arrays({"x": split.feed(slice(0, 1))["x"][0]})
    assert mirrored.sample_digests() == digests[::-1]
    assert len(set(digests)) == 5


def test_a_split_of_nothing_is_refused() -> None:
    split = _split(3)

    with pytest.raises(WorkloadError, match="a split without samples"):
        split.without(split)


def test_labels_for_other_samples_are_refused() -> None:
    split = _split(3)

    with pytest.raises(WorkloadError, match="3 samples but 2 labels"):
        Split.whole(split.reader, np.zeros(2, dtype=np.int16))
