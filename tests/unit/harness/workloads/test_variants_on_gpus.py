"""What is measured on a GPU where nobody names variants, and what each runtime and card leaves of it."""

import pytest
from helpers.nvml import stubbed_nvml

from harness.runtimes.registry import find_runtime
from harness.variants import parse_variant
from harness.workloads.default_variants import more_on_gpus
from harness.workloads.workload import BUILTIN_DEFAULT, open_workload
from planner.services.places import Place
from planner.services.planning import arms_at


def test_the_other_floats_are_measured_beside_strict_fp32_and_torchaos_int8_where_layers_are_linear() -> None:
    images = tuple(map(parse_variant, ("fp32", "int8-static:per-channel")))
    texts = tuple(map(parse_variant, ("fp32", "fp16", "int8-dynamic:per-channel")))

    assert [one.label for one in more_on_gpus(images)] == ["tf32", "fp16", "bf16"]
    assert [one.label for one in more_on_gpus(texts)] == ["tf32", "bf16", "int8-dynamic:per-channel,torchao,compile"]


@pytest.mark.parametrize(
    ("runtime", "card", "expected"),
    [
        ("torch", "t4", ["fp32", "fp16"]),
        ("torch", "h200", ["fp32", "tf32", "fp16", "bf16"]),
        ("onnxruntime", "h200", ["fp32", "tf32", "fp16"]),
        ("tensorrt", "h200", ["fp32", "int8-static:per-channel", "tf32", "fp16", "bf16"]),
    ],
)
def test_each_runtime_measures_what_it_and_the_card_can_and_says_why_not_the_rest(
    runtime: str, card: str, expected: list[str]
) -> None:
    workload = open_workload(BUILTIN_DEFAULT)
    own = tuple(map(parse_variant, ("fp32", "int8-static:per-channel")))
    places = [Place(runtime=find_runtime(runtime), device="gpu:0")]

    with stubbed_nvml(card):
        arms, refused = arms_at(places, own, workload, threads=1, unreadable={}, on_gpus=more_on_gpus(own))

    assert [arm.label for arm in arms] == expected
    assert {name.partition("/")[2] for name, _ in refused} | set(expected) == {
        one.label for one in (*own, *more_on_gpus(own))
    }
    assert all(reason for _, reason in refused)


def test_a_cpu_beside_the_gpu_measures_the_workloads_own_variants_alone() -> None:
    workload = open_workload(BUILTIN_DEFAULT)
    own = (parse_variant("fp32"),)

    arms, _ = arms_at(
        [Place(runtime=find_runtime("torch"), device="cpu")],
        own,
        workload,
        threads=1,
        unreadable={},
        on_gpus=more_on_gpus(own),
    )

    assert [arm.name for arm in arms] == ["torch/fp32"]
