"""Proofs of precision, with the cases that made the thresholds."""

from dataclasses import replace

import pytest
from helpers.builders import make_layer, make_proof
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.verdict.precision import judge_proof
from harness.vocabulary import Granularity, KernelProof, LayerRun, Method, Precision, ProofState, Recipe

_FP32 = Recipe(method=Method.FP32)
_STATIC = Recipe(method=Method.INT8_STATIC, granularity=Granularity.PER_CHANNEL)


def _mixed(*left_out: str) -> Recipe:
    return Recipe(method=Method.INT8_MIXED, granularity=Granularity.PER_CHANNEL, left_out=left_out)


def _layers(count: int, precision: Precision, *, time_s: float, kind: str = "Conv") -> tuple[LayerRun, ...]:
    """So many compute layers of one precision that take this time together."""
    return tuple(
        make_layer(name=f"{precision}_{i}", kind=kind, precision=precision, time_s=time_s / count) for i in range(count)
    )


def _proof(*groups: tuple[LayerRun, ...]) -> KernelProof:
    return make_proof(layers=tuple(layer for group in groups for layer in group))


def test_fp32_whose_every_compute_layer_ran_in_fp32_is_as_named() -> None:
    verdict = judge_proof(_proof(_layers(50, Precision.FP32, time_s=0.01)), _FP32)

    assert (verdict.state, verdict.ran) == (ProofState.AS_NAMED, "fp32")
    assert (verdict.share_by_count, verdict.share_by_time) == (1.0, 1.0)


def test_fp32_that_ran_in_bf16_is_not_as_named_and_says_for_how_much_of_the_time() -> None:
    proof = _proof(_layers(52, Precision.BF16, time_s=0.95), _layers(1, Precision.FP32, time_s=0.05))

    verdict = judge_proof(proof, _FP32)

    assert verdict.state is ProofState.NOT_AS_NAMED
    assert verdict.reason.startswith("95 % of the time of its compute layers ran in bf16 (52 of 53")
    assert verdict.ran == "bf16 95 % + fp32 5 % (by time)"


def test_a_single_other_layer_spoils_fp32_and_is_not_rounded_away() -> None:
    proof = _proof(_layers(999, Precision.FP32, time_s=1.0), _layers(1, Precision.TF32, time_s=0.001))

    verdict = judge_proof(proof, _FP32)

    assert verdict.state is ProofState.NOT_AS_NAMED
    assert verdict.ran == "fp32 >99 % + tf32 <1 % (by time)"


def test_openvino_leaving_depthwise_convolutions_in_fp32_is_int8_and_says_so() -> None:
    proof = _proof(
        _layers(34, Precision.INT8, time_s=0.74),
        _layers(16, Precision.FP32, time_s=0.26, kind="Convolution brgconv_avx512_dw_f32"),
    )

    verdict = judge_proof(proof, _STATIC)

    assert verdict.state is ProofState.AS_NAMED
    assert verdict.ran == "int8 74 % + fp32 26 % (by time)"
    assert verdict.reason == (
        "34 of 50 compute layers ran in int8 (68 % by count, 74 % by time); "
        "without being asked: 16 Convolution brgconv_avx512_dw_f32 in fp32"
    )


@pytest.mark.parametrize(
    ("int8", "fp32", "int8_time_s"),
    [(1, 10, 0.6), (33, 20, 0.25)],
    ids=["one of eleven convolutions", "a quarter of the time"],
)
def test_int8_for_the_smaller_part_is_not_as_named(int8: int, fp32: int, int8_time_s: float) -> None:
    proof = _proof(
        _layers(int8, Precision.INT8, time_s=int8_time_s), _layers(fp32, Precision.FP32, time_s=1 - int8_time_s)
    )

    assert judge_proof(proof, _STATIC).state is ProofState.NOT_AS_NAMED


def test_mixed_may_spend_most_of_its_time_in_what_it_leaves_out() -> None:
    layers = (
        *_layers(9, Precision.INT8, time_s=0.15),
        make_layer(name="/stem/Conv", kind="Conv", precision=Precision.FP32, time_s=0.85),
    )

    mixed = judge_proof(make_proof(layers=layers), _mixed("/stem/Conv"))
    static = judge_proof(make_proof(layers=layers), _STATIC)

    assert (mixed.state, static.state) == (ProofState.AS_NAMED, ProofState.NOT_AS_NAMED)
    assert "without being asked" not in mixed.reason


