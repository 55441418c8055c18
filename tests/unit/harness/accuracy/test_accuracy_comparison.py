"""Two arms on the same samples: counts by hand, limits by their statistics, order by what was lost."""

import numpy as np
import pytest
from helpers.builders import make_prediction
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.accuracy.comparison import compare_quality
from harness.errors import MeasurementError
from harness.statistics.paired import PairedCounts, mcnemar_exact, paired_difference_interval
from harness.vocabulary import GateRules

_NAMES = ("bag", "coat", "shirt")
_LABELS = np.array([0, 0, 0, 2, 2, 2], dtype=np.int16)
_BASELINE = make_prediction(0, 0, 1, 2, 2, 2)
_CANDIDATE = make_prediction(0, 1, 0, 2, 0, 1)


def test_what_was_lost_and_gained_is_counted_overall_and_by_class() -> None:
    comparison = compare_quality(_CANDIDATE, _BASELINE, _LABELS, _NAMES, GateRules())

    assert (comparison.lost, comparison.gained, comparison.samples) == (3, 1, 6)
    assert (comparison.baseline_accuracy, comparison.candidate_accuracy) == (5 / 6, 3 / 6)
    by_name = {one.name: (one.lost, one.gained, one.support) for one in comparison.classes}
    assert by_name == {"bag": (1, 1, 3), "coat": (0, 0, 0), "shirt": (2, 0, 3)}


def test_agreement_counts_equal_answers_whether_right_or_wrong() -> None:
    both_wrong_alike = compare_quality(
        make_prediction(1, 2, 0), make_prediction(1, 0, 0), np.zeros(3, dtype=np.int16), _NAMES, GateRules()
    )

    assert both_wrong_alike.agreement == 2 / 3


def test_classes_come_worst_first_and_those_without_samples_last() -> None:
    comparison = compare_quality(_CANDIDATE, _BASELINE, _LABELS, _NAMES, GateRules())

    assert [one.name for one in comparison.classes] == ["shirt", "bag", "coat"]
    assert comparison.classes[-1].baseline is None
    assert (comparison.classes[-1].lower, comparison.classes[-1].upper) == (-1.0, 1.0)


def test_overall_limits_and_significance_are_those_of_the_paired_statistics() -> None:
    comparison = compare_quality(_CANDIDATE, _BASELINE, _LABELS, _NAMES, GateRules(confidence=0.9))

    interval = paired_difference_interval(PairedCounts(lost=3, gained=1, samples=6), confidence=0.9)
    assert (comparison.lower, comparison.upper) == (interval.lower, interval.upper)
    assert comparison.mcnemar_p == mcnemar_exact(3, 1)
    assert comparison.confidence == 0.9


def test_the_interval_of_a_class_is_no_narrower_than_that_of_the_same_samples_alone() -> None:
    labels = np.zeros(40, dtype=np.int16)
    candidate = make_prediction(*[1] * 6, *[0] * 34)
    baseline = make_prediction(*[0] * 38, *[1] * 2)

    comparison = compare_quality(candidate, baseline, labels, ("bag", "coat"), GateRules())

    bag = comparison.classes[0]
    assert bag.lower <= comparison.lower
    assert bag.upper >= comparison.upper


@settings(deadline=None, max_examples=30)
@given(answers=st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=40))
def test_every_difference_lies_within_its_limits(answers: list[tuple[int, int, int]]) -> None:
    truth, theirs, ours = zip(*answers, strict=True)

    comparison = compare_quality(
        make_prediction(*theirs), make_prediction(*ours), np.array(truth, dtype=np.int16), _NAMES, GateRules()
    )

    assert comparison.lower <= comparison.difference + 1e-12
    assert comparison.difference <= comparison.upper + 1e-12
    for one in comparison.classes:
        difference = (one.gained - one.lost) / one.support if one.support else 0.0
        assert one.lower <= difference <= one.upper


def test_margins_that_allow_everything_are_taken() -> None:
    rules = GateRules(class_drop=1.0, class_limit=1.0)

    comparison = compare_quality(_CANDIDATE, _BASELINE, _LABELS, _NAMES, rules)

    assert all(one.lower >= -1.0 for one in comparison.classes)


def test_answers_to_different_data_are_not_compared() -> None:
    other = make_prediction(0, 0, 1, 2, 2, 2, data_digest="a1" * 32)

    with pytest.raises(MeasurementError, match="same split"):
        compare_quality(_CANDIDATE, other, _LABELS, _NAMES, GateRules())
