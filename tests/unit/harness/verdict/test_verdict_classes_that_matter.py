"""The gate where a workload names the classes that matter, and where chance is 1 in 2 or 1 in 1,000."""

import numpy as np
import pytest
from helpers.builders import make_prediction
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.accuracy.comparison import compare_quality
from harness.verdict.gate import judge_quality
from harness.vocabulary import Gate, GateRules, QualityComparison

_Counts = tuple[int, int, int, int]
_MATTER = ("class 1", "class 2")
_RULES = GateRules(classes=_MATTER)


def _comparison(classes: dict[str, _Counts], rules: GateRules = _RULES) -> QualityComparison:
    """Per class: support, right by the baseline, lost, gained. Wrong answers name the next class."""
    names = tuple(classes)
    truth, theirs, ours = [], [], []
    for index, (support, right, lost, gained) in enumerate(classes.values()):
        wrong = (index + 1) % len(names)
        truth += [index] * support
        ours += [index] * right + [wrong] * (support - right)
        theirs += [wrong] * lost + [index] * (right - lost + gained) + [wrong] * (support - right - gained)
    return compare_quality(
        make_prediction(*theirs), make_prediction(*ours), np.array(truth, dtype=np.int16), names, rules
    )


def _ten(**changed: _Counts) -> dict[str, _Counts]:
    found: dict[str, _Counts] = {f"class {index}": (1000, 900, 0, 0) for index in range(10)}
    return found | {name.replace("_", " "): counts for name, counts in changed.items()}


def test_a_class_that_does_not_matter_may_break_where_the_whole_holds() -> None:
    classes = _ten(class_7=(1000, 900, 60, 0))

    everyone, _ = judge_quality(_comparison(classes, GateRules()), GateRules())
    gate, reasons = judge_quality(_comparison(classes), _RULES)

    assert everyone is Gate.REJECTED
    assert gate is Gate.ACCEPTED
    assert reasons[1].startswith("none of 2 classes that matter (of 10) loses more than 3 points (worst: class ")


def test_a_class_that_does_not_matter_is_compared_all_the_same() -> None:
    comparison = _comparison(_ten(class_7=(1000, 900, 60, 0)))

    shown = next(one for one in comparison.classes if one.name == "class 7")
    assert len(comparison.classes) == 10
    assert (shown.lost, shown.candidate) == (60, 0.84)
    assert -0.08 < shown.lower < -0.06 < shown.upper < -0.04


def test_a_class_that_matters_rejects_and_no_other_is_named() -> None:
    classes = _ten(class_2=(1000, 900, 90, 0), class_7=(1000, 900, 90, 0))

    gate, reasons = judge_quality(_comparison(classes), GateRules(overall_loss=0.1, overall_limit=0.2, classes=_MATTER))

    assert gate is Gate.REJECTED
    assert reasons == ("class 2 loses 9.0 points (90.0 % → 81.0 %); at most 3 are allowed",)


def test_fewer_classes_that_matter_need_less_proof() -> None:
    """Holm's correction is for the classes that are judged, and for no others."""
    counts = (1000, 900, 20, 5)
    classes = {f"class {index}": counts for index in range(10)}

    alone = _comparison(classes, GateRules(classes=("class 1",)))
    together = _comparison(classes, GateRules())

    lower = {one.name: one.lower for one in alone.classes}["class 1"]
    assert lower > {one.name: one.lower for one in together.classes}["class 1"]


def test_one_class_that_matters_is_told_in_the_singular() -> None:
    rules = GateRules(classes=("class 1",))

    gate, reasons = judge_quality(_comparison(_ten(), rules), rules)

    assert gate is Gate.ACCEPTED
    assert reasons[1].startswith("none of 1 class that matters (of 10) loses more than 3 points")


