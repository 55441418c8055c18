"""How alike two arms' answers are: figures that can be worked out by hand, and answers that are no numbers."""

import math
from typing import Any

import numpy as np
import pytest
from helpers.builders import FP32, INT8, make_prediction, raw_outputs
from hypothesis import given
from hypothesis import strategies as st

from harness.accuracy.agreement import IDENTICAL, compare_answers
from harness.errors import MeasurementError
from harness.vocabulary import Agreement, Prediction

NAN, INF = float("nan"), float("inf")


def prediction(*values: float, samples: int = 2, **fields: Any) -> Prediction:  # noqa: ANN401 - see builders
    """Answers of which the outputs of so many samples were kept."""
    return make_prediction(outputs=raw_outputs(*values), output_samples=samples, **fields)


def compare(theirs: Prediction, ours: Prediction) -> Agreement:
    """The candidate's answers against the baseline's."""
    return compare_answers(INT8, FP32, theirs=theirs, ours=ours)


def test_the_ratio_is_signal_over_difference_over_all_values_and_of_the_worst_sample() -> None:
    found = compare(prediction(3.0, 4.5, 10.0, -1.0), prediction(3.0, 4.0, 10.0, 0.0))

    assert found.snr_db == pytest.approx(10 * math.log10((9 + 16 + 100) / (0.25 + 1)))
    assert found.worst_snr_db == pytest.approx(10 * math.log10(25 / 0.25))
    assert found.largest_difference == 1.0
    assert (found.samples, found.compared_samples, found.reason) == (4, 2, None)


def test_a_tenth_of_noise_is_twenty_decibel_below() -> None:
    found = compare(prediction(1.1, 11.0, samples=1), prediction(1.0, 10.0, samples=1))

    assert found.snr_db == pytest.approx(20.0, abs=1e-4)


def test_identical_outputs_have_no_ratio_and_say_why() -> None:
    found = compare(prediction(1.0, 2.0), prediction(1.0, 2.0))

    assert (found.snr_db, found.worst_snr_db, found.largest_difference) == (None, None, 0.0)
    assert found.reason == IDENTICAL
    assert found.same_class == 1.0


def test_a_baseline_that_is_all_zero_is_no_signal() -> None:
    found = compare(prediction(1.0, 2.0), prediction(0.0, 0.0))

    assert (found.snr_db, found.worst_snr_db, found.largest_difference) == (None, None, 2.0)
    assert "no signal" in str(found.reason)


def test_the_same_class_is_counted_over_all_samples() -> None:
    found = compare(make_prediction(0, 1, 2, 1), make_prediction(0, 1, 1, 1))

    assert found.same_class == 0.75
    assert (found.snr_db, found.compared_samples, found.reason) == (None, 0, "no outputs were kept")


def test_answers_without_classes_have_no_same_class() -> None:
    found = compare(prediction(1.0, 2.1, classes=b""), prediction(1.0, 2.0, classes=b""))

    assert found.same_class is None
    assert found.snr_db is not None


@pytest.mark.parametrize("odd", [NAN, INF, -INF])
def test_samples_without_finite_numbers_are_left_out_and_counted(odd: float) -> None:
    found = compare(prediction(1.0, odd, 2.0, 2.0), prediction(1.0, 1.0, 2.0, 1.0))

    assert found.snr_db == pytest.approx(10 * math.log10(5.0))
    assert (found.compared_samples, found.largest_difference) == (1, 1.0)
    assert found.reason == "left out for want of finite numbers: 1 of 2 samples"


def test_nothing_finite_is_nothing_to_compare() -> None:
    found = compare(prediction(NAN, NAN), prediction(1.0, 2.0))

    assert (found.snr_db, found.largest_difference, found.compared_samples) == (None, None, 0)
    assert found.reason == "no compared sample has finite numbers in both"


def test_outputs_of_another_shape_are_not_compared() -> None:
    found = compare(prediction(1.0, 2.0, 3.0, 4.0), prediction(1.0, 2.0))

    assert (found.snr_db, found.reason) == (None, "the outputs differ in shape")


def test_answers_to_other_data_are_refused() -> None:
    with pytest.raises(MeasurementError, match="evaluate both on the same split"):
        compare(prediction(1.0, 2.0, data_digest="ab" * 32), prediction(1.0, 2.0))


_VALUES = st.lists(st.floats(width=32, allow_nan=True, allow_infinity=True), min_size=4, max_size=4)


@given(theirs=_VALUES, ours=_VALUES)
def test_whatever_is_answered_every_figure_is_finite_or_absent(theirs: list[float], ours: list[float]) -> None:
    found = compare(prediction(*theirs), prediction(*ours))

    figures = (found.snr_db, found.worst_snr_db, found.largest_difference)
    assert all(figure is None or np.isfinite(figure) for figure in figures)
    assert found.snr_db is not None or found.reason is not None
