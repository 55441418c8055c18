"""What a run says to try next: what fits its findings, and nothing that it has tried."""

from dataclasses import replace
from typing import Any

import pytest
from helpers.builders import (
    make_arm,
    make_class_comparison,
    make_comparison,
    make_cpu,
    make_measurement,
    make_noise,
    make_plan,
    make_quality,
    make_quality_comparison,
    make_quantile,
    make_ratio,
    make_verdict,
)
from helpers.runs import create_run
from helpers.stores import passing_store

from harness.environment import PackageVersion
from harness.vocabulary import ClassComparison, Gate, NoiseClass, RunState, Speed
from planner.services.advice import advice_on
from planner.services.run_document import RunDocument, best_accepted, document_of


def _document(
    *labels: str,
    p50_s: float = 0.01,
    noise: NoiseClass = NoiseClass.QUIET,
    runtime: str = "onnxruntime",
    **verdict: Any,  # noqa: ANN401 - a verdict's fields
) -> RunDocument:
    """A completed run of FP32 and these variants, each with the same verdict."""
    plan = make_plan(arms=tuple(make_arm(label, runtime=runtime) for label in ("fp32", *labels)))
    with passing_store() as store:
        document = document_of(store.load(create_run(store, arms=plan.arms)))
    candidates = [arm.name for arm in document.arms if not arm.is_baseline]
    return replace(
        document,
        state=RunState.COMPLETED,
        environment=replace(document.environment, cpu=make_cpu(features=("avx512_vnni",))),
        measurements=tuple(
            make_measurement(arm=arm.name, quantiles=(make_quantile(point_s=p50_s),)) for arm in document.arms
        ),
        comparisons=tuple(
            make_comparison(
                candidate=name, baseline=f"{runtime}/fp32", fastest_baseline=None, noise=make_noise(noise_class=noise)
            )
            for name in candidates
        ),
        verdicts=tuple(make_verdict(candidate=name, **verdict) for name in candidates),
    )


def _text(document: RunDocument) -> str:
    return "\n".join(advice_on(document))


def test_an_accepted_model_can_be_kept() -> None:
    assert "--out DIR writes the model of" in _text(_document("int8-static", speed=Speed.FASTER, gate=Gate.ACCEPTED))


def test_what_is_slower_than_another_runtimes_fp32_is_not_recommended_but_that_runtime_is() -> None:
    document = _document("int8-static", speed=Speed.FASTER, gate=Gate.ACCEPTED)
    (comparison,) = document.comparisons
    slower = replace(comparison, against_fastest=make_ratio(0.7), fastest_baseline="other/fp32")

    found = replace(document, comparisons=(slower,))

    assert best_accepted(found) is None
    assert "move to other/fp32 first" in _text(found)


@pytest.mark.parametrize(("gain", "is_doubted"), [(9.8, True), (3.9, False)])
def test_a_gain_beyond_what_int8_can_give_puts_the_baseline_in_doubt(gain: float, is_doubted: bool) -> None:  # noqa: FBT001 - a case
    document = _document("int8-static", speed=Speed.FASTER, gate=Gate.ACCEPTED)
    (comparison,) = document.comparisons

    found = replace(document, comparisons=(replace(comparison, ratio=make_ratio(gain)),))

    assert ("weak baseline" in _text(found)) is is_doubted


def test_lost_classes_per_tensor_suggest_scales_per_channel() -> None:
    document = _document("int8-static:per-tensor", speed=Speed.FASTER, gate=Gate.REJECTED)

    assert "try int8-static:per-channel:" in _text(document)
    assert "entropy" not in _text(document)


def test_lost_classes_per_channel_suggest_another_calibration_and_layers_left_out() -> None:
    text = _text(_document("int8-static", speed=Speed.FASTER, gate=Gate.REJECTED))

    assert "int8-static:per-channel,entropy" in text
    assert "without=NODE" in text
    assert "planner audit calibration" in text


