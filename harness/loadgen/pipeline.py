"""Times whole requests, one after the other, phase by phase: made ready, copied, inferred, read out.

A request begins with samples in memory as they are stored; reading them from there is not timed. The
preprocessing is the harness's own (numpy, Pillow, tokenizers): a service's may be faster or slower.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.accuracy.classes import classes_of, scores_of
from harness.errors import WorkloadError
from harness.runtimes.base import Clock, HostCopies, Outputs, Session
from harness.vocabulary import PipelineTiming
from harness.workloads.data.feeding import fit
from harness.workloads.data.split import Split

_DISTINCT_REQUESTS = 8  # so that no single image is the workload
_LEAST_REPEATS = 3  # for a median
_MOST_REPEATS = 1_000
_PATIENCE = 4  # times the seconds asked for: then a slow model's first request is its only one
_SHORTEST_S = 1e-9  # a clock's step: what was called took some time

ReadOut = Callable[[Outputs], object]


@dataclass(slots=True)
class _Phases:
    """Nanoseconds of each request so far, by phase."""

    preprocess: list[int] = field(default_factory=list)
    copy: list[int] = field(default_factory=list)
    inference: list[int] = field(default_factory=list)
    postprocess: list[int] = field(default_factory=list)

    def add(self, moments: Sequence[int]) -> None:
        """One request: when it began, was ready, bound, inferred, copied out and read out."""
        began, ready, bound, inferred, copied, ended = moments
        self.preprocess.append(ready - began)
        self.copy.append(bound - ready + copied - inferred)
        self.inference.append(inferred - bound)
        self.postprocess.append(ended - copied)


def time_pipeline(
    split: Split,
    session: Session,
    *,
    arm: str,
    batch: int,
    read_out: ReadOut,
    seconds: float,
    clock: Clock = time.perf_counter_ns,
) -> PipelineTiming:
    """Median phases of whole requests, repeated for about `seconds`.

    `copy` is what the runtime needs to take the inputs over (`bind`) and a copy of every output, from the device
    where they lie on one, as a service keeps its answers when the next request comes.

    Args:
        split: where requests come from.
        session: what answers them.
        arm: the arm's name.
        batch: samples a request.
        read_out: what is done with the outputs, for example `read_classes`.
        seconds: after this time, and at least three requests, it ends; after four times that anyway.
        clock: nanoseconds.

    Raises:
        WorkloadError: a sample cannot be made ready, or the outputs not read.
    """
    requests = _requests(split, batch)
    outputs = session.predict(fit(split.reader.prepare(requests[0]), session.inputs))
    phases, began = _Phases(), clock()
    for repeat in range(_MOST_REPEATS):
        moments = _timed(split, session, requests[repeat % len(requests)], outputs, read_out=read_out, clock=clock)
        phases.add(moments)
        elapsed_s = (moments[-1] - began) / 1e9
        if elapsed_s >= seconds * (1 if repeat + 1 >= _LEAST_REPEATS else _PATIENCE):
            break
    return PipelineTiming(
        arm=arm,
        batch=batch,
        repeats=len(phases.inference),
        preprocess_s=median(phases.preprocess) / 1e9,
        copy_s=median(phases.copy) / 1e9,
        inference_s=max(median(phases.inference) / 1e9, _SHORTEST_S),
        postprocess_s=median(phases.postprocess) / 1e9,
    )


def read_classes(output: str | None, classes: int | None) -> ReadOut:
    """Reads probabilities and classes out of the output of that name, or of the first.

    Without classes there is nothing to read out that every user would.
    """

    def read_out(outputs: Outputs) -> object:
        if classes is None:
            return None
        answer = next(iter(outputs.values())) if output is None else outputs.get(output)
        if answer is None:
            raise WorkloadError(f"the model has no output {output!r}; it has: {', '.join(outputs)}")
        scores = scores_of(answer, classes)
        return _probabilities(scores), classes_of(scores, classes)

    return read_out


def _requests(split: Split, batch: int) -> list[Sequence[Any]]:
    """Samples as they are stored, a batch each."""
    chosen = np.arange(batch * _DISTINCT_REQUESTS) % split.samples
    return [split.reader.fetch(split.positions[part]) for part in np.split(chosen, _DISTINCT_REQUESTS)]


def _timed(
    split: Split, session: Session, raw: Sequence[Any], outputs: Outputs, *, read_out: ReadOut, clock: Clock
) -> tuple[int, ...]:
    """One request. Answers in the runtime's own buffers stay there; `outputs` of their size are copied and read."""
    began = clock()
    inputs = fit(split.reader.prepare(raw), session.inputs)
    ready = clock()
    call = session.bind(inputs)
    bound = clock()
    answer = call()
    inferred = clock()
    if isinstance(session, HostCopies):
        copies: Outputs = session.read(call, answer)
    else:
        copies = {name: array.copy() for name, array in outputs.items()}
    copied = clock()
    read_out(copies)
    return began, ready, bound, inferred, copied, clock()


def _probabilities(scores: NDArray[Any]) -> NDArray[Any]:
    """Softmax over the scores of each sample."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
