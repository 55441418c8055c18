"""Recipes, arms, rules and plans: what cannot be meant cannot be built."""

import math
from typing import Any

import pytest
from helpers.builders import make_arm, make_plan

from harness.errors import UsageError
from harness.vocabulary import CalibrationMethod, GateRules, Granularity, Method, Recipe, TimingRules, Toolkit


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"granularity": Granularity.PER_TENSOR}, "fp32 takes no option but compile"),
        ({"left_out": ("/a",)}, "fp32 takes no option but compile"),
        ({"left_out_types": ("Conv",)}, "fp32 takes no option but compile"),
        ({"keep": 3}, "fp32 takes no option but compile"),
        ({"is_symmetric": True}, "fp32 takes no option but compile"),
        ({"calibration": CalibrationMethod.ENTROPY}, "fp32 takes no option but compile"),
        ({"method": Method.BF16, "toolkit": Toolkit.TORCHAO}, "bf16 takes no option but compile"),
        ({"method": Method.INT8_QAT}, "made in training"),
        ({"method": Method.INT8_QAT, "file": "a.onnx", "is_symmetric": True}, "made already"),
        ({"method": Method.INT8_STATIC}, "needs a granularity"),
        ({"method": Method.INT8_MIXED, "granularity": Granularity.PER_TENSOR, "keep": 0}, "keep=0"),
        ({"method": Method.INT8_MIXED, "granularity": Granularity.PER_TENSOR, "keep": -2}, "keep=-2"),
        ({"method": Method.INT8_DYNAMIC, "granularity": Granularity.PER_TENSOR, "keep": 2}, "belongs to int8-mixed"),
        ({"method": Method.INT8_STATIC, "granularity": Granularity.PER_TENSOR, "left_out": ("/a", "/a")}, "twice"),
    ],
)
def test_a_recipe_refuses_options_its_method_has_no_use_for(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Recipe(**{"method": Method.FP32, **fields})


@pytest.mark.parametrize("threads", [0, -1])
def test_an_arm_refuses_to_run_on_no_thread(threads: int) -> None:
    with pytest.raises(UsageError, match="at least one thread"):
        make_arm(threads=threads)


def test_an_arm_is_named_by_its_runtime_and_the_variant_as_the_user_wrote_it() -> None:
    assert make_arm("int8-static:per-tensor", runtime="openvino").name == "openvino/int8-static:per-tensor"


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize(
    "rule",
    ["block_s", "round_s", "warm_up_s", "target_half_width", "equivalence", "budget_s", "foreign_cpu_limit"],
)
def test_timing_rules_refuse_what_is_not_a_positive_number(rule: str, value: float) -> None:
    rules: dict[str, Any] = {rule: value}

    with pytest.raises(UsageError, match=rule):
        TimingRules(**rules)


def test_timing_rules_need_a_launch_to_measure_memory_in() -> None:
    with pytest.raises(UsageError, match="memory_launches is 0"):
        TimingRules(memory_launches=0)


@pytest.mark.parametrize("confidence", [0.0, 0.49, 1.0, 95.0, math.nan])
def test_no_rule_takes_a_confidence_outside_a_half_to_one(confidence: float) -> None:
    with pytest.raises(UsageError, match="a confidence of"):
        TimingRules(confidence=confidence)
    with pytest.raises(UsageError, match="a confidence of"):
        GateRules(confidence=confidence)


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan, math.inf])
@pytest.mark.parametrize("rule", ["overall_loss", "overall_limit", "class_drop", "class_limit", "worst_class"])
def test_gate_rules_refuse_what_is_no_share(rule: str, value: float) -> None:
    rules: dict[str, Any] = {rule: value}

    with pytest.raises(UsageError, match="between 0 and 1"):
        GateRules(**rules)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_gate_rules_take_the_ends_of_the_scale(value: float) -> None:
    assert GateRules(class_drop=value, worst_class=value).worst_class == value


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"arms": ()}, "nothing to measure"),
        ({"batches": ()}, "nothing to measure"),
        ({"batches": (0,)}, "positive whole numbers"),
        ({"batches": (1, -8)}, "positive whole numbers"),
        ({"batches": (1, 8, 1)}, "named twice"),
        ({"arms": (make_arm(), make_arm())}, "named twice: fake/fp32, fake/fp32"),
        ({"arms": (make_arm(), make_arm(threads=4))}, "named twice"),
    ],
)
def test_a_plan_refuses_to_measure_nothing_or_the_same_twice(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        make_plan(**fields)


def test_a_candidates_baseline_is_the_one_on_its_own_runtime() -> None:
    slow, fast = make_arm(runtime="slow"), make_arm(runtime="fast")
    candidate = make_arm("int8-static", runtime="fast")
    lonely = make_arm("int8-static", runtime="lonely")
    plan = make_plan(arms=(slow, fast, candidate, lonely))

    assert plan.baseline_of(candidate) == fast
    assert plan.baseline_of(lonely) is None


def test_a_baseline_has_no_baseline_and_any_variant_can_be_one() -> None:
    fp32, int8 = make_arm("fp32"), make_arm("int8-static:per-channel")
    plan = make_plan(arms=(fp32, int8), baseline="int8-static:per-channel")

    assert plan.baseline_of(int8) is None
    assert plan.baseline_of(fp32) == int8
