"""From rounds to a certificate: what a quiet machine, a loaded one and a faulty harness come to."""

from dataclasses import replace

import pytest
from helpers.selftests import make_clock_probe, make_conditions, make_memory_probe, make_recording

from harness.supervisor.selftest.conclude import certify
from harness.supervisor.selftest.form import FULL, Recording
from harness.vocabulary import NoiseClass
from harness.vocabulary.selftest import Ending, Mark, ParentProbe, SelfCheck, SelfTest, SelfTestLine

TIMED = (
    SelfCheck.AA_VERDICTS,
    SelfCheck.AA_OFFSET,
    SelfCheck.CONTROL_OFFSET,
    SelfCheck.POWER,
    SelfCheck.P90_COVERAGE,
)


def _line(certificate: SelfTest, check: SelfCheck) -> SelfTestLine:
    found = certificate.line(check)
    assert found is not None
    return found


def _of(recording: Recording, check: SelfCheck) -> SelfTestLine:
    return _line(certify(recording, make_conditions()), check)


def test_on_a_quiet_machine_every_promise_is_kept() -> None:
    certificate = certify(make_recording(rounds=200), make_conditions())

    assert {one.mark for one in certificate.lines if one.promise} == {Mark.KEPT}
    assert [one.check for one in certificate.lines] == list(SelfCheck)
    assert certificate.load.pairs == 1200
    assert certificate.call_s == pytest.approx(1e-3, rel=0.01)


def test_the_slow_down_that_was_made_is_the_one_that_is_found() -> None:
    found = _of(make_recording(), SelfCheck.SLOW_DOWN_FOUND)

    assert found.figure == pytest.approx(0.03, abs=0.003)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower < 0.03 < found.upper
    assert _of(make_recording(), SelfCheck.RATIO_COVERAGE).figure == pytest.approx(0.97, abs=0.06)


def test_an_arm_that_is_not_slowed_down_is_not_found_and_said_so() -> None:
    power = _of(make_recording(slow_down=0.0), SelfCheck.POWER)

    assert power.mark is Mark.NOT_KEPT
    assert power.figure == 0.0


def test_an_offset_that_never_changes_is_seen_although_nothing_spreads() -> None:
    recording = make_recording()
    control = make_recording(slow_down=0.03)
    swapped = tuple(
        replace(
            one,
            turns=tuple(
                replace(turn, latencies_ns=other.latencies_ns) if turn.is_control else turn
                for turn, other in zip(one.turns, (slow.turns[2] for slow in control.rounds[:24]), strict=True)
            ),
        )
        for one in recording.rounds
    )

    certificate = certify(replace(recording, rounds=swapped), make_conditions())

    offset = _line(certificate, SelfCheck.CONTROL_OFFSET)
    assert offset.mark is Mark.NOT_KEPT
    assert "it is not zero" in offset.detail
    assert _line(certificate, SelfCheck.AA_OFFSET).mark is Mark.KEPT
    assert certificate.load.noise is not NoiseClass.UNFIT


def test_rounds_with_foreign_load_are_set_aside_and_counted() -> None:
    certificate = certify(make_recording(contaminated=range(0, 60, 2)), make_conditions())

    assert (certificate.load.rounds, certificate.load.contaminated_rounds, certificate.load.pairs) == (60, 30, 180)
    assert "30 of 60 rounds were set aside for foreign load" in certificate.notes
    assert _line(certificate, SelfCheck.AA_INTERVALS).trials == 15


def test_where_hardly_a_round_is_clean_all_are_shown_and_nothing_timed_is_judged() -> None:
    certificate = certify(make_recording(contaminated=range(50)), make_conditions())

    for check in TIMED:
        line = _line(certificate, check)
        assert line.mark is Mark.NOT_IDENTIFIED
        assert line.reason == "50 of 60 rounds had foreign load: the figure is of all of them, and judges nothing"
    assert _line(certificate, SelfCheck.AA_INTERVALS).trials == 30
    assert _line(certificate, SelfCheck.MEMORY_PEAK).mark is Mark.KEPT


@pytest.mark.parametrize("rounds", [0, 1, 5, 19])
def test_of_a_recording_that_hardly_began_nothing_timed_is_said(rounds: int) -> None:
    certificate = certify(make_recording(rounds=rounds, ending=Ending.INTERRUPTED), make_conditions())

    assert {_line(certificate, check).mark for check in TIMED} == {Mark.NOT_IDENTIFIED}
    assert any(note.startswith("interrupted with") for note in certificate.notes)


def test_the_quick_form_promises_nothing_that_it_is_too_short_for() -> None:
    quick, full = (certify(make_recording(form=form), make_conditions()) for form in (make_recording().form, FULL))

    for check in make_recording().form.unpromised:
        assert _line(quick, check).mark is None
        assert _line(full, check).mark is not None
        assert _line(quick, check).figure == _line(full, check).figure


def test_a_machine_too_noisy_to_decide_does_not_count_against_the_harness() -> None:
    power = _of(make_recording(sigma=0.6), SelfCheck.POWER)

    assert power.mark is Mark.NOT_IDENTIFIED
    assert "too noisy" in (power.reason or "")


def test_allocations_that_were_not_seen_are_counted_and_not_hidden() -> None:
    probes = (*(make_memory_probe() for _ in range(12)), *(make_memory_probe(seen_bytes=4096) for _ in range(8)))

    line = _of(make_recording(memory=probes), SelfCheck.MEMORY_PEAK)

    assert (line.mark, line.hits, line.trials) == (Mark.NOT_KEPT, 12, 20)
    assert line.reason == "8 of 20 were not seen"


def test_a_memory_peak_that_cannot_be_read_is_no_miss() -> None:
    probes = tuple(make_memory_probe(seen_bytes=None, reason="not on this system") for _ in range(20))

    line = _of(make_recording(memory=probes), SelfCheck.MEMORY_PEAK)

    assert (line.mark, line.figure, line.reason) == (Mark.NOT_IDENTIFIED, None, "not on this system")


def test_costs_above_their_limits_are_not_kept() -> None:
    recording = make_recording(
        clock=make_clock_probe(added_ns=(300.0,) * 21, query_ns=(2000.0,) * 21),
        parents=(ParentProbe(cpu_s=0.9, block_s=1.0),),
    )

    certificate = certify(recording, make_conditions())

    for check in (SelfCheck.ADDED_TO_P50, SelfCheck.QUERY_COST, SelfCheck.PARENT_CPU):
        assert _line(certificate, check).mark is Mark.NOT_KEPT


def test_a_cost_amid_foreign_load_is_no_miss_of_the_harness_but_one_kept_is_kept() -> None:
    probe = make_clock_probe(added_ns=(300.0,) * 21, query_ns=(200.0,) * 21)
    certificate = certify(make_recording(contaminated=range(60), clock=probe), make_conditions())

    added = _line(certificate, SelfCheck.ADDED_TO_P50)
    assert added.mark is Mark.NOT_IDENTIFIED
    assert added.figure == pytest.approx(300e-9)
    assert "60 of 60 rounds had foreign load" in str(added.reason)
    assert _line(certificate, SelfCheck.QUERY_COST).mark is Mark.KEPT


def test_what_was_not_measured_before_an_interruption_is_not_identified() -> None:
    certificate = certify(make_recording(rounds=0, memory=(), clock=None, parents=()), make_conditions())

    assert {one.mark for one in certificate.lines if one.promise} == {Mark.NOT_IDENTIFIED}
    assert certificate.line(SelfCheck.CLOCK_STEP) is None
    assert certificate.call_s is None
