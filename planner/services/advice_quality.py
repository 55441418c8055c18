"""What to try where answers are lost, or nobody knows yet whether they are."""

from collections.abc import Iterator

from harness.verdict.wording import recall, some_of
from harness.vocabulary import CalibrationMethod, Gate, Granularity, Recipe, Severity, Speed
from planner.services.advice_facts import (
    candidates_judged,
    fails_as_its_baseline_does,
    findings_on,
    no_faster,
    recipe_of,
    runs_here,
)
from planner.services.run_document import RunDocument

_CLASSES_NAMED = 3


def mend_the_baseline(document: RunDocument) -> Iterator[str]:
    """Classes that the baseline itself gets wrong more often than the floor allows."""
    found = {
        finding.subject
        for gate in (Gate.REJECTED, Gate.UNPROVEN)
        for name in candidates_judged(document, gate)
        for one in (Gate.REJECTED, Gate.UNPROVEN)
        for finding in findings_on(document, name, one)
        if finding.baseline_misses
    }
    shares = [
        (one.baseline, one.name)
        for arm in document.arms
        if arm.quality_against_baseline is not None
        for one in arm.quality_against_baseline.classes
        if one.name in found and one.baseline is not None
    ]
    if not shares:
        return
    lowest = {name: share for share, name in sorted(shares, reverse=True)}
    told = tuple(f"{recall(lowest[name])} for {name}" for name in sorted(lowest, key=lambda one: lowest[one]))
    yield (
        f"{document.baseline.upper()} itself reaches only {some_of(told, shown=_CLASSES_NAMED)}: no INT8 recipe can be "
        "expected to mend that; correct the model or its preprocessing, or lower --min-worst-class"
    )


def bring_labels(document: RunDocument) -> Iterator[str]:
    """Where no candidate's answers could be judged."""
    judged = [one for one in document.verdicts if one.speed is not Speed.FAILED]
    if not judged or not all(one.gate is Gate.NOT_MEASURED for one in judged):
        return
    if any(arm.quality_against_baseline is not None for arm in document.arms):  # compared: no better than chance
        yield (
            "FP32 itself must answer well first: give the preprocessing that the model was trained with (--preprocess) "
            "and its classes in its own order (--classes), or write both down: planner workloads new mine.toml"
        )
    elif any(arm.quality is not None for arm in document.arms):  # there are labels, but no answers to hold to them
        yield "mend the answers that the reasons speak of first: until then no recipe for INT8 can be judged"
    elif len(judged) == len(document.verdicts):
        yield "give labelled data, and a trained model, to learn whether INT8 may be used: speed alone decides nothing"


def bring_more_samples(document: RunDocument) -> Iterator[str]:
    """Where samples decide: not for what is no faster, nor for what lies on the limit."""
    unproven = sorted(candidates_judged(document, Gate.UNPROVEN) - no_faster(document))
    own = [name for name in unproven if recipe_of(name).method.is_calibrated and recipe_of(name).file is None]
    if own and any(one.severity is Severity.SERIOUS for one in document.calibration_findings):
        yield "calibrate with other data (--calibration): what was found in these withholds acceptance"
        return
    if not any(_samples_decide(document, name) for name in unproven):
        return
    if document.test_samples is not None:
        yield "judge by all test samples (--samples all), or by as many as the reasons name"
    else:
        yield "test with as many samples as the reasons name (--data), or judge point estimates alone (--gate point)"


def refine_the_scales(document: RunDocument) -> Iterator[str]:
    """Per channel, another calibration, layers left out: in the order of how often each helps.

    Not for what is no faster, as better answers would not make it so, nor where its baseline does no better.
    """
    rejected = {
        name for name in candidates_judged(document, Gate.REJECTED) if not fails_as_its_baseline_does(document, name)
    }
    too_close = {name for name in candidates_judged(document, Gate.UNPROVEN) if not _samples_decide(document, name)}
    names = sorted((rejected | too_close) - no_faster(document))
    recipes = [recipe for recipe in map(recipe_of, names) if recipe.method.is_int8]
    if not recipes:
        return
    tried = [recipe_of(arm.name) for arm in document.arms]
    if all(recipe.file is not None for recipe in recipes):
        ours = "int8-static:per-channel"
        if ours not in {recipe.label for recipe in tried} and runs_here(document, ours):
            yield f"let planner quantise it, to compare: --variants fp32,{ours} beside --candidate"
        return
    if not any(recipe.granularity is Granularity.PER_CHANNEL for recipe in tried):
        yield "try int8-static:per-channel: one scale a channel often brings the lost classes back"
        return
    yield from _refine_further(document, tried)


def _refine_further(document: RunDocument, tried: list[Recipe]) -> Iterator[str]:
    others = [f"int8-static:per-channel,{one}" for one in ("entropy", "percentile")]
    others = [one for one in others if runs_here(document, one)]
    if others and not any(recipe.calibration is not CalibrationMethod.MIN_MAX for recipe in tried):
        yield f"try {' and '.join(others)}: outliers stretch ranges"
    if not any(recipe.left_out or recipe.left_out_types for recipe in tried):
        yield (
            "try leaving layers in FP32, the first and the last before others: int8-static:per-channel,without=NODE "
            "(names of nodes: in the model's graph, for example in Netron)"
        )
    if any(recipe_of(arm.name).file is None for arm in document.arms if not arm.is_baseline):
        yield (
            "check that calibration data look like what is served: "
            f"planner audit calibration --workload {document.workload}"
        )


def _samples_decide(document: RunDocument, candidate: str) -> bool:
    """Whether more samples answer every open question on the candidate; so it is taken where none are known."""
    return all(one.samples_decide for one in findings_on(document, candidate, Gate.UNPROVEN))
