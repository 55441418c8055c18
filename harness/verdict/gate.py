"""The quality gate: may the candidate replace its baseline, on this evidence?

It asks for non-inferiority, never for "no significant difference": few samples cannot accept. The
thresholds are the rules', and every reason names the one it speaks of.
"""

from collections.abc import Sequence

from harness.verdict.checks import Finding, check_classes, check_floor, check_overall, drop_of, judged_classes
from harness.verdict.exact import lower_share_limit
from harness.verdict.wording import accuracy, percent, recall, some_of, threshold
from harness.vocabulary import Gate, GateRules, QualityComparison

LEAST_SKILL = 0.05
"""How far from chance to perfect a baseline must provably be: 14.5 % of ten classes, 52.5 % of two. A
constant answer or noise as input falls below it; no model that anyone uses does."""

_SENTENCES_SHOWN = {Gate.REJECTED: 10, Gate.UNPROVEN: 3}
"""Of each question. What broke is news class by class; too few samples is one piece of news, however many classes."""
_NAMES_SHOWN = 5
_POINTS_ONLY = "judged by point estimates alone (--gate point): intervals were ignored, so chance is not ruled out"


def judge_quality(
    comparison: QualityComparison | None, rules: GateRules, *, reason: str | None = None
) -> tuple[Gate, tuple[str, ...]]:
    """Judge overall accuracy, every class that matters, and the floor of those where one is set.

    Rejected: a point misses its threshold and the interval excludes meeting it, or it misses by
    more than twice the threshold. Accepted: all points and all limits hold. Unproven: anything
    else, a class without samples included.

    Args:
        comparison: made with the same rules: the limits of its classes depend on them.
        rules: thresholds; with `judge_points` the limits are ignored, and the reasons say so.
        reason: why there is no comparison.

    Returns:
        The judgement and its reasons: what broke, worst first, or what was checked.
    """
    if comparison is None or not comparison.samples:
        return Gate.NOT_MEASURED, (reason or "quality was not compared: no labelled answers of both arms",)
    if (near_chance := _near_chance(comparison, rules)) is not None:
        return Gate.NOT_MEASURED, (near_chance,)
    questions = _questions(comparison, rules)
    notes = (_POINTS_ONLY,) if rules.judge_points else ()
    if broken := _sentences(questions, Gate.REJECTED):
        return Gate.REJECTED, (*broken, *_also_unproven(questions), *notes)
    if unproven := _sentences(questions, Gate.UNPROVEN):
        return Gate.UNPROVEN, (*unproven, *notes)
    return Gate.ACCEPTED, (*_accepted(questions[0][0], comparison, rules), *notes)


def findings_of(comparison: QualityComparison, rules: GateRules) -> tuple[Finding, ...]:
    """Every single question of the gate, answered: the whole first, then classes, then their floors."""
    return tuple(finding for findings in _questions(comparison, rules) for finding in findings)


def _questions(comparison: QualityComparison, rules: GateRules) -> tuple[tuple[Finding, ...], ...]:
    return (check_overall(comparison, rules),), check_classes(comparison, rules), check_floor(comparison, rules)


def _near_chance(comparison: QualityComparison, rules: GateRules) -> str | None:
    """Why a baseline is no yardstick: its accuracy, or its mean recall, is not above chance.

    Mean recall is 1/K for any constant answer, however unequal the classes are; k/K where k answers count.
    """
    count = max(1, len(comparison.classes))
    chance = min(1.0, rules.best_of / count)
    least = chance + LEAST_SKILL * (1.0 - chance)
    right = round(comparison.baseline_accuracy * comparison.samples)
    limit = lower_share_limit(right, comparison.samples, confidence=(1.0 + comparison.confidence) / 2.0)
    recalls = [one.baseline for one in comparison.classes if one.baseline is not None]
    if limit > least and sum(recalls) > least * len(recalls):
        return None
    counted = f", the best {rules.best_of} answers counted" if rules.best_of > 1 else ""
    return (
        f"the baseline is right in {accuracy(comparison.baseline_accuracy)} of {comparison.samples:,} samples, "
        f"which is not provably above chance ({percent(chance)} of {count} classes{counted}): check preprocessing, "
        "labels and weights, or take more samples"
    )


def _sentences(questions: Sequence[Sequence[Finding]], gate: Gate) -> tuple[str, ...]:
    """What the findings of this gate say, a few of each question in full and the others by name.

    Classes without samples are told apart: they are not "likewise" what was tested.
    """
    sentences: list[str] = []
    for findings in questions:
        found = [finding for finding in findings if finding.gate is gate]
        for alike in ([one for one in found if one.is_tested], [one for one in found if not one.is_tested]):
            sentences.extend(finding.sentence for finding in alike[: _SENTENCES_SHOWN[gate]])
            if rest := tuple(finding.subject for finding in alike[_SENTENCES_SHOWN[gate] :]):
                sentences.append(f"likewise {some_of(rest, shown=_NAMES_SHOWN)}")
    return tuple(sentences)


def _also_unproven(questions: Sequence[Sequence[Finding]]) -> tuple[str, ...]:
    found = (finding.subject for findings in questions for finding in findings if finding.gate is Gate.UNPROVEN)
    subjects = tuple(dict.fromkeys(found))
    return (f"besides, unproven: {some_of(subjects, shown=_NAMES_SHOWN)}",) if subjects else ()


def _accepted(overall: Finding, comparison: QualityComparison, rules: GateRules) -> tuple[str, ...]:
    """What was checked, with the limits and the class that came closest."""
    sure = "" if rules.judge_points else f", at {percent(comparison.confidence)} confidence"
    judged = judged_classes(comparison, rules)
    worst = max(judged, key=drop_of)
    classes = f"{_none_of(len(judged), comparison, rules)} more than {threshold(rules.class_drop)} points"
    classes += f" (worst: {worst.name}, {recall(worst.baseline)} → {recall(worst.candidate)})"
    if not rules.judge_points:
        classes += f"; a loss above {threshold(rules.class_limit)} points is excluded for all together{sure}"
    reasons = [f"{overall.sentence}{sure}", classes]
    if rules.worst_class is not None:
        lowest, name = min((one.candidate, one.name) for one in judged if one.candidate is not None)
        which = "every class that matters" if rules.classes else "every class"
        floor = f"{which} is right in at least {threshold(rules.worst_class)} % of its samples{sure}"
        reasons.append(f"{floor} (lowest: {name}, {recall(lowest)})")
    return tuple(reasons)


def _none_of(count: int, comparison: QualityComparison, rules: GateRules) -> str:
    total = len(comparison.classes)
    if not rules.classes:
        return f"none of {total} classes loses"
    return f"none of {count} class{'es' * (count > 1)} that matter{'s' * (count == 1)} (of {total}) loses"
