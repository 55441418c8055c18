"""Student's distribution against scipy's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.errors import MeasurementError
from harness.statistics.student import student_above, student_critical


@given(t=st.floats(-50, 50), freedom=st.integers(1, 500))
def test_the_tail_is_scipys(t: float, freedom: int) -> None:
    assert student_above(t, freedom=freedom) == pytest.approx(stats.t.sf(t, freedom), rel=1e-9, abs=1e-300)


@given(confidence=st.floats(0.5, 0.9999), freedom=st.integers(1, 500))
def test_the_critical_value_is_scipys(confidence: float, freedom: int) -> None:
    expected = stats.t.ppf(1 - (1 - confidence) / 2, freedom)
    assert student_critical(confidence, freedom=freedom) == pytest.approx(expected, rel=1e-7)


def test_beyond_all_values_lies_nothing() -> None:
    assert (student_above(math.inf, freedom=3), student_above(-math.inf, freedom=3)) == (0.0, 1.0)


@pytest.mark.parametrize("freedom", [0, -1, math.nan])
def test_without_freedom_there_is_no_distribution(freedom: float) -> None:
    with pytest.raises(MeasurementError, match="degrees of freedom"):
        student_above(1.0, freedom=freedom)
