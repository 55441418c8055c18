"""One arm's metrics: counted by hand, refused where the data cannot be."""

import numpy as np
import pytest
from helpers.builders import make_prediction
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.accuracy.metrics import quality_figures
from harness.errors import MeasurementError

_NAMES = ("bag", "coat", "shirt")


def _labels(*classes: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.array(classes, dtype=np.int16)


def test_figures_are_those_counted_by_hand() -> None:
    figures = quality_figures(make_prediction(0, 0, 1, 2, 1), _labels(0, 0, 0, 2, 2), _NAMES)

    assert figures.accuracy == 3 / 5
    assert figures.support == (3, 0, 2)
    assert figures.confusion == ((2, 1, 0), (0, 0, 0), (0, 1, 1))


def test_a_class_without_samples_has_no_recall() -> None:
    figures = quality_figures(make_prediction(0, 0, 1, 2, 1), _labels(0, 0, 0, 2, 2), _NAMES)

    assert figures.recall == (2 / 3, None, 1 / 2)


@settings(deadline=None, max_examples=50)
@given(pairs=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=60))
def test_accuracy_is_the_mean_of_recalls_weighted_by_support(pairs: list[tuple[int, int]]) -> None:
    predicted, truth = zip(*pairs, strict=True)

    figures = quality_figures(make_prediction(*predicted), _labels(*truth), _NAMES)

    weighted = sum((recall or 0.0) * support for recall, support in zip(figures.recall, figures.support, strict=True))
    assert figures.accuracy * figures.samples == pytest.approx(weighted)
    assert sum(map(sum, figures.confusion)) == len(pairs)


def test_predictions_of_another_length_than_the_labels_are_refused() -> None:
    with pytest.raises(MeasurementError, match="same split"):
        quality_figures(make_prediction(0, 1), _labels(0, 1, 2), _NAMES)


def test_a_prediction_whose_bytes_do_not_fit_its_count_is_refused() -> None:
    with pytest.raises(MeasurementError, match="damaged"):
        quality_figures(make_prediction(0, 1, samples=3), _labels(0, 1, 2), _NAMES)


@pytest.mark.parametrize("outside", [-1, 3])
def test_a_predicted_class_that_is_none_is_refused(outside: int) -> None:
    with pytest.raises(MeasurementError, match="predictions run"):
        quality_figures(make_prediction(0, outside), _labels(0, 1), _NAMES)


def test_a_label_that_is_no_class_is_refused() -> None:
    with pytest.raises(MeasurementError, match="labels run"):
        quality_figures(make_prediction(0, 1), _labels(0, 7), _NAMES)


def test_no_samples_are_refused() -> None:
    with pytest.raises(MeasurementError, match="no samples"):
        quality_figures(make_prediction(0, classes=b"", samples=0), _labels(), _NAMES)
