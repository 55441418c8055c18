"""The story of a run on screens of any width: what is measured is shown, and no line is too long."""

import pytest
from helpers.builders import (
    FP32,
    INT8,
    make_agreement,
    make_arm,
    make_comparison,
    make_measurement,
    make_noise,
    make_pipeline,
    make_quantile,
    make_ratio,
    make_verdict,
)
from helpers.runs import create_full_run, create_run
from helpers.stores import passing_store
from helpers.stories import document, in_full, told

from harness.vocabulary import Arm, Gate, Method, NoiseClass, Recipe, Speed
from planner.services.recording import PIPELINE
from planner.services.run_document import document_of
from planner.store import Store

WIDTHS = (80, 100, 140)
NO_LABELS = "the workload has no labels: outputs agree to 24.5 dB (worst sample 18.2 dB); speed alone was measured"
LONG = "file=a-model-that-somebody-exported-with-a-name-that-says-everything-about-it-v12-final.onnx"


def unlabelled(store: Store, run_id: str) -> None:
    """A run that measured speed and agreement."""
    for arm, point_s in ((FP32, 0.001), (INT8, 0.0005)):
        store.record_measurement(run_id, make_measurement(arm=arm, quantiles=(make_quantile(0.5, point_s),)))
    store.record_comparison(run_id, make_comparison())
    store.record_agreement(run_id, make_agreement(same_class=None))
    store.record_verdict(run_id, make_verdict(gate=Gate.NOT_MEASURED, gate_reasons=(NO_LABELS,)))


@pytest.mark.parametrize("width", WIDTHS)
def test_without_labels_agreement_stands_where_accuracy_would(width: int) -> None:
    text = told(document(unlabelled), width)

    assert "agreement" in text
    assert "24.5 dB" in text
    assert "accuracy" not in text
    assert "the workload has no labels" in text
    assert "no candidate's quality was measured" in text
    _require_width(text, width)


def test_identical_outputs_are_called_so() -> None:
    def identical(store: Store, run_id: str) -> None:
        unlabelled(store, run_id)
        same = make_agreement(snr_db=None, worst_snr_db=None, largest_difference=0.0, reason="identical")
        store.record_agreement(run_id, same)

    assert "identical" in told(document(identical))


