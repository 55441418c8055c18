"""What advice rests on: facts about a run that several rules ask for. Documents in, facts out."""

from harness.errors import UnavailableError
from harness.runtimes import registry
from harness.variants import parse_variant
from harness.verdict.checks import Finding
from harness.verdict.gate import findings_of
from harness.vocabulary import Gate, Measurement, NoiseClass, Recipe, Speed
from planner.services.places import Place
from planner.services.run_document import RunDocument

_DECIDED = {Speed.FASTER, Speed.SLOWER, Speed.EQUIVALENT}


def recipe_of(arm: str) -> Recipe:
    """The recipe of an arm, from the label in its name."""
    return parse_variant(arm.partition("/")[2])


def runs_here(document: RunDocument, variant: str) -> bool:
    """Whether a runtime of the run takes the variant on this machine."""
    recipe = parse_variant(variant)
    for name, device in {(arm.runtime, arm.device) for arm in document.arms}:
        try:
            if Place(runtime=registry.find_runtime(name), device=device).refusal(recipe) is None:
                return True
        except UnavailableError:  # a stored run may name a plug-in that is not here
            continue
    return False


def baselines_timed(document: RunDocument) -> list[Measurement]:
    """What the baselines yielded."""
    return [one for one in document.measurements if document.arm(one.arm).is_baseline]


def has_verdict(document: RunDocument, *, speed: Speed | None = None, gate: Gate | None = None) -> bool:
    """Whether any candidate was judged so."""
    return any(
        (speed is None or verdict.speed is speed) and (gate is None or verdict.gate is gate)
        for verdict in document.verdicts
    )


def is_undecided_by_load(document: RunDocument) -> bool:
    """Whether the machine was too busy to decide on any speed."""
    return document.noise is NoiseClass.UNFIT and not any(one.speed in _DECIDED for one in document.verdicts)


def no_faster(document: RunDocument) -> set[str]:
    """Candidates that are slower or no faster: as judged, or by clear figures where the machine judged nothing."""
    by_verdict = {one.candidate for one in document.verdicts if one.speed in {Speed.SLOWER, Speed.EQUIVALENT}}
    undecided = {(one.candidate, one.load) for one in document.verdicts if one.speed is Speed.INCONCLUSIVE}
    by_figures = {
        one.candidate
        for one in document.comparisons
        if one.ratio is not None and one.ratio.upper < 1.0 and (one.candidate, one.load) in undecided
    }
    return by_verdict | by_figures


def int8_no_faster(document: RunDocument) -> set[str]:
    """Those of them that are INT8: FP32 may be a candidate beside a quicker baseline."""
    return {name for name in no_faster(document) if recipe_of(name).method.is_int8}


def candidates_judged(document: RunDocument, gate: Gate) -> set[str]:
    """Candidates on which the gate said this."""
    return {one.candidate for one in document.verdicts if one.gate is gate}


def findings_on(document: RunDocument, candidate: str, gate: Gate) -> list[Finding]:
    """The questions of the gate that came out so for the candidate; none where its answers were not compared."""
    quality = document.arm(candidate).quality_against_baseline
    if quality is None or not quality.samples:
        return []
    return [one for one in findings_of(quality, document.gate) if one.gate is gate]


def fails_as_its_baseline_does(document: RunDocument, candidate: str) -> bool:
    """Whether all that rejects the candidate are floors of classes that its baseline does not reach either."""
    broken = findings_on(document, candidate, Gate.REJECTED)
    return bool(broken) and all(one.baseline_misses for one in broken)
