"""Where an activation's range is cut off: what the searches find in distributions whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from harness.quantize.clipping import BINS, entropy_limit, percentile_limit

_LEVELS = 128


def _counts(magnitudes: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.histogram(magnitudes, bins=BINS, range=(0.0, float(magnitudes.max())))[0].astype(np.int64)


def _with_outlier(seed: int, *, outlier: float) -> NDArray[np.int64]:
    """A hundred thousand normal values, and a single one far beyond them."""
    values = np.abs(np.random.default_rng(seed).standard_normal(100_000))
    return _counts(np.append(values, outlier))


def test_entropy_cuts_off_a_single_value_far_beyond_the_others() -> None:
    limit = entropy_limit(_with_outlier(0, outlier=60.0), levels=_LEVELS)

    assert 2.0 / 60.0 < limit < 8.0 / 60.0


def test_entropy_keeps_a_range_that_is_used_evenly() -> None:
    evenly = np.full(BINS, 50, dtype=np.int64)

    assert entropy_limit(evenly, levels=_LEVELS) == 1.0


def test_entropy_cuts_nothing_off_where_too_few_values_show_no_distribution() -> None:
    few = _counts(np.abs(np.random.default_rng(2).standard_normal(300)))

    assert entropy_limit(few, levels=_LEVELS) == 1.0


def test_entropy_leaves_more_of_the_range_to_more_levels() -> None:
    counts = _counts(np.random.default_rng(1).exponential(size=200_000))

    assert entropy_limit(counts, levels=64) <= entropy_limit(counts, levels=256)


def test_a_percentile_is_the_share_of_the_range_that_holds_it() -> None:
    evenly = np.full(BINS, 10, dtype=np.int64)

    assert percentile_limit(evenly, percentile=50.0) == 0.5
    assert percentile_limit(evenly, percentile=100.0) == 1.0


def test_the_percentile_ignores_one_value_in_a_million_but_not_one_in_a_thousand() -> None:
    rare = np.zeros(BINS, dtype=np.int64)
    rare[:100], rare[-1] = 10_000, 1
    common = rare.copy()
    common[-1] = 1_000

    assert percentile_limit(rare) < 0.06
    assert percentile_limit(common) == 1.0


@pytest.mark.parametrize("counts", [np.zeros(BINS, dtype=np.int64), np.eye(1, BINS, dtype=np.int64)[0]])
def test_nothing_to_cut_is_no_error(counts: NDArray[np.int64]) -> None:
    assert 0.0 < percentile_limit(counts) <= 1.0
    assert 0.0 < entropy_limit(counts, levels=_LEVELS) <= 1.0


@given(counts=st.lists(st.integers(0, 1000), min_size=BINS // 4, max_size=BINS // 4))
def test_a_limit_is_always_a_share_of_the_range(counts: list[int]) -> None:
    found = np.array(counts, dtype=np.int64)

    assert 0.0 < percentile_limit(found) <= 1.0
    assert 0.0 < entropy_limit(found, levels=_LEVELS) <= 1.0
