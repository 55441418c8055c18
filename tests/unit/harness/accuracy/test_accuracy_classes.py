"""What a classifier's output means, by its shape and type."""

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.accuracy.classes import classes_of, scores_of, true_if_among_best
from harness.errors import WorkloadError


def given(answer: NDArray[np.generic], classes: int) -> list[int]:
    """The classes read out of an answer."""
    return [int(one) for one in classes_of(scores_of(answer, classes), classes)]


def test_the_highest_score_is_the_class() -> None:
    assert given(np.array([[0.1, 0.7, 0.2], [3.0, -1.0, 2.0]]), 3) == [1, 0]


def test_axes_of_length_one_do_not_count() -> None:
    answer = np.array([[0.1, 0.7, 0.2], [3.0, -1.0, 2.0]])

    assert given(answer.reshape(2, 3, 1, 1), 3) == given(answer.reshape(2, 1, 3), 3) == [1, 0]


@pytest.mark.parametrize("shape", [(4,), (4, 1), (4, 1, 1)])
def test_one_probability_for_two_classes_is_cut_at_a_half(shape: tuple[int, ...]) -> None:
    assert given(np.array([0.2, 0.5, 0.51, 1.0]).reshape(shape), 2) == [0, 0, 1, 1]


def test_a_quantised_probability_that_steps_over_one_is_still_a_probability() -> None:
    assert given(np.array([[0.3], [1.004], [-0.004], [0.6]]), 2) == [0, 1, 0, 1]


def test_one_logit_for_two_classes_is_cut_at_zero() -> None:
    assert given(np.array([[-3.0], [0.2], [0.4], [7.0]]), 2) == [0, 1, 1, 1]


def test_a_score_that_is_no_number_does_not_make_probabilities_logits() -> None:
    assert given(np.array([[0.2], [np.nan], [0.4]]), 2) == [0, 0, 0]


def test_whole_numbers_one_a_sample_are_the_classes_themselves() -> None:
    assert given(np.array([2, 0, 4], dtype=np.int64), 5) == [2, 0, 4]
    assert given(np.array([[1], [0]], dtype=np.uint8), 2) == [1, 0]


def test_a_whole_number_that_is_no_class_is_refused() -> None:
    with pytest.raises(WorkloadError, match="gives classes from 0 to 7, but 5 are named"):
        given(np.array([0, 7], dtype=np.int64), 5)


@pytest.mark.parametrize(
    "answer",
    [np.zeros((2, 4)), np.zeros((2, 3, 8, 8)), np.zeros((2, 3, 3)), np.zeros(2), np.zeros((2, 1)), np.zeros((2, 0))],
)
def test_any_other_shape_is_refused_with_what_the_model_answers(answer: NDArray[np.float64]) -> None:
    with pytest.raises(WorkloadError, match=r"the model answers float64 \[N.*the workload has 3 classes"):
        scores_of(answer, 3)


def test_a_true_class_among_the_best_counts_and_a_tie_with_the_last_of_them_too() -> None:
    scores = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.25, 0.25]])

    found = true_if_among_best(scores, np.array([1, 2, 2]), best=2)

    assert found.tolist() == [1, 0, 2]
    assert true_if_among_best(scores, np.array([2, 2, 2]), best=5).tolist() == [2, 2, 2]
