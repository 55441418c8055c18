"""The audit of calibration data: reads the samples a recipe would be given and puts every question to them.

Reads data and, where asked to, runs the FP32 model; belongs into a worker process. What the answers mean is
decided in `harness.accuracy`.
"""

import hashlib
from collections.abc import Generator, Iterator

from harness.accuracy.calibration import (
    AUDIT,
    CLASSES,
    OVERLAP,
    SPREAD,
    check_classes,
    check_duplicates,
    check_size,
    count_classes,
    not_checked,
)
from harness.accuracy.resemblance import Described, check_distribution, check_tokens, describe, joined
from harness.errors import HarnessError
from harness.quantize.overlaps import find_overlap
from harness.quantize.quick_saturation import Found, look_within
from harness.quantize.saturation import SATURATION, Progress, check_saturation, measure_saturation
from harness.vocabulary import CalibrationAudit, CalibrationFinding, ClassCounts, TensorSaturation
from harness.workloads.data.split import Split
from harness.workloads.description import RandomTensors, Texts
from harness.workloads.workload import Workload

DATA = "data"
COMPARED_SAMPLES = 256
"""Of the evaluation data, in whose likeness inputs are compared: a shift of 0.2 deviations shows in as many."""
HELD_OUT_SAMPLES = 256
NOTHING_FOLLOWS = "the inputs are random numbers, from which nothing about real data follows"
_BATCH = 8  # of prepared inputs: large pictures are megabytes each


def audit_calibration(
    workload: Workload, *, samples: int, seed: int, model_s: float | None
) -> Generator[Progress, None, CalibrationAudit]:
    """Audit the `samples` calibration samples that are drawn with `seed`, as a quantizer would draw them.

    Args:
        workload: whose data.
        samples: how many a recipe takes, at most.
        seed: of the draw, and of every random choice of the audit.
        model_s: seconds that the model may be run for, to look for saturation; `None` for as long as it takes.
            With a limit, what the audit leaves out is told as not checked.

    Yields:
        Progress of running the model.

    Raises:
        WorkloadError: data cannot be read.
    """
    calibration, test = workload.split("calibration"), workload.split("test")
    search = workload.split("search") if workload.described.data.search is not None else None
    pool = calibration.samples + test.samples
    drawn = calibration.take(samples, seed=seed)
    hashes = drawn.sample_digests()
    classes = _classes(drawn, test, workload)
    tensors: tuple[TensorSaturation, ...] = ()
    if is_random(workload):
        findings = [not_checked(DATA, NOTHING_FOLLOWS)]
    else:
        findings = [
            check_size(drawn.samples, pool=pool),
            check_duplicates(hashes),
            *_overlaps(drawn, test, search, is_brief=model_s is not None),
            *_check_classes(classes, workload),
            *_check_inputs(drawn, test.take(COMPARED_SAMPLES, seed=seed), workload, seed=seed),
        ]
    if not is_random(workload):
        held_out = (search or test).take(HELD_OUT_SAMPLES, seed=0)
        source = "the test data, whose labels it does not read" if search is None else "the search data"
        tensors, found = yield from _saturation(workload, drawn, held_out, source=source, limit_s=model_s)
        findings.append(found)
        if model_s is not None:
            findings.append(not_checked(SPREAD, f"quantising several draws takes longer than a run allows; {AUDIT}"))
    return CalibrationAudit(
        samples=drawn.samples,
        pool=pool,
        digest=hashlib.sha256("".join(hashes).encode()).hexdigest(),
        findings=tuple(findings),
        classes=classes,
        saturation=tensors,
    )


def is_random(workload: Workload) -> bool:
    """Whether there are no data at all, only numbers of the right shape."""
    return isinstance(workload.described.preprocessing, RandomTensors)


def _overlaps(drawn: Split, test: Split, search: Split | None, *, is_brief: bool) -> Iterator[CalibrationFinding]:
    yield find_overlap(drawn, test, purpose="test", is_brief=is_brief)
    if search is None:
        yield not_checked(OVERLAP, "there are no search data, so nothing can overlap with them")
    else:
        yield find_overlap(drawn, search, purpose="search", is_brief=is_brief)


def _classes(drawn: Split, test: Split, workload: Workload) -> tuple[ClassCounts, ...]:
    if not workload.has_labels or drawn.labels is None or test.labels is None:
        return ()
    return count_classes(drawn.labels, test.labels, workload.class_names)


def _check_classes(classes: tuple[ClassCounts, ...], workload: Workload) -> tuple[CalibrationFinding, ...]:
    if classes:
        return check_classes(classes)
    whose = "the calibration data have" if workload.has_labels else "the workload has"
    return (not_checked(CLASSES, f"{whose} no labels"),)


def _check_inputs(drawn: Split, test: Split, workload: Workload, *, seed: int) -> Iterator[CalibrationFinding]:
    ours, theirs = _described(drawn, workload), _described(test, workload)
    yield check_distribution(ours, theirs, seed=seed)
    tokens = check_tokens(ours, theirs, seed=seed)
    if tokens is not None:
        yield tokens


def _described(split: Split, workload: Workload) -> Described:
    """The features of a split's prepared inputs; never more of these in memory than a batch."""
    texts = workload.described.preprocessing
    ids, mask = (texts.ids, texts.mask) if isinstance(texts, Texts) else (None, None)
    parts = [
        describe(split.feed(slice(start, start + _BATCH)), ids=ids, mask=mask)
        for start in range(0, split.samples, _BATCH)
    ]
    return joined(parts)


def _saturation(
    workload: Workload, drawn: Split, held_out: Split, *, source: str, limit_s: float | None
) -> Generator[Progress, None, Found]:
    model = workload.model
    if model is None or model.suffix != ".onnx":
        return (), not_checked(SATURATION, "it needs the model as an ONNX file")
    try:
        if limit_s is not None:
            return (yield from look_within(limit_s, model, drawn, held_out, source=source))
        tensors = yield from measure_saturation(model, drawn, held_out)
    except HarnessError as error:  # one check that cannot be made does not take the others along
        return (), not_checked(SATURATION, str(error))
    return tensors, check_saturation(tensors, samples=held_out.samples, source=source)