def test_what_was_tried_is_not_advised_again() -> None:
    tried = ("int8-static", "int8-static:entropy", "int8-static:without=/a")

    text = _text(_document(*tried, speed=Speed.FASTER, gate=Gate.REJECTED))

    assert "entropy" not in text
    assert "without=" not in text


def test_a_model_made_elsewhere_is_compared_with_planners_own_before_that_is_refined() -> None:
    text = _text(_document("int8-static:file=mine.onnx", speed=Speed.FASTER, gate=Gate.REJECTED))

    assert "let planner quantise it, to compare: --variants fp32,int8-static:per-channel" in text
    assert "without=" not in text
    assert "planner audit calibration" not in text


def test_slow_dynamic_int8_suggests_the_static_one() -> None:
    assert "try int8-static:" in _text(_document("int8-dynamic", speed=Speed.SLOWER, gate=Gate.ACCEPTED))


@pytest.mark.parametrize(("p50_s", "is_told"), [(4e-5, True), (4e-3, False)])
def test_calls_of_microseconds_are_told_to_hold_little_to_shorten(p50_s: float, is_told: bool) -> None:  # noqa: FBT001 - a case
    document = _document("int8-static", p50_s=p50_s, speed=Speed.SLOWER, gate=Gate.ACCEPTED)

    assert ("a call takes 40 µs" in _text(document)) is is_told


def test_an_unfit_machine_is_the_first_thing_to_change() -> None:
    document = _document("int8-static", noise=NoiseClass.UNFIT, speed=Speed.INCONCLUSIVE, gate=Gate.UNPROVEN)

    assert advice_on(document)[0].startswith("stop other programs")


def test_without_labels_they_are_asked_for() -> None:
    document = _document("int8-static", speed=Speed.FASTER, gate=Gate.NOT_MEASURED)

    assert "give labelled data" in _text(document)


def test_sixteen_bits_are_advised_only_where_the_cpu_computes_in_them() -> None:
    without = _document("int8-static", runtime="openvino", speed=Speed.SLOWER, gate=Gate.UNPROVEN)
    cpu = make_cpu(features=("avx512_vnni", "avx512_bf16"))

    with_bf16 = replace(without, environment=replace(without.environment, cpu=cpu))

    assert "bf16" not in _text(without)
    assert "try --variants fp32,bf16" in _text(with_bf16)
    assert "bf16" not in _text(replace(with_bf16, arms=_document("int8-static").arms, measurements=(), comparisons=()))


def test_layers_that_stayed_in_fp32_are_where_to_look() -> None:
    assert "layers stayed in FP32" in _text(_document("int8-static", speed=Speed.NOT_INT8, gate=Gate.ACCEPTED))


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.INTERRUPTED, RunState.FAILED])
def test_a_run_that_did_not_complete_advises_nothing(state: RunState) -> None:
    document = _document("int8-static", speed=Speed.SLOWER, gate=Gate.REJECTED)

    assert advice_on(replace(document, state=state)) == ()


def test_what_is_no_faster_is_not_made_more_accurate() -> None:
    text = _text(_document("int8-static", speed=Speed.SLOWER, gate=Gate.REJECTED))

    assert "entropy" not in text
    assert "without=" not in text


def test_an_unfit_machine_says_nothing_of_speed_but_of_quality() -> None:
    document = _document(
        "int8-static:per-tensor", p50_s=4e-5, noise=NoiseClass.UNFIT, speed=Speed.INCONCLUSIVE, gate=Gate.REJECTED
    )

    text = _text(document)

    assert "a call takes" not in text
    assert "try int8-static:per-channel:" in text


def test_calls_whose_cost_is_fixed_are_advised_to_carry_more_requests() -> None:
    document = _document("int8-static", p50_s=6e-6, speed=Speed.SLOWER, gate=Gate.ACCEPTED)
    baseline = document.measurements[0]
    larger = replace(baseline, batch=8, quantiles=(make_quantile(point_s=6.5e-6),))

    text = _text(replace(document, batches=(1, 8), measurements=(*document.measurements, larger)))

    assert "a call takes 6 µs in onnxruntime/fp32 with 1 input and 6.5 µs with 8 inputs" in text
    assert "send requests together" in text


