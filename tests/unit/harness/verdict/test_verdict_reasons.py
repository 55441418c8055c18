"""How the gate words what is close to a limit, and what no recipe can mend: figures that decide can be told apart."""

from dataclasses import replace
from typing import Any

import pytest
from helpers.builders import make_class_comparison, make_quality_comparison
from hypothesis import given
from hypothesis import strategies as st

from harness.verdict.checks import Finding
from harness.verdict.gate import findings_of, judge_quality
from harness.verdict.wording import told_from
from harness.vocabulary import ClassComparison, Gate, GateRules, QualityComparison

_RULES = GateRules()
_FLOOR = replace(_RULES, worst_class=0.9)


def _class(name: str, *, support: int, right: int, lost: int = 0, gained: int = 0, **fields: Any) -> ClassComparison:  # noqa: ANN401 - a class's fields
    shares = {"baseline": right / support, "candidate": (right - lost + gained) / support}
    limits = {"lower": -0.001, "upper": 0.001}
    return make_class_comparison(name, support=support, lost=lost, gained=gained, **(shares | limits | fields))


def _comparison(*classes: ClassComparison) -> QualityComparison:
    """These classes beside one without fault, with an overall accuracy that nobody doubts."""
    classes = (*classes, _class("zebra", support=3000, right=3000))
    calm = {
        "baseline_accuracy": 0.9,
        "candidate_accuracy": 0.9,
        "lost": 0,
        "gained": 0,
        "lower": -0.001,
        "upper": 0.001,
    }
    return make_quality_comparison(samples=sum(one.support for one in classes), classes=classes, **calm)


def _reason(*classes: ClassComparison, rules: GateRules = _RULES) -> str:
    _, reasons = judge_quality(_comparison(*classes), rules)
    return reasons[0]


def _floor(one: ClassComparison) -> Finding:
    """What the gate finds of this class's floor."""
    return next(found for found in findings_of(_comparison(one), _FLOOR)[1:] if "is right in" in found.sentence)


def test_a_loss_just_above_its_limit_is_told_with_the_digits_that_tell_them_apart() -> None:
    reason = _reason(_class("ant", support=265, right=200, lost=18, gained=10, lower=-0.07, upper=-0.005))

    assert "ant loses 3.02 points" in reason
    assert "at most 3 are allowed" in reason


def test_where_only_absurdly_many_samples_would_decide_none_are_asked_for() -> None:
    reason = _reason(_class("ant", support=265, right=200, lost=18, gained=10, lower=-0.07, upper=-0.005))

    assert reason.endswith("too close to the limit for samples to decide: improve the recipe, or set --max-class-drop")
    assert "would decide" not in reason


def test_a_hundred_times_the_samples_at_most_are_asked_for() -> None:
    far = _reason(_class("ant", support=265, right=200, lost=21, gained=11, lower=-0.08, upper=-0.005))

    assert "would decide, 265 were tested" in far


@pytest.mark.parametrize(("upper", "told"), [(-0.01, "a loss of only 1.0 point"), (0.01, "none at all")])
def test_a_loss_that_may_be_none_is_not_told_as_a_loss_of_nothing(upper: float, told: str) -> None:
    reason = _reason(_class("ant", support=100, right=90, lost=8, gained=3, lower=-0.12, upper=upper))

    assert f"{told} is still possible" in reason


def test_a_floor_that_the_baseline_misses_too_is_not_blamed_on_the_candidate() -> None:
    comparison = _comparison(
        _class("cat", support=300, right=210, lost=9), _class("ant", support=300, right=229, gained=5)
    )

    gate, reasons = judge_quality(comparison, _FLOOR)

    assert gate is Gate.REJECTED
    asked = "of its samples; at least 90 % are asked for, and the baseline itself reaches only"
    assert reasons[:2] == (f"cat is right in 67.0 % {asked} 70.0 %", f"ant is right in 78.0 % {asked} 76.3 %")


@pytest.mark.parametrize(("right", "is_baselines"), [(210, True), (290, False)])
def test_a_finding_knows_whether_the_baseline_misses_the_same_floor(right: int, is_baselines: bool) -> None:  # noqa: FBT001 - a case
    assert _floor(_class("cat", support=300, right=right, lost=9)).baseline_misses is is_baselines


def test_no_samples_are_asked_for_to_prove_a_floor_that_the_baseline_misses() -> None:
    floor = _floor(_class("cat", support=300, right=265))

    assert floor.gate is Gate.UNPROVEN
    assert not floor.samples_decide
    assert "would decide" not in floor.sentence


def test_a_recall_just_below_its_floor_is_not_rounded_onto_it() -> None:
    assert (
        "cat is right in 89.97 % of its samples" in _floor(_class("cat", support=3000, right=2900, lost=201)).sentence
    )


@given(share=st.floats(0.0, 1.0), limit=st.sampled_from([0.005, 0.01, 0.03, 0.06, 0.07, 0.9]))
def test_a_figure_is_told_on_its_own_side_of_the_limit(share: float, limit: float) -> None:
    told = float(told_from(share, limit, digits=1))

    assert abs(share - limit) < 1e-7 or (told > limit * 100) is (share > limit)
