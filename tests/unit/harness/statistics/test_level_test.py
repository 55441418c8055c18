"""The sequential test of a level: how often it errs just at the limit, and what it says elsewhere."""

import itertools
from collections import Counter

import numpy as np
import pytest
from helpers.queues import SERVICE_S, Kind, level_path, limit_of
from helpers.server import make_rules
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.level_test import Judgement, LevelSamples, LevelTest, planned_looks, share_inflation
from harness.vocabulary import LevelOutcome, Slo

_REQUESTS = 8_000


def outcome_of(samples: LevelSamples, test: LevelTest) -> LevelOutcome:
    """Look by look, as a worker does."""
    for look in test.looks:
        outcome = test.judge(samples.first(look), look=look).outcome
        if outcome is not LevelOutcome.UNDECIDED:
            return outcome
    return LevelOutcome.UNDECIDED


def outcomes(kind: Kind, *, load: float, limit_s: float, quantile: float, trials: int) -> Counter[LevelOutcome]:
    """What is said of so many levels."""
    randomness = np.random.default_rng(4)
    rules = make_rules(slo=Slo(quantile=quantile, limit_s=limit_s))
    test = LevelTest(rules=rules, rate_per_s=load / SERVICE_S, requests=_REQUESTS)
    paths = (level_path(kind, load=load, requests=_REQUESTS, randomness=randomness) for _ in range(trials))
    return Counter(outcome_of(path, test) for path in paths)


def judged(
    latencies_ms: list[float], *, rate_per_s: float = 100.0, services_ms: float = 1.0, **rules: int
) -> Judgement:
    """All of a level of these latencies, one request a call."""
    latencies = np.array(latencies_ms) * 1e6
    count = latencies.size
    samples = LevelSamples(
        arrivals_ns=(np.arange(count) * 1e9 / rate_per_s).astype(np.int64),
        latencies_ns=latencies.astype(np.int64),
        waits_ns=(latencies - services_ms * 1e6).astype(np.int64),
        batch_sizes=np.ones(count, dtype=np.int64),
    )
    test = LevelTest(rules=make_rules(**rules), rate_per_s=rate_per_s, requests=count)
    return test.judge(samples, look=count)


@pytest.mark.parametrize("quantile", [0.99, 0.95])
@pytest.mark.parametrize(("kind", "load"), [("M/M/1", 0.5), ("M/M/1", 0.8), ("M/D/1", 0.8)])
def test_just_at_the_limit_each_side_errs_in_about_five_percent_over_all_looks(
    kind: Kind, load: float, quantile: float
) -> None:
    limit_s = limit_of(kind, load=load, share=1 - quantile)

    found = outcomes(kind, load=load, limit_s=limit_s, quantile=quantile, trials=150)

    # Were the true rate 7 %, more than 19 of 150 would be seen in 0.5 % of cases.
    assert found[LevelOutcome.HOLDS] <= 19
    assert found[LevelOutcome.MISSES] <= 19


def test_what_clearly_holds_or_misses_is_seen() -> None:
    limit_s = limit_of("M/D/1", load=0.5, share=0.01)

    generous = outcomes("M/D/1", load=0.5, limit_s=1.5 * limit_s, quantile=0.99, trials=40)
    tight = outcomes("M/D/1", load=0.5, limit_s=0.7 * limit_s, quantile=0.99, trials=40)

    assert generous[LevelOutcome.HOLDS] >= 38
    assert tight[LevelOutcome.MISSES] >= 38


def test_a_limit_that_nobody_reaches_holds_at_no_rate_at_which_the_queue_grows() -> None:
    test = LevelTest(rules=make_rules(slo=Slo(quantile=0.99, limit_s=60.0)), rate_per_s=1050.0, requests=_REQUESTS)
    path = level_path("M/D/1", load=1.05, requests=_REQUESTS, randomness=np.random.default_rng(5))

    found = test.judge(path, look=_REQUESTS)

    assert found.outcome is LevelOutcome.MISSES
    assert found.exceedances == 0
    assert found.growth_per_s == pytest.approx(50.0, rel=0.01)
    assert "the queue grows by 50 requests a second" in found.reason


@pytest.mark.parametrize(("kind", "load"), [("M/D/1", 0.97), ("M/M/1", 0.9)])
def test_a_queue_that_is_long_but_does_not_grow_is_not_called_growing(kind: Kind, load: float) -> None:
    test = LevelTest(
        rules=make_rules(slo=Slo(quantile=0.99, limit_s=60.0)), rate_per_s=load / SERVICE_S, requests=_REQUESTS
    )
    randomness = np.random.default_rng(6)
    paths = [level_path(kind, load=load, requests=_REQUESTS, randomness=randomness) for _ in range(40)]

    assert all(test.judge(path, look=_REQUESTS).growth_per_s == 0.0 for path in paths)