@pytest.mark.parametrize("width", WIDTHS)
def test_with_labels_accuracy_is_shown_and_agreement_in_the_details(width: int) -> None:
    with passing_store() as store:
        shown = document_of(store.load(create_full_run(store)))

    text = told(shown, width)
    assert "90.00 %" in text
    assert "agreement" not in text
    _require_width(text, width)
    assert "24.5 dB" in in_full(shown)
    assert "75.00 %" in in_full(shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_model_made_elsewhere_with_a_long_name_does_not_push_the_figures_out(width: int) -> None:
    recipe = Recipe(method=Method.INT8_STATIC, file=LONG.removeprefix("file="))
    arms: tuple[Arm, ...] = (make_arm("fp32"), make_arm(recipe.label, recipe=recipe))
    name = arms[1].name

    def record(store: Store, run_id: str) -> None:
        for arm in arms:
            store.record_measurement(run_id, make_measurement(arm=arm.name))
        store.record_comparison(run_id, make_comparison(candidate=name))
        store.record_agreement(run_id, make_agreement(candidate=name, same_class=None))
        store.record_verdict(run_id, make_verdict(candidate=name))

    text = told(document(record, arms=arms), width)

    for figure in ("1.00 ms", "2.00×", "accepted"):
        assert figure in text
    assert LONG in text.replace("\n", "").replace(" ", "")
    _require_width(text, width)


def with_requests(store: Store, run_id: str) -> None:
    """A run of which whole requests were timed."""
    unlabelled(store, run_id)
    store.record_pipeline(run_id, make_pipeline())
    store.record_pipeline(run_id, make_pipeline(arm=INT8, inference_s=0.0004))


@pytest.mark.parametrize("width", WIDTHS)
def test_the_story_says_what_int8_can_gain_at_most_and_what_it_gained(width: int) -> None:
    text = told(document(with_requests), width)

    sentence = " ".join(text.split())
    assert f"inference is 30 % of a request to {FP32} (preprocessing 1.90 ms, copies 100 µs, inference 900" in sentence
    assert "INT8 can gain at most 1.4×" in sentence
    assert f"{INT8} gains 1.20×" in sentence
    assert "planner's own preprocessing" in sentence
    _require_width(text, width)


def test_where_inference_is_all_there_is_no_bound_is_named() -> None:
    def record(store: Store, run_id: str) -> None:
        with_requests(store, run_id)
        store.record_pipeline(run_id, make_pipeline(preprocess_s=0.0, copy_s=0.0, postprocess_s=0.0))

    text = " ".join(told(document(record)).split())

    assert "inference is 100 % of a request" in text
    assert "nearly all that INT8 gains, a request gains" in text


def test_a_gain_beyond_the_bound_is_called_impossible() -> None:
    def record(store: Store, run_id: str) -> None:
        unlabelled(store, run_id)
        store.record_pipeline(run_id, make_pipeline(preprocess_s=0.02))
        store.record_pipeline(run_id, make_pipeline(arm=INT8, preprocess_s=0.01))

    text = " ".join(told(document(record)).split())

    assert "INT8 can gain at most 1.04×" in text
    assert "gains 1.90×, more than is possible: other load disturbed these point figures" in text


def test_the_bound_is_told_of_the_fastest_baseline_and_the_quickest_candidate_that_is_not_rejected() -> None:
    int8 = ("int8-static:per-tensor", "int8-static:per-channel")
    arms = (
        *(make_arm("fp32"), *map(make_arm, int8)),
        *(make_arm("fp32", runtime="slow"), *(make_arm(label, runtime="slow") for label in int8)),
    )

    def record(store: Store, run_id: str) -> None:
        times = {"fake/fp32": 0.002, f"fake/{int8[0]}": 0.0005, f"fake/{int8[1]}": 0.001, "slow/fp32": 0.016}
        for arm in arms:
            point_s = times.get(arm.name, 0.004)
            store.record_measurement(run_id, make_measurement(arm=arm.name, quantiles=(make_quantile(0.5, point_s),)))
            store.record_pipeline(run_id, make_pipeline(arm=arm.name, inference_s=point_s))
        for runtime in ("fake", "slow"):
            for label in int8:
                pair = {"candidate": f"{runtime}/{label}", "baseline": f"{runtime}/fp32"}
                gate = Gate.REJECTED if label == int8[0] else Gate.UNPROVEN
                ratio = make_ratio(4.0 if runtime == "slow" else 2.0)
                store.record_comparison(run_id, make_comparison(ratio=ratio, **pair))
                store.record_verdict(run_id, make_verdict(gate=gate, speed=Speed.FASTER, **pair))

    text = " ".join(told(document(record, arms=arms)).split())

    assert "of a request to fake/fp32" in text
    assert f"fake/{int8[1]} gains 1.32×" in text


def test_why_no_whole_request_was_timed_is_said() -> None:
    def record(store: Store, run_id: str) -> None:
        unlabelled(store, run_id)
        store.record_settings(run_id, FP32, {PIPELINE: "not measured: the inputs are made up"})

    assert "planner's own preprocessing: not measured: the inputs are made up" in told(document(record))


def test_every_arms_phases_are_in_the_details() -> None:
    text = in_full(document(with_requests))

    row = next(line for line in text.splitlines() if line.startswith(INT8) and "1.20×" in line)
    for figure in ("1.90 ms", "400 µs", "2.50 ms", "16 %", "1.20×"):
        assert figure in row


@pytest.mark.parametrize("width", WIDTHS)
def test_a_machine_too_busy_to_decide_is_blamed_and_not_the_candidate(width: int) -> None:
    def unfit(store: Store, run_id: str) -> None:
        store.record_comparison(run_id, make_comparison(noise=make_noise(noise_class=NoiseClass.UNFIT)))
        store.record_verdict(run_id, make_verdict(speed=Speed.INCONCLUSIVE))

    text = told(document(unfit), width)

    assert "too busy to decide on speed" in text
    assert "stay with the baseline" not in text
    _require_width(text, width)


def test_a_run_that_is_not_over_is_not_called_a_plain_measurement() -> None:
    with passing_store() as store:
        running = document_of(store.load(create_run(store)))

    assert "this run is not over" in told(running)
    assert "quantile" not in in_full(running)


def _require_width(text: str, width: int) -> None:
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