def test_a_model_of_one_fixed_batch_is_not_advised_another() -> None:
    document = _document("int8-static", p50_s=4e-5, speed=Speed.SLOWER, gate=Gate.ACCEPTED)

    fixed = replace(document, unavailable=(("batch 8", "the model's batch axis is fixed at 1"),))

    assert "--batch 32" in _text(document)
    assert "--batch" not in _text(fixed)


def test_a_subset_that_decided_nothing_is_advised_to_grow() -> None:
    document = _document("int8-static", speed=Speed.FASTER, gate=Gate.UNPROVEN)

    assert "--samples all" in _text(replace(document, test_samples=100))
    assert "--samples" not in _text(document)


def test_where_the_model_is_written_nobody_is_told_to_write_it() -> None:
    document = _document("int8-static", speed=Speed.FASTER, gate=Gate.ACCEPTED)

    assert advice_on(document, is_written=True) == ()


def test_only_pytorch_is_advised_to_compile() -> None:
    for runtime in ("torch", "onnxruntime"):
        document = _document("int8-static", runtime=runtime, speed=Speed.FASTER, gate=Gate.ACCEPTED)
        (comparison,) = document.comparisons

        found = replace(document, comparisons=(replace(comparison, ratio=make_ratio(9.8)),))

        assert ("fp32:compile" in _text(found)) is (runtime == "torch")


def test_a_processor_without_int8_arithmetic_is_named_as_the_cause() -> None:
    document = _document("int8-static", speed=Speed.SLOWER, gate=Gate.ACCEPTED)
    plain = replace(document, environment=replace(document.environment, cpu=make_cpu(features=("avx2",))))

    assert "no instruction that sums INT8 products" in _text(plain)
    assert "no instruction" not in _text(document)


def _with_classes(document: RunDocument, *classes: ClassComparison, floor: float | None = None) -> RunDocument:
    """The candidates' answers, compared class by class beside a class without fault; the whole is beyond doubt."""
    fine = make_class_comparison("zebra", support=3000, baseline=1.0, candidate=1.0, lost=0, lower=0.0, upper=0.0)
    calm = {
        "baseline_accuracy": 0.9,
        "candidate_accuracy": 0.9,
        "lost": 0,
        "gained": 0,
        "lower": -0.001,
        "upper": 0.001,
    }
    quality = make_quality_comparison(samples=3300, classes=(*classes, fine), **calm)
    arms = [arm if arm.is_baseline else replace(arm, quality_against_baseline=quality) for arm in document.arms]
    return replace(document, arms=tuple(arms), gate=replace(document.gate, worst_class=floor))


def _below_the_floor(baseline: float, candidate: float) -> ClassComparison:
    lost = round(300 * (baseline - candidate))
    return make_class_comparison(
        "cat", support=300, baseline=baseline, candidate=candidate, lost=lost, gained=0, lower=-0.001, upper=0.001
    )


def test_a_floor_that_fp32_itself_misses_is_no_matter_of_recipes() -> None:
    document = _document("int8-static", speed=Speed.FASTER, gate=Gate.REJECTED)

    text = _text(_with_classes(document, _below_the_floor(0.70, 0.69), floor=0.9))

    assert "FP32 itself reaches only 70.0 % for cat: no INT8 recipe can be expected to mend that" in text
    assert "lower --min-worst-class" in text
    assert "entropy" not in text
    assert "without=" not in text


def test_a_floor_that_only_int8_misses_is_a_matter_of_recipes() -> None:
    document = _document("int8-static", speed=Speed.FASTER, gate=Gate.REJECTED)

    text = _text(_with_classes(document, _below_the_floor(0.95, 0.70), floor=0.9))

    assert "FP32 itself" not in text
    assert "entropy" in text