def test_service_that_cannot_be_told_from_a_full_load_is_not_called_held() -> None:
    randomness = np.random.default_rng(7)
    path = level_path("M/M/1", load=0.995, requests=2_000, randomness=randomness)
    test = LevelTest(rules=make_rules(slo=Slo(quantile=0.99, limit_s=60.0)), rate_per_s=995.0, requests=2_000)

    found = test.judge(path, look=2_000)

    assert found.outcome is LevelOutcome.UNDECIDED
    assert "whether the queue grows cannot be told" in found.reason


def test_half_full_calls_are_no_sign_of_a_backlog() -> None:
    slow_alone = judged([12.0] * 2_000, services_ms=12.0, max_batch=4)

    assert slow_alone.load is None
    assert slow_alone.outcome is LevelOutcome.HOLDS


def test_the_first_tenth_is_left_out() -> None:
    found = judged([100.0] * 200 + [1.0] * 1_800)

    assert (found.judged, found.exceedances) == (1_800, 0)
    assert found.outcome is LevelOutcome.HOLDS


def test_crowds_of_late_requests_prove_less_than_as_many_that_come_alone() -> None:
    alone = judged(([30.0] + [1.0] * 59) * 100)
    crowds = judged(([30.0] * 50 + [1.0] * 2_950) * 2)

    assert alone.outcome is LevelOutcome.MISSES
    assert crowds.outcome is LevelOutcome.UNDECIDED
    assert crowds.inflation > 10 * alone.inflation
    assert "come in crowds" in crowds.reason


def test_a_handful_of_requests_decides_nothing() -> None:
    found = judged([100.0] * 30)

    assert found.outcome is LevelOutcome.UNDECIDED
    assert "fewer than 40 requests decide nothing" in found.reason


def test_one_stall_of_a_fast_model_is_no_miss() -> None:
    stalled = [25.0] * 500 + [1.0] * 3_500  # 25 ms at 20,000 a second
    rules, rate_per_s = make_rules(), 20_000.0
    latencies = (np.array([1.0] * 2_000 + stalled + [1.0] * 34_000) * 1e6).astype(np.int64)
    samples = LevelSamples(
        arrivals_ns=(np.arange(latencies.size) * 1e9 / rate_per_s).astype(np.int64),
        latencies_ns=latencies,
        waits_ns=np.maximum(latencies - 20_000, 0),
        batch_sizes=np.ones(latencies.size, dtype=np.int64),
    )
    test = LevelTest(rules=rules, rate_per_s=rate_per_s, requests=latencies.size)

    assert test.looks[0] == 10_000
    assert outcome_of(samples, test) is not LevelOutcome.MISSES


@given(requests=st.integers(1, 300_000), rate_per_s=st.floats(0.1, 1e5), quantile=st.floats(0.5, 0.9999))
def test_looks_double_and_end_with_all_and_their_errors_add_up_to_the_levels(
    requests: int, rate_per_s: float, quantile: float
) -> None:
    looks = planned_looks(requests, rate_per_s, quantile=quantile)
    test = LevelTest(rules=make_rules(), rate_per_s=1.0, requests=requests)

    assert looks[-1] == requests
    assert all(later == 2 * earlier for earlier, later in itertools.pairwise(looks[:-1]))
    assert sum(test._error_at(look) for look in test.looks) == pytest.approx(0.05)


def test_whole_calls_are_kept_that_hold_as_many_requests_as_a_look_asks_for() -> None:
    samples = LevelSamples(
        arrivals_ns=np.arange(7),
        latencies_ns=np.array([5, 4, 3, 9, 8, 7, 6]),
        waits_ns=np.array([2, 1, 0, 5, 4, 3, 2]),
        batch_sizes=np.array([3, 4]),
    )

    assert samples.first(2).latencies_ns.tolist() == [5, 4, 3]
    assert samples.first(4).latencies_ns.size == 7
    assert samples.services_ns.tolist() == [3, 4]


def test_a_share_of_none_or_all_is_not_inflated() -> None:
    assert share_inflation(np.zeros(100, dtype=bool), np.arange(100)) == 1.0
    assert share_inflation(np.ones(100, dtype=bool), np.arange(100)) == 1.0
