"""Who has a turn when: repeatable, mirrored, fair, and never twice in a row."""

import itertools
from collections import Counter
from collections.abc import Sequence

import pytest
from helpers.builders import make_arm, make_plan
from hypothesis import given
from hypothesis import strategies as st

from harness.supervisor.schedule import Slot, mirrored_orders, slots_of
from harness.vocabulary import Plan

_LABELS = ("fp32", "int8-static:per-channel", "int8-static:per-tensor", "int8-mixed:per-channel")


def _plan(*, runtimes: int = 1, variants: int = 2, baseline: str = "fp32") -> Plan:
    arms = tuple(
        make_arm(label, runtime=f"runtime-{number}") for number in range(runtimes) for label in _LABELS[:variants]
    )
    return make_plan(arms=arms, baseline=baseline)


def _alive(plan: Plan) -> frozenset[str]:
    return frozenset(arm.name for arm in plan.arms)


def _orders(plan: Plan, count: int, *, seed: str = "1/1/0") -> list[tuple[Slot, ...]]:
    """Orders as they are counted: without fillers."""
    return [tuple(slot for slot in order if not slot.is_filler) for order in _with_fillers(plan, count, seed=seed)]


def _with_fillers(plan: Plan, count: int, *, seed: str = "1/1/0") -> list[tuple[Slot, ...]]:
    return list(itertools.islice(mirrored_orders(slots_of(plan, _alive(plan)), seed=seed), count))


def _text(order: Sequence[Slot]) -> str:
    return " ".join(f"{slot.arm}{'*' if slot.is_control else ''}" for slot in order)


def test_every_arm_has_one_turn_a_cycle_and_every_baseline_a_control() -> None:
    plan = _plan(runtimes=2)

    slots = slots_of(plan, _alive(plan))

    assert [slot.arm for slot in slots if not slot.is_control] == [arm.name for arm in plan.arms]
    assert [slot.arm for slot in slots if slot.is_control] == ["runtime-0/fp32", "runtime-1/fp32"]


def test_only_arms_that_are_alive_have_turns() -> None:
    plan = _plan(variants=3)

    slots = slots_of(plan, _alive(plan) - {"runtime-0/int8-static:per-channel"})

    assert _text(slots) == "runtime-0/fp32 runtime-0/int8-static:per-tensor runtime-0/fp32*"


@pytest.mark.parametrize("baseline", ["bf16", "fp32"])
def test_where_no_baseline_is_left_the_first_arm_controls_itself(baseline: str) -> None:
    plan = _plan(variants=3, baseline=baseline)

    slots = slots_of(plan, _alive(plan) - {"runtime-0/fp32"})

    assert [slot.arm for slot in slots if slot.is_control] == ["runtime-0/int8-static:per-channel"]


def test_without_arms_there_are_no_turns() -> None:
    assert slots_of(_plan(), frozenset()) == ()


@given(runtimes=st.integers(1, 3), variants=st.integers(1, 4), seed=st.text(max_size=5))
def test_orders_are_permutations_in_mirrored_pairs_without_an_arm_next_to_itself(
    runtimes: int, variants: int, seed: str
) -> None:
    plan = _plan(runtimes=runtimes, variants=variants)
    slots = slots_of(plan, _alive(plan))

    orders = _orders(plan, 20, seed=seed)

    assert all(Counter(order) == Counter(slots) for order in orders)
    assert all(second == first[::-1] for first, second in zip(orders[::2], orders[1::2], strict=True))
    if len(slots) >= 3:
        assert all(first.arm != second.arm for order in orders for first, second in itertools.pairwise(order))


@given(runtimes=st.integers(1, 3), variants=st.integers(2, 4), seed=st.text(max_size=5))
def test_no_arm_ever_follows_itself_not_even_from_one_order_to_the_next(
    runtimes: int, variants: int, seed: str
) -> None:
    orders = _with_fillers(_plan(runtimes=runtimes, variants=variants), 40, seed=seed)

    turns = [slot.arm for order in orders for slot in order]

    assert all(first != second for first, second in itertools.pairwise(turns))


def test_a_filler_stands_only_where_an_order_would_begin_with_the_arm_that_ended_the_last() -> None:
    orders = _with_fillers(_plan(variants=4), 400)

    for before, order in itertools.pairwise(orders):
        counted = [slot for slot in order if not slot.is_filler]
        assert order[0].is_filler == (counted[0].arm == before[-1].arm)
        assert len(order) - len(counted) == order[0].is_filler


def test_a_single_arm_has_no_fillers_as_there_is_nobody_to_stand_between() -> None:
    orders = _with_fillers(_plan(variants=1), 20)

    assert not any(slot.is_filler for order in orders for slot in order)


def test_the_seed_decides_every_order() -> None:
    plan = _plan(runtimes=2)

    first, again, other = (_orders(plan, 40, seed=seed) for seed in ("7/1/0", "7/1/0", "7/1/1"))

    assert first == again
    assert first != other
    assert len(set(first)) > 10


@given(seed=st.integers(0, 1_000))
def test_over_any_mirrored_pair_every_slot_has_the_same_mean_position(seed: int) -> None:
    first, second = _orders(_plan(variants=4), 2, seed=str(seed))

    assert {first.index(slot) + second.index(slot) for slot in first} == {len(first) - 1}


def test_every_order_without_neighbours_of_one_arm_comes_equally_often() -> None:
    plan = _plan(variants=3)
    cycles = 12_000

    seen = Counter(_text(order) for order in _orders(plan, cycles))

    assert len(seen) == 12  # of the 24 orders of four slots, those that keep the baseline and its control apart
    assert all(count == pytest.approx(cycles / 12, rel=0.15) for count in seen.values())


def test_candidates_share_every_position_equally_and_so_do_a_baseline_and_its_control() -> None:
    plan = _plan(variants=4)
    cycles = 20_000

    places = Counter((slot, place) for order in _orders(plan, cycles) for place, slot in enumerate(order))

    baseline, *candidates, control = slots_of(plan, _alive(plan))
    for place in range(5):
        # The baseline and its control keep apart, which at the ends is easier: its share there is larger.
        share = cycles * (1 / 4 if place in {0, 4} else 1 / 6)
        left = (cycles - 2 * share) / len(candidates)
        assert [places[slot, place] for slot in (baseline, control)] == pytest.approx([share] * 2, rel=0.07)
        assert [places[slot, place] for slot in candidates] == pytest.approx([left] * 3, rel=0.07)


def test_with_a_single_candidate_it_always_sits_between_the_two_turns_of_its_baseline() -> None:
    orders = _orders(_plan(variants=2), 2_000)

    positions = Counter((slot.arm, slot.is_control, place) for order in orders for place, slot in enumerate(order))

    assert positions["runtime-0/int8-static:per-channel", False, 1] == 2_000
    assert positions["runtime-0/fp32", False, 0] == 1_000
    assert positions["runtime-0/fp32", False, 2] == 1_000
