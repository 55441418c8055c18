"""Arrays with labels: read when they fit one another and the description, refused with what they are."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.data_files import npz_bytes
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.data.identity import digest_of_arrays
from harness.workloads.data.reading import INPUT, LabelledData, read_data
from harness.workloads.description import Arrays, Data, Images, Preprocessing

_IMAGES = np.arange(4 * 2 * 3, dtype=np.uint8).reshape(4, 2, 3)
_LABELS = np.array([0, 1, 2, 1])
_AS_IMAGES = Images(height=2, width=3)
_THREE = Data(classes=("a", "b", "c"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.npz"


def _read(path: Path, spec: Preprocessing = _AS_IMAGES, data: Data = _THREE, **arrays: object) -> LabelledData:
    path.write_bytes(npz_bytes(**arrays))
    return read_data(path, spec, data)


def _labels(read: LabelledData) -> list[int]:
    assert read.split.labels is not None
    assert read.split.labels.dtype == np.int16
    return [int(label) for label in read.split.labels]


@pytest.mark.parametrize("kind", ["uint8", "int16", "int64", "uint64", ">i4"])
def test_data_are_read_whatever_integers_their_labels_are(path: Path, kind: str) -> None:
    read = _read(path, inputs=_IMAGES, labels=_LABELS.astype(kind), comment=np.zeros(1))

    assert read.split.samples == 4
    assert read.split.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    np.testing.assert_array_equal(read.split.feed(slice(None))[INPUT][:, 0], _IMAGES)
    assert _labels(read) == _LABELS.tolist()


@pytest.mark.parametrize("kind", ["int64", "float32", "bool"])
def test_one_hot_rows_are_labels(path: Path, kind: str) -> None:
    assert _labels(_read(path, inputs=_IMAGES, labels=np.eye(3)[_LABELS].astype(kind))) == _LABELS.tolist()


def test_names_that_are_not_declared_are_counted(path: Path) -> None:
    assert _read(path, data=Data(), inputs=_IMAGES, labels=_LABELS).class_names == ("class 0", "class 1", "class 2")
    one_hot = np.eye(5)[_LABELS]
    assert len(_read(path, data=Data(), inputs=_IMAGES, labels=one_hot).class_names) == 5


@pytest.mark.parametrize("kind", ["U", "S"])
def test_words_are_labels_as_they_are_in_tables(path: Path, kind: str) -> None:
    words = np.array(["dog", " cat", "dog", "bird"]).astype(kind)

    sorted_names = _read(path, data=Data(), inputs=_IMAGES, labels=words)
    declared = _read(path, data=Data(classes=("dog", "cat", "bird")), inputs=_IMAGES, labels=words)

    assert sorted_names.class_names == ("bird", "cat", "dog")
    assert sorted_names.split.labels is not None
    assert sorted_names.split.labels.tolist() == [2, 1, 2, 0]
    assert declared.split.labels is not None
    assert declared.split.labels.tolist() == [0, 1, 0, 2]


def test_inputs_are_never_words(path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"inputs is <U1 \(4,\); give numbers, a row a sample"):
        _read(path, inputs=np.array(["a", "b", "c", "d"]), labels=_LABELS)


def test_data_without_labels_are_read(path: Path) -> None:
    assert _read(path, inputs=_IMAGES).split.labels is None


@pytest.mark.parametrize(
    ("inputs", "labels", "says"),
    [
        (_IMAGES.astype(np.float32), _LABELS, r"inputs are float32 \(4, 2, 3\); give pixels .* or write kind = "),
        (_IMAGES.astype(np.int8), _LABELS, "inputs are int8"),
        (_IMAGES[0], _LABELS, r"inputs are uint8 \(2, 3\)"),
        (_IMAGES[..., np.newaxis], _LABELS, r"inputs are uint8 \(4, 2, 3, 1\)"),
        (np.uint8(3), _LABELS, r"inputs are uint8 \(\)"),
        (_IMAGES[:, :0], _LABELS, r"inputs are uint8 \(4, 0, 3\)"),
        (_IMAGES, _LABELS[:3], r"4 inputs but labels are int64 \(3,\): give one class index a sample"),
        (_IMAGES, _LABELS[:, np.newaxis], r"4 inputs but labels are int64 \(4, 1\): save labels\.reshape\(-1\)"),
        (_IMAGES, np.int64(1), "4 inputs but labels are"),
        (_IMAGES, _LABELS.astype(np.float64), r'labels are float64 \(4,\): save labels\.astype\("int64"\)'),
        (_IMAGES, _LABELS + 0.5, r"labels are float64 \(4,\): give class indices"),
        (_IMAGES, _LABELS.astype(bool), r'labels are bool \(4,\): save labels\.astype\("int64"\)'),
        (_IMAGES, np.array(["a", "b", "c", "d"]), r"label 3: 'd' is none of the 3 classes in \[data\] classes"),
        (_IMAGES, np.array(["a", "b", "", "c"]), "label 2 is empty, or has control characters"),
        (_IMAGES, np.array(["a", "b\x1b[2J", "c", "c"]), "label 1 is empty, or has control characters"),
        (_IMAGES, np.array([b"a", b"\xff", b"c", b"c"]), "a label is no text: save them as str"),
        (_IMAGES, np.array([["a"], ["b"], ["c"], ["a"]]), r"labels are words \(4, 1\): save labels\.reshape\(-1\)"),
        (_IMAGES, np.array(["a", "b"]), r"4 inputs but labels are words \(2,\): give one class index a sample"),
        (_IMAGES, np.array(["a", 1, "c", "b"], dtype=object), "labels holds pickled objects, which are never loaded"),
        (_IMAGES, np.ones((4, 3)), r"labels float64 \(4, 3\) are not one-hot, sample 0 is"),
        (_IMAGES, np.full((4, 3), np.nan), "are not one-hot"),
        (_IMAGES, np.eye(5)[_LABELS], "one-hot labels of 5 classes, but 3 are named"),
        (_IMAGES[:0], _LABELS[:0], "holds no samples"),
        (_IMAGES, _LABELS + 1, "labels run from 1 to 3, but 3 classes are named"),
        (_IMAGES, _LABELS - 1, "labels run from -1 to 1"),
        (_IMAGES, _LABELS.astype(np.uint64) + np.uint64(2**63), "but 3 classes are named"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_with_what_they_are(
    path: Path, inputs: NDArray[Any], labels: NDArray[Any], says: str
) -> None:
    with pytest.raises(WorkloadError, match=says):
        _read(path, inputs=inputs, labels=labels)


def test_more_classes_than_can_be_kept_are_refused_where_none_are_declared(path: Path) -> None:
    with pytest.raises(WorkloadError, match="labels run from 0 to 40000, but they count from 0 to 32766 at most"):
        _read(path, data=Data(), inputs=_IMAGES, labels=np.array([0, 1, 2, 40_000]))


def test_pictures_are_found_by_the_models_own_name_too(path: Path) -> None:
    spec = Images(height=2, width=3, input="image")

    read = _read(path, spec, image=_IMAGES, labels=_LABELS)

    assert set(read.split.feed(slice(0, 2))) == {"image"}
    with pytest.raises(WorkloadError, match="holds pictures, labels: an image model needs `inputs`"):
        _read(path, spec, pictures=_IMAGES, labels=_LABELS)


def test_arrays_are_fed_as_they_are_under_their_own_names(path: Path) -> None:
    ids, mask = np.arange(12).reshape(4, 3), np.ones((4, 3), dtype=bool)

    read = _read(path, Arrays(), ids=ids, mask=mask, labels=_LABELS)

    fed = read.split.feed(np.array([3, 1]))
    np.testing.assert_array_equal(fed["ids"], ids[[3, 1]])
    assert set(fed) == {"ids", "mask"}
    assert fed["mask"].dtype == np.bool_
    assert read.split.sample_digests()[1] == digest_of_arrays({"mask": mask[1], "ids": ids[1]})


def test_a_single_array_named_inputs_goes_to_the_only_input(path: Path) -> None:
    assert set(_read(path, Arrays(), inputs=np.ones((4, 2)), labels=_LABELS).split.feed(slice(0, 1))) == {INPUT}


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_a_number_that_is_none_is_refused_with_its_sample(path: Path, wrong: float, kind: str) -> None:
    values = np.ones((4, 2, 3), dtype=kind)
    values[2, 1, 0] = values[3, 0, 0] = wrong

    with pytest.raises(WorkloadError, match="x of sample 2 holds NaN or infinity"):
        _read(path, Arrays(), x=values, labels=_LABELS)


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"labels": _LABELS}, "holds no inputs"),
        ({"x": np.ones((4, 2)), "y": np.ones((3, 2))}, r"the inputs differ in length \(x 4, y 3\)"),
        ({"x": np.float32(1)}, r"x is float32 \(\)"),
        ({"x": np.ones((4, 0))}, r"x is float64 \(4, 0\)"),
        ({"x": np.ones((0, 4))}, "holds no samples"),
        ({"x": np.ones((4, 2)), "labels": _LABELS[:2]}, "4 inputs but labels are"),
    ],
)
def test_arrays_that_no_model_could_be_fed_are_refused(path: Path, arrays: dict[str, object], says: str) -> None:
    with pytest.raises(WorkloadError, match=says):
        _read(path, Arrays(), Data(), **arrays)
