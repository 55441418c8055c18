"""The size of a model with the files beside it that hold its weights, found without parsing anything."""

from pathlib import Path
from typing import Any

import pytest
from helpers.tiny_workload import write_tiny_model

from harness.errors import WorkloadError
from harness.workloads.model_size import model_size

onnx = pytest.importorskip("onnx")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a model that keeps its weights inside."""
    write_tiny_model(tmp_path / "whole.onnx")
    return tmp_path


def _save_apart(folder: Path, **options: Any) -> Path:  # noqa: ANN401 - of `onnx.save_model`
    target = folder / "apart" / "model.onnx"
    target.parent.mkdir()
    model = onnx.load(str(folder / "whole.onnx"))
    onnx.save_model(model, str(target), save_as_external_data=True, size_threshold=0, **options)
    return target


@pytest.mark.parametrize("name", ["weights.bin", "w" * 127, "w" * 128, "w" * 200, "gewichte-ä.bin"])
def test_weights_beside_the_model_count_whatever_their_file_is_called(folder: Path, name: str) -> None:
    model = _save_apart(folder, location=name)

    assert model_size(model) == model.stat().st_size + (model.parent / name).stat().st_size


def test_every_file_counts_once_where_each_tensor_has_its_own(folder: Path) -> None:
    model = _save_apart(folder, all_tensors_to_one_file=False)
    files = list(model.parent.iterdir())

    assert len(files) > 3
    assert model_size(model) == sum(one.stat().st_size for one in files)


def test_a_model_that_holds_its_weights_has_the_size_of_its_file(folder: Path) -> None:
    model = folder / "whole.onnx"
    (folder / "weights.bin").write_bytes(b"of another model")

    assert model_size(model) == model.stat().st_size


@pytest.mark.parametrize(
    "name", [b"../outside.bin", b"/etc/passwd", b"missing.bin", b"weights\xff", b"weights\0", b"."]
)
def test_what_is_not_there_or_outside_of_the_models_folder_does_not_count(tmp_path: Path, name: bytes) -> None:
    (tmp_path / "outside.bin").write_bytes(b"not the model's")
    model = tmp_path / "inside" / "model.onnx"
    model.parent.mkdir()
    model.write_bytes(b"\x0a\x08location\x12" + bytes([len(name)]) + name)

    assert model_size(model) == model.stat().st_size


@pytest.mark.parametrize("content", [b"", b"{}", b"\x0a\x08location\x12", b"\x0a\x08location\x12\x7f"])
def test_what_is_no_model_has_the_size_of_its_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.onnx").write_bytes(content)

    assert model_size(tmp_path / "x.onnx") == len(content)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"x\.onnx cannot be read: "):
        model_size(tmp_path / "x.onnx")
