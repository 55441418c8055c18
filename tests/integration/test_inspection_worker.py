"""Model files are read in a process of their own: what goes wrong there is an answer about the file."""

from pathlib import Path

import pytest
from helpers.hostile_models import write_model_of_a_loop
from helpers.tiny_workload import write_tiny_model

from harness.errors import WorkloadError
from harness.supervisor.inspection import inspect_model
from harness.supervisor.patience import Patience

pytest.importorskip("onnx")


def test_a_model_is_read_in_another_process(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "mine.onnx")

    card = inspect_model(tmp_path / "mine.onnx", logs=tmp_path / "logs")

    assert [spec.text for spec in card.inputs] == ["image float32 [N, 3, 8, 8]"]
    assert card.operators["Conv"] == 3


def test_a_file_that_is_no_model_is_refused_in_the_words_of_whoever_read_it(tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_bytes(b"nothing of the kind")

    with pytest.raises(WorkloadError, match=r"mine\.onnx is not an ONNX file, or is damaged"):
        inspect_model(tmp_path / "mine.onnx", logs=tmp_path / "logs")


def test_a_file_that_takes_for_ever_is_given_up(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "mine.onnx")

    with pytest.raises(WorkloadError, match=r"mine\.onnx cannot be read: .* was silent for .*; export the model again"):
        inspect_model(tmp_path / "mine.onnx", logs=tmp_path / "logs", patience=Patience(factor=1e-9))


def test_a_loop_whose_end_cannot_be_known_is_tried_and_given_up(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    write_model_of_a_loop(tmp_path / "loop.onnx", trips=None, condition="sum")

    with pytest.raises(WorkloadError, match=r"loop\.onnx holds loops, and ONNX Runtime had neither opened it nor"):
        inspect_model(tmp_path / "loop.onnx", logs=tmp_path / "logs", patience=Patience(inspect_s=8.0))


def test_a_loop_that_ends_is_tried_and_read(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    write_model_of_a_loop(tmp_path / "loop.onnx", trips=3)

    assert inspect_model(tmp_path / "loop.onnx", logs=tmp_path / "logs").operators["Loop"] == 1
