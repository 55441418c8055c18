"""The single questions of the quality gate: overall, each class, and the floor of each class.

Each is answered with a word of the gate and a sentence with its figures. Losses are baseline
minus candidate, and are taken from counts, so that a loss of exactly the threshold is exactly that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.statistics.paired import PairedCounts, samples_to_decide
from harness.verdict.exact import lower_share_limit, samples_to_prove_share, upper_share_limit
from harness.verdict.wording import accuracy, points, recall, round_up, threshold, told_from
from harness.vocabulary import ClassComparison, Gate, GateRules, QualityComparison

_TWICE = 2.0
_MOST_TIMES = 100
"""A hundred times the test data are nobody's to collect: from there on samples are no advice."""
_LOSS_OPTION, _DROP_OPTION, _FLOOR_OPTION = "--max-relative-loss", "--max-class-drop", "--min-worst-class"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer to one question: `subject` is the class it is about, or `overall accuracy`.

    `samples_decide`: an open question is one of more samples. `baseline_misses`: the baseline does not reach the
    floor that is asked about either, so that no recipe can be blamed. `is_tested`: the data have the class.
    """

    subject: str
    gate: Gate
    sentence: str
    samples_decide: bool = True
    baseline_misses: bool = False
    is_tested: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """Where a figure stands against its threshold, by its point and by its interval."""

    point_misses: bool
    miss_is_proven: bool
    miss_is_double: bool
    limit_holds: bool

    def gate(self, rules: GateRules) -> Gate:
        """Rejected for a miss that is proven or double, accepted where point and limit hold, else unproven."""
        if self.point_misses:
            is_certain = rules.judge_points or self.miss_is_proven or self.miss_is_double
            return Gate.REJECTED if is_certain else Gate.UNPROVEN
        return Gate.ACCEPTED if rules.judge_points or self.limit_holds else Gate.UNPROVEN

    @property
    def emphasis(self) -> str:
        """For a miss that its size alone decides."""
        return ", and this is more than twice that" if self.miss_is_double and not self.miss_is_proven else ""


def check_overall(comparison: QualityComparison, rules: GateRules) -> Finding:
    """Is the loss of overall accuracy, relative to the baseline's, below its threshold and provably bounded?"""
    base = comparison.baseline_accuracy
    net = comparison.lost - comparison.gained
    allowed = rules.overall_loss * base * comparison.samples
    standing = _Standing(
        point_misses=net > 0 and net >= allowed,
        miss_is_proven=comparison.upper <= -rules.overall_loss * base,
        miss_is_double=net > _TWICE * allowed,
        limit_holds=comparison.lower >= -rules.overall_limit * base,
    )
    relative = net / comparison.samples / base
    moved = f"({accuracy(base)} → {accuracy(comparison.candidate_accuracy)})"
    what = (
        f"accuracy loses {told_from(relative, rules.overall_loss, digits=2)} % of its value {moved}"
        if net > 0
        else f"accuracy does not fall {moved}"
    )
    gate = standing.gate(rules)
    sentence = f"{what}; less than {threshold(rules.overall_loss)} % is allowed{standing.emphasis}"
    if gate is Gate.ACCEPTED and not rules.judge_points:
        sentence += f", and a loss above {threshold(rules.overall_limit)} % is excluded"
    elif gate is Gate.UNPROVEN:
        return _open_overall(comparison, rules, what=what, misses=standing.point_misses)
    return Finding(subject="overall accuracy", gate=gate, sentence=sentence)


def _open_overall(comparison: QualityComparison, rules: GateRules, *, what: str, misses: bool) -> Finding:
    base = comparison.baseline_accuracy
    counts = PairedCounts(lost=comparison.lost, gained=comparison.gained, samples=comparison.samples)
    relative = rules.overall_loss if misses else rules.overall_limit
    needed = _samples_needed(counts, margin=relative * base, confidence=rules.confidence, misses=misses)
    if misses:
        smallest = -comparison.upper / base
        least = f"a loss of only {told_from(smallest, relative, digits=2)} %" if smallest > 0 else "none at all"
        doubt = f"less than {threshold(relative)} % is allowed, and {least} is still possible"
    else:
        largest = told_from(-comparison.lower / base, relative, digits=2)
        doubt = f"a loss of {largest} % is still possible, above {threshold(relative)} % must be excluded"
    end = _would_decide(needed, comparison.samples, option=_LOSS_OPTION)
    return _open("overall accuracy", f"{what}; {doubt}: {end}", needed, comparison.samples)


