"""From a model's answer to classes: what a classifier's output means, by its shape and type.

Scores of each class [N, C]: the largest. With two classes, one score a sample ([N] or [N, 1]): above a
threshold. Whole numbers, one a sample: the class itself. Anything else is no classifier's answer.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError

_TWO = 2
_PROBABILITY, _LOGIT = 0.5, 0.0
_SLACK = 0.05  # a quantised probability may step over 0 and 1 by some steps of its scale


def scores_of(answer: NDArray[Any], classes: int) -> NDArray[Any]:
    """The answer as [N, C] scores, or as [N, 1] where one number tells the class.

    Args:
        answer: one row a sample; axes of length 1 do not count ([N, C, 1, 1] is [N, C]).
        classes: how many there are.

    Raises:
        WorkloadError: it is neither a score for each class nor one that tells two classes apart.
    """
    values = answer.size // len(answer) if len(answer) else 0
    is_flat = sum(size != 1 for size in answer.shape[1:]) <= 1
    tells_class = values == 1 and (classes <= _TWO or answer.dtype.kind in "iu")
    if is_flat and (values == classes or tells_class):
        return answer.reshape(len(answer), values)
    shape = ", ".join(("N", *(str(size) for size in answer.shape[1:])))
    raise WorkloadError(
        f"the model answers {answer.dtype} [{shape}], the workload has {classes} classes: name every class in "
        "[data] classes (--classes FILE), or the right output in [model] output (--output NAME)"
    )


def classes_of(scores: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """The class that each sample is given, shape [N].

    One score for two classes is a probability, and above 0.5 the second class, where every score of
    these samples lies in 0 to 1, give or take 0.05; else a logit, and above 0. So give all samples at once. A sample
    without a finite score gets the class that comparison yields; `Prediction.non_finite` counts it.

    Raises:
        WorkloadError: a class index is none of the classes.
    """
    if scores.shape[1] > 1 or classes == 1:
        return np.asarray(scores.argmax(axis=1), dtype=np.int64)
    single = scores[:, 0]
    if single.dtype.kind in "iu":
        return _checked(single.astype(np.int64), classes)
    finite = single[np.isfinite(single)]
    is_probability = bool(((finite >= -_SLACK) & (finite <= 1.0 + _SLACK)).all())
    return np.asarray(single > (_PROBABILITY if is_probability else _LOGIT), dtype=np.int64)


def true_if_among_best(scores: NDArray[Any], truth: NDArray[np.integer], *, best: int) -> NDArray[np.int64]:
    """The true class where it is among the `best` highest scores, else the highest: shape [N].

    A tie at the last place counts as among them.
    """
    count = min(best, scores.shape[1])
    least = np.partition(scores, -count, axis=1)[:, -count]
    among = scores[np.arange(len(scores)), truth] >= least
    return np.asarray(np.where(among, truth, scores.argmax(axis=1)), dtype=np.int64)


def _checked(given: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    if given.size and (given.min() < 0 or given.max() >= classes):
        raise WorkloadError(
            f"the model gives classes from {given.min()} to {given.max()}, but {classes} are named: name every "
            "class in [data] classes (--classes FILE), in the order in which the model counts them"
        )
    return given
