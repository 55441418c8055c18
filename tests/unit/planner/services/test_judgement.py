"""From stored answers to agreement, quality and the gate's word: numbers, no numbers, changing ones, no labels."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.builders import FP32, INT8, class_indices, make_failure, make_prediction, raw_outputs
from helpers.fake_workload import write_fake_workload
from helpers.runs import create_run
from helpers.stores import passing_store

from harness.vocabulary import Gate, Prediction, Verdict
from harness.workloads.workload import Workload, open_workload
from planner.services.judgement import conclude
from planner.store import StoredRun

SAMPLES = 400
CLASSES = 4

Conclude = Callable[..., tuple[Verdict, StoredRun]]


def answers(*, wrong: int = 0, **fields: Any) -> Prediction:  # noqa: ANN401 - see builders
    """Answers to all samples, of which so many are wrong; two samples' outputs are kept."""
    truth = np.arange(SAMPLES) % CLASSES
    given = np.where(np.arange(SAMPLES) < wrong, (truth + 1) % CLASSES, truth)
    kept = raw_outputs(1.0, 2.0 + 0.001 * wrong, -3.0, 4.0)
    default = make_prediction(classes=class_indices(*given), samples=SAMPLES, outputs=kept, output_samples=2)
    return replace(default, **fields)


@pytest.fixture
def labelled(tmp_path: Path) -> Workload:
    return open_workload(str(write_fake_workload(tmp_path / "labelled", classes=CLASSES, samples=SAMPLES)))


@pytest.fixture
def unlabelled(tmp_path: Path) -> Workload:
    """The same data, whose labels mean nothing."""
    folder = write_fake_workload(tmp_path / "unlabelled", classes=CLASSES, samples=SAMPLES)
    description = folder / "workload.toml"
    description.write_text(description.read_text().replace('task = "classification"', 'task = "none"'))
    return open_workload(str(folder))


@pytest.fixture
def conclude_with() -> Iterator[Conclude]:
    """Judges a run of which only answers, by arm, and failures are recorded."""
    with passing_store() as store:

        def judged(workload: Workload, given: dict[str, Prediction], **failed: str) -> tuple[Verdict, StoredRun]:
            run_id = create_run(store)
            for arm, prediction in given.items():
                store.record_prediction(run_id, arm, prediction)
            for message in failed.values():
                store.record_failure(run_id, make_failure(message=message))
            (verdict,) = conclude(store, run_id, workload)
            return verdict, store.load(run_id)

        yield judged


def test_good_answers_to_labelled_data_are_accepted_and_their_agreement_is_kept(
    labelled: Workload, conclude_with: Conclude
) -> None:
    verdict, run = conclude_with(labelled, {FP32: answers(), INT8: answers(wrong=1)})

    (agreement,) = run.agreements
    assert (agreement.candidate, agreement.baseline) == (INT8, FP32)
    assert agreement.same_class == 1 - 1 / SAMPLES
    assert agreement.snr_db == pytest.approx(74.77, abs=0.1)
    assert [arm.quality.accuracy for arm in run.arms if arm.quality] == [1.0, 1 - 1 / SAMPLES]
    assert len(run.quality_comparisons) == 1
    assert verdict.gate in {Gate.ACCEPTED, Gate.UNPROVEN}


def test_without_labels_quality_is_not_measured_and_agreement_is(unlabelled: Workload, conclude_with: Conclude) -> None:
    given = {FP32: answers(classes=b""), INT8: answers(wrong=1, classes=b"")}

    verdict, run = conclude_with(unlabelled, given)

    assert verdict.gate is Gate.NOT_MEASURED
    assert verdict.gate_reasons[0].startswith("the workload has no labels: outputs agree to 74.8 dB")
    assert [arm.quality for arm in run.arms] == [None, None]
    assert run.agreements[0].same_class is None


def test_a_candidate_that_gives_no_number_is_rejected_with_how_often(
    labelled: Workload, conclude_with: Conclude
) -> None:
    verdict, run = conclude_with(labelled, {FP32: answers(), INT8: answers(non_finite=12)})

    assert verdict.gate is Gate.REJECTED
    assert "gives no number for 12 of 400 samples" in verdict.gate_reasons[0]
    assert run.quality_comparisons == ()


def test_a_baseline_that_gives_no_number_leaves_the_gate_open(labelled: Workload, conclude_with: Conclude) -> None:
    verdict, _ = conclude_with(labelled, {FP32: answers(non_finite=1), INT8: answers(non_finite=1)})

    assert verdict.gate is Gate.NOT_MEASURED
    assert "the baseline gives no number for 1 of 400 samples" in verdict.gate_reasons[0]


def test_answers_that_change_from_call_to_call_are_not_judged(labelled: Workload, conclude_with: Conclude) -> None:
    verdict, run = conclude_with(labelled, {FP32: answers(), INT8: answers(change=0.5)})

    assert verdict.gate is Gate.NOT_MEASURED
    assert "the candidate's answers change from call to call by up to 0.5" in verdict.gate_reasons[0]
    assert run.quality_comparisons == ()


def test_an_arm_that_failed_before_it_answered_gives_its_failure_as_the_reason(
    unlabelled: Workload, conclude_with: Conclude
) -> None:
    verdict, run = conclude_with(unlabelled, {FP32: answers(classes=b"")}, first="it died")

    assert verdict.gate is Gate.NOT_MEASURED
    assert "it died" in verdict.gate_reasons[0]
    assert run.agreements == ()


def test_concluding_again_changes_nothing(labelled: Workload) -> None:
    with passing_store() as store:
        run_id = create_run(store)
        for arm in (FP32, INT8):
            store.record_prediction(run_id, arm, answers())
        conclude(store, run_id, labelled)
        before = store.load(run_id)

        conclude(store, run_id, labelled)

        assert store.load(run_id) == before
