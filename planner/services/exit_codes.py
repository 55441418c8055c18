"""The exit code as an API: one number that a script can act on.

Precedence where several apply: 130 > 70 > 2 > 5 > 4 > 3 > 1 > 0.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from harness.vocabulary import Failure, Gate, Speed, Verdict


class ExitCode(IntEnum):
    """What a process ended with."""

    ACCEPTED_AND_FASTER = 0
    REJECTED_OR_SLOWER = 1
    USAGE = 2
    UNDECIDED = 3
    NOT_AS_NAMED = 4
    TRIAL_FAILED = 5
    OUR_BUG = 70
    INTERRUPTED = 130


_WORST_FIRST = (
    ExitCode.INTERRUPTED,
    ExitCode.OUR_BUG,
    ExitCode.USAGE,
    ExitCode.TRIAL_FAILED,
    ExitCode.NOT_AS_NAMED,
    ExitCode.UNDECIDED,
    ExitCode.REJECTED_OR_SLOWER,
    ExitCode.ACCEPTED_AND_FASTER,
)


def code_of_verdict(verdict: Verdict) -> ExitCode:
    """One candidate at one batch size.

    A rejected candidate is rejected however fast it is, so an undecided speed does not hide
    that. Equivalent counts with slower: INT8 brings nothing, which is an answer, not a doubt.
    """
    match verdict.speed:
        case Speed.FAILED:
            return ExitCode.TRIAL_FAILED
        case Speed.NOT_INT8 | Speed.BASELINE_NOT_AS_NAMED:
            return ExitCode.NOT_AS_NAMED
    if verdict.gate is Gate.REJECTED or verdict.speed in {Speed.SLOWER, Speed.EQUIVALENT}:
        return ExitCode.REJECTED_OR_SLOWER
    if verdict.gate is Gate.ACCEPTED and verdict.speed is Speed.FASTER:
        return ExitCode.ACCEPTED_AND_FASTER
    return ExitCode.UNDECIDED


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The code that takes precedence."""
    return min(codes, key=_WORST_FIRST.index)


def best(codes: Iterable[ExitCode]) -> ExitCode:
    """The code that gives way to all others."""
    return max(codes, key=_WORST_FIRST.index)


def code_of_run(verdicts: Sequence[Verdict], failures: Sequence[Failure], *, require_all: bool) -> ExitCode:
    """A candidate's code is the worst over its batch sizes; the run's, that of its best candidate.

    Args:
        verdicts: of every candidate at every batch size; none for a plain measurement.
        failures: of arms; they decide only where nothing is compared.
        require_all: take the worst candidate instead of the best.
    """
    by_candidate: dict[str, list[ExitCode]] = {}
    for verdict in verdicts:
        by_candidate.setdefault(verdict.candidate, []).append(code_of_verdict(verdict))
    codes = [worst(found) for found in by_candidate.values()]
    if not codes:
        return ExitCode.TRIAL_FAILED if failures else ExitCode.ACCEPTED_AND_FASTER
    return worst(codes) if require_all else best(codes)
