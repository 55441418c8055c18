"""Random inputs: of the right shape, and the same whoever asks for them."""

import numpy as np
import pytest

from harness.errors import WorkloadError
from harness.workloads.data.random_tensors import RandomReader
from harness.workloads.data.reading import read_data
from harness.workloads.data.split import Split
from harness.workloads.description import Data, RandomTensor, RandomTensors

_IMAGE = RandomTensor(name="image", shape=(3, 4, 4))
_IDS = RandomTensor(name="ids", shape=(8,), dtype="int64", low=5, high=9)


def _split(*tensors: RandomTensor, samples: int = 6, seed: int = 1) -> Split:
    spec = RandomTensors(tensors=tensors, samples=samples, seed=seed)
    return read_data(None, spec, Data()).split


def test_tensors_have_the_shape_type_and_range_that_are_described() -> None:
    mask = RandomTensor(name="mask", shape=(8,), dtype="bool", low=1, high=2)
    fed = _split(_IMAGE, _IDS, mask).feed(slice(None))

    assert {name: (array.dtype.name, array.shape) for name, array in fed.items()} == {
        "image": ("float32", (6, 3, 4, 4)),
        "ids": ("int64", (6, 8)),
        "mask": ("bool", (6, 8)),
    }
    assert set(np.unique(fed["ids"])) == {5, 6, 7, 8}
    assert fed["mask"].all()
    assert fed["image"].std() == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [("uint8", 0, 256), ("int8", -128, 128), ("float16", 0, 2), ("int64", -(2**63), 2**63 - 1), ("uint64", 0, 5)],
)
def test_every_type_is_drawn_over_its_whole_range(dtype: str, low: int, high: int) -> None:
    tensor = RandomTensor(name="x", shape=(2000,), dtype=dtype, low=low, high=high)

    drawn = _split(tensor, samples=1).feed(slice(None))["x"]

    assert drawn.dtype == np.dtype(dtype)
    if dtype == "uint8":
        assert (drawn.min(), drawn.max()) == (0, 255)


def test_a_sample_is_the_same_in_every_batch_and_differs_from_others() -> None:
    split = _split(_IMAGE, _IDS)

    together, alone = split.feed(slice(None)), split.feed(np.array([4]))

    np.testing.assert_array_equal(together["image"][4:5], alone["image"])
    np.testing.assert_array_equal(together["ids"][4:5], alone["ids"])
    assert len(set(split.sample_digests())) == 6
    assert split.sample_digests() == _split(_IMAGE, _IDS).sample_digests()


def test_the_seed_decides_the_numbers_and_the_digest() -> None:
    first, other = _split(_IMAGE), _split(_IMAGE, seed=2)

    assert first.digest != other.digest
    assert first.sample_digests()[0] != other.sample_digests()[0]


@pytest.mark.parametrize(
    ("tensor", "says"),
    [
        (RandomTensor(name="x", shape=(0,)), "cannot be drawn"),
        (RandomTensor(name="x", shape=(-1, -1)), "cannot be drawn"),
        (RandomTensor(name="x", shape=(2**20, 2**20)), "cannot be drawn"),
        (RandomTensor(name="x", shape=(2,), dtype="object"), "dtype 'object' is not known"),
        (RandomTensor(name="x", shape=(2,), dtype="uint8", low=0, high=300), "give low and high within 0 to 255"),
        (RandomTensor(name="x", shape=(2,), dtype="int64", low=3, high=3), "from 3 up to and without 3"),
        (RandomTensor(name="x", shape=(2,), dtype="int64", low=0, high=2**70), "are no int64"),
        (RandomTensor(name="x", shape=(2,), dtype="bool", low=0, high=3), "within 0 to 1"),
    ],
)
def test_a_tensor_that_cannot_be_drawn_is_refused(tensor: RandomTensor, says: str) -> None:
    with pytest.raises(WorkloadError, match=says):
        _split(tensor)


@pytest.mark.parametrize(
    "spec",
    [
        RandomTensors(tensors=()),
        RandomTensors(tensors=(_IMAGE, _IMAGE)),
        RandomTensors(tensors=(_IMAGE,), samples=0),
        RandomTensors(tensors=(_IMAGE,), samples=2**30),
        RandomTensors(tensors=(_IMAGE,), seed=-1),
    ],
)
def test_a_description_that_means_nothing_is_refused(spec: RandomTensors) -> None:
    with pytest.raises(WorkloadError, match=r"\[preprocessing\]"):
        RandomReader(spec=spec)