def _open_class(lost: int, gained: int) -> ClassComparison:
    """A class that loses a little more than three points of 265 samples, which may be chance."""
    shares = {"baseline": 0.8, "candidate": 0.8 - (lost - gained) / 265}
    return make_class_comparison("ant", support=265, lost=lost, gained=gained, lower=-0.08, upper=-0.005, **shares)


@pytest.mark.parametrize(("gained", "are_advised"), [(11, True), (13, False)])
def test_samples_are_advised_only_where_a_number_of_them_would_decide(gained: int, are_advised: bool) -> None:  # noqa: FBT001 - a case
    document = _document("int8-static", speed=Speed.FASTER, gate=Gate.UNPROVEN)

    text = _text(_with_classes(document, _open_class(21, gained)))

    assert ("as many samples as the reasons name" in text) is are_advised
    assert ("entropy" in text) is not are_advised


def test_no_samples_are_advised_to_prove_what_is_slower_anyway() -> None:
    slower = _document("int8-static", speed=Speed.SLOWER, gate=Gate.UNPROVEN)
    busy = _document("int8-static", noise=NoiseClass.UNFIT, speed=Speed.INCONCLUSIVE, gate=Gate.UNPROVEN)

    for document in (slower, _at(busy, 0.5)):
        assert "samples" not in _text(document)


def _at(document: RunDocument, ratio: float) -> RunDocument:
    """With this speed-up of every candidate."""
    return replace(document, comparisons=tuple(replace(one, ratio=make_ratio(ratio)) for one in document.comparisons))


def test_what_is_clearly_slower_on_a_busy_machine_is_advised_on_with_a_reservation() -> None:
    document = _document(
        "int8-static", p50_s=5.6e-6, noise=NoiseClass.UNFIT, speed=Speed.INCONCLUSIVE, gate=Gate.ACCEPTED
    )

    sentences = advice_on(_at(document, 0.76))

    assert sentences[0].startswith("stop other programs")
    assert sentences[1].startswith("if it stays so on a quiet machine: a call takes 5.6 µs in onnxruntime/fp32")


def test_slow_dynamic_int8_on_a_busy_machine_suggests_the_static_one_with_a_reservation() -> None:
    document = _document("int8-dynamic", noise=NoiseClass.UNFIT, speed=Speed.INCONCLUSIVE, gate=Gate.ACCEPTED)

    assert "if it stays so on a quiet machine: try int8-static:" in _text(_at(document, 0.3))


def test_what_ran_is_advised_on_however_busy_the_machine_was() -> None:
    document = _document("int8-static", noise=NoiseClass.UNFIT, speed=Speed.NOT_INT8, gate=Gate.ACCEPTED)

    assert "layers stayed in FP32" in _text(document)


def test_where_some_speeds_were_decided_the_machine_is_not_blamed_for_all() -> None:
    document = _document("int8-static", speed=Speed.SLOWER, gate=Gate.ACCEPTED)
    busy = make_comparison(baseline="onnxruntime/fp32", batch=8, noise=make_noise(noise_class=NoiseClass.UNFIT))

    text = _text(replace(document, comparisons=(*document.comparisons, busy)))

    assert "not every speed was decided here" in text


def test_a_run_in_which_nothing_was_timed_is_not_advised_on_its_machine() -> None:
    document = _document("int8-static", speed=Speed.FAILED, gate=Gate.NOT_MEASURED)
    untimed = make_noise(noise_class=NoiseClass.UNFIT, sigma=None, minimal_effect=None, pairs=0, reason="0 A/A pairs")

    nothing = replace(
        document,
        measurements=(),
        comparisons=tuple(replace(one, ratio=None, noise=untimed) for one in document.comparisons),
    )

    assert nothing.noise is None
    assert advice_on(nothing) == ()


