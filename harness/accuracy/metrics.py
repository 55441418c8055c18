"""One arm's accuracy, recall per class and confusion, from the classes it predicted.

A class without samples has no recall: it is `None`, never 0 or 1.
"""

import numpy as np
from numpy.typing import NDArray

from harness.errors import MeasurementError
from harness.vocabulary import Prediction, QualityFigures

_CLASS_TYPE = np.dtype("<i2")


def quality_figures(prediction: Prediction, labels: NDArray[np.int16], class_names: tuple[str, ...]) -> QualityFigures:
    """Accuracy over all samples, recall of each class, and the confusion of classes.

    Args:
        prediction: the class given to each sample.
        labels: the true classes, shape (samples,), in the same order.
        class_names: by class index.

    Raises:
        MeasurementError: as `predicted_classes`.
    """
    predicted = predicted_classes(prediction, labels, class_names)
    count = len(class_names)
    cells = labels.astype(np.int64) * count + predicted
    confusion = np.bincount(cells, minlength=count * count).reshape(count, count)
    support, right = confusion.sum(axis=1), confusion.diagonal()
    return QualityFigures(
        accuracy=int(right.sum()) / labels.size,
        samples=labels.size,
        class_names=class_names,
        support=tuple(int(samples) for samples in support),
        recall=tuple(share_of(int(hits), int(samples)) for hits, samples in zip(right, support, strict=True)),
        confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
    )


def predicted_classes(
    prediction: Prediction, labels: NDArray[np.int16], class_names: tuple[str, ...]
) -> NDArray[np.int16]:
    """The predicted class indices, shape (samples,), checked against the labels and the classes.

    Raises:
        MeasurementError: there are no samples, the lengths differ, or a label or a predicted
            value is no class.
    """
    if len(prediction.classes) != prediction.samples * _CLASS_TYPE.itemsize:
        held = len(prediction.classes) / _CLASS_TYPE.itemsize
        raise MeasurementError(f"A prediction of {prediction.samples} samples holds {held:g} classes: it is damaged.")
    predicted = np.frombuffer(prediction.classes, dtype=_CLASS_TYPE).astype(np.int16)
    if predicted.shape != labels.shape:
        raise MeasurementError(
            f"{predicted.size} predictions for {labels.size} labels: both must come from the same split."
        )
    if not labels.size:
        raise MeasurementError("There are no samples: accuracy needs labelled data.")
    for what, values in (("labels", labels), ("predictions", predicted)):
        if values.min() < 0 or values.max() >= len(class_names):
            raise MeasurementError(
                f"The {what} run from {values.min()} to {values.max()}, but {len(class_names)} classes are named: "
                "check that model and data have the same classes."
            )
    return predicted


def share_of(part: int, whole: int) -> float | None:
    """The part as a share of the whole; `None` where there is no whole."""
    return part / whole if whole else None
