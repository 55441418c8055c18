"""Whether the first samples become what a model reads: what does not fit is told before anything is measured."""

from collections.abc import Callable, Sequence

from harness.errors import WorkloadError
from harness.vocabulary import TensorSpec
from harness.workloads.data.feeding import fit
from harness.workloads.data.text_reader import TextReader
from harness.workloads.description import RandomTensors, Texts
from harness.workloads.workload import Workload

_TRIED_SAMPLES = 2
Feed = Callable[[Workload, Sequence[TensorSpec]], None]
"""Tries the first samples on inputs of a model, which are empty where only running it would tell them."""


def feed_some(workload: Workload, specs: Sequence[TensorSpec]) -> None:
    """Prepare the first samples here, in this process.

    Raises:
        WorkloadError: they cannot be prepared, or do not fit.
    """
    if isinstance(workload.described.preprocessing, RandomTensors):
        return
    inputs = workload.split("test").feed(slice(0, _count(specs)))
    if specs:
        fit(inputs, specs)


def texts_to_try(workload: Workload, specs: Sequence[TensorSpec]) -> tuple[TextReader, tuple[str, ...]] | None:
    """The first texts as they are written, and who reads them; `None` where the data are no texts.

    Raises:
        WorkloadError: the data cannot be read.
    """
    if not isinstance(workload.described.preprocessing, Texts):
        return None
    split = workload.split("test")
    if not isinstance(split.reader, TextReader):
        raise WorkloadError(f"{workload.name} holds no texts, which its preprocessing reads")
    return split.reader, tuple(split.reader.fetch(split.positions[: _count(specs)]))


def _count(specs: Sequence[TensorSpec]) -> int:
    return min(_TRIED_SAMPLES, next((spec.batch for spec in specs if spec.batch is not None), _TRIED_SAMPLES))
