"""A stored run as a document: what is derived for readers, and where it is not known."""

from typing import Any

import pytest
from helpers.builders import FP32, INT8, make_class_comparison, make_pipeline, make_quality_comparison
from helpers.runs import create_full_run, create_run
from helpers.stores import passing_store

from harness.run_events import PipelineMeasured, PipelineNoted
from harness.vocabulary import GateRules
from planner.services.recording import Recorder
from planner.services.run_document import broken_classes, document_of
from planner.services.whole_requests import RequestFigures, request_figures


def figures(**by_arm: dict[str, Any]) -> dict[str, RequestFigures]:
    """Whole requests of both arms, by arm; each may differ from the builder's."""
    with passing_store() as store:
        run_id = create_run(store)
        for arm, fields in zip((FP32, INT8), (by_arm["fp32"], by_arm["int8"]), strict=True):
            store.record_pipeline(run_id, make_pipeline(arm=arm, **fields))
        return {one.arm: one for one in request_figures(store.load(run_id))}


def test_whole_requests_have_their_total_share_bound_and_what_the_candidate_gained() -> None:
    found = figures(fp32={}, int8={"inference_s": 0.0004})

    assert found[FP32].total_s == pytest.approx(0.003)
    assert found[FP32].inference_share == pytest.approx(0.3)
    assert found[FP32].most_speed_up == pytest.approx(3 / 2.1)
    assert found[FP32].speed_up is None
    assert found[INT8].speed_up == pytest.approx(3 / 2.5)


def test_a_request_that_is_nothing_but_inference_has_no_bound() -> None:
    alone = {"preprocess_s": 0.0, "copy_s": 0.0, "postprocess_s": 0.0}

    assert figures(fp32=alone, int8={})[FP32].most_speed_up is None


def test_without_the_baselines_requests_nothing_was_gained() -> None:
    with passing_store() as store:
        run_id = create_run(store)
        store.record_pipeline(run_id, make_pipeline(arm=INT8))

        (only,) = request_figures(store.load(run_id))

    assert only.speed_up is None


def test_what_is_told_of_whole_requests_is_recorded() -> None:
    with passing_store() as store:
        run_id = create_run(store)
        recorder = Recorder(store, run_id, store.load(run_id).plan)

        recorder.record(PipelineNoted(note="not measured: the inputs are made up"))
        without = document_of(store.load(run_id))
        recorder.record(PipelineMeasured(timing=make_pipeline()))
        with_figures = document_of(store.load(run_id))

    assert (without.pipelines, without.pipeline_note) == ((), "not measured: the inputs are made up")
    assert [one.arm for one in with_figures.pipelines] == [FP32]
    assert with_figures.pipeline_note == without.pipeline_note


def test_agreement_and_findings_stand_where_a_reader_looks_for_them() -> None:
    with passing_store() as store:
        document = document_of(store.load(create_full_run(store)))

    assert [arm.agreement is None for arm in document.arms] == [True, False]
    assert [one.check for one in document.calibration_findings] == ["size"]


def test_a_class_that_drops_by_just_what_is_allowed_is_not_broken() -> None:
    just = make_class_comparison(support=1_000, baseline=0.78, candidate=0.75, lost=65, gained=35)
    beyond = make_class_comparison("coat", support=1_000, baseline=0.78, candidate=0.749, lost=65, gained=34)
    quality = make_quality_comparison(classes=(just, beyond))

    assert broken_classes(quality, GateRules(class_drop=0.03)) == (beyond,)
    assert broken_classes(quality, GateRules(class_drop=0.03, classes=("shirt",))) == ()


def test_a_run_is_called_as_its_workload_calls_itself_however_it_was_opened() -> None:
    with passing_store() as store:
        named = document_of(store.load(create_run(store, workload="folder/mine.toml", workload_name="cnn")))
        of_old = document_of(store.load(create_run(store, workload="toy")))

    assert (named.workload, named.workload_name) == ("folder/mine.toml", "cnn")
    assert (of_old.workload, of_old.workload_name) == ("toy", "toy")


@pytest.mark.parametrize(
    ("stored", "settings", "shown"),
    [
        (700, {}, 700),
        (0, {"parameter_bytes": "4096"}, 4096),
        (700, {"parameter_bytes": "4096"}, 700),
        (0, {}, None),
        (0, {"parameter_bytes": "unknown"}, None),
    ],
)
def test_a_model_that_is_code_is_as_large_as_what_it_made(
    stored: int, settings: dict[str, str], shown: int | None
) -> None:
    with passing_store() as store:
        run_id = create_run(store)
        store.record_artifact(run_id, FP32, "0" * 64, stored, provenance={})
        store.record_settings(run_id, FP32, settings)

        assert document_of(store.load(run_id)).arm(FP32).artifact_bytes == shown
