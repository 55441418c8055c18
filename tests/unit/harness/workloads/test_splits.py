"""Labelled data: read when it fits, refused when not, and never unpickled."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.splits import Split, read_split

_IMAGES = np.arange(4 * 2 * 3, dtype=np.uint8).reshape(4, 2, 3)
_LABELS = np.array([0, 1, 2, 1])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.npz"


class _Bomb:
    """What pickles as a call: whoever unpickles it touches the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._path,)


def _split(samples: int) -> Split:
    images = np.random.default_rng(0).integers(0, 256, (samples, 2, 2), dtype=np.uint8)
    return Split(digest="d", inputs=images, labels=np.arange(samples, dtype=np.int16))


@pytest.mark.parametrize("kind", ["uint8", "int16", "int64", "uint64"])
def test_a_split_is_read_whatever_integers_its_labels_are(path: Path, kind: str) -> None:
    np.savez_compressed(path, inputs=_IMAGES, labels=_LABELS.astype(kind), comment=np.zeros(1))

    split = read_split(path, digest="d", classes=3)

    assert split.samples == 4
    assert split.digest == "d"
    np.testing.assert_array_equal(split.inputs, _IMAGES)
    assert split.labels.dtype == np.dtype(np.int16)
    assert split.labels.tolist() == _LABELS.tolist()


def test_pickled_content_is_refused_and_not_executed(path: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    np.savez(path, inputs=_IMAGES, labels=np.array([_Bomb(touched)] * 4, dtype=object))

    with pytest.raises(WorkloadError, match="is not an npz file"):
        read_split(path, digest="d", classes=3)

    assert not touched.exists()


@pytest.mark.parametrize(
    ("inputs", "labels", "says"),
    [
        (_IMAGES.astype(np.float32), _LABELS, r"inputs are float32 \(4, 2, 3\)"),
        (_IMAGES.astype(np.int8), _LABELS, "inputs are int8"),
        (_IMAGES[0], _LABELS, r"inputs are uint8 \(2, 3\)"),
        (_IMAGES[..., np.newaxis], _LABELS, r"inputs are uint8 \(4, 2, 3, 1\)"),
        (np.uint8(3), _LABELS, r"inputs are uint8 \(\)"),
        (_IMAGES, _LABELS[:3], r"4 inputs but labels are int64 \(3,\)"),
        (_IMAGES, _LABELS[:, np.newaxis], "4 inputs but labels are"),
        (_IMAGES, np.int64(1), "4 inputs but labels are"),
        (_IMAGES, _LABELS.astype(np.float64), "labels are float64"),
        (_IMAGES, _LABELS.astype(bool), "labels are bool"),
        (_IMAGES, np.array(["a", "b", "c", "d"]), "labels are <U1"),
        (_IMAGES[:0], _LABELS[:0], "holds no samples"),
        (_IMAGES, _LABELS + 1, "labels run from 1 to 3, but 3 classes are named"),
        (_IMAGES, _LABELS - 1, "labels run from -1 to 1"),
        (_IMAGES, _LABELS.astype(np.uint64) + np.uint64(2**63), "but 3 classes are named"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_with_what_they_are(
    path: Path, inputs: NDArray[Any], labels: NDArray[Any], says: str
) -> None:
    np.savez(path, inputs=inputs, labels=labels)

    with pytest.raises(WorkloadError, match=says):
        read_split(path, digest="d", classes=3)


def _npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, _IMAGES)
    return stream.getvalue()


def _npz(**arrays: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type] # numpy's stub takes the names for its own flag
    return stream.getvalue()


def _zip(compression: int, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        archive.writestr("inputs.npy", content)
        archive.writestr("labels.npy", content)
    return stream.getvalue()


_WHOLE = _npz(inputs=_IMAGES, labels=_LABELS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        _npy(),
        _npz(inputs=_IMAGES),
        _npz(images=_IMAGES, labels=_LABELS),
        _WHOLE[: len(_WHOLE) // 2],
        _WHOLE[:60] + b"\xff\xff\xff\xff" + _WHOLE[64:],
        _WHOLE.replace(b"\x08\x00", b"\x63\x00"),
        _zip(zipfile.ZIP_STORED, b"not an array"),
        _zip(zipfile.ZIP_LZMA, b""),
    ],
    ids=["empty", "head", "npy", "no labels", "no inputs", "cut", "damaged", "unknown method", "no arrays", "nothing"],
)
def test_a_file_that_is_no_split_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(WorkloadError, match=str(path)):
        read_split(path, digest="d", classes=3)


def test_a_file_that_is_missing_is_refused(path: Path) -> None:
    with pytest.raises(WorkloadError, match="No such file"):
        read_split(path, digest="d", classes=3)


@given(samples=st.integers(1, 30), count=st.integers(1, 40), seed=st.integers(0, 5))
def test_a_subset_has_the_size_asked_for_in_the_files_order_and_without_repeats(
    samples: int, count: int, seed: int
) -> None:
    split = _split(samples)

    taken = split.take(count, seed=seed)

    assert taken.samples == min(count, samples)
    assert taken.labels.tolist() == sorted(set(taken.labels.tolist()))
    np.testing.assert_array_equal(taken.inputs, split.inputs[taken.labels])
    assert taken.digest == split.digest


def test_the_seed_decides_the_subset() -> None:
    split = _split(30)

    first, again, other = (split.take(10, seed=seed).labels.tolist() for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_a_sample_is_known_by_its_pixels_wherever_they_lie() -> None:
    split = _split(5)
    mirrored = Split(digest="other", inputs=split.inputs[::-1], labels=split.labels[::-1])

    digests = split.sample_digests()

    assert digests[0] == hashlib.sha256(split.inputs[0].tobytes()).hexdigest()
    assert mirrored.sample_digests() == digests[::-1]
    assert len(set(digests)) == 5