def test_arms_that_were_never_timed_do_not_make_the_machine_unfit() -> None:
    document = _document("int8-static", speed=Speed.SLOWER, gate=Gate.ACCEPTED)
    untimed = make_noise(noise_class=NoiseClass.UNFIT, sigma=None, minimal_effect=None, pairs=0, reason="0 A/A pairs")
    broken = make_comparison(candidate="openvino/int8-static", baseline="openvino/fp32", ratio=None, noise=untimed)

    found = replace(document, comparisons=(*document.comparisons, broken))

    assert found.noise is NoiseClass.QUIET
    assert "stop other programs" not in _text(found)


def test_candidates_that_broke_are_no_reason_to_doubt_the_preprocessing() -> None:
    document = _document("int8-static", speed=Speed.FAILED, gate=Gate.NOT_MEASURED)
    answered = replace(document, arms=tuple(replace(arm, quality=make_quality()) for arm in document.arms[:1]))

    assert "FP32 itself must answer well" not in _text(replace(answered, arms=(*answered.arms, *document.arms[1:])))


@pytest.mark.parametrize(
    ("installed", "ratio", "p50_s", "is_advised"),
    [
        ("openvino", 0.5, 0.01, True),
        ("numpy", 0.5, 0.01, False),
        ("openvino", 1.5, 0.01, False),
        ("openvino", 0.5, 1e-5, False),
    ],
)
def test_another_runtime_is_advised_where_it_is_here_and_int8_is_slow_in_this_one(
    installed: str,
    ratio: float,
    p50_s: float,
    is_advised: bool,  # noqa: FBT001 - a case
) -> None:
    document = _document("int8-static", p50_s=p50_s, noise=NoiseClass.UNFIT, speed=Speed.INCONCLUSIVE)
    packages = (PackageVersion(name=installed, version="1.0"),)

    found = replace(_at(document, ratio), environment=replace(document.environment, packages=packages))

    told = "if it stays so on a quiet machine: try another runtime (--runtimes openvino)"
    assert (told in _text(found)) is is_advised


def test_an_fp32_that_is_slower_than_another_baseline_tells_nothing_of_int8() -> None:
    document = _document("int8-static", p50_s=4e-5, speed=Speed.SLOWER, gate=Gate.ACCEPTED)

    beside_bf16 = replace(
        document,
        arms=tuple(replace(arm, is_baseline=not arm.is_baseline) for arm in document.arms),
        verdicts=(replace(document.verdicts[0], candidate="onnxruntime/fp32"),),
    )

    assert "INT8 could shorten" in _text(document)
    assert "INT8 could shorten" not in _text(beside_bf16)


def test_preprocessing_is_doubted_where_answers_are_wrong_and_not_where_they_are_no_numbers_or_change() -> None:
    document = _document("int8-static", speed=Speed.FASTER, gate=Gate.NOT_MEASURED)
    answered = replace(document, arms=tuple(replace(arm, quality=make_quality()) for arm in document.arms))
    (fp32, int8) = answered.arms
    compared = replace(answered, arms=(fp32, replace(int8, quality_against_baseline=make_quality_comparison())))

    assert "FP32 itself must answer well" in _text(compared)
    assert "--preprocess" not in _text(answered)
    assert "mend the answers that the reasons speak of" in _text(answered)


@pytest.mark.parametrize("speed", [Speed.FAILED, Speed.NOT_INT8])
def test_a_calm_machine_is_not_asked_for_where_it_would_change_nothing(speed: Speed) -> None:
    document = _document("int8-static", noise=NoiseClass.UNFIT, speed=speed, gate=Gate.NOT_MEASURED)

    assert "stop other programs" not in _text(document)


def test_layers_that_no_runtime_has_in_int8_end_the_search() -> None:
    one, other = (
        _document("int8-static", runtime=name, speed=Speed.NOT_INT8, gate=Gate.ACCEPTED)
        for name in ("onnxruntime", "openvino")
    )

    assert "keep FP32, or build the model of layers that have it" in _text(replace(one, arms=(*one.arms, *other.arms)))