def test_mixed_needs_more_than_a_trace_of_int8() -> None:
    proof = _proof(_layers(9, Precision.INT8, time_s=0.05), _layers(1, Precision.FP32, time_s=0.95))

    assert judge_proof(proof, _mixed("anything")).state is ProofState.NOT_AS_NAMED


def test_a_layer_left_out_that_ran_in_int8_is_named_and_is_not_what_was_asked_for() -> None:
    layers = (
        make_layer(name="/project/Conv_token_15", kind="QLinearConv"),
        make_layer(name="/stem/Conv/WithoutBiases", kind="Conv", precision=Precision.FP32),
        make_layer(name="/stem/Conv_1", kind="QLinearConv"),
    )

    verdict = judge_proof(make_proof(layers=layers), _mixed("/project/Conv", "/stem/Conv"))

    assert verdict.reason.endswith("; left out, yet in int8: /project/Conv")
    assert verdict.state is ProofState.NOT_AS_NAMED
    assert verdict.share_by_count == 1.0


def test_a_node_renamed_beyond_recognition_is_not_blamed() -> None:
    layers = (
        *_layers(3, Precision.INT8, time_s=0.3),
        make_layer(name="/swish/Clip_output_0_nchwc", kind="Conv", precision=Precision.FP32),
    )

    verdict = judge_proof(make_proof(layers=layers), _mixed("/stem/Conv"))

    assert "without being asked" not in verdict.reason


def test_layers_of_unknown_precision_leave_open_what_they_could_turn() -> None:
    open_int8 = _proof(_layers(4, Precision.INT8, time_s=0.4), _layers(6, Precision.UNKNOWN, time_s=0.6))
    sure_int8 = _proof(_layers(9, Precision.INT8, time_s=0.9), _layers(1, Precision.UNKNOWN, time_s=0.1))
    open_fp32 = _proof(_layers(9, Precision.FP32, time_s=0.9), _layers(1, Precision.UNKNOWN, time_s=0.1))

    states = [judge_proof(open_int8, _STATIC).state, judge_proof(sure_int8, _STATIC).state]

    assert states == [ProofState.UNVERIFIED, ProofState.AS_NAMED]
    assert judge_proof(open_fp32, _FP32).state is ProofState.UNVERIFIED


def test_without_times_int8_is_unverified_unless_the_count_alone_refutes_it() -> None:
    most = _proof(_layers(9, Precision.INT8, time_s=0.0), _layers(1, Precision.FP32, time_s=0.0))
    few = _proof(_layers(1, Precision.INT8, time_s=0.0), _layers(10, Precision.FP32, time_s=0.0))

    assert judge_proof(most, _STATIC).state is ProofState.UNVERIFIED
    assert judge_proof(most, _STATIC).ran == "int8 90 % + fp32 10 % (by count)"
    assert judge_proof(few, _STATIC).state is ProofState.NOT_AS_NAMED


@pytest.mark.parametrize("recipe", [_FP32, _STATIC])
def test_without_compute_layers_the_precision_is_unverified(recipe: Recipe) -> None:
    empty = make_proof(layers=(), reason="this runtime has no profile")
    idle = make_proof(layers=(make_layer(is_compute=False),))

    verdicts = [judge_proof(proof, recipe) for proof in (None, empty, idle)]

    assert {verdict.state for verdict in verdicts} == {ProofState.UNVERIFIED}
    assert verdicts[1].reason == "this runtime has no profile"
    assert all(verdict.reason and verdict.share_by_count is None for verdict in verdicts)


