"""Folders of pictures: which count, what class they are of, and what may not lie among them."""

import os
from pathlib import Path

import numpy as np
import pytest
from helpers.data_files import encoded, pixels, write_pictures
from helpers.unprivileged import as_nobody

from harness.errors import WorkloadError
from harness.workloads.data.image_reader import ImageReader
from harness.workloads.data.reading import INPUT, LabelledData, read_data
from harness.workloads.description import Data, Images

pytest.importorskip("PIL", reason="pictures are decoded with Pillow")

_SPEC = Images(height=4, width=4)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "pictures"


def _read(root: Path, *classes: str, needs_labels: bool = True) -> LabelledData:
    return read_data(root, _SPEC, Data(classes=classes or None), needs_labels=needs_labels)


def _labels(read: LabelledData) -> list[int]:
    assert read.split.labels is not None
    return [int(label) for label in read.split.labels]


def test_sub_folders_are_the_classes_sorted_by_name(root: Path) -> None:
    read = _read(write_pictures(root, {"dog": 1, "Zebra": 1, "cat": 2}))

    assert read.class_names == ("Zebra", "cat", "dog")
    assert _labels(read) == [0, 1, 1, 2]


def test_declared_classes_keep_their_order(root: Path) -> None:
    read = _read(write_pictures(root, {"dog": 1, "cat": 2}), "dog", "cat")

    assert read.class_names == ("dog", "cat")
    assert sorted(_labels(read)) == [0, 1, 1]


def test_folders_that_are_whole_numbers_are_the_index(root: Path) -> None:
    read = _read(write_pictures(root, {"10": 1, "2": 1, "003": 1}))

    assert _labels(read) == [3, 10, 2]
    assert read.class_names[10] == "class 10"
    assert len(read.class_names) == 11


def test_numbers_that_are_declared_are_names(root: Path) -> None:
    assert sorted(_labels(_read(write_pictures(root, {"7": 1, "1": 2}), "7", "1"))) == [0, 1, 1]


def test_numbers_index_the_declared_classes(root: Path) -> None:
    read = _read(write_pictures(root, {"0": 1, "1": 2}), "cat", "dog")

    assert (_labels(read), read.class_names) == ([0, 1, 1], ("cat", "dog"))


def test_an_unknown_folder_is_refused_with_the_nearest_class(root: Path) -> None:
    with pytest.raises(WorkloadError, match=r"folder 'dgo': 'dgo' is none of the 2 classes .*did you mean dog\?"):
        _read(write_pictures(root, {"cat": 1, "dgo": 1}), "cat", "dog")


def test_a_number_beyond_the_classes_is_refused(root: Path) -> None:
    with pytest.raises(WorkloadError, match=r"'2' is none of the 2 classes .*, which count from 0 to 1"):
        _read(write_pictures(root, {"0": 1, "2": 1}), "cat", "dog")
    with pytest.raises(WorkloadError, match="'99999' is no class: there can be 32767"):
        _read(write_pictures(root, {"99999": 1}))


def test_a_class_without_images_is_refused_where_answers_are_judged(root: Path) -> None:
    write_pictures(root, {"cat": 1})

    with pytest.raises(WorkloadError, match="class 'cow' has no images; nor has 'dog': add some"):
        _read(root, "cow", "cat", "dog")
    assert _labels(_read(root, "cow", "cat", "dog", needs_labels=False)) == [1]


def test_an_empty_class_folder_is_refused(root: Path) -> None:
    with pytest.raises(WorkloadError, match="class 'dog' has no images"):
        _read(write_pictures(root, {"cat": 1, "dog": 0}))


def test_pictures_without_sub_folders_have_no_labels(root: Path) -> None:
    read = _read(write_pictures(root, {".": 3}))

    assert read.split.labels is None
    assert read.split.samples == 3


def test_pictures_beside_sub_folders_are_refused(root: Path) -> None:
    with pytest.raises(WorkloadError, match=r"both sub-folders and images beside them, such as '0\.png'"):
        _read(write_pictures(root, {".": 1, "cat": 1}))


def test_pictures_deeper_down_belong_to_the_top_folders_class(root: Path) -> None:
    assert _labels(_read(write_pictures(root, {"cat/black": 1, "cat/white": 1, "dog": 1}))) == [0, 0, 1]


@pytest.mark.parametrize("name", [".DS_Store", ".hidden/x.png", "Thumbs.db", "cat/notes.txt", "labels.csv", "LICENSE"])
def test_what_lies_beside_pictures_everywhere_is_skipped(root: Path, name: str) -> None:
    write_pictures(root, {"cat": 2})
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_bytes(b"no picture")

    assert _read(root).split.samples == 2


