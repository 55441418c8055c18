"""Collects a model's answers to the test data, batch by batch, into a `Prediction`.

Keeps the class given to each sample, how many answers are no finite numbers, whether the same
question gets the same answer twice, and a sample of the raw outputs.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.accuracy.classes import classes_of, scores_of, true_if_among_best
from harness.errors import WorkloadError
from harness.runtimes.base import Outputs
from harness.vocabulary import Prediction
from harness.workloads.data.split import Positions, Split
from harness.workloads.workload import Workload

_KEPT_SAMPLES = 64  # outputs of so many samples are kept, at so many places each: 16 KiB an arm
_KEPT_VALUES = 64
_BEST = 5
_LARGEST = float(np.finfo(np.float32).max)


class Answers:
    """The answers of one arm to one split."""

    def __init__(self, workload: Workload, split: Split) -> None:
        self._split = split
        self._output = workload.described.model.output
        self._is_top_five = workload.described.quality.metric != "top-1"
        self._classes = len(workload.class_names) if workload.has_labels else None
        self._given = np.empty(split.samples if self._classes is not None else 0, dtype="<i2")
        self._single: list[tuple[Positions, NDArray[Any]]] = []
        # Spread over the data: a folder's samples lie class by class.
        self._wanted = np.unique(np.linspace(0, split.samples - 1, _KEPT_SAMPLES).astype(np.intp))
        self._kept: list[NDArray[np.float32]] = []
        self._places: NDArray[np.intp] | None = None
        self._width = 0
        self._non_finite = 0
        self._change = 0.0
        self._first: NDArray[Any] | None = None

    def take(self, places: Positions, outputs: Outputs) -> None:
        """The answers to the samples at these places of the split.

        Raises:
            WorkloadError: the model has no such output, or answers other than what tells a class.
        """
        answer = self._answer(outputs, samples=len(places))
        if self._first is None:
            self._first = answer
        rows = answer.reshape(len(answer), math.prod(answer.shape[1:]))
        self._non_finite += int((~np.isfinite(rows).all(axis=1)).sum())
        self._keep(rows[np.isin(places, self._wanted)])
        if self._classes is not None:
            self._classify(scores_of(answer, self._classes), places, classes=self._classes)

    def take_again(self, outputs: Outputs) -> None:
        """The answers to the first batch, asked a second time."""
        if self._first is None:
            return
        again = self._answer(outputs, samples=len(self._first))
        if again.shape != self._first.shape:
            self._change = _LARGEST
        elif again.size:
            pair = [np.nan_to_num(one.astype(np.float64)) for one in (again, self._first)]
            self._change = min(float(np.abs(pair[0] - pair[1]).max()), _LARGEST)

    def prediction(self, *, wall_s: float) -> Prediction:
        """Everything that was answered.

        Raises:
            WorkloadError: the model gives a class that the workload does not have.
        """
        if self._single and self._classes is not None:  # only all scores together tell a probability from a logit
            places = np.concatenate([one for one, _ in self._single])
            scores = np.concatenate([one for _, one in self._single])
            self._given[places] = classes_of(scores, self._classes)
        kept = np.concatenate(self._kept) if self._kept else np.empty((0, 0), dtype=np.float32)
        return Prediction(
            classes=self._given.tobytes(),
            samples=self._split.samples,
            data_digest=self._split.digest,
            wall_s=wall_s,
            non_finite=self._non_finite,
            outputs=kept.astype("<f4").tobytes(),
            output_samples=len(kept) if kept.size else 0,
            change=self._change,
        )

    def _answer(self, outputs: Outputs, *, samples: int) -> NDArray[Any]:
        name = self._output if self._output is not None else next(iter(outputs))
        if name not in outputs:
            raise WorkloadError(f"the model has no output {name!r}; it has: {', '.join(outputs)}")
        answer = np.asarray(outputs[name])
        if answer.dtype.kind not in "biuf" and answer.dtype.name != "bfloat16":
            raise WorkloadError(
                f"output {name} is {answer.dtype}, not numbers: name another in [model] output, or export the model "
                "without the operator that makes it (for scikit-learn: zipmap=False)"
            )
        if not answer.ndim or len(answer) != samples:
            raise WorkloadError(
                f"output {name} is {answer.dtype} {answer.shape} for {samples} samples: a row each is needed"
            )
        return answer if answer.dtype.kind in "iuf" else answer.astype(np.float32)

    def _classify(self, scores: NDArray[Any], places: Positions, *, classes: int) -> None:
        if scores.shape[1] == 1 and classes > 1:
            self._single.append((places, scores))
        elif self._is_top_five and self._split.labels is not None:
            truth = self._split.labels[places].astype(np.intp)
            self._given[places] = true_if_among_best(scores, truth, best=_BEST)
        else:
            self._given[places] = classes_of(scores, classes)

    def _keep(self, rows: NDArray[Any]) -> None:
        """A few values of each answer, as float32; an answer of another length than the first is left out."""
        if self._places is None and rows.size:
            self._width = rows.shape[1]
            count = min(_KEPT_VALUES, self._width)
            self._places = np.sort(np.random.default_rng(0).choice(self._width, size=count, replace=False))
        if self._places is not None and rows.size and rows.shape[1] == self._width:
            self._kept.append(_as_float32(rows[:, self._places]))


def _as_float32(values: NDArray[Any]) -> NDArray[np.float32]:
    """What is finite stays finite, however large."""
    if values.dtype == np.float64:
        values = np.where(np.isfinite(values), np.clip(values, -_LARGEST, _LARGEST), values)
    return values.astype(np.float32)
