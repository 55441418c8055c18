"""Other tools' rules, against figures worked out by hand and an independent reference."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from benchmarks.early_stopping import early_stopping_estimate
from benchmarks.rules import RULES, exact_u_test_p, repetition_means, t_test_p, u_statistic, u_test_p

timings = st.lists(st.integers(1, 10_000).map(lambda n: n / 1000), min_size=9, max_size=40)
BY_NAME = {rule.name.partition(",")[0]: rule for rule in RULES}


def test_a_t_test_agrees_with_one_done_by_hand() -> None:
    # Means 2 and 3, both variances 1: t = −1/√(2/3) = −1.2247 with 4 degrees of freedom.
    assert t_test_p([1, 2, 3], [2, 3, 4]) == pytest.approx(0.28786, abs=1e-5)


def test_values_that_never_vary_differ_only_where_their_means_do() -> None:
    assert t_test_p([1, 1], [1, 1]) == 1.0
    assert t_test_p([1, 1], [2, 2]) == 0.0


@given(first=timings, second=timings)
def test_the_t_test_agrees_with_the_reference(first: list[float], second: list[float]) -> None:
    assume(np.var(first) + np.var(second) > 1e-3)  # the reference loses its digits
    assert t_test_p(first, second) == pytest.approx(stats.ttest_ind(first, second).pvalue, abs=1e-9)


@given(first=timings, second=timings)
def test_the_u_test_agrees_with_the_reference(first: list[float], second: list[float]) -> None:
    assume(len({*first, *second}) > 1)  # the reference divides by zero
    expected = stats.mannwhitneyu(first, second, method="asymptotic", alternative="two-sided").pvalue
    assert u_test_p(first, second) == pytest.approx(expected, abs=1e-9)


def test_the_exact_u_test_counts_orders() -> None:
    assert exact_u_test_p([1, 2, 3], [4, 5, 6]) == pytest.approx(2 / 20)
    assert exact_u_test_p([4, 5, 6], [1, 2, 3]) == pytest.approx(2 / 20)
    assert exact_u_test_p([1, 2], [3, 4]) == pytest.approx(2 / 6)


def test_ties_count_for_no_difference_in_the_exact_u_test() -> None:
    assert u_statistic([1, 2], [2, 3]) == (0.5, 1)
    assert exact_u_test_p([1, 1, 1], [1, 1, 1]) == 1.0


def test_nine_repetitions_share_the_values_in_order() -> None:
    assert repetition_means([float(n) for n in range(1, 19)]) == [1.5 + 2 * place for place in range(9)]


def test_the_rules_agree_on_what_nobody_could_miss() -> None:
    slow, fast = [2.0 + n / 1000 for n in range(60)], [1.0 + n / 1000 for n in range(60)]

    assert {rule.name: rule.differs(fast, slow) for rule in RULES} == {rule.name: True for rule in RULES}
    assert not any(rule.differs(fast, fast) for rule in RULES)


def test_a_rule_about_the_mean_fires_only_where_it_grew_by_more_than_five_per_cent() -> None:
    rule = BY_NAME["pytest-benchmark"]

    assert rule.differs([1.0, 1.0], [1.06, 1.06])
    assert not rule.differs([1.0, 1.0], [1.04, 1.04])
    assert not rule.differs([1.0, 1.0], [0.5, 0.5])


def test_a_rule_about_noise_looks_at_the_quieter_side() -> None:
    quiet, noisy = [1.0, 1.0001], [1.0, 1.5]

    assert BY_NAME["NVBench"].differs(quiet, noisy)
    assert not BY_NAME["NVBench"].differs([1.0, 1.4], [1.1, 1.5])


def test_the_strict_rule_lets_pass_what_the_lenient_one_stops() -> None:
    first = [float(n) for n in range(60)]
    second = [n + 14.0 for n in first]  # U is 1,081 of 3,600: p = 0.0002; shifted by 9 it is 0.006

    assert BY_NAME["ASV"].differs(first, second)
    assert not BY_NAME["ASV"].differs(first, [n + 9.0 for n in first])
    assert BY_NAME["pyperf"].differs(first, [n + 9.0 for n in first])


def test_early_stopping_gives_no_p90_below_64_queries() -> None:
    assert early_stopping_estimate(range(1, 64), 0.90) is None
    assert early_stopping_estimate(range(1, 65), 0.90) == 64


def test_early_stopping_discards_as_many_as_loadgen_itself_says() -> None:
    # mlcommons-loadgen 6.0.17, SingleStream: "Processed at least 64 queries (2001). Would discard 167".
    assert early_stopping_estimate(range(1, 2002), 0.90) == 2001 - 167