@settings(deadline=None, max_examples=80)
@given(
    layers=st.lists(
        st.tuples(st.sampled_from(list(Precision)), st.floats(0.0, 1.0), st.booleans()), min_size=0, max_size=12
    ),
    left_out=st.integers(0, 14),
)
def test_shares_are_shares_and_one_more_int8_layer_never_harms(
    layers: list[tuple[Precision, float, bool]], left_out: int
) -> None:
    recipe = _mixed(*(f"node {i}" for i in range(left_out)))
    run = tuple(
        make_layer(precision=p, time_s=t, is_compute=c, name=f"layer {i}") for i, (p, t, c) in enumerate(layers)
    )

    before = judge_proof(make_proof(layers=run), recipe)
    after = judge_proof(make_proof(layers=(*run, make_layer(name="more", time_s=0.5))), recipe)

    assert all(share is None or 0.0 <= share <= 1.0 for share in (before.share_by_count, before.share_by_time))
    assert not (before.state is ProofState.AS_NAMED and after.state is not ProofState.AS_NAMED)


@pytest.mark.parametrize(("method", "precision"), [(Method.BF16, Precision.BF16), (Method.FP16, Precision.FP16)])
def test_a_16_bit_variant_asks_for_most_of_the_time_in_its_own_precision(method: Method, precision: Precision) -> None:
    recipe = Recipe(method=method)
    most = _proof(_layers(8, precision, time_s=0.8), _layers(2, Precision.FP32, time_s=0.2))
    least = _proof(_layers(8, precision, time_s=0.3), _layers(2, Precision.FP32, time_s=0.7))
    other = _proof(_layers(10, Precision.FP32, time_s=1.0))

    verdicts = [judge_proof(proof, recipe) for proof in (most, least, other)]

    assert [one.state for one in verdicts] == [ProofState.AS_NAMED, ProofState.NOT_AS_NAMED, ProofState.NOT_AS_NAMED]
    assert verdicts[0].reason.startswith(f"8 of 10 compute layers ran in {precision} (80 % by count, 80 % by time)")
    assert verdicts[2].reason == f"no layer ran in {precision}: the 10 compute layers are 10 Conv in fp32"


def test_fp16_that_ran_in_bf16_is_not_fp16() -> None:
    verdict = judge_proof(_proof(_layers(5, Precision.BF16, time_s=0.1)), Recipe(method=Method.FP16))

    assert (verdict.state, verdict.ran) == (ProofState.NOT_AS_NAMED, "bf16")


@pytest.mark.parametrize("method", [Method.INT8_STATIC, Method.INT8_QAT])
def test_a_file_made_elsewhere_without_any_int8_is_not_int8_and_says_so(method: Method) -> None:
    verdict = judge_proof(_proof(_layers(3, Precision.FP32, time_s=0.1)), Recipe(method=method, file="mine.onnx"))

    assert verdict.state is ProofState.NOT_AS_NAMED
    assert verdict.reason == "no layer ran in int8: the 3 compute layers are 3 Conv in fp32"


@pytest.mark.parametrize("kind", ["Gemm", "Convolution brgconv_avx512_f32"])
def test_operators_that_are_left_out_are_not_missed(kind: str) -> None:
    operator = "Gemm" if kind == "Gemm" else "Conv"
    recipe = replace(_STATIC, left_out_types=(operator,))
    proof = _proof(
        _layers(2, Precision.INT8, time_s=0.6, kind="MatMulInteger"), _layers(8, Precision.FP32, time_s=0.4, kind=kind)
    )

    verdict = judge_proof(proof, recipe)

    assert verdict.state is ProofState.AS_NAMED
    assert verdict.reason == "2 of 10 compute layers ran in int8, 8 left out on purpose (100 % by count, 60 % by time)"


def test_an_operator_that_is_left_out_and_ran_in_int8_is_named_where_its_kernel_tells() -> None:
    convolutions = _proof(_layers(3, Precision.INT8, time_s=0.3, kind="QLinearConv"))
    products = _proof(_layers(3, Precision.INT8, time_s=0.3, kind="QGemm"))

    disobeyed = judge_proof(convolutions, replace(_STATIC, left_out_types=("Conv",)))
    unclear = judge_proof(products, replace(_STATIC, left_out_types=("Gemm",)))

    assert disobeyed.state is ProofState.NOT_AS_NAMED
    assert disobeyed.reason.endswith("left out, yet in int8: Conv")
    assert unclear.state is ProofState.AS_NAMED
