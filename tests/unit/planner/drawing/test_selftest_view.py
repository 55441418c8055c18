"""The certificate on a screen, and the narration while it is made."""

import io

import pytest
from helpers.builders import make_round
from helpers.selftests import make_conditions, make_line, make_recording, make_selftest
from rich.console import Console

from harness.supervisor.selftest.conclude import certify
from harness.supervisor.selftest.form import RecordingTaken, SelfTestStep, SelfTestStepBegan
from harness.vocabulary.selftest import Mark, SelfCheck, SelfTest
from planner.cli.selftest_live import SelfTestNarrator
from planner.drawing.selftest_view import certificate_screen, sign_of_certificate


def _screen(certificate: SelfTest, *, width: int = 150, database: str | None = "results.db") -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    for renderable in certificate_screen(certificate, database=database):
        console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 150])
def test_every_line_has_its_figure_its_promise_and_its_mark_at_every_width(width: int) -> None:
    text = _screen(certify(make_recording(), make_conditions()), width=width)

    assert max(len(line) for line in text.splitlines()) <= width
    for word in ("false alarms", "+3 % is found", "bounds of p99 hold", "memory peak", "added to p50", "✓ kept"):
        assert word in text


def test_a_miss_is_marked_explained_and_named_in_the_conclusion() -> None:
    text = _screen(make_selftest(lines=(make_line(mark=Mark.NOT_KEPT, reason="at least 7 % at 95 % confidence"),)))

    assert "✗ not kept" in text
    assert "false alarms: at least 7 %" in text
    assert "not kept: false alarms" in text


def test_one_that_is_not_stored_does_not_claim_to_be() -> None:
    assert "stored in" not in _screen(make_selftest(), database=None)
    assert "stored in results.db" in _screen(make_selftest())


def test_a_simulated_one_begins_by_saying_so() -> None:
    assert _screen(make_selftest(is_simulated=True)).startswith("SIMULATED")


def test_a_certificate_has_the_sign_of_its_worst_line() -> None:
    unknown = make_line(SelfCheck.POWER, mark=Mark.NOT_IDENTIFIED, reason="no trial")
    broken = make_line(mark=Mark.NOT_KEPT, reason="at least 7 %")

    assert sign_of_certificate(make_selftest()) == "✓"
    assert sign_of_certificate(make_selftest(lines=(make_line(), unknown))) == "~"
    assert sign_of_certificate(make_selftest(lines=(broken, unknown))) == "!"


def _taken(*, elapsed_s: float, left_s: float, is_contaminated: bool = False) -> RecordingTaken:
    one = make_round(is_contaminated=is_contaminated)
    return RecordingTaken(round=one, pairs=6, wanted=12_000, elapsed_s=elapsed_s, left_s=left_s)


def test_the_full_form_says_once_at_its_beginning_how_long_it_will_take() -> None:
    file, now = io.StringIO(), [0.0]
    with SelfTestNarrator(console=Console(file=file, width=200), is_quick=False, clock=lambda: now[0]) as narrator:
        narrator.watch(SelfTestStepBegan(step=SelfTestStep.RECORD))
        for _ in range(40):
            now[0] += 0.5
            narrator.watch(_taken(elapsed_s=now[0], left_s=1200.0 - now[0], is_contaminated=True))

    text = file.getvalue()
    assert text.count("12,000 pairs of blocks will take about 20 min") == 1
    assert "rounds set aside" in text
    assert len(text.splitlines()) == 4


def test_a_terminal_is_painted_at_most_every_two_seconds_while_rounds_are_recorded() -> None:
    file, now = io.StringIO(), [0.0]
    console = Console(file=file, width=100, force_terminal=True, color_system=None)
    with SelfTestNarrator(console=console, is_quick=True, clock=lambda: now[0]) as narrator:
        narrator.watch(SelfTestStepBegan(step=SelfTestStep.RECORD))
        for _ in range(20):
            now[0] += 0.5
            narrator.watch(_taken(elapsed_s=now[0], left_s=40.0))

    assert file.getvalue().count("about 40 s left") <= 6
