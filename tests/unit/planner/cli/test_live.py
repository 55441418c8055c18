"""The narration of a run on recorded consoles: what it says, how often, and that nothing stops it."""

import io
import itertools
from collections.abc import Sequence

import pytest
from helpers.builders import FP32, INT8, make_plan
from helpers.run_event_sequences import any_events, began, failed, finished, round_finished, standing
from hypothesis import given
from rich.console import Console

from harness.run_events import RunEvent
from harness.vocabulary import Speed, Stage, TimingRules
from planner.cli.live import Narrator
from planner.services.progress import Progress, reduce

_PLAN = make_plan(batches=(1, 8), timing=TimingRules(budget_s=60.0))
_HOSTILE = "\x1b]0;owned\x07\x9b2J"


class _Recording:
    """A narrator on a console that is kept, told of events at moments of our choosing."""

    def __init__(self, *, is_terminal: bool, width: int = 110) -> None:
        self._file = io.StringIO()
        self._now_s = 0.0
        self._progress = Progress()
        console = Console(
            file=self._file, force_terminal=is_terminal, width=width, color_system=None, legacy_windows=False
        )
        self.narrator = Narrator(_PLAN, console=console, clock=lambda: self._now_s)

    def tell(self, *events: RunEvent, at_s: float | None = None) -> str:
        """What is written when these events come, all at one moment."""
        before = len(self._file.getvalue())
        self._now_s = self._now_s if at_s is None else at_s
        for event in events:
            self._progress = reduce(self._progress, event, now_s=self._now_s)
            self.narrator.watch(self._progress, event)
        return self._file.getvalue()[before:]

    @property
    def text(self) -> str:
        return self._file.getvalue()


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def test_without_a_terminal_each_stage_that_has_something_to_do_is_a_line() -> None:
    recording = _Recording(is_terminal=False)

    with recording.narrator:
        recording.tell(began(Stage.QUANTIZE, 3))
        recording.tell(began(Stage.LOAD, 3), at_s=2.0)
        recording.tell(began(Stage.PROVE, 0), at_s=3.0)
        recording.tell(began(Stage.WARM_UP, 3, batch=8), at_s=75.5)

    assert _lines(recording.text) == [
        "[   0.0 s] making INT8 artifacts",
        "[   2.0 s] opening sessions",
        "[  75.5 s] warming up · batch 8",
    ]


def test_without_a_terminal_a_long_stage_reports_every_ten_seconds_and_not_more_often() -> None:
    recording = _Recording(is_terminal=False)
    standings = (standing(), standing(Speed.INCONCLUSIVE, candidate="fake/other"))
    recording.tell(began(Stage.TIME, 30, batch=1))

    said = [
        recording.tell(round_finished(moment, standings=standings, is_contaminated=moment < 3), at_s=moment)
        for moment in range(1, 22)
    ]

    spoken = [moment for moment, text in enumerate(said, start=1) if text]
    assert spoken == [10, 20]
    head, faster, undecided = _lines(said[9])
    assert head.startswith("[  10.0 s]  33 % timing, arms in turn · batch 1 · 4 pairs · 2 of 10 rounds repeated")
    assert "timing ends in at most 50 s" in head  # 20 s of this batch size and 30 s of the next
    assert faster.split() == ["✓", INT8, "2.00×", "(1.98–2.02)", "faster"]
    assert undecided.split() == ["…", "fake/other", "–", "inconclusive"]


def test_the_last_batch_size_promises_its_own_end_only() -> None:
    recording = _Recording(is_terminal=False)

    assert "timing ends in at most 30 s" in recording.tell(began(Stage.TIME, 30, batch=8))


def test_a_stage_of_steps_tells_how_long_it_still_takes_once_it_can_know() -> None:
    recording = _Recording(is_terminal=False)
    recording.tell(began(Stage.QUALITY, 4))

    said = recording.tell(finished(Stage.QUALITY), at_s=12.0)

    assert "[  12.0 s]  25 % answering the test data · about 36 s left in this step" in said


@pytest.mark.parametrize("is_terminal", [False, True])
def test_a_failure_is_told_at_once_and_once(is_terminal: bool) -> None:  # noqa: FBT001 - a parameter of the test
    recording = _Recording(is_terminal=is_terminal, width=400)

    with recording.narrator:
        recording.tell(began(Stage.TIME, 30, batch=1))
        recording.tell(failed(INT8, message="it was killed"), at_s=0.1)
        recording.tell(round_finished(9.0), at_s=30.0)

    expected = f"✗ {INT8} failed (time): it was killed. free some memory and resume the run"
    assert recording.text.count(expected) == 1


def test_on_a_terminal_painting_waits_two_seconds_while_blocks_are_timed() -> None:
    recording = _Recording(is_terminal=True)
    with recording.narrator:
        recording.tell(began(Stage.TIME, 30, batch=1))
        said = [recording.tell(round_finished(tenth / 10), at_s=tenth / 10) for tenth in range(1, 61)]

    painted = [tenth for tenth, text in enumerate(said, start=1) if text]
    assert len(painted) == 3
    assert all(later - earlier >= 20 for earlier, later in itertools.pairwise(painted))


def test_on_a_terminal_other_stages_are_painted_more_often_and_a_new_stage_at_once() -> None:
    recording = _Recording(is_terminal=True)
    with recording.narrator:
        recording.tell(began(Stage.LOAD, 3))
        too_soon = recording.tell(finished(Stage.LOAD, FP32), at_s=0.2)
        later = recording.tell(finished(Stage.LOAD, INT8), at_s=0.4)
        next_stage = recording.tell(began(Stage.PROVE, 3), at_s=0.41)

    assert too_soon == ""
    assert "████████████████········  opening sessions" in later
    assert "························  proving which precision runs" in next_stage


def test_a_terminal_is_left_with_its_cursor_and_without_our_lines_even_after_an_error() -> None:
    recording = _Recording(is_terminal=True)

    def run() -> None:
        with recording.narrator:
            recording.tell(began(Stage.LOAD, 3))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()

    assert recording.text.rfind("\x1b[?25h") > recording.text.rfind("\x1b[?25l")
    assert recording.text.endswith("\x1b[2K")


@pytest.mark.parametrize("is_terminal", [False, True])
def test_names_and_messages_cannot_steer_the_terminal(is_terminal: bool) -> None:  # noqa: FBT001 - a parameter of the test
    recording = _Recording(is_terminal=is_terminal, width=200)
    hostile = standing(candidate=f"fake/int8-static:without={_HOSTILE}[bold]")

    with recording.narrator:
        recording.tell(began(Stage.TIME, 30, batch=1), failed(_HOSTILE, message=_HOSTILE))
        recording.tell(round_finished(10.0, standings=(hostile,)), at_s=10.0)

    assert "fake/int8-static:without=?]0;owned??2J[bold]" in recording.text
    assert "\x1b]" not in recording.text
    assert "\x9b" not in recording.text


def _narrate(events: Sequence[RunEvent], *, is_terminal: bool, width: int, seconds_each: float) -> str:
    recording = _Recording(is_terminal=is_terminal, width=width)
    with recording.narrator:
        for place, event in enumerate(events):
            recording.tell(event, at_s=place * seconds_each)
    return recording.text


@given(events=any_events())
def test_no_sequence_of_events_stops_the_narration(events: list[RunEvent]) -> None:
    plain = _narrate(events, is_terminal=False, width=80, seconds_each=4.0)
    _narrate(events, is_terminal=True, width=80, seconds_each=1.0)
    _narrate(events, is_terminal=True, width=5, seconds_each=0.1)

    assert "\x1b" not in plain
