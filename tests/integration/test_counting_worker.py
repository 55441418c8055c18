"""Models are counted in a process of their own: what goes wrong there is an answer about the file."""

from pathlib import Path

import pytest
from helpers.hostile_models import write_model_of_absurd_weights
from helpers.tiny_workload import write_tiny_workload

from harness.errors import WorkloadError
from harness.events import CountWork
from harness.supervisor.patience import Patience
from harness.supervisor.work import count_model

pytest.importorskip("onnx")


def asked(folder: Path, *, model: str = "model.onnx") -> CountWork:
    """To count a model with the data of the tiny workload in a folder."""
    return CountWork(workload=str(write_tiny_workload(folder)), model=str(folder / model), batches=(1, 8))


def test_a_model_is_counted_in_another_process_at_every_batch_size(tmp_path: Path) -> None:
    one, eight = count_model(asked(tmp_path / "w"), logs=tmp_path / "logs")

    assert (one.batch, eight.batch) == (1, 8)
    assert eight.operations == 8 * one.operations > 0


def test_a_model_that_no_one_should_open_is_refused_in_the_words_of_whoever_read_it(tmp_path: Path) -> None:
    command = asked(tmp_path / "w", model="absurd.onnx")
    write_model_of_absurd_weights(tmp_path / "w" / "absurd.onnx")

    with pytest.raises(WorkloadError, match=r"absurd\.onnx: the tensor w claims the shape"):
        count_model(command, logs=tmp_path / "logs")


def test_a_count_that_takes_for_ever_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"model\.onnx cannot be counted: .* was silent"):
        count_model(asked(tmp_path / "w"), logs=tmp_path / "logs", patience=Patience(factor=1e-9))
