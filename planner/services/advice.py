"""What to try next, from what a run found: a few sentences, the most useful first.

Documents in, text out. It repeats no reason of a verdict, and advises nothing that the run has already tried
or that its runtimes refuse.
"""

from collections.abc import Callable, Iterator

from harness.vocabulary import RunState
from planner.services.advice_facts import is_undecided_by_load, recipe_of
from planner.services.advice_quality import bring_labels, bring_more_samples, mend_the_baseline, refine_the_scales
from planner.services.advice_speed import (
    calm_the_machine,
    change_the_recipe,
    doubt_the_baseline,
    give_it_more_to_do,
    give_more_time,
    look_at_the_processor,
    prove_int8,
    try_another_runtime,
    try_sixteen_bits,
    use_the_other_runtime,
)
from planner.services.run_document import RunDocument, best_accepted

_MOST = 4
_SMALL_SHARE = 0.5
Rule = Callable[[RunDocument], Iterator[str]]


def advice_on(document: RunDocument, *, is_written: bool = False) -> tuple[str, ...]:
    """At most four sentences; none for a run that compared nothing, timed nothing or did not complete.

    Args:
        document: the run.
        is_written: whether the accepted model is being written already.
    """
    if document.state is not RunState.COMPLETED or not document.verdicts or not document.measurements:
        return ()
    if best_accepted(document):
        rules = _AFTER_SUCCESS if is_written else (*_AFTER_SUCCESS, _keep_the_artifact)
    elif is_undecided_by_load(document):
        rules = (*_ON_A_BUSY_MACHINE, *_ON_QUALITY)
    else:
        rules = (*_ON_SPEED, *_ON_QUALITY, try_sixteen_bits)
    return tuple(sentence for rule in rules for sentence in rule(document))[:_MOST]


def _keep_the_artifact(document: RunDocument) -> Iterator[str]:
    best = best_accepted(document)
    if best is not None and recipe_of(best.name).file is None:
        yield f"the same command with --out DIR writes the model of {best.name}, with its provenance"


def _look_at_the_rest(document: RunDocument) -> Iterator[str]:
    small = [one for one in document.pipelines if one.inference_share < _SMALL_SHARE]
    if small:
        yield "inference is the smaller part of a request: what comes before it is where more is to be gained"


def _hedged(rule: Rule) -> Rule:
    """The rule's advice for figures that no calm machine has confirmed."""

    def on(document: RunDocument) -> Iterator[str]:
        for sentence in rule(document):
            yield f"if it stays so on a quiet machine: {sentence}"

    return on


_AFTER_SUCCESS: tuple[Rule, ...] = (doubt_the_baseline, _look_at_the_rest)
_ON_SPEED: tuple[Rule, ...] = (
    calm_the_machine,
    use_the_other_runtime,
    doubt_the_baseline,
    prove_int8,
    give_it_more_to_do,
    look_at_the_processor,
    change_the_recipe,
    try_another_runtime,
    give_more_time,
)
_ON_A_BUSY_MACHINE: tuple[Rule, ...] = (
    calm_the_machine,
    prove_int8,
    *map(_hedged, (give_it_more_to_do, look_at_the_processor, change_the_recipe, try_another_runtime)),
)
_ON_QUALITY: tuple[Rule, ...] = (mend_the_baseline, refine_the_scales, bring_labels, bring_more_samples)
