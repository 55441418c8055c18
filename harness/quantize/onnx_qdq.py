"""Static (Q/DQ) and dynamic INT8 with ONNX Runtime's quantizer.

U8 activations and S8 weights: on x86 the only pairing whose every convolution runs in INT8.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import QuantizeError
from harness.vocabulary import Arm, Granularity, Method, Recipe
from harness.workloads.folder import Workload
from harness.workloads.splits import Split

_CALIBRATION_BATCH = 32
ARTIFACT_FILE = "model.onnx"
PACKAGES = ("onnxruntime", "onnx")


def quantize_onnx(workload: Workload, arm: Arm, calibration: Split, folder: Path) -> dict[str, str]:
    """Write the variant's ONNX file into `folder` and return what was done, as provenance.

    Raises:
        QuantizeError: a node to leave out does not exist, or the quantizer refuses the model.
    """
    import onnx  # noqa: PLC0415 - heavy, and absence is a normal answer

    recipe = arm.recipe
    try:
        with tempfile.TemporaryDirectory(prefix="planner-quantize-") as scratch:
            prepared = Path(scratch) / "prepared.onnx"
            _prepare(workload.model, prepared)
            nodes = {node.name: node.op_type for node in onnx.load(str(prepared)).graph.node}
            check_left_out(arm, tuple(nodes))
            target = folder / ARTIFACT_FILE
            if recipe.method is Method.INT8_DYNAMIC:
                return _dynamic(prepared, target, recipe)
            return _static(prepared, target, recipe, _reader(workload, calibration))
    except QuantizeError:
        raise
    except Exception as error:  # the quantizer raises anything from KeyError to protobuf's own: this is the border
        sentence = " ".join(str(error).split())[:300]
        raise QuantizeError(
            f"{arm.label} of {workload.model.name} failed: {type(error).__name__}: {sentence}"
        ) from error


def check_left_out(arm: Arm, nodes: tuple[str, ...]) -> None:
    """Refuse a recipe that leaves out nodes which the model does not have: they would silently be quantised."""
    unknown = [name for name in arm.recipe.left_out if name not in nodes]
    if unknown:
        raise QuantizeError(f"{arm.label} leaves out {unknown[0]!r}, which is no node of the model")


def _prepare(model: Path, prepared: Path) -> None:
    from onnxruntime.quantization import quant_pre_process  # noqa: PLC0415 - see above

    quant_pre_process(str(model), str(prepared), skip_symbolic_shape=True)


def _static(prepared: Path, target: Path, recipe: Recipe, reader: Any) -> dict[str, str]:  # noqa: ANN401 - a class of a package that may not be here
    from onnxruntime import quantization as quant  # noqa: PLC0415 - see above

    quant.quantize_static(
        str(prepared),
        str(target),
        reader,
        quant_format=quant.QuantFormat.QDQ,
        per_channel=recipe.granularity is Granularity.PER_CHANNEL,
        activation_type=quant.QuantType.QUInt8,
        weight_type=quant.QuantType.QInt8,
        nodes_to_exclude=list(recipe.left_out),
        calibrate_method=quant.CalibrationMethod.MinMax,
    )
    return {"format": "qdq", "activations": "uint8", "weights": "int8", "calibration_method": "min-max"}


def _dynamic(prepared: Path, target: Path, recipe: Recipe) -> dict[str, str]:
    from onnxruntime import quantization as quant  # noqa: PLC0415 - see above

    quant.quantize_dynamic(
        str(prepared),
        str(target),
        per_channel=recipe.granularity is Granularity.PER_CHANNEL,
        # ConvInteger takes unsigned weights only on CPU; MatMulInteger takes both.
        weight_type=quant.QuantType.QUInt8,
        nodes_to_exclude=list(recipe.left_out),
    )
    return {"format": "dynamic", "activations": "uint8", "weights": "uint8"}


def _reader(workload: Workload, calibration: Split) -> Any:  # noqa: ANN401 - its base class is imported late
    from onnxruntime.quantization import CalibrationDataReader  # noqa: PLC0415 - see above

    class Reader(CalibrationDataReader):  # type: ignore[misc] # the package is untyped
        """Hands out preprocessed batches until there are no more."""

        def __init__(self) -> None:
            self._batches = _batches(workload, calibration)

        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            return next(self._batches, None)

    return Reader()


def _batches(workload: Workload, calibration: Split) -> Iterator[dict[str, NDArray[np.float32]]]:
    for start in range(0, calibration.samples, _CALIBRATION_BATCH):
        images = calibration.inputs[start : start + _CALIBRATION_BATCH]
        yield {workload.input_name: workload.preprocessing(images)}
