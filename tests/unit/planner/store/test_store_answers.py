"""Answers, agreement, the whole request's time and findings come back as they were, or are refused."""

from typing import Any

import pytest
from helpers.builders import (
    FP32,
    INT8,
    make_agreement,
    make_calibration_finding,
    make_pipeline,
    make_prediction,
    raw_outputs,
)
from helpers.runs import create_full_run, create_run
from sqlalchemy import text

from harness.vocabulary import Prediction, Severity
from planner.errors import RunNotFoundError, StoreError
from planner.store import Store

IDENTICAL = make_agreement(snr_db=None, worst_snr_db=None, largest_difference=0.0, reason="identical")


def test_raw_outputs_come_back_to_the_bit_also_where_they_are_no_numbers(store: Store) -> None:
    run_id = create_run(store)
    odd = raw_outputs(1.5, float("nan"), float("-inf"), -0.0)
    prediction = make_prediction(outputs=odd, output_samples=2, change=2.5e-7)

    store.record_prediction(run_id, INT8, prediction)

    assert _prediction(store, run_id) == prediction


def test_a_model_without_classes_keeps_its_outputs_alone(store: Store) -> None:
    run_id = create_run(store)
    prediction = make_prediction(classes=b"", outputs=raw_outputs(1, 2, 3, 4), output_samples=4)

    store.record_prediction(run_id, INT8, prediction)

    assert _prediction(store, run_id) == prediction


def test_an_answer_without_any_output_is_kept(store: Store) -> None:
    run_id = create_run(store)

    store.record_prediction(run_id, INT8, make_prediction())

    assert _prediction(store, run_id) == make_prediction()


@pytest.mark.parametrize(
    "fields",
    [
        {"outputs": raw_outputs(1, 2, 3), "output_samples": 2},
        {"outputs": raw_outputs(1, 2)[:-1], "output_samples": 1},
        {"outputs": raw_outputs(*range(5)), "output_samples": 5},
        {"classes": b"\0\0"},
        {"change": float("inf")},
    ],
    ids=["half a sample", "half a value", "more samples than there are", "classes of some", "no finite change"],
)
def test_answers_that_contradict_themselves_are_refused(store: Store, fields: dict[str, Any]) -> None:
    run_id = create_run(store)

    with pytest.raises(StoreError, match=r"kept the outputs|not 2 each|not finite"):
        store.record_prediction(run_id, FP32, make_prediction(**fields))

    assert store.load(run_id).arms[0].prediction is None


@pytest.mark.parametrize("agreement", [make_agreement(), IDENTICAL], ids=["alike", "identical"])
def test_agreement_comes_back_as_it_was(store: Store, agreement: Any) -> None:  # noqa: ANN401 - a case of the table
    run_id = create_run(store)

    store.record_agreement(run_id, agreement)

    assert store.load(run_id).agreements == (agreement,)


def test_agreement_and_the_parts_of_a_request_can_be_asked_in_sql(store: Store) -> None:
    create_full_run(store)

    with store.reading() as session:
        alike = session.execute(text("SELECT same_class, snr_db, worst_snr_db FROM agreements")).one()
        request = text("SELECT batch, preprocess_s, inference_s FROM pipelines WHERE arm = :arm")
        parts = session.execute(request, {"arm": FP32}).one()
    assert tuple(alike) == (0.75, 24.5, 18.25)
    assert tuple(parts) == (1, 0.0019, 0.0009)


def test_findings_about_calibration_data_keep_their_order_and_severity(store: Store) -> None:
    run_id = create_run(store)
    findings = tuple(make_calibration_finding(check=f"check {one}", severity=one) for one in reversed(Severity))

    store.record_calibration_findings(run_id, findings)

    assert store.load(run_id).calibration_findings == findings


def test_a_resumed_run_keeps_what_is_known_beyond_its_rounds(store: Store) -> None:
    run_id = create_full_run(store)
    before = store.load(run_id)

    store.reopen(run_id)

    after = store.load(run_id)
    assert (after.agreements, after.pipelines) == (before.agreements, before.pipelines)
    assert after.calibration_findings == before.calibration_findings


def test_what_belongs_to_no_run_or_arm_is_refused(store: Store) -> None:
    run_id = create_run(store)

    with pytest.raises(StoreError, match="only arms of its plan"):
        store.record_pipeline(run_id, make_pipeline(arm="nothing/fp32"))
    with pytest.raises(StoreError, match="only arms of its plan"):
        store.record_agreement(run_id, make_agreement(candidate="nothing/int8"))
    with pytest.raises(RunNotFoundError):
        store.record_calibration_findings("abcdef01", ())


def _prediction(store: Store, run_id: str) -> Prediction | None:
    arm = store.load(run_id).arm(INT8)
    return arm.prediction if arm else None
