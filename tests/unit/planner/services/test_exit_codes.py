"""The exit code as an API: every case of the table, and which one wins."""

import itertools

import pytest
from helpers.builders import make_failure, make_verdict
from hypothesis import given
from hypothesis import strategies as st

from harness.vocabulary import Gate, Speed, Verdict
from planner.services.exit_codes import ExitCode, best, code_of_run, code_of_verdict, worst

_GATES = (Gate.ACCEPTED, Gate.REJECTED, Gate.UNPROVEN, Gate.NOT_MEASURED)
_TABLE = {
    Speed.FASTER: (0, 1, 3, 3),
    Speed.SLOWER: (1, 1, 1, 1),
    Speed.EQUIVALENT: (1, 1, 1, 1),
    Speed.INCONCLUSIVE: (3, 1, 3, 3),
    Speed.NOT_INT8: (4, 4, 4, 4),
    Speed.BASELINE_NOT_AS_NAMED: (4, 4, 4, 4),
    Speed.FAILED: (5, 5, 5, 5),
}
_WORST_FIRST = (130, 70, 2, 5, 4, 3, 1, 0)
_ACCEPTED = make_verdict(candidate="good")
_REJECTED = make_verdict(candidate="bad", gate=Gate.REJECTED)


def _of(code: int, *, candidate: str = "some", batch: int = 1) -> Verdict:
    """A verdict that comes to this code."""
    speed, gate = next((speed, gate) for speed, gate in _cases() if _TABLE[speed][_GATES.index(gate)] == code)
    return make_verdict(candidate=candidate, batch=batch, speed=speed, gate=gate)


def _cases() -> list[tuple[Speed, Gate]]:
    return list(itertools.product(_TABLE, _GATES))


def test_the_table_here_has_every_speed_and_every_gate() -> None:
    assert set(_TABLE) == set(Speed)
    assert set(_GATES) == set(Gate)
    assert set(_WORST_FIRST) == {int(code) for code in ExitCode}


@pytest.mark.parametrize(("speed", "gate"), _cases())
def test_a_verdict_comes_to_the_code_of_the_table(speed: Speed, gate: Gate) -> None:
    code = code_of_verdict(make_verdict(speed=speed, gate=gate))

    assert code == _TABLE[speed][_GATES.index(gate)]


@given(codes=st.lists(st.sampled_from(ExitCode), min_size=1))
def test_of_several_codes_the_order_of_precedence_decides_and_not_the_number(codes: list[ExitCode]) -> None:
    ranks = [_WORST_FIRST.index(code) for code in codes]

    assert worst(codes) == _WORST_FIRST[min(ranks)]
    assert best(codes) == _WORST_FIRST[max(ranks)]


@given(codes=st.lists(st.sampled_from([0, 1, 3, 4, 5]), min_size=1, max_size=6))
def test_a_candidate_is_as_good_as_its_worst_batch_size(codes: list[int]) -> None:
    verdicts = [_of(code, batch=2**place) for place, code in enumerate(codes)]

    for require_all in (False, True):
        assert code_of_run(verdicts, [], require_all=require_all) == min(codes, key=_WORST_FIRST.index)


@given(codes=st.lists(st.sampled_from([0, 1, 3, 4, 5]), min_size=1, max_size=6))
def test_a_run_is_as_good_as_its_best_candidate_or_its_worst_where_all_are_required(codes: list[int]) -> None:
    verdicts = [_of(code, candidate=f"candidate {place}") for place, code in enumerate(codes)]

    assert code_of_run(verdicts, [], require_all=False) == max(codes, key=_WORST_FIRST.index)
    assert code_of_run(verdicts, [], require_all=True) == min(codes, key=_WORST_FIRST.index)


def test_a_candidate_that_fails_at_one_batch_size_does_not_pass_for_its_other() -> None:
    verdicts = [_of(0, candidate="a"), _of(5, candidate="a", batch=8), _REJECTED]

    assert code_of_run(verdicts, [], require_all=False) is ExitCode.REJECTED_OR_SLOWER
    assert code_of_run([*verdicts, _ACCEPTED], [], require_all=False) is ExitCode.ACCEPTED_AND_FASTER


def test_where_nothing_is_compared_only_a_failure_decides() -> None:
    assert code_of_run([], [], require_all=False) is ExitCode.ACCEPTED_AND_FASTER
    assert code_of_run([], [make_failure()], require_all=False) is ExitCode.TRIAL_FAILED
    assert code_of_run([_ACCEPTED], [make_failure()], require_all=True) is ExitCode.ACCEPTED_AND_FASTER
