"""Saturation within a time limit, for runs that have something else to do: in full, on few samples, or not at all.

What few samples show is only ever called serious where chance would hardly do as much, so that the audit, which
takes its time, comes to the same conclusion. Everything else is told as not checked in full.
"""

import time
from collections.abc import Callable, Generator
from pathlib import Path

from harness.accuracy.calibration import AUDIT, finding, not_checked
from harness.quantize.saturation import (
    SATURATION,
    SERIOUS_SHARE,
    Progress,
    check_saturation,
    in_percent,
    measure_saturation,
)
from harness.vocabulary import CalibrationFinding, Severity, TensorSaturation
from harness.workloads.data.split import Split

FEW = 64
"""Samples of each kind: a range of a third of what is served shows in as many, a rare outlier does not."""
_BATCH = 4  # small, so that a slow model is known as one after few of its calls
_LARGEST_MODEL = 2**28  # bytes: a larger one takes its time to be copied and opened twice
_BY_CHANCE = 1e-3
Clock = Callable[[], float]
Found = tuple[tuple[TensorSaturation, ...], CalibrationFinding]


def look_within(
    limit_s: float, model: Path, calibration: Split, held_out: Split, *, source: str, clock: Clock = time.monotonic
) -> Generator[Progress, None, Found]:
    """The saturation of held-out samples, as far as it can be had in the time.

    Args:
        limit_s: seconds, for the calls of the model; 0 to leave it out.
        model: an ONNX file.
        calibration: the samples that a recipe is given.
        held_out: those to compare with.
        source: whose the held-out samples are.
        clock: seconds from any start.

    Raises:
        QuantizeError: the model cannot be read, changed or run.
        WorkloadError: the data do not fit it.
    """
    too_long = not_checked(SATURATION, f"running the model on the samples takes longer than a run allows; {AUDIT}")
    if limit_s <= 0 or model.stat().st_size > _LARGEST_MODEL:
        return (), too_long
    tensors = yield from _within(limit_s, measure_saturation(model, calibration, held_out, batch=_BATCH), clock)
    if tensors is not None:
        return tensors, check_saturation(tensors, samples=held_out.samples, source=source)
    few = calibration.take(FEW, seed=0), held_out.take(FEW, seed=0)
    tensors = yield from _within(limit_s, measure_saturation(model, *few, batch=_BATCH), clock)
    if tensors is None:
        return (), too_long
    return tensors, _of_few(tensors, *few, source=source)


def _within(
    limit_s: float, steps: Generator[Progress, None, tuple[TensorSaturation, ...]], clock: Clock
) -> Generator[Progress, None, tuple[TensorSaturation, ...] | None]:
    """What the steps come to; `None` as soon as their pace shows that it will take longer."""
    first: tuple[float, int] | None = None
    while True:
        try:
            done, total = next(steps)
        except StopIteration as end:
            result: tuple[TensorSaturation, ...] = end.value
            return result
        now = clock()
        if first is None:  # what opening the model and its first call take says nothing of the others
            first = (now, done)
        elif (now - first[0]) / max(1, done - first[1]) * total > limit_s:
            steps.close()
            return None
        yield done, total


def _of_few(
    tensors: tuple[TensorSaturation, ...], calibration: Split, held_out: Split, *, source: str
) -> CalibrationFinding:
    sure = max(SERIOUS_SHARE, chance_share(calibration.samples, held_out.samples))
    if tensors and tensors[0].outside > sure:
        return check_saturation(tensors, samples=held_out.samples, source=source)
    most = (
        f"; {in_percent(tensors[0].outside)} of the values at most lie beyond ({tensors[0].tensor})" if tensors else ""
    )
    return finding(
        SATURATION,
        Severity.INFO,
        f"not checked in full: {held_out.samples} samples of {source} against the ranges of {calibration.samples}, "
        f"which show gross faults alone{most}; {AUDIT}",
    )


def chance_share(calibration: int, held_out: int) -> float:
    """The share of held-out samples beyond the range of as many calibration samples that chance hardly exceeds.

    For samples of the one population, whose values move together. The numbers of them above the largest and below
    the least are then geometric with ratio r = held_out / (calibration + held_out), and both together reach k with
    probability r^k (1 + k (1 - r)).
    """
    ratio, count = held_out / (calibration + held_out), 1
    while count < held_out and ratio**count * (1 + count * (1 - ratio)) > _BY_CHANCE:
        count += 1
    return count / held_out
