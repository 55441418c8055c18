"""Findings about calibration samples: planted faults are found, random samples are left in peace."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.accuracy.calibration import (
    check_classes,
    check_duplicates,
    check_overlap,
    check_size,
    count_classes,
)
from harness.vocabulary import CalibrationFinding, ClassCounts, Severity

NAMES = tuple(f"class {index}" for index in range(10))


def counts(calibration: list[int], evaluation: list[int]) -> tuple[ClassCounts, ...]:
    return tuple(
        ClassCounts(name=f"class {place}", calibration=ours, evaluation=theirs)
        for place, (ours, theirs) in enumerate(zip(calibration, evaluation, strict=True))
    )


def gravest(findings: tuple[CalibrationFinding, ...]) -> Severity:
    order = [Severity.INFO, Severity.WARNING, Severity.SERIOUS]
    return max((one.severity for one in findings), key=order.index)


@pytest.mark.parametrize(
    ("samples", "pool", "severity"),
    [
        (1, 1_000, Severity.SERIOUS),
        (31, 1_000, Severity.SERIOUS),
        (32, 1_000, Severity.WARNING),
        (99, 1_000, Severity.WARNING),
        (100, 10_000, Severity.INFO),
        (100, 10_001, Severity.WARNING),  # below 1 % of the data set
        (499, 1_000_000, Severity.WARNING),
        (500, 1_000_000, Severity.INFO),  # beyond 500 samples nothing more is asked for
    ],
)
def test_the_size_is_judged_by_count_and_by_share_of_what_is_known(samples: int, pool: int, severity: Severity) -> None:
    assert check_size(samples, pool=pool).severity is severity


def test_too_few_samples_come_with_the_number_to_take() -> None:
    sentence = check_size(20, pool=30_020).sentence
    assert "20 samples" in sentence
    assert "take 301" in sentence


def test_samples_of_the_test_data_are_serious_and_counted() -> None:
    found = check_overlap(["a", "b", "c", "d"], ["c", "x", "a"], purpose="test")
    assert found.severity is Severity.SERIOUS
    assert "overlap with the test data by 2 of 4 samples (50 %)" in found.sentence


def test_samples_of_the_search_data_are_a_warning() -> None:
    assert check_overlap(["a", "b"], ["b"], purpose="search").severity is Severity.WARNING


@given(st.sets(st.integers(), min_size=2, max_size=60), st.integers(min_value=0, max_value=60))
def test_disjoint_samples_never_overlap_and_a_shared_one_always_does(numbers: set[int], shared: int) -> None:
    hashes = [str(number) for number in numbers]
    ours, theirs = hashes[: len(hashes) // 2], hashes[len(hashes) // 2 :]
    assert check_overlap(ours, theirs, purpose="test").severity is Severity.INFO
    planted = [*ours, theirs[shared % len(theirs)]]
    assert check_overlap(planted, theirs, purpose="test").severity is Severity.SERIOUS


def test_repeated_samples_are_counted_once() -> None:
    assert check_duplicates(["a", "b", "c"]).severity is Severity.INFO
    found = check_duplicates(["a", "b", "a", "a"])
    assert found.severity is Severity.WARNING
    assert "2 of 4 samples repeat another, so that only 2 count" in found.sentence


def test_a_class_that_a_random_draw_would_hold_is_serious_when_it_is_missing() -> None:
    found = check_classes(counts([0, 64, 64, 64], [250, 250, 250, 250]))
    assert found[0].severity is Severity.SERIOUS
    assert "no sample of class 0" in found[0].sentence


def test_a_class_that_a_small_draw_may_miss_is_a_warning_when_it_is_missing() -> None:
    found = check_classes(counts([0, 11, 11, 11, 11], [100, 225, 225, 225, 225]))
    assert found[0].severity is Severity.WARNING
    assert "no sample of class 0" in found[0].sentence


def test_many_classes_are_not_all_expected_in_few_samples() -> None:
    random = np.random.default_rng(3)
    labels = random.integers(0, 1_000, 256)
    classes = count_classes(labels, np.arange(50_000) % 1_000, [str(one) for one in range(1_000)])
    found = check_classes(classes)
    assert gravest(found) is Severity.INFO
    assert "as is to be expected" in found[0].sentence


def test_a_lopsided_draw_is_a_warning_that_names_the_class() -> None:
    found = check_classes(counts([136, 40, 40, 40], [250, 250, 250, 250]))
    assert gravest(found) is Severity.WARNING
    assert "class 0 differs most: 53.1 % against 25.0 %" in found[-1].sentence


def test_classes_without_labelled_samples_are_not_checked() -> None:
    found = check_classes(counts([0, 0], [5, 5]))
    assert gravest(found) is Severity.INFO
    assert found[0].sentence.startswith("not checked")


@pytest.mark.parametrize("samples", [100, 256])
@pytest.mark.parametrize("shares", [[1.0] * 10, [10, 8, 6, 4, 3, 3, 2, 2, 1, 1]])
def test_random_draws_are_hardly_ever_called_unbalanced(samples: int, shares: list[float]) -> None:
    random = np.random.default_rng(1)
    weights = np.array(shares) / sum(shares)
    warned = 0
    for seed in range(100):
        ours, theirs = (random.choice(10, size, p=weights) for size in (samples, 2_000))
        found = check_classes(count_classes(ours, theirs, NAMES), seed=seed)
        warned += gravest(found) is not Severity.INFO
    assert warned <= 4  # 1 % at most by the rule: five or more of 100 would come up once in 300 such tests


def test_labels_are_counted_by_class() -> None:
    found = count_classes(np.array([0, 2, 2]), np.array([1, 1]), ("a", "b", "c"))
    assert [(one.name, one.calibration, one.evaluation) for one in found] == [("a", 1, 0), ("b", 0, 2), ("c", 2, 0)]


@pytest.mark.parametrize(
    ("count", "told"), [(1, "0.4 %"), (24, "9.6 %"), (25, "10 %"), (249, "99.6 %"), (250, "100 %")]
)
def test_shares_are_told_in_plain_figures(count: int, told: str) -> None:
    ours, theirs = [str(number) for number in range(250)], [str(number) for number in range(count)]
    assert f"by {count} of 250 samples ({told})" in check_overlap(ours, theirs, purpose="test").sentence
    assert "100 % of the 250 known" in check_size(250, pool=250).sentence
