"""A candidate's answers against its baseline's, sample by sample.

Two accuracies of the same samples share most of their chance: only samples on which exactly one
arm is right tell them apart. All figures here come from those.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from harness.accuracy.metrics import predicted_classes, share_of
from harness.errors import MeasurementError
from harness.statistics.holm import holm_lower_limits, holm_upper_limits
from harness.statistics.paired import PairedCounts, mcnemar_exact, paired_difference_interval
from harness.vocabulary import ClassComparison, GateRules, Prediction, QualityComparison

_LARGEST_MARGIN = 1.0 - 2.0**-20
"""A margin of 1 allows any loss, and has no score test; this one allows as good as any."""


def compare_quality(
    candidate: Prediction,
    baseline: Prediction,
    labels: NDArray[np.int16],
    class_names: tuple[str, ...],
    rules: GateRules,
) -> QualityComparison:
    """What the candidate lost and gained against the baseline, overall and in each class.

    The overall interval is two-sided at `rules.confidence`. So are those of the classes that matter, all
    together: each family of Holm limits gets half the error. Their margins are those of the rules
    (`class_limit` below, `class_drop` above), so they are valid for these rules only. A class that is not
    judged has an interval of its own, and costs the others nothing. Classes come worst difference first,
    those without samples last.

    Args:
        candidate: its predictions.
        baseline: the predictions it is compared with, on the same data.
        labels: the true classes, shape (samples,).
        class_names: by class index.
        rules: confidence and class margins.

    Raises:
        MeasurementError: the predictions are of different data, or as `predicted_classes`.
    """
    if candidate.data_digest != baseline.data_digest:
        raise MeasurementError(
            f"The candidate answered data {candidate.data_digest[:12]}, its baseline {baseline.data_digest[:12]}: "
            "evaluate both on the same split."
        )
    theirs = predicted_classes(candidate, labels, class_names)
    ours = predicted_classes(baseline, labels, class_names)
    candidate_right, baseline_right = theirs == labels, ours == labels
    overall = _paired(candidate_right, baseline_right)
    interval = paired_difference_interval(overall, confidence=rules.confidence)
    return QualityComparison(
        samples=overall.samples,
        baseline_accuracy=int(baseline_right.sum()) / overall.samples,
        candidate_accuracy=int(candidate_right.sum()) / overall.samples,
        lost=overall.lost,
        gained=overall.gained,
        lower=interval.lower,
        upper=interval.upper,
        confidence=rules.confidence,
        mcnemar_p=mcnemar_exact(overall.lost, overall.gained),
        agreement=int((theirs == ours).sum()) / overall.samples,
        classes=_classes(candidate_right, baseline_right, labels, class_names, rules),
    )


def _classes(
    candidate_right: NDArray[np.bool_],
    baseline_right: NDArray[np.bool_],
    labels: NDArray[np.int16],
    class_names: tuple[str, ...],
    rules: GateRules,
) -> tuple[ClassComparison, ...]:
    members = [labels == index for index in range(len(class_names))]
    counts = [_paired(candidate_right[of_class], baseline_right[of_class]) for of_class in members]
    intervals = _intervals(dict(zip(class_names, counts, strict=True)), rules)
    found = [
        ClassComparison(
            name=name,
            support=paired.samples,
            baseline=share_of(int(baseline_right[of_class].sum()), paired.samples),
            candidate=share_of(int(candidate_right[of_class].sum()), paired.samples),
            lost=paired.lost,
            gained=paired.gained,
            lower=intervals[name][0],
            upper=intervals[name][1],
        )
        for name, of_class, paired in zip(class_names, members, counts, strict=True)
    ]
    return tuple(sorted(found, key=_difference))


def _intervals(counts: Mapping[str, PairedCounts], rules: GateRules) -> dict[str, tuple[float, float]]:
    """Lower and upper limit of each class's difference: simultaneous for those that are judged."""
    judged = {name: paired for name, paired in counts.items() if rules.judges(name)}
    one_sided = (1.0 + rules.confidence) / 2.0
    families = list(judged.values())
    lower = holm_lower_limits(families, margin=min(rules.class_limit, _LARGEST_MARGIN), confidence=one_sided)
    upper = holm_upper_limits(families, margin=min(rules.class_drop, _LARGEST_MARGIN), confidence=one_sided)
    intervals = dict(zip(judged, zip(lower, upper, strict=True), strict=True))
    for name in counts.keys() - judged.keys():
        alone = paired_difference_interval(counts[name], confidence=rules.confidence)
        intervals[name] = (alone.lower, alone.upper)
    return intervals


def _paired(candidate_right: NDArray[np.bool_], baseline_right: NDArray[np.bool_]) -> PairedCounts:
    return PairedCounts(
        lost=int((baseline_right & ~candidate_right).sum()),
        gained=int((candidate_right & ~baseline_right).sum()),
        samples=candidate_right.size,
    )


def _difference(one: ClassComparison) -> float:
    """For sorting: the worst first, a class without samples after all others."""
    return (one.gained - one.lost) / one.support if one.support else float("inf")
