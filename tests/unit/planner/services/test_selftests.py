"""What a certificate comes to: an exit code, and one line that every run shows."""

from dataclasses import replace

import pytest
from helpers.selftests import make_line, make_selftest
from helpers.stores import passing_store

from harness.vocabulary.selftest import Ending, Mark, SelfCheck, SelfTestLine
from planner.services.selftest import code_of_selftest, document_of_selftest, keep
from planner.services.selftests import in_a_line

KEPT = make_line()
BROKEN = make_line(mark=Mark.NOT_KEPT, reason="at least 7 %")
UNKNOWN = make_line(SelfCheck.P90_COVERAGE, mark=Mark.NOT_IDENTIFIED, reason="so few trials")
SHOWN = make_line(promise=None, mark=None, limit=None, reason="the quick form is too short to judge it")


@pytest.mark.parametrize(
    ("lines", "code"),
    [((KEPT, SHOWN), 0), ((KEPT, BROKEN), 1), ((KEPT, UNKNOWN), 3), ((UNKNOWN, BROKEN), 1), ((), 0)],
)
def test_a_broken_promise_comes_before_one_that_could_not_be_told(lines: tuple[SelfTestLine, ...], code: int) -> None:
    assert code_of_selftest(make_selftest(lines=lines)) == code


def test_an_interrupted_one_is_interrupted_whatever_it_found_and_is_not_stored() -> None:
    certificate = make_selftest(ending=Ending.INTERRUPTED, lines=(BROKEN,))

    with passing_store() as store:
        is_stored = keep(store, certificate)
        found = store.latest_selftest(certificate.host_id)

    assert (document_of_selftest(certificate, is_stored=is_stored).exit_code, is_stored, found) == (130, False, None)


def test_the_line_names_the_day_the_false_alarms_and_the_power() -> None:
    assert in_a_line(make_selftest()) == (
        "this machine's self-test of 28 Nov 2026: 4.8 % false alarms at nominal 5 %, finds +3 % in 97 %"
    )


def test_a_miss_is_in_the_line_and_so_is_what_could_not_be_told() -> None:
    told = in_a_line(make_selftest(lines=(BROKEN, UNKNOWN, make_line(SelfCheck.POWER))))

    assert told.endswith("1 promise not kept, 1 more not identified")


def test_a_figure_that_judges_nothing_is_not_quoted() -> None:
    unknown = tuple(
        replace(make_line(check), mark=Mark.NOT_IDENTIFIED, reason="45 of 45 rounds had foreign load")
        for check in (SelfCheck.AA_VERDICTS, SelfCheck.POWER)
    )

    told = in_a_line(make_selftest(lines=unknown))

    assert told.endswith("false alarms not identified, whether it finds +3 % not identified")


def test_a_simulated_one_says_so() -> None:
    assert "simulated self-test" in in_a_line(make_selftest(is_simulated=True))
