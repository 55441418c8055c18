"""The search for the SLO rate: on a service whose rate is known, and rule by rule."""

import math
from dataclasses import replace

import pytest
from helpers.builders import INT8, make_quantile
from helpers.queues import SERVICE_S, late_share, slo_rate
from helpers.server import SLO, make_level, make_rate, make_rules
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.rate_search import (
    bracket_of,
    conclude,
    counted,
    next_rate,
    ratio_of_rates,
    wants_repetition,
    why_ended,
)
from harness.vocabulary import LevelOutcome, ServerLevel, ServerRules, Slo

HOLDS, MISSES, UNDECIDED = LevelOutcome.HOLDS, LevelOutcome.MISSES, LevelOutcome.UNDECIDED


def search(truth: float, rules: ServerRules, *, capacity: float, blur: float = 0.0) -> list[ServerLevel]:
    """Levels that say the truth, except within `blur` of it, where they decide nothing."""
    levels: list[ServerLevel] = []
    while (rate := next_rate(levels, rules, capacity_per_s=capacity)) is not None:
        assert len(levels) < 60, "the search does not end"
        outcome = HOLDS if rate <= truth else MISSES
        if abs(math.log(rate / truth)) < blur:
            outcome = UNDECIDED
        late = 9 if rate <= truth else 11
        fields = {"exceedances": late} if outcome is UNDECIDED else {}
        levels.append(make_level(rate, outcome, index=len(levels), **fields))
    return levels


@given(truth=st.floats(20.0, 2_000.0), off=st.floats(0.4, 10.0), width=st.floats(0.005, 0.2))
def test_a_rate_that_every_level_tells_is_bracketed_as_closely_as_asked(truth: float, off: float, width: float) -> None:
    rules = make_rules(target_width=width)

    levels = search(truth, rules, capacity=truth * off)

    found = conclude("a", levels, rules, ended=why_ended(levels, rules))
    assert found.held_rate_per_s <= truth
    assert found.missed_rate_per_s is not None
    assert truth < found.missed_rate_per_s <= found.held_rate_per_s * (1 + width)
    assert found.point_per_s is not None
    assert found.held_rate_per_s <= found.point_per_s <= found.missed_rate_per_s


@given(truth=st.floats(50.0, 2_000.0), off=st.floats(0.5, 2.5), blur=st.floats(0.01, 0.2))
def test_where_levels_near_the_truth_decide_nothing_the_search_ends_with_true_bounds(
    truth: float, off: float, blur: float
) -> None:
    levels = search(truth, make_rules(), capacity=truth * off, blur=blur)

    found = conclude("a", levels, make_rules(), ended="")
    assert found.missed_rate_per_s is not None
    assert found.held_rate_per_s <= truth <= found.missed_rate_per_s
    assert math.log(found.missed_rate_per_s / found.held_rate_per_s) <= 2 * blur + 2 * math.log(1.031)


def test_the_slo_rate_of_an_m_d_1_queue_is_found_from_exact_levels() -> None:
    limit_s = 10 * SERVICE_S
    rules = make_rules(slo=Slo(quantile=0.99, limit_s=limit_s))
    levels: list[ServerLevel] = []
    while (rate := next_rate(levels, rules, capacity_per_s=1 / SERVICE_S)) is not None:
        share = late_share("M/D/1", load=rate * SERVICE_S, limit_s=limit_s) if rate * SERVICE_S < 1 else 1.0
        outcome = HOLDS if share <= 0.01 else MISSES
        late = round(share * 100_000)
        many = make_level(
            rate, outcome, index=len(levels), scheduled=100_000, completed=100_000, judged=100_000, exceedances=late
        )
        levels.append(replace(many, quantile=make_quantile(effective_samples=1_000.0)))

    found = conclude("a", levels, rules, ended="")

    truth = slo_rate(limit_s=limit_s, share=0.01)
    assert found.missed_rate_per_s is not None
    assert found.held_rate_per_s <= truth <= found.missed_rate_per_s
    assert found.point_per_s == pytest.approx(truth, rel=0.01)


def test_it_begins_below_the_capacity() -> None:
    assert next_rate([], make_rules(), capacity_per_s=1_000.0) == pytest.approx(700.0)


def test_a_level_under_foreign_load_is_repeated_once_and_counts_only_if_its_repetition_was_so_too() -> None:
    first = make_level(100.0, MISSES, index=0, is_contaminated=True)
    again = make_level(100.0, HOLDS, index=1)
    loaded = replace(again, is_contaminated=True)

    assert next_rate([first], make_rules(), capacity_per_s=500.0) == 100.0
    assert counted([first, again]) == [again]
    assert counted([first, loaded]) == [loaded]
    assert not wants_repetition([first, loaded])
    flagged = conclude("a", [first, loaded], make_rules(), ended="the end")
    assert flagged.is_contaminated
    assert "under foreign load" in flagged.reason
    assert not conclude("a", [first, again], make_rules(), ended="the end").is_contaminated


