"""Finds which convolutions suffer from INT8, and how many of them a mixed recipe should leave in FP32.

Works on the search split, never on test images. Quantises with ONNX Runtime's static
Q/DQ recipe, per channel, calibrating once. onnxruntime is imported inside the functions
so that the workload can be run without it.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.data.image_preprocessing import ImagePreprocessing

# Enough for a signal-to-noise ratio over 2,000 logits; a sweep over 49 convolutions then takes half a minute.
_RANKING_IMAGES = 200
# Not more than about a quarter of the 49 convolutions: beyond it "mixed" would no longer be an INT8 variant.
_MOST_KEPT = 12
# A dozen larger numbers are compared with each candidate: one of them exceeds two standard errors by luck too often.
_NOISE_STANDARD_ERRORS = 3.0
_BATCH = 50
_INPUT = "image"
# ONNX Runtime (seen in 1.32) quantises a float convolution that stands between quantised ones, per tensor, when it
# loads the model: a layer left in FP32 would run in INT8. See microsoft/onnxruntime, pull request 22969.
_UNWANTED_OPTIMISER = "WeightBiasQuantization"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSensitivity:
    """What quantising this one convolution does to the logits: their signal-to-noise ratio, lower is worse."""

    name: str
    snr_db: float

    def __post_init__(self) -> None:
        if not self.name:
            raise WorkloadError("a layer's sensitivity needs the name of its node")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """All convolutions, most sensitive first, and how many of the first to leave in FP32."""

    keep_fp32: int
    layers: tuple[LayerSensitivity, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.keep_fp32 <= len(self.layers):
            raise WorkloadError(f"keep_fp32 = {self.keep_fp32} of {len(self.layers)} layers: give 0 to that many")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """One model under study: prepared for quantisation, calibrated, with its FP32 logits [N, 10] on `inputs`."""

    model: Path
    ranges: Path
    inputs: NDArray[np.float32]
    reference: NDArray[np.float32]


def measure(
    model: Path,
    *,
    calibration: NDArray[np.uint8],
    search: NDArray[np.uint8],
    preprocessing: ImagePreprocessing,
    report: Callable[[str], None],
) -> Sensitivity:
    """Rank the convolutions of `model` and choose how many to leave in FP32.

    Args:
        model: the FP32 ONNX file.
        calibration: grey images [N, H, W] that set the activation ranges.
        search: grey images [N, H, W] to measure on; disjoint from the test images.
        preprocessing: makes the model's input of them.
        report: is told what goes on.
    """
    with tempfile.TemporaryDirectory() as scratch:
        report("sensitivity: calibrating")
        subject = _prepare(model, Path(scratch), calibration=calibration, search=search, preprocessing=preprocessing)
        report("sensitivity: quantising one convolution at a time")
        layers = sorted(_measure_layers(subject), key=lambda layer: layer.snr_db)
        names = [layer.name for layer in layers]
        report("sensitivity: leaving out more and more convolutions")
        logits = [_quantised_logits(subject, exclude=names[:kept]) for kept in range(_MOST_KEPT + 1)]
    agreement = np.stack([one.argmax(axis=1) == subject.reference.argmax(axis=1) for one in logits])
    return Sensitivity(keep_fp32=choose_kept(agreement), layers=tuple(layers))


def choose_kept(agreement: NDArray[np.bool_]) -> int:
    """The smallest number of layers left in FP32 beyond which what is gained is within noise.

    The gain is counted in images on which the prediction agrees with FP32's. Against the
    labels, the same 1,000 images cannot tell even the plain INT8 model from FP32: the labels'
    own difficulty adds flips in both directions. A gain is noise when it is below three
    standard errors of the paired difference, the square root of the images that changed
    (McNemar, Psychometrika 12, 1947).

    Args:
        agreement: [numbers, images], row k with the k most sensitive layers in FP32.
    """
    for kept, row in enumerate(agreement):
        changes = agreement[kept + 1 :].astype(np.int64) - row
        gains = changes.sum(axis=1)
        noise = _NOISE_STANDARD_ERRORS * np.sqrt(np.abs(changes).sum(axis=1))
        if not np.any(gains > noise):
            return kept
    raise WorkloadError("no rows of agreement to choose from: give one for each number of layers tried")


def signal_to_noise_db(reference: NDArray[np.float32], actual: NDArray[np.float32]) -> float:
    """Ten times the decimal logarithm of the reference's power over the error's power."""
    signal = np.square(reference, dtype=np.float64).sum()
    noise = np.square(np.subtract(reference, actual, dtype=np.float64)).sum()
    return float(10 * np.log10(signal / noise))


class _Batches:
    """Feeds a calibrator, which asks for one batch after another until there is none."""

    def __init__(self, images: NDArray[np.uint8], preprocessing: ImagePreprocessing) -> None:
        starts = range(0, len(images), _BATCH)
        self._batches = ({_INPUT: preprocessing(images[start : start + _BATCH])} for start in starts)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._batches, None)


def _prepare(
    model: Path,
    scratch: Path,
    calibration: NDArray[np.uint8],
    search: NDArray[np.uint8],
    preprocessing: ImagePreprocessing,
) -> _Subject:
    from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: PLC0415 - heavy and optional

    prepared, ranges = scratch / "prepared.onnx", scratch / "ranges.json"
    quant_pre_process(str(model), str(prepared))
    # Calibrates and writes the ranges; every later quantisation reads them back.
    _quantise(prepared, ranges, _Batches(calibration, preprocessing), exclude=())
    inputs = preprocessing(search)
    return _Subject(model=prepared, ranges=ranges, inputs=inputs, reference=_logits(model, inputs))


def _measure_layers(subject: _Subject) -> Iterator[LayerSensitivity]:
    few = replace(subject, inputs=subject.inputs[:_RANKING_IMAGES], reference=subject.reference[:_RANKING_IMAGES])
    for group in _convolutions(subject.model):
        noisy = _quantised_logits(few, only=group)
        yield LayerSensitivity(name=group[0], snr_db=round(signal_to_noise_db(few.reference, noisy), 1))


def _convolutions(model: Path) -> list[list[str]]:
    """Each convolution's node name, followed by that of its ReLU6 where it has one.

    Together they are one INT8 kernel: the ReLU6 becomes the range of the convolution's output.
    """
    import onnx  # noqa: PLC0415 - heavy and optional

    nodes = onnx.load(model).graph.node
    clips = {node.input[0]: node.name for node in nodes if node.op_type == "Clip"}
    convolutions = [node for node in nodes if node.op_type == "Conv"]
    return [[node.name, *filter(None, [clips.get(node.output[0])])] for node in convolutions]


def _quantised_logits(
    subject: _Subject, *, only: Sequence[str] = (), exclude: Sequence[str] = ()
) -> NDArray[np.float32]:
    quantised = _quantise(subject.model, subject.ranges, None, only=only, exclude=exclude)
    return _logits(quantised, subject.inputs)


def _quantise(
    prepared: Path, ranges: Path, batches: _Batches | None, *, only: Sequence[str] = (), exclude: Sequence[str] = ()
) -> Path:
    from onnxruntime import quantization  # noqa: PLC0415 - heavy and optional

    target = prepared.with_name("quantised.onnx")
    quantization.quantize_static(
        prepared,
        target,
        batches,
        quant_format=quantization.QuantFormat.QDQ,
        per_channel=True,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        nodes_to_quantize=list(only),
        nodes_to_exclude=list(exclude),
        calibration_cache_path=ranges,
    )
    return target


def _logits(model: Path, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    import onnxruntime  # noqa: PLC0415 - heavy and optional

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"], disabled_optimizers=[_UNWANTED_OPTIMISER]
    )
    starts = range(0, len(inputs), _BATCH)
    return np.concatenate([session.run(None, {_INPUT: inputs[start : start + _BATCH]})[0] for start in starts])