def check_classes(comparison: QualityComparison, rules: GateRules) -> tuple[Finding, ...]:
    """Does each class that matters drop by no more than its points, and provably not by much more? Worst first."""
    classes = judged_classes(comparison, rules)
    open_below = sum(one.lower < -rules.class_limit for one in classes)
    open_above = sum(one.upper > -rules.class_drop for one in classes)
    found = (
        _check_class(one, rules, open_below=open_below, open_above=open_above)
        for one in sorted(classes, key=drop_of, reverse=True)
    )
    return (*found, *_unknown_classes(comparison, rules))


def judged_classes(comparison: QualityComparison, rules: GateRules) -> tuple[ClassComparison, ...]:
    """The classes that matter, in the comparison's order."""
    return tuple(one for one in comparison.classes if rules.judges(one.name))


def _unknown_classes(comparison: QualityComparison, rules: GateRules) -> Iterator[Finding]:
    known = {one.name for one in comparison.classes}
    for name in rules.classes:
        if name not in known:
            sentence = f"{name} is named as a class that matters, but the data have no such class: correct the name"
            yield Finding(subject=name, gate=Gate.UNPROVEN, sentence=sentence, is_tested=False)


def drop_of(one: ClassComparison) -> float:
    """Recall lost against the baseline, a share of the class's samples; -1 without samples."""
    return (one.lost - one.gained) / one.support if one.support else -1.0


def _check_class(one: ClassComparison, rules: GateRules, *, open_below: int, open_above: int) -> Finding:
    if not one.support:
        sentence = f"{one.name} has no samples in the data, so its loss is unknown: add samples of it"
        return Finding(subject=one.name, gate=Gate.UNPROVEN, sentence=sentence, is_tested=False)
    drop = drop_of(one)
    standing = _Standing(
        point_misses=drop > rules.class_drop,
        miss_is_proven=one.upper <= -rules.class_drop,
        miss_is_double=drop > _TWICE * rules.class_drop,
        limit_holds=one.lower >= -rules.class_limit,
    )
    moved = f"({recall(one.baseline)} → {recall(one.candidate)})"
    lost = points(drop, limit=rules.class_drop)
    what = f"{one.name} loses {lost} {moved}" if drop > 0 else f"{one.name} does not fall {moved}"
    gate = standing.gate(rules)
    sentence = f"{what}; at most {threshold(rules.class_drop)} are allowed{standing.emphasis}"
    if gate is Gate.UNPROVEN:
        others = max(1, open_above if standing.point_misses else open_below)
        return _open_class(one, rules, what=what, misses=standing.point_misses, others=others)
    return Finding(subject=one.name, gate=gate, sentence=sentence)


def _open_class(one: ClassComparison, rules: GateRules, *, what: str, misses: bool, others: int) -> Finding:
    """`others`: how many classes share the error, this one included, as in Holm's limits."""
    counts = PairedCounts(lost=one.lost, gained=one.gained, samples=one.support)
    margin = rules.class_drop if misses else rules.class_limit
    confidence = 1.0 - (1.0 - rules.confidence) / others
    needed = _samples_needed(counts, margin=margin, confidence=confidence, misses=misses)
    if misses:
        smallest = -one.upper
        least = f"a loss of only {points(smallest, limit=margin)}" if smallest > 0 else "none at all"
        doubt = f"at most {threshold(margin)} are allowed, and {least} is still possible"
    else:
        largest = points(-one.lower, limit=margin)
        doubt = f"a loss of {largest} is still possible, above {threshold(margin)} must be excluded"
    end = _would_decide(needed, one.support, name=one.name, option=_DROP_OPTION)
    return _open(one.name, f"{what}; {doubt}: {end}", needed, one.support)


