"""What a run comes to, in one line, and where it is stored: the end of its story."""

from harness.vocabulary import Gate, RunState, Speed
from planner.services.advice_facts import fails_as_its_baseline_does, is_undecided_by_load
from planner.services.run_document import RunDocument, accepted_and_faster, best_accepted


def last_line(document: RunDocument, database: str) -> str:
    """What to do, or why nothing can be recommended, and how to see the run again."""
    is_evidence = document.state is RunState.COMPLETED and not document.is_simulated
    worth = f" · planner plan --run {document.run}" if is_evidence else ""
    stored = f"run {document.run} is stored in {database} · planner show {document.run}"
    return f"\n{conclusion(document)}\n{stored}{worth}"


def conclusion(document: RunDocument) -> str:
    """What a run comes to."""
    if document.state is RunState.INTERRUPTED:
        return f"interrupted; `planner resume {document.run}` goes on from here"
    if document.state is RunState.RUNNING:
        return "this run is not over: nothing is judged before its end"
    if not any(one.speed is not Speed.FAILED for one in document.verdicts):
        return _without_verdicts(document)
    broken = f"; {_failed_share(document)} failed" if document.failures else ""
    return f"{_judged(document)}{broken}"


def _without_verdicts(document: RunDocument) -> str:
    if not document.failures:
        return "a plain measurement: nothing was compared"
    failed = {failure.arm for failure in document.failures}
    if not document.verdicts or len(failed) == len(document.arms):
        return f"{_failed_share(document)} failed: look at the sentences above"
    baselines = [arm.name for arm in document.arms if arm.is_baseline]
    if failed.issuperset(baselines):
        return f"{' and '.join(baselines)} failed, so that nothing could be compared: look at the sentences above"
    return "every candidate failed, or its baseline did: look at the sentences above"


def _judged(document: RunDocument) -> str:
    """Of candidates that were measured."""
    verdicts = [one for one in document.verdicts if one.speed is not Speed.FAILED]
    return (
        _recommended(document)
        or _not_as_named({one.speed for one in verdicts})
        or _without_judgement(document, {one.gate for one in verdicts}, {one.candidate for one in verdicts})
        or "no candidate is accepted and faster here: stay with the baseline"
    )


def _recommended(document: RunDocument) -> str | None:
    best = best_accepted(document)
    if best is not None:
        return f"use {best.name}"
    if beaten := accepted_and_faster(document):
        named = (one.fastest_baseline for one in document.comparisons if one.candidate == beaten[0].name)
        fastest = next(named, None) or "the fastest of all"
        return f"accepted candidates are faster than their own baselines, but not than {fastest}: use that"
    return None


def _not_as_named(speeds: set[Speed]) -> str | None:
    whose = {Speed.NOT_INT8: "no candidate ran", Speed.BASELINE_NOT_AS_NAMED: "the baseline did not run"}
    if len(speeds) == 1 and (speed := next(iter(speeds))) in whose:
        return f"{speed}: {whose[speed]} in the precision it is named for, so nothing can be recommended"
    return None


def _without_judgement(document: RunDocument, gates: set[Gate], names: set[str]) -> str | None:
    """What kept every candidate from being judged on its own merits."""
    if gates == {Gate.NOT_MEASURED}:
        return "no candidate's quality was measured: nothing can be recommended"
    if gates == {Gate.REJECTED}:
        is_blameless = all(fails_as_its_baseline_does(document, name) for name in names)
        floor = f"{document.baseline.upper()} itself misses the floor that is asked for: nothing can be recommended"
        return floor if is_blameless else None
    if is_undecided_by_load(document):
        ratios = [one.ratio for one in document.comparisons if one.candidate in names and one.ratio is not None]
        is_clear = bool(ratios) and all(one.upper < 1.0 for one in ratios)
        clear = ", though by its figures no candidate is faster" if is_clear else ""
        return f"this machine was too busy to decide on speed{clear}: nothing can be recommended"
    return None


def _failed_share(document: RunDocument) -> str:
    failed, count = len({failure.arm for failure in document.failures}), len(document.arms)
    return "every variant" if failed == count else f"{failed} of {count} variants"
