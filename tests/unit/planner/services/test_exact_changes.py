"""Figures without noise, and the words of verdicts: one run tells, except for speed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.vocabulary import Gate, Speed, Trend
from planner.services.exact_changes import exact_change, verdict_change

FASTER, ACCEPTED = Speed.FASTER, Gate.ACCEPTED


@pytest.mark.parametrize(
    ("values", "trend", "since"),
    [
        ([0.1], Trend.NOT_ENOUGH_HISTORY, None),
        ([0.1, 0.1], Trend.STEADY, None),
        ([0.1, 0.1005], Trend.STEADY, None),
        ([0.1, 0.2], Trend.REGRESSED, 1),
        ([0.2, 0.1], Trend.IMPROVED, 1),
        ([0.1, 0.1, 0.3, 0.3], Trend.REGRESSED, 2),
        ([0.1, 0.3, 0.2], Trend.REGRESSED, 1),
        ([0.1, 0.3, 0.1], Trend.IMPROVED, 2),
        ([0.3, 0.1, 0.2], Trend.REGRESSED, 2),
    ],
)
def test_what_becomes_of_values_without_noise(values: list[float], trend: Trend, since: int | None) -> None:
    found = exact_change(values, tolerance=0.001)
    assert (found.trend, found.since) == (trend, since)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_it_is_regressed_exactly_where_some_earlier_run_was_better(values: list[float]) -> None:
    found = exact_change(values, tolerance=0.01)
    assert (found.trend is Trend.REGRESSED) == any(values[-1] - value > 0.01 for value in values[:-1])


def test_against_a_reference_only_that_run_counts() -> None:
    values = [0.1, 0.3, 0.2, 0.3]
    assert exact_change(values, tolerance=0.01, reference=2).trend is Trend.STEADY
    assert exact_change(values, tolerance=0.01, reference=3).trend is Trend.REGRESSED
    assert exact_change(values, tolerance=0.01, reference=0).trend is Trend.NOT_ENOUGH_HISTORY


@pytest.mark.parametrize(
    ("words", "trend"),
    [
        ([(FASTER, ACCEPTED)], Trend.NOT_ENOUGH_HISTORY),
        ([(FASTER, ACCEPTED)] * 2, Trend.STEADY),
        ([(FASTER, ACCEPTED), (FASTER, Gate.REJECTED)], Trend.REGRESSED),
        ([(FASTER, ACCEPTED), (FASTER, Gate.UNPROVEN)], Trend.REGRESSED),
        ([(FASTER, Gate.REJECTED), (FASTER, ACCEPTED)], Trend.IMPROVED),
        ([(FASTER, ACCEPTED), (FASTER, Gate.NOT_MEASURED)], Trend.STEADY),
        ([(FASTER, ACCEPTED), (Speed.NOT_INT8, ACCEPTED)], Trend.REGRESSED),
        ([(FASTER, ACCEPTED), (Speed.FAILED, Gate.NOT_MEASURED)], Trend.REGRESSED),
        ([(FASTER, ACCEPTED), (Speed.EQUIVALENT, ACCEPTED)], Trend.SUSPECTED),
        ([(FASTER, ACCEPTED), *[(Speed.EQUIVALENT, ACCEPTED)] * 2], Trend.REGRESSED),
        ([(FASTER, ACCEPTED), (Speed.INCONCLUSIVE, ACCEPTED)], Trend.STEADY),
        ([(FASTER, ACCEPTED), (Speed.INCONCLUSIVE, ACCEPTED), (Speed.SLOWER, ACCEPTED)], Trend.SUSPECTED),
        ([(Speed.SLOWER, ACCEPTED), (FASTER, ACCEPTED)], Trend.STEADY),
        ([(Speed.SLOWER, ACCEPTED), *[(FASTER, ACCEPTED)] * 2], Trend.IMPROVED),
        ([(FASTER, ACCEPTED), (Speed.EQUIVALENT, Gate.REJECTED)], Trend.REGRESSED),
    ],
)
def test_what_becomes_of_verdicts(words: list[tuple[Speed, Gate]], trend: Trend) -> None:
    assert verdict_change(words, confirm=2).trend is trend


def test_what_a_verdict_is_worse_than_is_named_by_its_place_among_all_runs() -> None:
    words = [(FASTER, ACCEPTED), (Speed.INCONCLUSIVE, ACCEPTED), *[(Speed.SLOWER, ACCEPTED)] * 2]
    found = verdict_change(words, confirm=2)
    assert (found.trend, found.before, found.since) == (Trend.REGRESSED, 0, 2)