def check_floor(comparison: QualityComparison, rules: GateRules) -> tuple[Finding, ...]:
    """Is the candidate right in each class that matters as often as the floor asks, provably? Lowest recall first.

    Exact limits, for all of them together (Bonferroni). A miss is double where the errors are more
    than twice those that the floor leaves. Empty without a floor.
    """
    if rules.worst_class is None:
        return ()
    judged = [(one.candidate, one) for one in judged_classes(comparison, rules) if one.candidate is not None]
    confidence = 1.0 - (1.0 - rules.confidence) / 2.0 / max(1, len(judged))
    return tuple(
        _check_floor(one, share, rules, floor=rules.worst_class, confidence=confidence)
        for share, one in sorted(judged, key=lambda pair: pair[0])
    )


def _check_floor(one: ClassComparison, share: float, rules: GateRules, *, floor: float, confidence: float) -> Finding:
    hits = round(share * one.support)
    lower = lower_share_limit(hits, one.support, confidence=confidence)
    upper = upper_share_limit(hits, one.support, confidence=confidence)
    standing = _Standing(
        point_misses=share < floor,
        miss_is_proven=upper < floor,
        miss_is_double=1.0 - share > _TWICE * (1.0 - floor),
        limit_holds=lower >= floor,
    )
    gate = standing.gate(rules)
    baseline_misses = one.baseline is not None and one.baseline < floor
    asked = f"at least {threshold(floor)} % are asked for"
    asked += (
        f", and the baseline itself reaches only {recall(one.baseline, limit=floor)}"
        if baseline_misses
        else f" (baseline {recall(one.baseline, limit=floor)})"
    )
    sentence = f"{one.name} is right in {recall(share, limit=floor)} of its samples; {asked}"
    needed = None
    if gate is Gate.UNPROVEN:
        sentence += f"; {recall(lower, limit=floor)} to {recall(upper, limit=floor)} are possible"
    if gate is Gate.UNPROVEN and not baseline_misses:
        needed = samples_to_prove_share(share, floor=floor, confidence=confidence)
        needed = max(needed, one.support + 1) if needed is not None else None
        sentence += f": {_would_decide(needed, one.support, name=one.name, option=_FLOOR_OPTION)}"
    return Finding(
        subject=one.name,
        gate=gate,
        sentence=sentence,
        samples_decide=_decides(needed, one.support),
        baseline_misses=baseline_misses,
    )


def _samples_needed(counts: PairedCounts, *, margin: float, confidence: float, misses: bool) -> int | None:
    """How many samples prove the loss within the margin, or, where the point misses it, beyond."""
    if margin >= 1.0:  # everything may be lost: there is no loss beyond
        return None
    if not misses:
        return samples_to_decide(counts, margin=margin, confidence=confidence)
    mirrored = PairedCounts(lost=counts.gained, gained=counts.lost, samples=counts.samples)
    return samples_to_decide(mirrored, margin=-margin, confidence=confidence)


def _open(subject: str, sentence: str, needed: int | None, tested: int) -> Finding:
    return Finding(subject=subject, gate=Gate.UNPROVEN, sentence=sentence, samples_decide=_decides(needed, tested))


def _decides(needed: int | None, tested: int) -> bool:
    """Whether so many samples are worth naming."""
    return needed is not None and needed <= _MOST_TIMES * max(1, tested)


def _would_decide(needed: int | None, tested: int, *, option: str, name: str | None = None) -> str:
    whose = f" of {name}" if name else ""
    if needed is None:
        return f"more than the {tested:,} samples{whose} are needed, how many cannot be told"
    if not _decides(needed, tested):
        return f"too close to the limit for samples to decide: improve the recipe, or set {option}"
    return f"about {round_up(needed):,} samples{whose} would decide, {tested:,} were tested"
