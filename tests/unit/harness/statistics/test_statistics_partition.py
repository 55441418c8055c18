"""The piecewise-constant fit: no other division costs less."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.partition import partition


def cost(series: np.ndarray, starts: tuple[int, ...], penalty: float) -> float:
    """Squared error about each segment's mean, and a penalty for each."""
    ends = (*starts[1:], series.size)
    parts = [series[start:end] for start, end in zip(starts, ends, strict=True)]
    return sum(float(((part - part.mean()) ** 2).sum()) + penalty for part in parts)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=9), st.floats(0.1, 20), st.integers(1, 2))
def test_no_other_division_costs_less(values: list[float], penalty: float, least: int) -> None:
    series = np.array(values)
    found = partition(series, penalty=penalty, least=least)
    inner = range(least, series.size - least + 1)
    others = [
        (0, *cut)
        for count in range(series.size)
        for cut in itertools.combinations(inner, count)
        if all(b - a >= least for a, b in itertools.pairwise((0, *cut, series.size)))
    ]
    assert found in others
    assert cost(series, found, penalty) <= min(cost(series, one, penalty) for one in others) + 1e-6


def test_a_clear_step_is_found_where_it_is() -> None:
    series = np.array([0.0, 0.1, -0.1, 0.0, 0.1, 5.0, 5.1, 4.9, 5.0, 5.1])
    assert partition(series, penalty=1.0, least=2) == (0, 5)


@pytest.mark.parametrize("size", [2, 5, 20])
def test_a_constant_is_one_segment(size: int) -> None:
    assert partition(np.full(size, 3.0), penalty=0.5, least=2) == (0,)
