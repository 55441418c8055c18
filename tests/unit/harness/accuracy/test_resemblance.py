"""Prepared calibration inputs against the evaluation's: planted shifts are found, random samples left in peace."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from harness.accuracy.resemblance import Described, check_distribution, check_tokens, compare_samples, describe, joined
from harness.vocabulary import Severity


def images(count: int, *, seed: int, brightness: float = 0.0, contrast: float = 1.0) -> NDArray[np.float32]:
    """Pictures [N, 3, 12, 12] whose brightness varies from one to the next."""
    random = np.random.default_rng(seed)
    levels = random.normal(0.0, 0.5, (count, 1, 1, 1))
    noise = random.normal(0.0, 1.0, (count, 3, 12, 12))
    return np.asarray(contrast * (levels + noise) + brightness, dtype=np.float32)


def described(array: NDArray[np.float32]) -> Described:
    return describe({"image": array})


def texts(count: int, *, seed: int, vocabulary: int = 200, offset: int = 1, length: int = 20) -> NDArray[np.int64]:
    """Token ids [N, 2 · length], zero where a text has ended."""
    random = np.random.default_rng(seed)
    ids = offset + random.integers(0, vocabulary, (count, 2 * length))
    lengths = random.integers(length // 2, 2 * length, (count, 1))
    return np.where(np.arange(2 * length) < lengths, ids, 0)


def test_brighter_pictures_are_found_and_the_feature_is_named() -> None:
    found = check_distribution(described(images(128, seed=1, brightness=0.5)), described(images(256, seed=2)))
    assert found.severity is Severity.WARNING
    assert "standard deviations apart" in found.sentence
    assert "of channel" in found.sentence


def test_pictures_of_another_contrast_are_found() -> None:
    found = check_distribution(described(images(128, seed=1, contrast=1.5)), described(images(256, seed=2)))
    assert found.severity is Severity.WARNING


def test_pictures_that_differ_only_in_place_are_found() -> None:
    ours, theirs = images(128, seed=1), images(256, seed=2)
    ours[:, :, :6] += 1.0
    theirs[:, :, 6:] += 1.0
    assert check_distribution(described(ours), described(theirs)).severity is Severity.WARNING


def test_random_samples_of_one_population_are_hardly_ever_called_apart() -> None:
    warned = 0
    for seed in range(40):
        ours, theirs = images(64, seed=2 * seed), images(128, seed=2 * seed + 1)
        warned += check_distribution(described(ours), described(theirs), seed=seed).severity is not Severity.INFO
    assert warned <= 3  # 1 % at most by the rule: four or more of 40 would come up once in 1,000 such tests


def test_p_values_of_equal_populations_are_uniform() -> None:
    random = np.random.default_rng(5)
    values = [
        compare_samples(random.normal(size=(15, 3)), random.normal(size=(20, 3)), seed=s).p_value for s in range(80)
    ]
    assert stats.kstest(values, "uniform").pvalue > 0.001


def test_the_energy_distance_is_that_of_scipy() -> None:
    random = np.random.default_rng(6)
    first, second = random.normal(0.0, 1.0, 4_000), random.normal(1.0, 1.0, 4_000)
    across = np.abs(first[:, np.newaxis] - second).mean()
    expected = stats.energy_distance(first, second) ** 2 / (2.0 * across)
    assert compare_samples(first[:300, np.newaxis], second[:300, np.newaxis]).effect == pytest.approx(
        expected, abs=0.05
    )
    exact = compare_samples(np.array([[0.0], [1.0]]), np.array([[2.0], [3.0]]))
    assert exact.effect == pytest.approx((2 * 2.0 - 1.0 - 1.0) / 4.0)


def test_numbers_that_are_not_finite_are_serious() -> None:
    broken = images(64, seed=1)
    broken[3, 0, 0, 0] = np.nan
    assert check_distribution(described(broken), described(images(64, seed=2))).severity is Severity.SERIOUS


def test_a_handful_of_samples_is_not_checked() -> None:
    found = check_distribution(described(images(3, seed=1)), described(images(64, seed=2)))
    assert found.sentence.startswith("not checked")


def test_inputs_that_are_all_alike_are_not_checked() -> None:
    alike = np.ones((16, 3, 4, 4), dtype=np.float32)
    assert check_distribution(described(alike), described(alike)).sentence.startswith("not checked")


def test_columns_of_a_table_are_compared_one_by_one() -> None:
    random = np.random.default_rng(7)
    ours, theirs = random.normal(size=(100, 5)) * 1000.0, random.normal(size=(200, 5)) * 1000.0
    ours[:, 3] /= 1000.0
    ours[:, 3] += 2.0
    theirs[:, 3] /= 1000.0
    found = check_distribution(describe({"": ours}), describe({"": theirs}))
    assert found.severity is Severity.WARNING
    assert "value 3: 1.84 on average" in found.sentence


def test_several_inputs_are_described_under_their_names() -> None:
    found = describe({"left": images(4, seed=1), "right": images(4, seed=2)})
    assert len(found.features) == 4
    assert {name.split(":")[0] for name in found.names} == {"left", "right"}


def test_batches_of_other_sizes_are_compared_by_what_they_have_in_common() -> None:
    small, large = np.ones((2, 3, 4, 4), dtype=np.float32), np.ones((2, 3, 8, 8), dtype=np.float32)
    found = joined([described(small), described(large)])
    assert found.features.shape == (4, len(found.names))
    assert not any("random sum" in name for name in found.names)


def test_longer_texts_are_found() -> None:
    ours, theirs = (
        describe({"input_ids": texts(100, seed=seed, length=length)}) for seed, length in ((1, 30), (2, 20))
    )
    found = check_distribution(ours, theirs)
    assert found.severity is Severity.WARNING
    assert "tokens" in found.sentence


def test_texts_of_other_words_are_found() -> None:
    ours, theirs = (describe({"ids": texts(100, seed=seed, offset=offset)}) for seed, offset in ((1, 1), (2, 100)))
    found = check_tokens(ours, theirs)
    assert found is not None
    assert found.severity is Severity.WARNING
    assert "unseen in calibration" in found.sentence


def test_texts_of_the_same_kind_are_left_in_peace() -> None:
    warned = 0
    for seed in range(20):
        ours, theirs = (describe({"ids": texts(100, seed=2 * seed + one, vocabulary=2_000)}) for one in (0, 1))
        tokens = check_tokens(ours, theirs, seed=seed)
        assert tokens is not None
        warned += tokens.severity is not Severity.INFO
        warned += check_distribution(ours, theirs, seed=seed).severity is not Severity.INFO
    assert warned <= 2


def test_the_mask_says_which_tokens_count() -> None:
    ids = np.array([[5, 0, 7, 9]])
    found = describe({"ids": ids, "mask": np.array([[1, 1, 1, 0]])}, ids="ids", mask="mask")
    assert found.tokens[0].tolist() == [5, 0, 7]


def test_pictures_hold_no_tokens() -> None:
    assert check_tokens(described(images(20, seed=1)), described(images(20, seed=2))) is None
