"""Writes what arms answered and how good it is: one row each, replaced where it is recorded again.

Works inside the caller's session and transaction.
"""

from sqlalchemy.orm import Session

from harness.vocabulary import Agreement, Prediction, QualityComparison, QualityFigures
from planner.errors import StoreError
from planner.store.codec import pack_planes, require_finite, to_json
from planner.store.tables import AgreementRow, PredictionRow, QualityComparisonRow, QualityRow

CLASS_BYTES = 2
OUTPUT_BYTES = 4


def write_prediction(session: Session, run_id: str, arm: str, prediction: Prediction) -> None:
    """The arm's answer to every test sample; raw outputs where it kept some.

    Raises:
        StoreError: its bytes are not of as many samples as it says.
    """
    require_finite(prediction)
    _require_whole(arm, prediction)
    session.merge(
        PredictionRow(
            run_id=run_id,
            arm=arm,
            samples=prediction.samples,
            data_digest=prediction.data_digest,
            wall_s=prediction.wall_s,
            non_finite=prediction.non_finite,
            classes=pack_planes(prediction.classes, CLASS_BYTES),
            outputs=pack_planes(prediction.outputs, OUTPUT_BYTES) if prediction.outputs else None,
            output_samples=prediction.output_samples,
            change=prediction.change,
        )
    )


def _require_whole(arm: str, prediction: Prediction) -> None:
    samples, outputs = prediction.samples, prediction.output_samples
    if len(prediction.classes) not in {0, CLASS_BYTES * samples}:
        raise StoreError(
            f"{arm} predicted {samples} samples in {len(prediction.classes)} bytes, not {CLASS_BYTES} each"
        )
    if outputs > samples or len(prediction.outputs) % (OUTPUT_BYTES * max(1, outputs)):
        raise StoreError(
            f"{arm} kept the outputs of {outputs} of {samples} samples in {len(prediction.outputs)} bytes, "
            f"not as many values of {OUTPUT_BYTES} for each"
        )


def write_quality(session: Session, run_id: str, arm: str, figures: QualityFigures) -> None:
    """The arm's metric; the worst class is the one with the lowest recall."""
    known = [
        (recall, name) for name, recall in zip(figures.class_names, figures.recall, strict=True) if recall is not None
    ]
    worst_recall, worst_class = min(known, default=(None, None))
    session.merge(
        QualityRow(
            run_id=run_id,
            arm=arm,
            accuracy=figures.accuracy,
            samples=figures.samples,
            worst_class=worst_class,
            worst_recall=worst_recall,
            figures=to_json(figures),
        )
    )


def write_quality_comparison(
    session: Session, run_id: str, *, candidate: str, baseline: str, comparison: QualityComparison
) -> None:
    """A candidate's quality against its baseline's."""
    session.merge(
        QualityComparisonRow(
            run_id=run_id,
            candidate=candidate,
            baseline=baseline,
            difference=comparison.difference,
            lower=comparison.lower,
            upper=comparison.upper,
            agreement=comparison.agreement,
            mcnemar_p=comparison.mcnemar_p,
            comparison=to_json(comparison),
        )
    )


def write_agreement(session: Session, run_id: str, agreement: Agreement) -> None:
    """How alike a candidate's outputs are to its baseline's."""
    session.merge(
        AgreementRow(
            run_id=run_id,
            candidate=agreement.candidate,
            baseline=agreement.baseline,
            same_class=agreement.same_class,
            snr_db=agreement.snr_db,
            worst_snr_db=agreement.worst_snr_db,
            largest_difference=agreement.largest_difference,
            agreement=to_json(agreement),
        )
    )
