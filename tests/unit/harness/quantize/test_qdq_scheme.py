"""Which integers a recipe comes to on which CPU."""

import pytest

from harness.quantize.qdq_scheme import CpuTraits, dynamic_scheme, static_scheme
from harness.variants import parse_variant

_VNNI = CpuTraits(is_arm=False, has_int8_dot=True)
_OLD_X86 = CpuTraits(is_arm=False, has_int8_dot=False)
_ARM = CpuTraits(is_arm=True, has_int8_dot=True)


@pytest.mark.parametrize(
    ("variant", "cpu", "activations", "note"),
    [
        ("int8-static", _VNNI, "QUInt8", "uint8, asymmetric"),
        ("int8-static:symmetric", _VNNI, "QUInt8", "uint8, zero point 128"),
        ("int8-static", _ARM, "QUInt8", "uint8, asymmetric"),
        ("int8-static:symmetric", _ARM, "QInt8", "int8, zero point 0"),
        ("int8-static:symmetric,tensorrt", _VNNI, "QInt8", "int8, zero point 0"),
    ],
)
def test_activations_are_in_the_integers_that_run_fast_there(
    variant: str, cpu: CpuTraits, activations: str, note: str
) -> None:
    scheme = static_scheme(parse_variant(variant), cpu)

    assert (scheme.activations, scheme.weights) == (activations, "QInt8")
    assert scheme.notes["activations"] == note
    assert scheme.options["ActivationSymmetric"] is parse_variant(variant).is_symmetric


def test_weights_lose_a_bit_only_where_sums_would_overflow() -> None:
    recipe = parse_variant("int8-static")

    assert [static_scheme(recipe, cpu).has_reduced_range for cpu in (_VNNI, _OLD_X86, _ARM)] == [False, True, False]
    assert "7 bits" in static_scheme(recipe, _OLD_X86).notes["weights"]
    assert dynamic_scheme({"MatMul": 3}, _OLD_X86).has_reduced_range
    assert not static_scheme(parse_variant("int8-static:symmetric,tensorrt"), _OLD_X86).has_reduced_range


def test_with_attention_only_what_computes_is_quantised_so_that_a_mask_stretches_no_scale() -> None:
    recipe = parse_variant("int8-static")

    scheme = static_scheme(recipe, _VNNI, has_attention=True)

    assert {"Gemm", "MatMul"} <= set(scheme.operators)
    assert not {"Add", "Where", "Softmax"} & set(scheme.operators)
    assert static_scheme(recipe, _VNNI).operators == ()


@pytest.mark.parametrize(
    ("operators", "weights", "has_convolutions"),
    [
        ({"MatMul": 72, "Conv": 1}, "QInt8", False),
        ({"Gemm": 2, "MatMul": 1, "Conv": 3}, "QInt8", False),
        ({"Conv": 53, "Gemm": 1}, "QUInt8", True),
        ({"MatMul": 4}, "QInt8", False),
    ],
)
def test_dynamic_weights_are_signed_unless_convolutions_are_what_the_model_is_made_of(
    operators: dict[str, int], weights: str, *, has_convolutions: bool
) -> None:
    scheme = dynamic_scheme(operators, _VNNI)

    assert scheme.weights == weights
    assert (not scheme.operators or "Conv" in scheme.operators) is has_convolutions
    assert ("kept_in_fp32" in scheme.notes) is ("Conv" in operators and not has_convolutions)


def test_each_kind_of_cpu_has_artifacts_of_its_own() -> None:
    assert len({cpu.text for cpu in (_VNNI, _OLD_X86, _ARM)}) == 3
