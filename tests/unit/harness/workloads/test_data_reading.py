"""Data are opened by what they are, and a pairing that cannot be meant is refused with what to write."""

import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.data_files import encoded, npz_bytes, pixels, write_pictures, write_tokenizer

from harness.errors import UnavailableError, WorkloadError
from harness.workloads.data.reading import read_data
from harness.workloads.description import Arrays, Data, Images, Preprocessing, RandomTensor, RandomTensors, Texts
from harness.workloads.workload import Workload, open_workload

pytest.importorskip("PIL", reason="pictures are decoded with Pillow")
pytest.importorskip("tokenizers", reason="texts are read with tokenizers")

_IMAGES, _TEXTS = Images(height=4, width=4), Texts(tokenizer="tokenizer.json")
_RANDOM = RandomTensors(tensors=(RandomTensor(name="x", shape=(2,)),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One of each form of data."""
    write_pictures(tmp_path / "pictures", {"cat": 2, "dog": 2})
    (tmp_path / "test.npz").write_bytes(npz_bytes(inputs=pixels(4, 5, 5), labels=np.array([0, 1, 0, 1])))
    (tmp_path / "test.csv").write_bytes(b"text,label\ngood,yes\nbad,no\n")
    (tmp_path / "test.parquet").write_bytes(b"PAR1")
    (tmp_path / "cat.png").write_bytes(encoded(pixels(3, 3)))
    write_tokenizer(tmp_path / "tokenizer.json")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "spec", "says"),
    [
        (
            "test.csv",
            _IMAGES,
            r'holds texts, which kind = "image" does not read: write .* kind = "text" with tokenizer',
        ),
        ("test.csv", Arrays(), r'holds texts, which kind = "none" does not read'),
        ("test.npz", _TEXTS, r'holds arrays, which kind = "text" does not read: write \[preprocessing\] kind = "none"'),
        ("pictures", _TEXTS, r'is a folder, which kind = "text" does not read: images need kind = "image"'),
        ("pictures", Arrays(), r'is a folder, which kind = "none" does not read'),
        ("test.parquet", _TEXTS, r"is in no known form: give an \.npz file .*\.csv, \.tsv or \.jsonl"),
        ("cat.png", _IMAGES, "is in no known form: .* a folder of images with one sub-folder a class"),
        ("missing.npz", _TEXTS, r"missing\.npz cannot be read: No such file"),
        ("missing", _IMAGES, "missing cannot be read: No such file"),
        ("test.npz", _RANDOM, 'is not read with .* kind = "random": remove one of them'),
    ],
)
def test_a_pairing_that_cannot_be_meant_is_refused_with_what_to_write(
    folder: Path, name: str, spec: Preprocessing, says: str
) -> None:
    with pytest.raises(WorkloadError, match=says):
        read_data(folder / name, spec, Data(), tokenizer=folder / "tokenizer.json")


def test_no_data_are_refused_but_for_random_inputs() -> None:
    with pytest.raises(WorkloadError, match=r'name them in \[data\] test, or write .* kind = "random"'):
        read_data(None, _IMAGES, Data())
    assert read_data(None, _RANDOM, Data()).split.samples == 64


@pytest.mark.parametrize(
    "spec",
    [Images(height=4, width=4, resize="zoom"), Images(height=4, width=4, colour="CMYK"), Images(height=0, width=4)],
)
def test_preprocessing_that_does_not_exist_is_refused(folder: Path, spec: Images) -> None:
    with pytest.raises(WorkloadError, match=r"there are resize: stretch, crop, pad; colour|is empty"):
        read_data(folder / "pictures", spec, Data())


def _workload(folder: Path, preprocessing: str, data: str, *, task: str = "classification") -> Workload:
    (folder / "model.fake.json").write_bytes(b"{}")
    (folder / "workload.toml").write_text(
        f'schema = 2\nname = "mine"\ntask = "{task}"\n[model]\nfile = "model.fake.json"\n'
        f"[preprocessing]\n{preprocessing}\n[data]\n{data}\n"
    )
    return open_workload(str(folder))


def test_a_workload_of_pictures_calibrates_on_a_part_of_them(folder: Path) -> None:
    write_pictures(folder / "pictures", {"cat": 10, "dog": 10})

    workload = _workload(folder, 'kind = "image"\nheight = 4\nwidth = 4', 'test = "pictures"')

    test, calibration = workload.split("test"), workload.split("calibration")
    assert workload.class_names == ("cat", "dog")
    assert (test.samples, calibration.samples) == (16, 4)
    assert not set(test.sample_digests()) & set(calibration.sample_digests())
    assert len(workload.digest) == 64


def test_a_label_means_the_same_class_in_calibration_data_that_lack_some(folder: Path) -> None:
    write_pictures(folder / "calib", {"dog": 3})

    workload = _workload(folder, 'kind = "image"\nheight = 4\nwidth = 4', 'test = "pictures"\ncalibration = "calib"')

    labels = workload.split("calibration").labels
    assert labels is not None
    assert labels.tolist() == [1, 1, 1]


def test_calibration_data_need_no_labels_but_test_data_do(folder: Path) -> None:
    write_pictures(folder / "calib", {".": 3})
    images = 'kind = "image"\nheight = 4\nwidth = 4'

    assert _workload(folder, images, 'test = "pictures"\ncalibration = "calib"').split("calibration").labels is None
    with pytest.raises(WorkloadError, match=r'calib has no labels: add them, or write task = "none"'):
        _workload(folder, images, 'test = "calib"').split("test")
    assert _workload(folder, images, 'test = "calib"', task="none").split("test").samples == 2


def test_a_workload_of_texts_finds_its_tokenizer_and_is_another_with_another(folder: Path) -> None:
    preprocessing = 'kind = "text"\ntokenizer = "tokenizer.json"'
    workload = _workload(folder, preprocessing, 'test = "test.csv"\ncalibration = "test.csv"')

    assert workload.split("test").feed(slice(None))["input_ids"].tolist() == [[2, 4, 3], [2, 5, 3]]
    before = workload.digest
    write_tokenizer(folder / "tokenizer.json", padding="left")
    assert open_workload(str(folder)).digest != before


def test_a_tokenizer_outside_the_folder_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = write_tokenizer(tmp_path_factory.mktemp("outside") / "tokenizer.json")
    workload = _workload(folder, f'kind = "text"\ntokenizer = "{outside}"', 'test = "test.csv"')

    with pytest.raises(WorkloadError, match="lies outside its folder"):
        workload.split("test")


def test_a_workload_of_random_inputs_needs_no_data(folder: Path) -> None:
    tensors = 'kind = "random"\ntensors = [{ name = "x", shape = [3] }]\nsamples = 10'

    workload = _workload(folder, tensors, "", task="none")

    assert (workload.split("test").samples, workload.split("calibration").samples) == (8, 2)
    assert len(workload.digest) == 64


def test_a_folder_that_changed_is_refused_by_its_hash(folder: Path) -> None:
    images = 'kind = "image"\nheight = 4\nwidth = 4'
    digest = _workload(folder, images, 'test = "pictures"').split("test").reader.digest
    pinned = _workload(folder, images, f'test = {{ file = "pictures", sha256 = "{digest}" }}\ncalibration = "pictures"')
    assert pinned.split("test").samples == 4

    (folder / "pictures" / "cat" / "0.png").write_bytes(encoded(pixels(2, 2)))

    with pytest.raises(WorkloadError, match="does not hold the samples its description names"):
        open_workload(str(folder)).split("test")


@pytest.mark.parametrize(
    ("package", "name", "spec"), [("PIL", "pictures", _IMAGES), ("tokenizers", "test.csv", _TEXTS)]
)
def test_a_package_that_is_missing_is_named_with_the_command_that_installs_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, package: str, name: str, spec: Preprocessing
) -> None:
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(UnavailableError, match=r"pip install 'planner\[cpu\]'"):
        read_data(folder / name, spec, Data(), tokenizer=folder / "tokenizer.json").split.feed(slice(None))