@pytest.mark.parametrize("name", ["cat/photo.heic", "cat/photo", "cat/model.onnx", "archive.zip"])
def test_any_other_file_is_refused_rather_than_left_out(root: Path, name: str) -> None:
    write_pictures(root, {"cat": 2})
    (root / name).write_bytes(b"?")

    with pytest.raises(WorkloadError, match=f"{root / name} is neither an image by its name"):
        _read(root)


def test_a_pipe_named_like_a_picture_is_refused_and_not_waited_for(root: Path) -> None:
    write_pictures(root, {"cat": 1})
    os.mkfifo(root / "cat" / "pipe.png")

    with pytest.raises(WorkloadError, match="is neither an image by its name"):
        _read(root)


def test_a_picture_that_became_a_pipe_is_refused_when_it_is_fetched(root: Path) -> None:
    read = _read(write_pictures(root, {"cat": 1}))
    (root / "cat" / "0.png").unlink()
    os.mkfifo(root / "cat" / "0.png")

    with pytest.raises(WorkloadError, match=r"cat/0\.png is not an image: a file of 256 MiB at most"):
        read.split.feed(slice(None))


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("../outside.png", "leads out of the data folder"),
        ("/etc/hostname", "leads out of the data folder"),
        ("nowhere.png", "leads nowhere"),
        ("link.png", "leads nowhere"),
        (".", "is a link to a folder"),
        ("../outside", "leads out of the data folder"),
    ],
)
def test_a_link_that_leads_out_or_nowhere_or_round_is_refused(root: Path, target: str, says: str) -> None:
    write_pictures(root, {"cat": 1, "../outside": 1})
    (root / "../outside.png").write_bytes(encoded(pixels(3, 3)))
    (root / "cat" / "link.png").symlink_to(target if target.startswith("/") else root / "cat" / ".." / target)
    if target == "link.png":
        (root / "link.png").symlink_to(root / "link.png")

    with pytest.raises(WorkloadError, match=says):
        _read(root)


def test_a_link_to_a_picture_inside_is_one(root: Path) -> None:
    write_pictures(root, {"cat": 1, "dog": 1})
    (root / "dog" / "same.png").symlink_to(root / "cat" / "0.png")

    assert _labels(_read(root)) == [0, 1, 1]


def test_a_name_that_is_no_text_is_refused(root: Path) -> None:
    write_pictures(root, {"cat": 1})
    (root / "cat" / os.fsdecode(b"\xff\xfe.png")).write_bytes(b"")

    with pytest.raises(WorkloadError, match=r"no UTF-8: rename it") as refusal:
        _read(root)

    assert str(refusal.value).encode()


def test_an_empty_folder_and_one_that_may_not_be_read_are_refused(root: Path) -> None:
    root.mkdir()
    with pytest.raises(WorkloadError, match="holds no images"):
        _read(root)

    root.chmod(0o700)
    assert "Permission denied" in as_nobody(lambda: str(_read(root)))


def test_folders_too_deep_to_be_meant_are_refused(root: Path) -> None:
    with pytest.raises(WorkloadError, match="lies deeper than 16 folders"):
        _read(write_pictures(root, {"/".join("a" * 20): 1}))


def test_pictures_of_different_sizes_make_one_batch(root: Path) -> None:
    write_pictures(root, {"a": 1}, size=(9, 3))
    write_pictures(root, {"b": 1}, size=(2, 70))
    (root / "b" / "grey.png").write_bytes(encoded(np.full((5, 5), 77, dtype=np.uint8)))

    fed = _read(root).split.feed(slice(None))[INPUT]

    assert (fed.shape, fed.dtype.name) == ((3, 3, 4, 4), "float32")
    np.testing.assert_allclose(fed[2], 77, rtol=1e-6)


def test_fetching_gives_the_encoded_bytes_and_decodes_nothing(root: Path) -> None:
    write_pictures(root, {"cat": 1})
    (root / "cat" / "0.png").write_bytes(b"not an image")
    reader = _read(root).split.reader

    raw = reader.fetch(np.array([0]))

    assert isinstance(reader, ImageReader)
    assert raw[0].content == b"not an image"
    with pytest.raises(WorkloadError, match=rf"{root}/cat/0\.png is not an image"):
        reader.prepare(raw)


def test_a_picture_that_is_gone_is_named(root: Path) -> None:
    split = _read(write_pictures(root, {"cat": 2})).split
    (root / "cat" / "1.png").unlink()

    with pytest.raises(WorkloadError, match=r"cat/1\.png cannot be read: No such file"):
        split.feed(slice(None))
