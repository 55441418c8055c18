"""Calibration samples among the test data are found in whatever encoding they come."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.data_files import encoded, npz_bytes, pixels, write_tokenizer

from harness.quantize import overlaps
from harness.quantize.overlaps import find_overlap
from harness.vocabulary import CalibrationFinding, Severity
from harness.workloads.data.reading import read_data
from harness.workloads.data.split import Split
from harness.workloads.description import Arrays, Data, Images, Preprocessing, Texts

_PICTURES = pixels(6, 5, 4, 3)
_NUMBERS = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
_AS_IMAGES = Images(height=4, width=4)
_AS_TEXTS = Texts(tokenizer="tokenizer.json", max_length=16, ids="ids")


def _overlap(test: Path, calibration: Path, spec: Preprocessing, *, is_brief: bool = False) -> CalibrationFinding:
    return find_overlap(_read(calibration, spec), _read(test, spec), purpose="test", is_brief=is_brief)


def _read(path: Path, spec: Preprocessing) -> Split:
    tokenizer = path.parent / "tokenizer.json" if isinstance(spec, Texts) else None
    return read_data(path, spec, Data(), tokenizer=tokenizer, needs_labels=False).split


def _folder(root: Path, images: object = _PICTURES, kind: str = "PNG", **options: object) -> Path:
    root.mkdir()
    for number, image in enumerate(np.asarray(images)):
        (root / f"{number}.{kind.lower()}").write_bytes(encoded(image, kind, **options))
    return root


def _archive(path: Path, **arrays: object) -> Path:
    path.write_bytes(npz_bytes(**arrays))
    return path


@pytest.mark.parametrize(
    "write",
    [
        lambda root: _folder(root / "c"),
        lambda root: _folder(root / "c", compress_level=0),
        lambda root: _folder(root / "c", kind="BMP"),
        lambda root: _archive(root / "c.npz", inputs=_PICTURES),
    ],
    ids=["copies", "recompressed", "another format", "an archive"],
)
def test_pictures_are_found_by_their_pixels(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    pytest.importorskip("PIL")

    found = _overlap(_folder(tmp_path / "test"), write(tmp_path), _AS_IMAGES)

    assert found.severity is Severity.SERIOUS
    assert "by 6 of 6 samples (100 %)" in found.sentence


def test_other_pictures_do_not_overlap(tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    others = _folder(tmp_path / "c", pixels(6, 5, 4, 3, seed=8))

    assert _overlap(_folder(tmp_path / "test"), others, _AS_IMAGES).severity is Severity.INFO


def test_many_pictures_are_compared_by_their_files_where_time_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("PIL")
    monkeypatch.setattr(overlaps, "_MOST_DECODED", 100)
    test = _folder(tmp_path / "test")

    recompressed = _overlap(test, _folder(tmp_path / "c", compress_level=0), _AS_IMAGES, is_brief=True)
    copied = _overlap(test, _folder(tmp_path / "d"), _AS_IMAGES, is_brief=True)
    archived = _overlap(test, _archive(tmp_path / "c.npz", inputs=_PICTURES), _AS_IMAGES, is_brief=True)

    assert copied.severity is Severity.SERIOUS
    for found in (recompressed, archived):
        assert found.severity is Severity.INFO
        assert found.sentence.startswith("not checked: the 6 pictures of the test data take long to decode")
        assert found.sentence.endswith("`planner audit calibration` looks")


@pytest.mark.parametrize(
    "arrays",
    [
        {"inputs": _NUMBERS.astype(np.float64)},
        {"x": _NUMBERS},
        {"x": _NUMBERS[::-1].astype(np.float64), "labels": np.arange(6)},
    ],
)
def test_numbers_are_found_in_another_type_and_under_another_name(tmp_path: Path, arrays: dict[str, object]) -> None:
    test = _archive(tmp_path / "test.npz", inputs=_NUMBERS)

    assert _overlap(test, _archive(tmp_path / "c.npz", **arrays), Arrays()).severity is Severity.SERIOUS


def test_an_array_that_only_one_of_them_has_hides_nothing(tmp_path: Path) -> None:
    test = _archive(tmp_path / "test.npz", left=_NUMBERS, right=-_NUMBERS)
    same = _archive(tmp_path / "c.npz", left=_NUMBERS, right=-_NUMBERS, number=np.arange(6))

    assert _overlap(test, same, Arrays()).severity is Severity.SERIOUS


def test_arrays_without_a_common_name_are_not_checked(tmp_path: Path) -> None:
    test = _archive(tmp_path / "test.npz", left=_NUMBERS, right=-_NUMBERS)
    other = _archive(tmp_path / "c.npz", a=_NUMBERS, b=-_NUMBERS)

    found = _overlap(test, other, Arrays())

    assert found.severity is Severity.INFO
    assert found.sentence.startswith(
        "not checked: the calibration data hold numbers in a, b, the test data numbers in left, right"
    )


def test_texts_are_found_in_another_file_format_and_with_other_line_ends(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    write_tokenizer(tmp_path / "tokenizer.json")
    (tmp_path / "test.csv").write_text("text,label\ngood film,a\nbad film,b\n")
    (tmp_path / "c.jsonl").write_text('{"text": "Good  film\\n", "label": "a"}\n{"text": "bad", "label": "b"}\n')

    found = _overlap(tmp_path / "test.csv", tmp_path / "c.jsonl", _AS_TEXTS)

    assert found.severity is Severity.SERIOUS
    assert "by 1 of 2 samples (50 %)" in found.sentence