def test_the_floor_is_asked_of_the_classes_that_matter_alone() -> None:
    classes = _ten(class_7=(1000, 600, 0, 0))
    rules = GateRules(classes=_MATTER, worst_class=0.85)

    gate, reasons = judge_quality(_comparison(classes, rules), rules)

    assert gate is Gate.ACCEPTED
    assert reasons[2].startswith("every class that matters is right in at least 85 % of its samples")
    assert reasons[2].endswith("(lowest: class 1, 90.0 %)")


def test_a_class_that_matters_without_samples_leaves_the_gate_unproven() -> None:
    gate, reasons = judge_quality(_comparison(_ten(class_2=(0, 0, 0, 0))), _RULES)

    assert gate is Gate.UNPROVEN
    assert reasons == ("class 2 has no samples in the data, so its loss is unknown: add samples of it",)


def test_a_class_without_samples_that_does_not_matter_is_no_hindrance() -> None:
    gate, _ = judge_quality(_comparison(_ten(class_7=(0, 0, 0, 0))), _RULES)

    assert gate is Gate.ACCEPTED


def test_a_class_that_the_data_do_not_have_is_never_passed_over() -> None:
    rules = GateRules(classes=("class 1", "clas 2"))

    gate, reasons = judge_quality(_comparison(_ten(), rules), rules)

    assert gate is Gate.UNPROVEN
    assert reasons == ("clas 2 is named as a class that matters, but the data have no such class: correct the name",)


@settings(max_examples=30, deadline=None)
@given(lost=st.integers(0, 200), other_lost=st.integers(0, 200))
def test_naming_every_class_judges_as_naming_none(lost: int, other_lost: int) -> None:
    classes = _ten(class_1=(1000, 900, lost, 0), class_7=(1000, 900, other_lost, 0))
    named = GateRules(classes=tuple(classes))

    gate, _ = judge_quality(_comparison(classes, named), named)

    assert gate is judge_quality(_comparison(classes, GateRules()), GateRules())[0]


@pytest.mark.parametrize(
    ("classes", "support", "right", "expected"),
    [
        (2, 1000, 500, Gate.NOT_MEASURED),
        (2, 1000, 530, Gate.NOT_MEASURED),  # above chance, but not provably
        (2, 1000, 900, Gate.ACCEPTED),
        (1000, 10, 0, Gate.NOT_MEASURED),
        (1000, 10, 1, Gate.ACCEPTED),  # 10 % of a thousand classes is a hundred times chance
    ],
)
def test_a_baseline_near_chance_is_told_to_check_its_preprocessing(
    classes: int, support: int, right: int, expected: Gate
) -> None:
    counts = {f"class {index}": (support, right, 0, 0) for index in range(classes)}
    rules = GateRules(class_limit=1.0, class_drop=0.5)

    gate, reasons = judge_quality(_comparison(counts, rules), rules)

    assert gate is expected
    if expected is Gate.NOT_MEASURED:
        assert "check preprocessing, labels and weights" in reasons[0]
        assert f"of {classes} classes)" in reasons[0]


@pytest.mark.parametrize(("right", "expected"), [(510, Gate.NOT_MEASURED), (800, Gate.ACCEPTED)])
def test_chance_is_five_times_as_good_where_five_answers_count(right: int, expected: Gate) -> None:
    counts = {f"class {index}": (1000, right, 0, 0) for index in range(10)}
    rules = GateRules(best_of=5)

    gate, reasons = judge_quality(_comparison(counts, rules), rules)

    assert gate is expected
    assert expected is Gate.ACCEPTED or "chance (50 % of 10 classes, the best 5 answers counted)" in reasons[0]


def test_chance_is_that_of_all_classes_not_of_those_that_matter() -> None:
    """Two classes that matter of ten: a baseline that is right in 40 % is no coin."""
    classes = {f"class {index}": (1000, 400, 0, 0) for index in range(10)}

    gate, _ = judge_quality(_comparison(classes), _RULES)

    assert gate is Gate.ACCEPTED
