"""What the gate asked of a candidate, what was found, and whether it was kept: the lines of its thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.verdict.calibration import rests_on_calibration
from harness.verdict.checks import drop_of, judged_classes
from harness.verdict.exact import lower_share_limit
from harness.verdict.wording import points, recall, threshold, told_from
from harness.vocabulary import ClassComparison, Gate, GateRules, QualityComparison, Severity
from planner.reports.figures import Tone
from planner.services.reporting.evidence_runs import RunBehind
from planner.services.run_document import ArmDocument

_MARKS = {Tone.GOOD: "kept", Tone.BAD: "not kept", Tone.CAUTION: "not proven", Tone.NEUTRAL: "not judged"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One rule of the gate.

    Attributes:
        key: Part of the keys of its row.
        rule: What is looked at.
        asked: The threshold, in words.
        found: The figure, in words.
        tone: Good where it is kept.
    """

    key: str
    rule: str
    asked: str
    found: str
    tone: Tone

    @property
    def kept(self) -> str:
        """In a word."""
        return _MARKS[self.tone]


def rule_lines(behind: RunBehind, arm: ArmDocument) -> tuple[RuleLine, ...]:
    """Every rule that a candidate was held to; none where its quality was not compared."""
    comparison = arm.quality_against_baseline
    verdicts = behind.verdicts(arm.name)
    if comparison is None or not comparison.samples or not comparison.baseline_accuracy:
        return ()
    is_judged = not verdicts or verdicts[0].gate is not Gate.NOT_MEASURED
    lines = (*_overall(comparison, behind.document.gate), *_classes(comparison, behind.document.gate))
    lines = (*lines, *_floor(comparison, behind.document.gate), *_calibration(behind, arm))
    return lines if is_judged else tuple(_unjudged(line) for line in lines)


def _unjudged(line: RuleLine) -> RuleLine:
    return RuleLine(key=line.key, rule=line.rule, asked=line.asked, found=line.found, tone=Tone.NEUTRAL)


def _overall(comparison: QualityComparison, rules: GateRules) -> Iterator[RuleLine]:
    """Losses are of the baseline's accuracy, taken from counts as the gate takes them."""
    base = comparison.baseline_accuracy
    net = comparison.lost - comparison.gained
    loss = net / comparison.samples / base
    misses = net > 0 and net >= rules.overall_loss * base * comparison.samples
    yield RuleLine(
        key="overall",
        rule="loss of overall accuracy, relative to the baseline's",
        asked=f"less than {threshold(rules.overall_loss)} %",
        found=_told(f"{told_from(loss, rules.overall_loss, digits=2)} %"),
        tone=Tone.BAD if misses else Tone.GOOD,
    )
    if rules.judge_points:
        return
    largest = -comparison.lower / base
    yield RuleLine(
        key="overall-limit",
        rule="largest loss of overall accuracy that is still possible",
        asked=f"at most {threshold(rules.overall_limit)} %",
        found=_told(f"{told_from(largest, rules.overall_limit, digits=2)} %"),
        tone=Tone.GOOD if comparison.lower >= -rules.overall_limit * base else Tone.CAUTION,
    )


def _told(figure: str) -> str:
    """With a minus sign for a hyphen; names keep theirs."""
    return figure.replace("-", "−")


def _classes(comparison: QualityComparison, rules: GateRules) -> Iterator[RuleLine]:
    judged = [one for one in judged_classes(comparison, rules) if one.support]
    whole = len(judged_classes(comparison, rules))
    if not judged:
        return
    worst = max(judged, key=drop_of)
    misses = drop_of(worst) > rules.class_drop
    yield RuleLine(
        key="class",
        rule=f"recall lost by the worst of {whole:,} classes",
        asked=f"at most {threshold(rules.class_drop)} points",
        found=f"{_told(points(drop_of(worst), limit=rules.class_drop))} ({worst.name})",
        tone=Tone.BAD if misses else Tone.GOOD,
    )
    if not rules.judge_points:
        yield _class_limit(judged, rules, unknown=whole - len(judged))


def _class_limit(judged: list[ClassComparison], rules: GateRules, *, unknown: int) -> RuleLine:
    widest = min(judged, key=lambda one: one.lower)
    told = f"{_told(points(-widest.lower, limit=rules.class_limit))} ({widest.name})"
    if unknown:
        told += f"; {unknown:,} without samples"
    is_kept = widest.lower >= -rules.class_limit and not unknown
    return RuleLine(
        key="class-limit",
        rule="largest loss of recall of any class that is still possible, for all together",
        asked=f"at most {threshold(rules.class_limit)} points",
        found=told,
        tone=Tone.GOOD if is_kept else Tone.CAUTION,
    )


def _floor(comparison: QualityComparison, rules: GateRules) -> Iterator[RuleLine]:
    judged = [one for one in judged_classes(comparison, rules) if one.candidate is not None and one.support]
    if rules.worst_class is None or not judged:
        return
    floor = rules.worst_class
    lowest = min(judged, key=_recall)
    yield RuleLine(
        key="floor",
        rule="lowest recall of a class",
        asked=f"at least {threshold(floor)} %",
        found=f"{recall(lowest.candidate, limit=floor)} ({lowest.name})",
        tone=Tone.GOOD if _recall(lowest) >= floor else Tone.BAD,
    )
    if not rules.judge_points:
        least, name = _least_recall(judged, rules)
        yield RuleLine(
            key="floor-limit",
            rule="lowest recall of any class that is still possible, for all together",
            asked=f"at least {threshold(floor)} %",
            found=f"{recall(least, limit=floor)} ({name})",
            tone=Tone.GOOD if least >= floor else Tone.CAUTION,
        )


def _recall(one: ClassComparison) -> float:
    return 0.0 if one.candidate is None else one.candidate


def _least_recall(judged: list[ClassComparison], rules: GateRules) -> tuple[float, str]:
    """The gate's exact limit, of the class where it is lowest: among classes of one size that of the lowest recall."""
    confidence = 1.0 - (1.0 - rules.confidence) / 2.0 / len(judged)
    by_size: dict[int, ClassComparison] = {}
    for one in sorted(judged, key=_recall):
        by_size.setdefault(one.support, one)
    return min(
        (lower_share_limit(round(_recall(one) * size), size, confidence=confidence), one.name)
        for size, one in by_size.items()
    )


def _calibration(behind: RunBehind, arm: ArmDocument) -> Iterator[RuleLine]:
    if not rests_on_calibration(behind.planned_arm(arm.name).recipe) or not behind.document.calibration_findings:
        return
    serious = [one for one in behind.document.calibration_findings if one.severity is Severity.SERIOUS]
    yield RuleLine(
        key="calibration",
        rule="serious findings about the calibration data",
        asked="none",
        found=f"{len(serious)}: {serious[0].sentence}" if serious else "none",
        tone=Tone.CAUTION if serious else Tone.GOOD,
    )
