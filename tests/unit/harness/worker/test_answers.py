"""A model's answers, collected: classes, what is no number, what changes, and a sample of the raw outputs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.fake_workload import write_fake_workload
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.vocabulary import Prediction
from harness.worker.answers import Answers
from harness.workloads.workload import Workload, open_workload

SAMPLES = 200


def workload(folder: Path, *, classes: int = 2, replacing: tuple[str, str] = ("", "")) -> Workload:
    """A workload of so many classes; in its description one text stands in place of another."""
    written = write_fake_workload(folder, classes=classes, samples=SAMPLES) / "workload.toml"
    written.write_text(written.read_text().replace(*replacing) if replacing[0] else written.read_text())
    return open_workload(str(folder))


def collect(opened: Workload, answers: NDArray[Any], *, batch: int = 16, output: str = "scores") -> Prediction:
    """The prediction from these answers to all samples, given in batches."""
    collected = Answers(opened, opened.split("test"))
    for start in range(0, SAMPLES, batch):
        places = np.arange(start, min(start + batch, SAMPLES))
        collected.take(places, {output: answers[places]})
    return collected.prediction(wall_s=1.0)


def given(prediction: Prediction) -> list[int]:
    """The classes."""
    return [int(one) for one in np.frombuffer(prediction.classes, dtype="<i2")]


def kept(prediction: Prediction) -> NDArray[np.float32]:
    """The raw outputs, a row a sample."""
    return np.frombuffer(prediction.outputs, dtype="<f4").reshape(prediction.output_samples, -1)


def test_kept_outputs_are_spread_over_the_data_whatever_the_batch_size(tmp_path: Path) -> None:
    opened = workload(tmp_path)
    answers = np.stack([np.arange(SAMPLES), -np.arange(SAMPLES)], axis=1).astype(np.float32)

    one, many = collect(opened, answers, batch=1), collect(opened, answers, batch=64)

    assert one == many
    assert one.output_samples == 64
    assert kept(one)[:, 0].tolist()[:3] == [0, 3, 6]
    assert kept(one)[-1].tolist() == [199, -199]


def test_of_a_large_output_so_many_places_are_kept_and_the_same_of_every_sample(tmp_path: Path) -> None:
    opened = workload(tmp_path, replacing=("classification", "none"))
    answers = np.tile(np.arange(5_000, dtype=np.float32).reshape(1, 50, 100), (SAMPLES, 1, 1))

    found = collect(opened, answers)

    assert kept(found).shape == (64, 64)
    assert (kept(found) == kept(found)[0]).all()
    assert len(set(kept(found)[0].tolist())) == 64


def test_samples_with_an_output_of_another_length_are_left_out(tmp_path: Path) -> None:
    opened = workload(tmp_path, replacing=("classification", "none"))
    collected = Answers(opened, opened.split("test"))

    for start, width in ((0, 7), (100, 5)):
        collected.take(np.arange(start, start + 100), {"tokens": np.ones((100, width))})

    found = collected.prediction(wall_s=1.0)
    assert kept(found).shape == (32, 7)


def test_a_workload_without_classes_gives_none(tmp_path: Path) -> None:
    opened = workload(tmp_path, replacing=("classification", "none"))

    assert collect(opened, np.ones((SAMPLES, 2))).classes == b""


@pytest.mark.parametrize("shape", [(SAMPLES,), (SAMPLES, 1)])
def test_one_score_a_sample_is_a_probability_only_if_all_of_them_are(tmp_path: Path, shape: tuple[int, ...]) -> None:
    opened = workload(tmp_path)
    probabilities = np.linspace(0.0, 1.0, SAMPLES)
    logits = np.where(np.arange(SAMPLES) < SAMPLES - 1, probabilities, 3.0)

    assert sum(given(collect(opened, probabilities.reshape(shape)))) == 100
    assert sum(given(collect(opened, logits.reshape(shape)))) == 199


def test_class_indices_are_taken_as_they_are(tmp_path: Path) -> None:
    indices = np.arange(SAMPLES) % 5

    assert given(collect(workload(tmp_path, classes=5), indices)) == indices.tolist()


def test_large_numbers_stay_finite_and_numbers_that_are_none_are_counted_a_sample(tmp_path: Path) -> None:
    answers = np.zeros((SAMPLES, 2))
    answers[0] = [1e300, -1e300]
    answers[3] = [np.nan, np.inf]
    answers[7, 1] = -np.inf

    found = collect(workload(tmp_path), answers)

    assert found.non_finite == 2
    largest = np.finfo(np.float32).max
    assert kept(found)[0].tolist() == [largest, -largest]
    assert np.isnan(kept(found)[1, 0])


def test_half_precision_and_truth_values_are_numbers(tmp_path: Path) -> None:
    opened = workload(tmp_path)
    second = np.arange(SAMPLES) % 2

    assert given(collect(opened, np.eye(2, dtype=np.float16)[second])) == second.tolist()
    assert given(collect(opened, second.astype(np.bool_))) == second.tolist()


def test_text_as_an_answer_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"output scores is .*not numbers: name another in \[model\] output"):
        collect(workload(tmp_path), np.full(SAMPLES, "cat"))


def test_an_output_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    opened = workload(tmp_path, replacing=("model = {", 'model = { output = "logits",'))

    with pytest.raises(WorkloadError, match="no output 'logits'; it has: scores"):
        collect(opened, np.zeros((SAMPLES, 2)))


def test_answers_without_a_row_for_each_sample_are_refused(tmp_path: Path) -> None:
    opened = workload(tmp_path)
    collected = Answers(opened, opened.split("test"))

    for answer in (np.zeros((3, 2)), np.float64(1.0)):
        with pytest.raises(WorkloadError, match="for 16 samples: a row each is needed"):
            collected.take(np.arange(16), {"scores": np.asarray(answer)})


@pytest.mark.parametrize(
    ("again", "change"),
    [
        ([[1.0, 2.0]], 0.0),
        ([[1.0, 2.5]], 0.5),
        ([[1.0, np.nan]], 2.0),
        ([[1.0, 2.0, 3.0]], float(np.finfo(np.float32).max)),
        ([[1.0, np.inf]], float(np.finfo(np.float32).max)),
    ],
)
def test_the_largest_difference_between_two_identical_calls_is_kept(
    tmp_path: Path, again: list[list[float]], change: float
) -> None:
    opened = workload(tmp_path)
    collected = Answers(opened, opened.split("test"))
    collected.take(np.arange(1), {"scores": np.array([[1.0, 2.0]])})

    collected.take_again({"scores": np.array(again)})

    assert collected.prediction(wall_s=1.0).change == change


def test_the_five_best_count_where_the_workload_says_so(tmp_path: Path) -> None:
    opened = workload(tmp_path, classes=10, replacing=("[variants]", '[quality]\nmetric = "top-5"\n[variants]'))
    labels = opened.split("test").labels
    assert labels is not None
    scores = np.zeros((SAMPLES, 10))
    scores[:, :5] = [9.0, 8.0, 7.0, 6.0, 5.0]

    found = given(collect(opened, scores))

    assert found == [int(label) if label < 5 else 0 for label in labels]
