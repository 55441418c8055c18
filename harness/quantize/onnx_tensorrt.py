"""What TensorRT opens for each variant: Q/DQ as it takes it, whatever the recipe's placement, or 16-bit types."""

import dataclasses
from pathlib import Path

from harness.errors import QuantizeError
from harness.quantize import onnx_qdq
from harness.quantize.border import quantizer_errors
from harness.quantize.inspection import inspect_onnx
from harness.quantize.typed_onnx import LEAST_OPSETS, write_typed
from harness.vocabulary import Arm, Toolkit
from harness.workloads.data.split import Split
from harness.workloads.workload import Workload

ARTIFACT_FILE = onnx_qdq.ARTIFACT_FILE
PACKAGES = onnx_qdq.PACKAGES


def quantize_tensorrt(workload: Workload, arm: Arm, calibration: Split, folder: Path) -> dict[str, str]:
    """Write the variant's ONNX file into `folder` and return what was done.

    `int8-static` alone means what it must mean here: symmetric, INT8 throughout, placed for TensorRT.

    Raises:
        QuantizeError: the recipe cannot be carried out on the model.
    """
    recipe = arm.recipe
    if recipe.method in LEAST_OPSETS:
        with quantizer_errors(arm, workload):
            inspect_onnx(workload.required_model)
            return write_typed(workload.required_model, folder / ARTIFACT_FILE, recipe.method)
    if not recipe.method.is_calibrated:
        raise QuantizeError(f"{arm.label}: TensorRT takes calibrated ranges alone; write int8-static")
    meant = dataclasses.replace(recipe, is_symmetric=True, toolkit=Toolkit.TENSORRT)
    return onnx_qdq.quantize_onnx(workload, dataclasses.replace(arm, recipe=meant), calibration, folder)
