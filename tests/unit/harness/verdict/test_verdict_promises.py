"""Promises: kept, not kept, or not to be told, and never kept because too little was seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.proportion import rate_of
from harness.verdict.promises import judge_cost, judge_least_share, judge_magnitude, judge_nominal_error
from harness.vocabulary.selftest import Mark

K, N, U = Mark.KEPT, Mark.NOT_KEPT, Mark.NOT_IDENTIFIED


@pytest.mark.parametrize(
    ("hits", "trials", "mark"),
    [(50, 1000, K), (62, 1000, K), (80, 1000, N), (0, 30, K), (0, 10, U), (5, 10, N), (0, 0, U), (3, 30, U)],
)
def test_a_nominal_error_is_kept_where_its_interval_holds_it_and_can_tell(hits: int, trials: int, mark: Mark) -> None:
    assert judge_nominal_error(rate_of(hits, trials), nominal=0.05)[0] is mark


@pytest.mark.parametrize(
    ("hits", "trials", "mark"),
    [(950, 1000, K), (890, 1000, U), (800, 1000, N), (30, 30, K), (5, 5, U), (0, 5, N), (0, 0, U)],
)
def test_a_share_is_kept_only_where_the_figure_itself_reaches_it(hits: int, trials: int, mark: Mark) -> None:
    assert judge_least_share(rate_of(hits, trials), least=0.9)[0] is mark


@given(hits=st.integers(0, 300), more=st.integers(0, 300))
def test_a_figure_that_misses_is_never_called_kept(hits: int, more: int) -> None:
    rate = rate_of(hits, hits + more)

    mark, reason = judge_least_share(rate, least=0.9)

    if rate.share is None or rate.share < 0.9:
        assert mark is not K
    assert (reason is None) == (mark is K)


@pytest.mark.parametrize(
    ("lower", "upper", "mark"),
    [(-0.002, 0.003, K), (0.001, 0.004, K), (0.011, 0.02, N), (-0.03, -0.02, N), (0.005, 0.02, U), (None, None, U)],
)
def test_an_offset_is_small_only_where_its_whole_interval_is(
    lower: float | None, upper: float | None, mark: Mark
) -> None:
    assert judge_magnitude(lower, upper, most=0.01)[0] is mark


@pytest.mark.parametrize(
    ("figure", "interval", "mark"),
    [
        (100.0, (90.0, 110.0), K),
        (160.0, (155.0, 170.0), N),
        (149.0, (140.0, 160.0), U),
        (100.0, (None, None), K),
        (200.0, (None, None), N),
        (None, (None, None), U),
    ],
)
def test_a_cost_is_judged_by_its_interval_or_else_by_its_figure(
    figure: float | None, interval: tuple[float | None, float | None], mark: Mark
) -> None:
    assert judge_cost(figure, *interval, most=150.0)[0] is mark
