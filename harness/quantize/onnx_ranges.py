"""The range of every activation over the calibration samples, by ONNX Runtime's own graph surgery and our arithmetic.

First the extremes, which the quantizer's calibrator reduces inside the graph; then, for entropy and percentile,
histograms of magnitudes over the known extremes. The quantizer's own histograms keep every activation of every
sample in memory, and its entropy search has as many bins as levels, so that it finds nothing to cut.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import QuantizeError
from harness.quantize.clipping import BINS, entropy_limit, percentile_limit
from harness.vocabulary import CalibrationMethod

Batch = Mapping[str, NDArray[Any]]
Batches = Callable[[int], Iterator[Batch]]
"""Batches of at most so many samples, all samples once, from the beginning at each call."""
Ranges = dict[str, tuple[float, float]]
_BATCH = 32
_ACTIVATION_BYTES = 256 * 2**20  # what one call may leave behind: activations of a large network are 100 MB a sample
_LEVELS = 128


def activation_ranges(
    model: Path, batches: Batches, method: CalibrationMethod, *, scratch: Path, is_large: bool
) -> Ranges:
    """Lowest and highest value of each activation tensor, by name, after the method has cut off outliers.

    Raises:
        QuantizeError: an activation is infinite or no number.
    """
    ranges = _extremes(model, batches(_BATCH), scratch, is_large=is_large)
    for tensor, bounds in ranges.items():
        if not np.isfinite(bounds).all():
            raise QuantizeError(
                f"the calibration data make {tensor!r} infinite or no number: check the preprocessing, and whether the "
                "FP32 model answers in finite numbers"
            )
    if method is CalibrationMethod.MIN_MAX:
        return ranges
    counts = _histograms(model, batches, ranges, scratch, is_large=is_large)
    return {tensor: _cut(bounds, counts.get(tensor), method) for tensor, bounds in ranges.items()}


def write_ranges(ranges: Ranges, path: Path) -> None:
    """Keep ranges as the quantizer reads them in place of a calibration of its own."""
    from onnxruntime.quantization import (  # noqa: PLC0415 - heavy, and absence is a normal answer
        CalibrationMethod as Method,
    )
    from onnxruntime.quantization import TensorData, TensorsData, save_tensors_data  # noqa: PLC0415 - see above

    told = {
        tensor: TensorData(lowest=np.array([low], dtype=np.float32), highest=np.array([high], dtype=np.float32))
        for tensor, (low, high) in ranges.items()
    }
    save_tensors_data(TensorsData(Method.MinMax, told), path)


def _extremes(model: Path, batches: Iterator[Batch], scratch: Path, *, is_large: bool) -> Ranges:
    from onnxruntime.quantization import create_calibrator  # noqa: PLC0415 - see above
    from onnxruntime.quantization.registry import QDQRegistry, QLinearOpsRegistry  # noqa: PLC0415 - see above

    calibrator = create_calibrator(
        model,
        sorted({*QLinearOpsRegistry, *QDQRegistry}),
        augmented_model_path=str(scratch / "extremes.onnx"),
        use_external_data_format=is_large,
    )
    calibrator.collect_data(_reader(batches))
    found = calibrator.compute_data()
    return {tensor: tuple(float(np.squeeze(bound)) for bound in found[tensor].range_value) for tensor in found}  # type: ignore[misc] # a pair is a pair


def _reader(batches: Iterator[Batch]) -> Any:  # noqa: ANN401 - its base class is imported late
    from onnxruntime.quantization import CalibrationDataReader  # noqa: PLC0415 - see above

    class Reader(CalibrationDataReader):  # type: ignore[misc] # the package is untyped
        """Hands out batches until there are no more."""

        def get_next(self) -> Batch | None:
            return next(batches, None)

    return Reader()


def _histograms(
    model: Path, batches: Batches, ranges: Ranges, scratch: Path, *, is_large: bool
) -> dict[str, NDArray[np.int64]]:
    session = _telling(model, sorted(ranges), scratch, is_large=is_large)
    names = [output.name for output in session.get_outputs()]
    counts = {name: np.zeros(BINS, dtype=np.int64) for name in names if name in ranges}
    for batch in batches(_affordable(session, next(batches(1)))):
        for name, values in zip(names, session.run(names, batch), strict=True):
            if name in counts:
                counts[name] += _magnitudes(values, max(map(abs, ranges[name])))
    return counts


def _telling(model: Path, tensors: list[str], scratch: Path, *, is_large: bool) -> Any:  # noqa: ANN401 - ONNX Runtime ships no types
    """A session whose outputs are all these tensors."""
    import onnx  # noqa: PLC0415 - see above
    import onnxruntime as ort  # noqa: PLC0415 - see above

    proto = onnx.load(str(model))
    outputs = {one.name for one in proto.graph.output}
    made = {name for node in proto.graph.node for name in node.output}
    proto.graph.output.extend(
        onnx.ValueInfoProto(name=tensor) for tensor in tensors if tensor in made and tensor not in outputs
    )
    path = scratch / "telling.onnx"
    onnx.save(proto, str(path), save_as_external_data=is_large)
    options = ort.SessionOptions()
    # Optimisations fuse activations away that the quantizer asks about.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _affordable(session: Any, sample: Batch) -> int:  # noqa: ANN401 - see _telling
    """How many samples a call may take: as few as the model has at its fixed batch, as many as memory allows."""
    given = len(next(iter(sample.values())))
    left = sum(array.nbytes for array in session.run(None, sample)) // given
    return max(1, min(_BATCH, int(_ACTIVATION_BYTES // max(1, left))))


def _magnitudes(values: NDArray[Any], largest: float) -> NDArray[np.int64]:
    """A histogram of absolute values over 0 to `largest`, exact zeros left out."""
    magnitudes = np.abs(values.reshape(-1).astype(np.float32, copy=False))
    magnitudes = magnitudes[magnitudes > 0.0]
    if largest <= 0.0 or not magnitudes.size:
        return np.zeros(BINS, dtype=np.int64)
    bins = np.minimum((magnitudes * (BINS / largest)).astype(np.int64), BINS - 1)
    return np.bincount(bins, minlength=BINS).astype(np.int64)


def _cut(
    bounds: tuple[float, float], counts: NDArray[np.int64] | None, method: CalibrationMethod
) -> tuple[float, float]:
    low, high = bounds
    if counts is None or not counts.any():
        return bounds
    # A tensor of one sign has all 256 levels for its magnitudes.
    levels = _LEVELS if low < 0.0 < high else 2 * _LEVELS
    share = percentile_limit(counts) if method is CalibrationMethod.PERCENTILE else entropy_limit(counts, levels=levels)
    limit = share * max(abs(low), abs(high))
    return max(low, -limit), min(high, limit)
