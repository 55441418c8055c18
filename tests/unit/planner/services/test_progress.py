"""The reducer behind every screen: shares that are shares, steps that only go forward."""

import itertools
from collections.abc import Iterable

import pytest
from helpers.builders import FP32, INT8
from helpers.run_event_sequences import (
    ARMS,
    any_events,
    began,
    failed,
    finished,
    round_finished,
    stages_of_a_run,
    standing,
)
from hypothesis import given

from harness.run_events import ArmAdvanced, ArmPinned, RunEvent
from harness.vocabulary import Stage
from planner.services.progress import Progress, reduce


def _after(*events: RunEvent, second_each: float = 1.0) -> Progress:
    return _all(events, second_each=second_each)[-1]


def _all(events: Iterable[RunEvent], *, second_each: float = 1.0) -> list[Progress]:
    """The progress after each event; one comes every so many seconds."""
    now, seen = Progress(), []
    for place, event in enumerate(events):
        now = reduce(now, event, now_s=place * second_each)
        seen.append(now)
    return seen


@given(events=any_events())
def test_whatever_happens_shares_are_shares_and_no_time_is_negative(events: list[RunEvent]) -> None:
    for progress in _all(events):
        assert 0.0 <= progress.share <= 1.0
        assert progress.stage_left_s is None or progress.stage_left_s >= 0.0
        assert progress.contaminated <= progress.rounds


@given(events=stages_of_a_run())
def test_within_a_stage_the_share_never_falls(events: list[RunEvent]) -> None:
    shares = [progress.share for progress in _all(events)]

    assert shares[0] == 0.0
    assert all(later >= earlier - 1e-9 for earlier, later in itertools.pairwise(shares))


@given(events=stages_of_a_run())
def test_a_stage_of_arms_is_done_when_every_arm_came_through_or_failed(events: list[RunEvent]) -> None:
    progress = _all(events)[-1]

    if progress.stage is not Stage.TIME:
        assert progress.share == 1.0
        assert progress.stage_left_s in {0.0, None}


def test_before_anything_happened_nothing_is_known() -> None:
    start = Progress()

    assert (start.stage, start.batch, start.stage_left_s, start.failures) == (None, None, None, ())


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.TIME])
def test_each_arm_that_is_through_is_one_step(stage: Stage) -> None:
    progress = _after(began(stage, 4), finished(stage, FP32), finished(stage, INT8))

    assert progress.stage is stage
    assert progress.share == 0.5
    assert progress.stage_left_s == pytest.approx(2.0)


def test_an_arm_that_warms_up_three_times_is_still_one_step() -> None:
    again = [finished(Stage.WARM_UP, FP32)] * 3

    assert _after(began(Stage.WARM_UP, 2), *again).share == 0.5


def test_an_arm_underway_counts_for_the_part_it_has_done() -> None:
    progress = _after(began(Stage.QUALITY, 2), ArmAdvanced(arm=FP32, done=30, total=60))

    assert progress.share == 0.25
    assert _after(began(Stage.QUALITY, 2), ArmAdvanced(arm=FP32, done=0, total=0)).share == 0.0


def test_an_estimate_needs_a_twentieth_of_the_work() -> None:
    early = _after(began(Stage.QUALITY, 1), ArmAdvanced(arm=FP32, done=4, total=100))
    later = _after(began(Stage.QUALITY, 1), ArmAdvanced(arm=FP32, done=5, total=100))

    assert early.stage_left_s is None
    assert later.stage_left_s == pytest.approx(19.0)


def test_a_new_stage_begins_at_nothing_and_keeps_what_failed() -> None:
    progress = _after(began(Stage.LOAD), failed(INT8), began(Stage.PROVE, batch=8))

    assert (progress.stage, progress.batch, progress.share) == (Stage.PROVE, 8, 0.0)
    assert [failure.arm for failure in progress.failures] == [INT8]
    assert progress.stage_began_s == progress.now_s == 2.0


def test_a_stage_with_nothing_to_do_is_done() -> None:
    assert _after(began(Stage.MEMORY, 0)).share == 1.0


def test_timing_counts_seconds_of_its_budget_as_an_upper_bound() -> None:
    progress = _after(
        began(Stage.TIME, 30, batch=1),
        round_finished(3.0, is_contaminated=True),
        round_finished(6.0, standings=(standing(),)),
    )

    assert progress.share == pytest.approx(0.2)
    assert progress.stage_left_s == pytest.approx(24.0)
    assert (progress.rounds, progress.contaminated, progress.pairs) == (2, 1, 4)
    assert progress.standings == (standing(),)


def test_timing_over_its_budget_is_done_and_not_more() -> None:
    progress = _after(began(Stage.TIME, 30), round_finished(31.0))

    assert (progress.share, progress.stage_left_s) == (1.0, 0.0)


@pytest.mark.parametrize("event", [failed(FP32), finished(Stage.ENERGY, FP32), ArmPinned(arm=FP32, cpus=(), reason="")])
def test_what_happens_to_an_arm_while_blocks_are_timed_is_no_second_of_the_budget(event: RunEvent) -> None:
    before = _after(began(Stage.TIME, 30), round_finished(3.0))

    after = _after(began(Stage.TIME, 30), round_finished(3.0), event)

    assert after.share == before.share


def test_the_next_batch_size_is_timed_afresh_and_what_stands_is_seen_until_then() -> None:
    timed = (began(Stage.TIME, 30, batch=1), round_finished(3.0, standings=(standing(),)))

    warming = _after(*timed, began(Stage.WARM_UP, batch=8))
    timing = _after(*timed, began(Stage.WARM_UP, batch=8), began(Stage.TIME, 30, batch=8))

    assert warming.standings == (standing(),)
    assert (timing.standings, timing.pairs, timing.rounds) == ((), 0, 0)


def test_the_reducer_changes_nothing_that_it_was_given() -> None:
    before = _after(began(Stage.QUALITY), ArmAdvanced(arm=FP32, done=1, total=2))
    kept = dict(before.within)

    reduce(before, ArmAdvanced(arm=ARMS[1], done=1, total=2), now_s=9.0)
    reduce(before, finished(Stage.QUALITY, FP32), now_s=9.0)

    assert before.within == kept