def test_levels_that_contradict_one_another_give_the_lower_rate_and_say_so() -> None:
    levels = [make_level(80.0, HOLDS), make_level(100.0, MISSES, index=1), make_level(120.0, HOLDS, index=2)]

    found = conclude("a", levels, make_rules(), ended="the end")

    assert (found.held_rate_per_s, found.missed_rate_per_s) == (80.0, 100.0)
    assert "the machine changed" in found.reason


def test_an_undecided_level_leads_the_search_and_is_no_bound() -> None:
    levels = [
        make_level(80.0, HOLDS),
        make_level(100.0, UNDECIDED, index=1, exceedances=5),
        make_level(125.0, MISSES, index=2),
    ]

    found = bracket_of(levels, make_rules())

    assert (found.held, found.missed, found.crossing) == (80.0, 125.0, (100.0, 125.0))
    assert next_rate(levels, make_rules(), capacity_per_s=200.0) == pytest.approx(math.sqrt(100.0 * 125.0))


def test_an_undecided_level_below_one_that_held_does_not_lead_back() -> None:
    levels = [
        make_level(80.0, UNDECIDED, exceedances=50),
        make_level(100.0, HOLDS, index=1),
        make_level(125.0, MISSES, index=2),
    ]

    assert bracket_of(levels, make_rules()).crossing == (100.0, 125.0)


def test_where_rates_become_so_low_that_a_level_proves_nothing_it_is_said() -> None:
    levels = [make_level(6.0, MISSES)]

    assert next_rate(levels, make_rules(), capacity_per_s=10.0) is None
    assert "no rate was proven to hold, down to 6 a second" in why_ended(levels, make_rules())
    assert conclude("a", levels, make_rules(), ended="").held_rate_per_s == 0.0


def test_where_everything_holds_far_above_the_capacity_it_is_said() -> None:
    levels = [make_level(290.0, HOLDS)]

    assert next_rate(levels, make_rules(), capacity_per_s=100.0) is None
    assert "no rate was proven to miss, up to 290" in why_ended(levels, make_rules())
    found = conclude("a", levels, make_rules(), ended="")
    assert (found.missed_rate_per_s, found.point_per_s, found.binds) == (None, None, "nothing that was seen")


def test_what_binds_is_named() -> None:
    queued = [make_level(80.0, HOLDS), make_level(100.0, MISSES, index=1)]
    grown = [queued[0], replace(queued[1], backlog_growth_per_s=7.0)]

    assert conclude("a", queued, make_rules(), ended="").binds == "the latency of requests that queue"
    assert conclude("a", grown, make_rules(), ended="").binds.startswith("the backlog")
    alone = conclude("a", [], make_rules(), ended="too slow", is_slow_alone=True)
    assert (alone.held_rate_per_s, alone.point_per_s, alone.reason) == (0.0, 0.0, "too slow")
    assert alone.binds == "the latency of a request alone"


def test_a_ratio_is_bounded_by_what_each_side_held_and_missed() -> None:
    candidate = make_rate(arm=INT8, held_rate_per_s=200.0, missed_rate_per_s=220.0, point_per_s=210.0)

    found = ratio_of_rates(candidate, make_rate())

    assert found.point == pytest.approx(2.0)
    assert found.lower == pytest.approx(200 / 110)
    assert found.upper == pytest.approx(2.2)
    assert found.reason is None


def test_a_bound_that_is_not_known_is_none_with_the_reason() -> None:
    slow = make_rate(held_rate_per_s=0.0, missed_rate_per_s=None, point_per_s=0.0)

    against_slow = ratio_of_rates(make_rate(arm=INT8), slow)
    slow_itself = ratio_of_rates(slow, make_rate())

    assert (against_slow.point, against_slow.lower, against_slow.upper) == (None, None, None)
    assert "the baseline held nothing" in str(against_slow.reason)
    assert (slow_itself.point, slow_itself.lower) == (None, None)


def test_rates_under_different_promises_are_not_compared() -> None:
    other = make_rate(slo=replace(SLO, limit_s=0.05))

    found = ratio_of_rates(make_rate(), other)

    assert (found.point, found.lower, found.upper) == (None, None, None)
    assert "p99 ≤ 20 ms and p99 ≤ 50 ms" in str(found.reason)
