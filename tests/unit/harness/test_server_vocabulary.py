"""The words of the server scenario: what is said of them, and what cannot be built."""

from typing import Any

import pytest
from helpers.server import make_level, make_rate, make_rules

from harness.errors import MeasurementError, UsageError
from harness.vocabulary import Slo


@pytest.mark.parametrize(
    ("quantile", "limit_s", "label"),
    [
        (0.99, 0.02, "p99 ≤ 20 ms"),
        (0.999, 1.5, "p99.9 ≤ 1.5 s"),
        (0.5, 0.00025, "p50 ≤ 250 µs"),
        (0.95, 1e-9, "p95 ≤ 0.001 µs"),
    ],
)
def test_a_promise_reads_as_it_is_said(quantile: float, limit_s: float, label: str) -> None:
    assert Slo(quantile=quantile, limit_s=limit_s).label == label


def test_the_allowed_share_is_a_plain_number() -> None:
    assert Slo(quantile=0.99, limit_s=1.0).allowed_share == 0.01
    assert Slo(quantile=0.999, limit_s=1.0).allowed_share == 0.001


@pytest.mark.parametrize(
    ("quantile", "limit_s"),
    [(0.49, 1.0), (1.0, 1.0), (99.0, 1.0), (float("nan"), 1.0), (0.99, 0.0), (0.99, -1.0), (0.99, float("inf"))],
)
def test_a_promise_that_cannot_be_tested_is_refused(quantile: float, limit_s: float) -> None:
    with pytest.raises(UsageError, match="an SLO"):
        Slo(quantile=quantile, limit_s=limit_s)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"level_s": 0.0}, "level_s is 0.0"),
        ({"budget_s": float("nan")}, "budget_s is nan"),
        ({"target_width": -1.0}, "target_width is -1.0"),
        ({"max_batch": 0}, "max_batch is 0: at least one"),
        ({"instances": 0}, "instances is 0: at least one"),
        ({"max_delay_s": -0.1}, "max_delay_s is -0.1"),
        ({"max_delay_s": 0.02}, "a batch may wait 0.02 s, and p99 ≤ 20 ms is promised: wait for less"),
        ({"confidence": 95.0}, "a confidence of 95.0 is not between"),
    ],
)
def test_rules_under_which_nothing_can_be_found_are_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        make_rules(**fields)


def test_a_level_whose_counts_contradict_one_another_is_refused() -> None:
    with pytest.raises(MeasurementError, match="one count is wrong"):
        make_level(judged=1001)


def test_a_rate_cannot_hold_what_it_misses() -> None:
    with pytest.raises(MeasurementError, match=r"cannot hold 120.0/s and miss 110.0/s"):
        make_rate(held_rate_per_s=120.0)
